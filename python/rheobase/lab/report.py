# SPDX-License-Identifier: Apache-2.0
"""The results as JSON, as CSV and as a page; each is made from the same dictionary (results.py)."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime

import jinja2

from rheobase.lab import figures
from rheobase.lab.output import CSV_FILE, HTML_FILE, JSON_FILE
from rheobase.lab.summary import Row
from rheobase.lab.training import Run

WIDE, NARROW = 960, 350  # CSS pixels; the template switches between the two drawings
# What CSV calls a field of an activation, and where that is.
COLUMNS = {
    "rank": ("rank",),
    "activation": ("name",),
    "runs": ("runs",),
    "failed": ("failed",),
    "accuracy_mean": ("accuracy", "mean"),
    "accuracy_deviation": ("accuracy", "deviation"),
    "accuracy_low": ("accuracy", "low"),
    "accuracy_high": ("accuracy", "high"),
    "difference_mean": ("difference", "mean"),
    "difference_low": ("difference", "low"),
    "difference_high": ("difference", "high"),
    "within_noise": ("within_noise",),
    "final_loss_mean": ("final_loss", "mean"),
    "final_loss_deviation": ("final_loss", "deviation"),
    "dead_mean": ("dead", "mean"),
    "saturated_mean": ("saturated", "mean"),
    "step_seconds_median": ("step_time", "median"),
    "step_seconds_lower_quartile": ("step_time", "lower_quartile"),
    "step_seconds_upper_quartile": ("step_time", "upper_quartile"),
}


def files(results: dict, rows: Sequence[Row], runs: Sequence[Run]) -> dict[str, str]:
    """The text of each file by its name."""
    return {JSON_FILE: as_json(results), CSV_FILE: as_csv(results), HTML_FILE: as_html(results, rows, runs)}


def as_json(results: dict) -> str:
    """JSON by the letter (no NaN), numbers with all their digits."""
    return json.dumps(results, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def as_csv(results: dict) -> str:
    """One line per activation in order of rank; what does not exist is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for activation in results["activations"]:
        writer.writerow([_find(activation, path) for path in COLUMNS.values()])
    return text.getvalue()


def as_html(results: dict, rows: Sequence[Row], runs: Sequence[Run]) -> str:
    """The page: styles and figures inside, no scripts, nothing fetched."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("rheobase.lab"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent, signed=signed, loss=loss, micro=micro, plain=plain, half=half, day=day
    )
    ranked = any(row.accuracy for row in rows)
    return environment.get_template("report.html").render(
        results=results,
        verdict=verdict(results),
        wide=figures.accuracy(rows, runs, WIDE) if ranked else "",
        narrow=figures.accuracy(rows, runs, NARROW) if ranked else "",
        losses={row.name: figures.losses(rows, row) for row in rows if row.curve},
        functions={row.name: figures.function(row.name) for row in rows},
    )


def verdict(results: dict) -> str:
    """The outcome in one sentence; it never claims more than the seeds support."""
    finished = [activation for activation in results["activations"] if activation["accuracy"]]
    if not finished:
        return "No run was finished with a finite loss."
    best = finished[0]
    accuracy = f"{percent(best['accuracy']['mean'])} %"
    if len(finished) == 1:
        return f"{best['name']} classifies {accuracy} of the test images correctly."
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
        return f"{head}, but the differences to all others are within noise."
    verb = "is" if sum(judged) == 1 else "are"
    return f"{head}; {sum(judged) or 'none'} of the {len(judged)} others {verb} within noise of it."


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


def micro(seconds: float) -> str:
    """Whole microseconds."""
    return f"{1e6 * seconds:,.0f}".replace(",", "\N{THIN SPACE}")


def plain(value: float | str) -> str:
    """A number as people write it; "inf" as a sign."""
    return {"inf": "\N{INFINITY}", "-inf": "\N{MINUS SIGN}\N{INFINITY}"}.get(value) or f"{value:g}"


def day(moment: str) -> str:
    """An ISO time as 5 March 2026, 14:07 UTC+01:00."""
    time = datetime.fromisoformat(moment)
    return f"{time.day} {time:%B %Y, %H:%M} {time.tzname()}"


def _find(activation: dict, path: tuple[str, ...]):
    found = activation
    for key in path:
        found = None if found is None else found[key]
    return found
