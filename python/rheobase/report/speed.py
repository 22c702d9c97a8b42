# SPDX-License-Identifier: Apache-2.0
"""Speed: the newest rows of `rheobase bench`, or, where there are none, a short timing of our own kernels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rheobase.bench import machine, records
from rheobase.bench.places import clone

OURS = "rheobase"
COPIES = ("memcpy", "load-store loop")
# Of all conditions that a file may hold, the first of these is shown first.
FIRST = ("value", "float32", 65_536, "uniform", 1)


@dataclass
class Line:
    """One function under one set of conditions: ours in 10^9 elements per second and as a share of a copy;
    others by name: how many times faster ours is (below 1 it is slower), and why there is no number."""

    name: str
    gelem: float | None = None
    copy_share: float | None = None
    ratios: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@dataclass
class Group:
    """One set of conditions; `others` are the libraries with at least one number, in order of name."""

    role: str
    dtype: str
    size: int
    data: str
    threads: int
    instruction_set: str
    dates: tuple[str, str]
    others: list[str]
    lines: list[Line]

    @property
    def key(self) -> tuple:
        return self.role, self.dtype, self.size, self.data, self.threads


@dataclass
class Speed:
    """All of it. `source` is a file, or None for `costs`: nanoseconds per element, value and backward."""

    source: str | None
    machine: str
    here: bool  # measured on a machine that calls itself as this one does
    groups: list[Group] = field(default_factory=list)
    costs: dict[str, float] = field(default_factory=dict)


def load(given: Path | None, names: list[str]) -> Speed:
    """Raises ValueError, one line, where a given file cannot be read or has no rows of these functions."""
    path = given or _default()
    if path is None:
        from rheobase.choosing import cost

        measured = cost.measured()
        return Speed(None, machine.cpu_model(), True, costs={name: measured[name] for name in names})
    try:
        rows = [row for row in records.read(path) if row["name"] in names]
    except ValueError as error:
        raise ValueError(f"--bench {error}") from None
    groups = _groups(rows)
    if given is not None and not groups:
        raise ValueError(f"--bench {path}: has no rows of these functions")
    if not groups:
        return Speed(str(path), machine.cpu_model(), True)
    newest = rows[-1]
    described = f"{newest['machine']}, {newest['cores']} cores"
    return Speed(path.name, described, newest["machine"] == machine.cpu_model(), groups)


def _default() -> Path | None:
    root = clone()
    path = root / "bench/results" / f"{machine.slug()}.csv" if root else None
    return path if path and path.is_file() else None


def _groups(rows: list[dict]) -> list[Group]:
    conditions = ("role", "dtype", "size", "data", "threads", "instruction_set")
    sorted_rows: dict[tuple, dict[tuple[str, str], dict]] = {}
    for row in rows:  # later ones replace earlier ones
        place = sorted_rows.setdefault(tuple(row[key] for key in conditions), {})
        place[row["name"], row["contender"]] = row
    groups = [_group(key, found) for key, found in sorted_rows.items()]
    newest = {}
    for group in groups:  # one instruction set each: the one with the most functions
        if group.key not in newest or len(group.lines) > len(newest[group.key].lines):
            newest[group.key] = group
    return sorted(newest.values(), key=lambda group: (group.key != FIRST, _order(group)))


def _order(group: Group) -> tuple:
    roles = ("value", "derivative", "backward")
    role = roles.index(group.role) if group.role in roles else len(roles)
    return group.dtype, group.data != FIRST[3], role, group.role, group.size, group.threads, group.data


def _group(key: tuple, rows: dict[tuple[str, str], dict]) -> Group:
    lines: dict[str, Line] = {}
    for (name, contender), row in sorted(rows.items()):
        line = lines.setdefault(name, Line(name))
        if contender == OURS:
            line.gelem, line.copy_share = row["gelem"], row["copy_share"]
        elif contender not in COPIES:
            if row["ratio"] is not None:
                line.ratios[contender] = row["ratio"]
            elif row["failure"]:
                line.failures[contender] = row["failure"]
    measured = [line for line in lines.values() if line.gelem is not None]
    others = sorted({other for line in measured for other in line.ratios}, key=str.lower)
    dates = sorted(row["date"][:10] for row in rows.values())
    return Group(*key, dates=(dates[0], dates[-1]), others=others, lines=measured)
