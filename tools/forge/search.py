# SPDX-License-Identifier: Apache-2.0
"""Which plan to take: each is widened until its worst interval fails, the cheapest is checked densely."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .fit import Entry, Fitter
from .formula import Formula, Refused
from .plan import Plan, plans
from .shape import sides
from .smooth import Smooth, TooSteep

# The largest error in ulp of a sample while searching, and of the dense one that decides. Up to the
# contract's 1 ulp there is room for what no sample shows.
QUICK, DENSE = 0.9, 0.935
_DENSE_POINTS = 60000
_STEPS = 9
# A plan is not looked at when its cycles alone are this much above the best cost so far.
_HOPELESS = 1.0
# Widths of an interval that are tried.
_NARROWEST, _WIDEST = 0.01, 1.2


@dataclass
class Table:
    """A plan with its numbers."""

    plan: Plan
    scale: float
    entries: list[Entry]
    cost: float

    @property
    def error(self) -> float:
        return max(entry.error for entry in self.entries)


class Search:
    """`report` takes a line of progress and the share that is done."""

    def __init__(
        self,
        formula: Formula,
        counterexamples: list[float] = (),
        seed: int = 1,
        report: Callable[[str, float], None] = lambda line, share: None,
        margin: float = 0.0,
    ):
        self._formula, self._report, self._margin = formula, report, margin
        self._counterexamples, self._seed = counterexamples, seed
        self._too_steep = ""  # where a plan failed for that last

    def best(self) -> Table:
        found: list[Table] = []
        every = sides(self._formula)
        reasons = []
        for number, side in enumerate(every):
            try:
                smooth = Smooth(side)
                fitter = Fitter(
                    smooth, side, self._formula.role == "derivative", self._inside(side), self._seed
                )
                self._widen_all(side, fitter, found, number / len(every), 1 / len(every))
            except Refused as reason:
                reasons.append(str(reason))
        for table in sorted(found, key=lambda t: t.cost):
            side = table.plan.side
            fitter = Fitter(
                Smooth(side), side, self._formula.role == "derivative", self._inside(side), self._seed + 1
            )
            checked = self._check(table, fitter)
            if checked is not None:
                return checked
        reasons += [self._too_steep] if self._too_steep else []
        detail = f": {reasons[0]}" if reasons else ""
        raise Refused(f"{self._formula.name}: no table of its {self._formula.role} is exact enough{detail}")

    def _inside(self, side) -> list[float]:
        """Counterexamples as z of this side."""
        x = np.asarray(self._counterexamples, np.float64)
        if side.mirrored:
            x = -x
        return list(x if side.fold in ("kPlain", "kOneSided") else np.abs(x))

    def _widen_all(self, side, fitter: Fitter, found: list[Table], start: float, share: float) -> None:
        candidates = plans(side)
        for i, plan in enumerate(candidates):
            least = min((t.cost for t in found), default=np.inf)
            self._report(f"{plan}", start + share * i / len(candidates))
            if plan.cycles() >= least * _HOPELESS:
                break  # they are sorted
            table = self._widest(plan, fitter, least)
            if table is not None:
                found.append(table)

    def _widest(self, plan: Plan, fitter: Fitter, least: float) -> Table | None:
        """The table of the widest intervals that are exact enough."""
        low, high, best, suspect = _NARROWEST, _WIDEST, None, plan.entries // 2
        for _ in range(_STEPS):
            scale = float(np.sqrt(low * high)) if high > 1.5 * low else (low + high) / 2
            if high < 1.03 * low:
                break
            if plan.cost(scale) >= least:
                low = scale  # too narrow to be of use
                continue
            entries, suspect = self._build(plan, scale, fitter, QUICK - self._margin, suspect)
            if entries is None:
                high = scale
            else:
                low, best = scale, Table(plan, scale, entries, plan.cost(scale))
                if self._wide_enough(plan, scale):
                    break
        return best

    def _wide_enough(self, plan: Plan, scale: float) -> bool:
        reach = max(abs(z) for z in plan.reach(scale))
        return reach > (min(plan.side.end, 40) * 1.02 if np.isfinite(plan.side.end) else 38)

    def _build(
        self, plan: Plan, scale: float, fitter: Fitter, tolerance: float, suspect: int, dense: int = 0
    ):
        """All entries, or None and the interval that failed, which is looked at first the next time."""
        order = sorted(range(plan.entries), key=lambda i: i != suspect)
        entries: list = [None] * plan.entries
        limit = max((abs(k) for k in plan.side.kinks), default=np.inf)
        for i in order:
            low, high = plan.edges(i, scale)
            if max(abs(low), abs(high)) > min(limit, 39.5):
                return None, i
            try:
                entry = fitter.interval(plan, low, high, tolerance, dense)
            except TooSteep as reason:
                self._too_steep = str(reason)
                return None, i
            if not entry.error <= tolerance:
                return None, i
            entries[i] = entry
        return entries, suspect

    def _check(self, table: Table, fitter: Fitter) -> Table | None:
        """With many more points; where they show a larger error, a little narrower."""
        scale, suspect = table.scale, 0
        for attempt in range(12):
            self._report(f"{table.plan}, dense", attempt / 12)
            tolerance = DENSE - self._margin
            entries, suspect = self._build(table.plan, scale, fitter, tolerance, suspect, _DENSE_POINTS)
            if entries is not None:
                return Table(table.plan, scale, entries, table.plan.cost(scale))
            scale *= 0.985
        return None
