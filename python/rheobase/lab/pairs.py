# SPDX-License-Identifier: Apache-2.0
"""Paired tests: which activations differ by more than the luck of their seeds, corrected for many looks."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from scipy.special import stdtr

from rheobase.lab.summary import CONFIDENCE, Row, by_case, by_network, interval
from rheobase.lab.training import Run


@dataclass
class Pair:
    """Two activations in one network; mean, low and high are of the accuracy of the first minus that of the
    second, over the seeds that both finished."""

    first: str
    second: str
    depth: int | None
    width: int | None
    count: int
    mean: float
    low: float
    high: float
    p: float
    p_holm: float = 1.0

    @property
    def distinguishable(self) -> bool:
        return self.p_holm < 1 - CONFIDENCE


def compare(rows: Sequence[Row], runs: Sequence[Run], resolution: float = 0.0) -> list[Pair]:
    """Tests all pairs of activations in each network and fills in what the rows say of the best of theirs.

    Both of a pair saw the same weights and the same order of examples for a seed, so differences are taken
    seed by seed: Student's t, two-sided. All pairs of all networks are one family, since the best is found by
    looking at all of them: p is corrected by Holm's method (Holm 1979, Scandinavian Journal of Statistics 6),
    and the intervals hold jointly (Bonferroni), which makes them a little wider than the tests ask for.
    resolution: what one example is of an accuracy; rounding to it is a part of every difference's variance.
    """
    accuracies = _accuracies(runs)
    together = []
    for group in by_network(rows):
        finished = [row for row in group if row.accuracy]
        together += [(a, b, _differences(accuracies, a, b)) for a, b in combinations(finished, 2)]
    tested = [(a, b, found) for a, b, found in together if len(found) > 1]
    joint = 1 - (1 - CONFIDENCE) / max(1, len(tested))
    pairs = [_pair(a, b, found, joint, resolution) for a, b, found in tested]
    correct(pairs)
    _tell_rows(rows, together, pairs, joint)
    return pairs


def _accuracies(runs: Sequence[Run]) -> dict:
    return {
        case: {run.seed: run.accuracy for run in own if not run.failed} for case, own in by_case(runs).items()
    }


def _differences(accuracies: dict, a: Row, b: Row) -> list[float]:
    first, second = accuracies[a.case], accuracies[b.case]
    return [first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())]


def _pair(a: Row, b: Row, differences: list[float], joint: float, resolution: float) -> Pair:
    found = interval(differences, joint)
    p = p_value(differences, resolution)
    return Pair(a.name, b.name, a.depth, a.width, found.count, found.mean, found.low, found.high, p)


def p_value(differences: Sequence[float], resolution: float = 0.0) -> float:
    """Two-sided p of the paired t test, of two values or more. Each accuracy is rounded to the resolution,
    the difference of two therefore has a variance of resolution^2 / 6 even where all look the same."""
    mean = statistics.fmean(differences)
    deviation = max(statistics.stdev(differences), resolution / math.sqrt(6))
    if deviation == 0:
        return 1.0 if mean == 0 else 0.0
    t = mean * math.sqrt(len(differences)) / deviation
    return float(2 * stdtr(len(differences) - 1, -abs(t)))


def correct(pairs: Sequence[Pair]) -> None:
    """Fills in p_holm: the k-th smallest of m times m - k + 1, and none below the one before."""
    last = 0.0
    for position, pair in enumerate(sorted(pairs, key=lambda pair: pair.p)):
        last = max(last, min(1.0, (len(pairs) - position) * pair.p))
        pair.p_holm = last


def _tell_rows(rows: Sequence[Row], together: list, pairs: Sequence[Pair], joint: float) -> None:
    tests = {(p.first, p.second, p.depth, p.width): p for p in pairs}
    best = {(group[0].depth, group[0].width): group[0] for group in by_network(rows)}
    for a, b, differences in together:
        if best[a.depth, a.width] is not a or not differences:
            continue
        b.difference = interval([-difference for difference in differences], joint)
        if test := tests.get((a.name, b.name, a.depth, a.width)):
            b.p, b.p_holm, b.within_noise = test.p, test.p_holm, not test.distinguishable
