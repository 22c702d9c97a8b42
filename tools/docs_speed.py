# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/performance.md, from bench/results."""

import csv
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

# Tables, and the folder of bench/results that each is made of.
FOLDERS = {"speed": "", "speed_of_forms": "forms", "speed_of_formats16": "formats16"}
OWN = "rheobase"
# Not contenders: the limit.
COPIES = ("memcpy", "load-store loop")
# Highway's names of instruction sets, where others are better known.
SETS = {"AVX3": "AVX-512"}
FIELDS = ("name", "role", "dtype", "data", "size", "threads", "instruction_set")
SHORT = ("bfloat16", "float16")
# A run is several commands, one after the other: between the beginnings of two there is at most this.
PAUSE = timedelta(hours=1)
# A run with this share of the cases of the fullest one is complete too: functions come and go.
COMPLETE = 0.9

Cases = dict[tuple, dict[str, dict]]
"""The newest row of each contender, by what was computed (FIELDS)."""


def newest(folder: Path) -> Cases:
    """The newest complete run. What is measured of a few functions later on is a run of its own, and does not
    take its place."""
    runs = [run for path in sorted(folder.glob("*.csv")) for run in _runs(path)]
    most = max((len(cases) for _, cases in runs), default=0)
    complete = [run for run in runs if len(run[1]) >= COMPLETE * most]
    return max(complete, key=lambda run: run[0], default=(None, {}))[1]


def _runs(path: Path) -> list[tuple[datetime, Cases]]:
    """The runs of a machine, each with the time at which its last command began."""
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["median"] and not row["failure"]]
    runs: list[tuple[datetime, Cases]] = []
    for row in sorted(rows, key=lambda row: row["date"]):
        if row["threads"] != "1":
            continue
        date = datetime.fromisoformat(row["date"])
        going_on = runs and date - runs[-1][0] <= PAUSE
        cases = runs.pop()[1] if going_on else {}
        cases.setdefault(tuple(row[field] for field in FIELDS), {})[row["contender"]] = row
        runs.append((date, cases))
    return [(date, {key: found for key, found in cases.items() if OWN in found}) for date, cases in runs]


def _of_float32(key: tuple, found: Cases) -> str:
    """Of a 16-bit format: our elements per second over those of our own float32 in the same run."""
    what = dict(zip(FIELDS, key, strict=True))
    wide = found.get(tuple((what | {"dtype": "float32"}).values()))
    if what["dtype"] not in SHORT or wide is None:
        return ""
    return f"{float(found[key][OWN]['gelem']) / float(wide[OWN]['gelem']):.2f}"


def speed(folder: Path, table: Callable[[Sequence[str], list], list[str]]) -> list[str]:
    """A line per function, role and size: our share of a copy's speed, our speed divided by each peer's."""
    found = newest(folder)
    if not found:
        return ["no results recorded yet"]
    peers = list(dict.fromkeys(c for rows in found.values() for c in rows if c != OWN and c not in COPIES))
    beside = {key: _of_float32(key, found) for key in found}
    wide = ["of float32:"] if any(beside.values()) else []
    header = (
        "name",
        "role",
        "format",
        "data",
        "set",
        "elements:",
        "share of copy:",
        *wide,
        *(f"{p}:" for p in peers),
        "worst:",
    )
    lines = []
    for key, rows in sorted(found.items(), key=lambda item: (*item[0][:4], int(item[0][4]))):
        name, role, dtype, data, size, _, target = key
        ratios = {p: float(rows[p]["ratio"]) for p in peers if p in rows and rows[p]["ratio"]}
        worst = min(ratios.values(), default=None)
        cells = [f"{ratios[p]:.2f}" if p in ratios else "" for p in peers]
        share = [f"{float(rows[OWN]['copy_share']):.2f}", *(beside[key] for _ in wide)]
        verdict = "" if worst is None else f"{worst:.2f}" + (" (we lose)" if worst < 0.95 else "")
        target = SETS.get(target, target)
        lines.append([name, role, dtype, data, target, f"{int(size):,}", *share, *cells, verdict])
    return [*_provenance([rows[OWN] for rows in found.values()]), "", *table(header, lines)]


def _provenance(rows: list[dict]) -> list[str]:
    rows = sorted(rows, key=lambda row: row["date"])
    dates, machines, commits = (
        list(dict.fromkeys(row[field][:n] for row in rows))
        for field, n in (("date", 10), ("machine", 60), ("commit", 12))
    )
    when = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    of = f"Commit{'s' if len(commits) > 1 else ''} {', '.join(commits)}."
    return [f"Measured {when} on {'; '.join(machines)}, one thread.", *([of] if any(commits) else [])]
