# SPDX-License-Identifier: Apache-2.0
"""The results as JSON, as CSV and as a page; each is made from the same dictionary (results.py)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from rheobase._pages import environment
from rheobase.lab import figures, sweep_figures
from rheobase.lab.output import CSV_FILE, HTML_FILE, JSON_FILE
from rheobase.lab.results import Outcome
from rheobase.lab.summary import by_network

WIDE, NARROW = 960, 350  # CSS pixels; the template switches between the two drawings
MATRIX = 10  # a table of all pairs has at most as many rows
# What CSV calls a field of an activation, and where that is.
COLUMNS = {
    "rank": ("rank",),
    "activation": ("name",),
    "depth": ("depth",),
    "width": ("width",),
    "lr": ("lr",),
    "runs": ("runs",),
    "failed": ("failed",),
    "accuracy_mean": ("accuracy", "mean"),
    "accuracy_deviation": ("accuracy", "deviation"),
    "accuracy_low": ("accuracy", "low"),
    "accuracy_high": ("accuracy", "high"),
    "difference_mean": ("difference", "mean"),
    "difference_low": ("difference", "low"),
    "difference_high": ("difference", "high"),
    "p": ("p",),
    "p_holm": ("p_holm",),
    "within_noise": ("within_noise",),
    "test_loss_mean": ("test_loss", "mean"),
    "final_loss_mean": ("final_loss", "mean"),
    "final_loss_deviation": ("final_loss", "deviation"),
    "dead_mean": ("dead", "mean"),
    "saturated_mean": ("saturated", "mean"),
    "gradient_start_mean": ("gradient_start", "mean"),
    "gradient_end_mean": ("gradient_end", "mean"),
    "trained_numbers": ("trained_numbers",),
    "step_seconds_median": ("step_time", "median"),
    "step_seconds_lower_quartile": ("step_time", "lower_quartile"),
    "step_seconds_upper_quartile": ("step_time", "upper_quartile"),
}


def files(results: dict, outcome: Outcome) -> dict[str, str]:
    """The text of each file by its name."""
    return {JSON_FILE: as_json(results), CSV_FILE: as_csv(results), HTML_FILE: as_html(results, outcome)}


def as_json(results: dict) -> str:
    """JSON by the letter (no NaN), numbers with all their digits."""
    return json.dumps(results, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def as_csv(results: dict) -> str:
    """One line per activation and network in order of rank; what does not exist is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for activation in results["activations"]:
        writer.writerow([_find(activation, path) for path in COLUMNS.values()])
    return text.getvalue()


def as_html(results: dict, outcome: Outcome) -> str:
    """The page: styles and figures inside, no scripts, nothing fetched."""
    templates = environment("rheobase.lab")
    templates.filters.update(
        percent=percent, signed=signed, loss=loss, micro=micro, plain=plain, half=half, day=day, ratio=ratio,
        p_value=p_value,
    )  # fmt: skip
    drawn, groups = by_network(outcome.rows), networks(results)
    several = len(groups) > 1
    for group, rows in zip(groups, drawn, strict=True):
        ranked = any(row.accuracy for row in rows)
        where = f"{group['number']}-"
        group["wide"] = figures.accuracy(rows, outcome.runs, WIDE, where) if ranked else ""
        group["narrow"] = figures.accuracy(rows, outcome.runs, NARROW, where) if ranked else ""
    shown = list(dict.fromkeys(row.name for row in outcome.rows))
    specs = {spec.label: spec for spec in outcome.specs}
    return templates.get_template("report.html").render(
        results=results,
        groups=groups,
        several=several,
        verdicts=verdicts(results),
        functions=[
            (next(a for a in results["activations"] if a["name"] == name), figures.function(specs[name]))
            for name in shown
        ],
        losses={} if several else {r.name: figures.losses(drawn[0], r) for r in drawn[0] if r.curve},
        sweeps=sweep_figures.draw(outcome.rows) if several else [],
    )


def networks(results: dict) -> list[dict]:
    """The networks of the results, each with its rows, its pairs, and words for it."""
    found = []
    for number, ((depth, width), rows) in enumerate(
        groupby(results["activations"], lambda a: (a["depth"], a["width"])), 1
    ):
        rows = list(rows)
        pairs = [p for p in results["pairs"] if (p["depth"], p["width"]) == (depth, width)]
        found.append(
            {
                "number": number,
                "title": network_text(depth, width),
                "rows": rows,
                "pairs": pairs,
                "matrix": _matrix(rows, pairs) if len(rows) <= MATRIX else None,
                "apart": _apart(rows, pairs),
            }
        )
    return found


def _matrix(rows: Sequence[dict], pairs: Sequence[dict]) -> list[tuple[dict, list[dict | None]]]:
    """For each activation its pairs with all others in the same order; differences are row minus column."""
    known = {}
    for pair in pairs:
        known[pair["first"], pair["second"]] = {**pair, "difference": pair["mean"]}
        known[pair["second"], pair["first"]] = {**pair, "difference": -pair["mean"]}
    return [(row, [known.get((row["name"], other["name"])) for other in rows]) for row in rows]


def _apart(rows: Sequence[dict], pairs: Sequence[dict]) -> list[tuple[str, list[str], list[str], int]]:
    """For each activation the names of those that it is distinguishably better and worse than, and the
    number of those that it cannot be told from."""
    found = []
    for name in (row["name"] for row in rows):
        mine = [pair for pair in pairs if name in (pair["first"], pair["second"])]
        apart = [pair for pair in mine if pair["distinguishable"]]
        better = [
            pair["second"] if pair["first"] == name else pair["first"]
            for pair in apart
            if (pair["mean"] > 0) == (pair["first"] == name)
        ]
        worse = [
            pair["second"] if pair["first"] == name else pair["first"]
            for pair in apart
            if (pair["mean"] > 0) != (pair["first"] == name)
        ]
        found.append((name, better, worse, len(mine) - len(apart)))
    return found


def network_text(depth: int | None, width: int | None) -> str:
    """For example: 3 hidden layers of 64 units."""
    if depth is None and width is None:
        return "the model"
    parts = []
    if depth is not None:
        parts.append(f"{depth} hidden layer{'s' if depth > 1 else ''}")
    if width is not None:
        parts.append(f"{width} unit{'s' if width > 1 else ''}")
    return " of ".join(parts)


def verdicts(results: dict) -> list[str]:
    """The outcome, a sentence for each network."""
    groups = [
        (network, list(rows))
        for network, rows in groupby(results["activations"], lambda a: (a["depth"], a["width"]))
    ]
    if len(groups) == 1:
        return [verdict(results)]
    return [
        f"{network_text(*network).capitalize()}: {verdict({'activations': rows})}" for network, rows in groups
    ]


def verdict(results: dict) -> str:
    """The outcome in one network, in one sentence; it never claims more than the seeds support."""
    finished = [activation for activation in results["activations"] if activation["accuracy"]]
    if not finished:
        return "No run was finished with a finite loss."
    best = finished[0]
    accuracy = f"{percent(best['accuracy']['mean'])} %"
    if len(finished) == 1:
        return f"{best['name']} classifies {accuracy} of the test examples correctly."
    leaders = [activation for activation in finished if activation["rank"] == best["rank"]]
    if len(leaders) > 3:
        leaders = [best]
    verb = "reach" if len(leaders) > 1 else "reaches"
    names = _listed([leader["name"] for leader in leaders])
    head = f"{names} {verb} the highest mean test accuracy, {accuracy}"
    others = finished[len(leaders) :]
    judged = [other["within_noise"] for other in others if other["within_noise"] is not None]
    if not others:
        return f"{head}."
    if not judged:
        return f"{head}; so few seeds do not tell a difference from noise."
    if all(judged):
        return f"{head}, but no other is distinguishable from it."
    if not any(judged):
        which = f"all {len(judged)} others are" if len(judged) > 1 else "the other one is"
        return f"{head}; {which} distinguishable from it."
    verb = "is" if sum(judged) == 1 else "are"
    return f"{head}; {sum(judged)} of the {len(judged)} others {verb} not distinguishable from it."


def _listed(names: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def percent(share: float) -> str:
    """A share of 0 to 1 in per cent: 0.97425 gives 97.42."""
    return f"{100 * share:.2f}"


def signed(share: float) -> str:
    """A difference of shares in percentage points, with its sign (a true minus); none on what rounds to
    zero."""
    points = f"{100 * share:+.2f}".replace("-", "\N{MINUS SIGN}")
    return points[1:] if float(points[1:]) == 0 else points


def half(interval: dict) -> str:
    """Half the width of a confidence interval of shares, in percentage points."""
    return percent((interval["high"] - interval["low"]) / 2)


def loss(value: float) -> str:
    """Four decimals; fewer for large values, two digits and a power of ten for small ones."""
    if value >= 10:
        return f"{value:.1f}" if value < 1e6 else f"{value:.1e}"
    return f"{value:.4f}" if value >= 1e-3 or value == 0 else f"{value:.1e}".replace("-", "\N{MINUS SIGN}")


def ratio(value: float) -> str:
    """Two digits; a power of ten where the number is small or large."""
    if value == 0 or 1e-3 <= value < 1e3:
        return f"{value:.0f}" if value >= 10 or value == 0 else f"{value:#.2g}"
    return f"{value:.0e}".replace("-", "\N{MINUS SIGN}")


def p_value(p: float) -> str:
    """Three decimals, or that it is below them."""
    return "< 0.001" if p < 0.0005 else f"{p:.3f}"


def micro(seconds: float) -> str:
    """Whole microseconds."""
    return f"{1e6 * seconds:,.0f}".replace(",", "\N{THIN SPACE}")


def plain(value: float | str) -> str:
    """A number as people write it; "inf" as a sign; other text as it is."""
    if isinstance(value, str):
        return {"inf": "\N{INFINITY}", "-inf": "\N{MINUS SIGN}\N{INFINITY}"}.get(value, value)
    return f"{value:g}"


def day(moment: str) -> str:
    """An ISO time as 5 March 2026, 14:07 UTC+01:00."""
    time = datetime.fromisoformat(moment)
    return f"{time.day} {time:%B %Y, %H:%M} {time.tzname()}"


def _find(activation: dict, path: tuple[str, ...]):
    found = activation
    for key in path:
        found = None if found is None else found[key]
    return found
