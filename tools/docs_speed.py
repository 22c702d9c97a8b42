# SPDX-License-Identifier: Apache-2.0
"""The table of docs/performance.md, from bench/results."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

OWN = "rheobase"
# Not contenders: the limit.
COPIES = ("memcpy", "load-store loop")
# Highway's names of instruction sets, where others are better known.
SETS = {"AVX3": "AVX-512"}
FIELDS = ("name", "role", "dtype", "data", "size", "threads", "instruction_set")


def newest(folder: Path) -> dict[tuple, dict[str, dict]]:
    """Of the commit measured last, the newest row of each contender, by what was computed."""
    rows = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            rows += [row for row in csv.DictReader(file) if row["median"] and not row["failure"]]
    rows.sort(key=lambda row: row["date"])
    commit = rows[-1]["commit"].rstrip("+") if rows else ""
    found: dict[tuple, dict[str, dict]] = {}
    for row in rows:
        if row["commit"].rstrip("+") == commit and row["threads"] == "1":
            found.setdefault(tuple(row[field] for field in FIELDS), {})[row["contender"]] = row
    return {key: contenders for key, contenders in found.items() if OWN in contenders}


def speed(folder: Path, table: Callable[[Sequence[str], list], list[str]]) -> list[str]:
    """A line per function, role and size: our share of a copy's speed, our speed divided by each peer's."""
    found = newest(folder)
    if not found:
        return ["no results recorded yet"]
    peers = list(dict.fromkeys(c for rows in found.values() for c in rows if c != OWN and c not in COPIES))
    header = (
        "name",
        "role",
        "format",
        "data",
        "set",
        "elements:",
        "share of copy:",
        *(f"{p}:" for p in peers),
        "worst:",
    )
    lines = []
    for key, rows in sorted(found.items(), key=lambda item: (*item[0][:4], int(item[0][4]))):
        name, role, dtype, data, size, _, target = key
        ratios = {p: float(rows[p]["ratio"]) for p in peers if p in rows and rows[p]["ratio"]}
        worst = min(ratios.values(), default=None)
        cells = [f"{ratios[p]:.2f}" if p in ratios else "" for p in peers]
        share = float(rows[OWN]["copy_share"])
        verdict = "" if worst is None else f"{worst:.2f}" + (" (we lose)" if worst < 0.95 else "")
        target = SETS.get(target, target)
        lines.append([name, role, dtype, data, target, f"{int(size):,}", f"{share:.2f}", *cells, verdict])
    own = [rows[OWN] for rows in found.values()]
    dates, machines = (
        sorted({row[field][:n] for row in own}) for field, n in (("date", 10), ("machine", 60))
    )
    return [
        f"Measured {' to '.join(sorted({dates[0], dates[-1]}))} on {'; '.join(machines)}, one thread.",
        "",
        *table(header, lines),
    ]
