# SPDX-License-Identifier: Apache-2.0
"""From runs to rows: means over seeds, their confidence intervals, and which differences are noise."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from scipy.special import stdtrit

from rheobase.lab.training import Run

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with its sample standard deviation and confidence interval; all but the mean need two values."""

    count: int
    mean: float
    deviation: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Curve:
    """Mean, least and greatest training loss per epoch."""

    mean: list[float]
    low: list[float]
    high: list[float]


@dataclass(frozen=True)
class StepTime:
    """Quartiles of the seconds per training step, over some number of steps."""

    median: float
    lower_quartile: float
    upper_quartile: float


@dataclass
class Row:
    """What is known of one activation. What needs a finished run is None without one."""

    name: str
    runs: int
    failed: int
    accuracy: Interval | None
    final_loss: Interval | None
    dead: Interval | None
    saturated: Interval | None
    step_time: StepTime | None
    curve: Curve | None
    rank: int | None = None
    difference: Interval | None = None  # accuracy minus that of the best, paired; None for the best itself
    within_noise: bool | None = None  # None: the best itself, or fewer than two seeds in common with it


def interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Mean of at least one value, with the interval of Student's t for a mean of normal values
    (scipy.stats.t)."""
    count, mean = len(values), statistics.fmean(values)
    if count < 2:
        return Interval(count, mean)
    deviation = statistics.stdev(values)
    half = float(stdtrit(count - 1, (1 + confidence) / 2)) * deviation / math.sqrt(count)
    return Interval(count, mean, deviation, mean - half, mean + half)


def summarise(names: Sequence[str], runs: Sequence[Run]) -> list[Row]:
    """One row per name that has a run, ranked: those without failed runs first, then by mean accuracy.

    Activations with exactly the same mean share a rank. Differences to the best are paired: both saw the same
    weights and the same order of images for a seed. Their intervals hold jointly (Bonferroni), since many are
    looked at.
    """
    rows = [_row(name, of_name) for name in names if (of_name := [run for run in runs if run.name == name])]
    rows.sort(key=_order)
    for position, row in enumerate(rows, 1):
        tied = position > 1 and _order(row)[:-1] == _order(rows[position - 2])[:-1]
        row.rank = rows[position - 2].rank if tied else position
    finished = [row for row in rows if row.accuracy]
    if finished:
        best = _accuracies(runs, finished[0].name)
        joint = 1 - (1 - CONFIDENCE) / max(1, len(finished) - 1)
        for row in finished[1:]:
            _compare(row, best, _accuracies(runs, row.name), joint)
    return rows


def _row(name: str, runs: list[Run]) -> Row:
    finished = [run for run in runs if not run.failed]
    steps = [seconds for run in runs for seconds in run.step_seconds]

    def over_seeds(value) -> Interval | None:
        return interval([value(run) for run in finished]) if finished else None

    return Row(
        name,
        runs=len(runs),
        failed=len(runs) - len(finished),
        accuracy=over_seeds(lambda run: run.accuracy),
        final_loss=over_seeds(lambda run: run.losses[-1]),
        dead=over_seeds(lambda run: run.dead),
        saturated=over_seeds(lambda run: run.saturated),
        step_time=step_time(steps),
        curve=_curve([run.losses for run in finished]) if finished else None,
    )


def step_time(seconds: Sequence[float]) -> StepTime | None:
    """Quartiles of a number of times; None without any."""
    if not seconds:
        return None
    low, median, high = (float(q) for q in numpy.quantile(seconds, (0.25, 0.5, 0.75)))
    return StepTime(median, low, high)


def _curve(losses: list[list[float]]) -> Curve:
    epochs = list(zip(*losses, strict=True))
    return Curve([statistics.fmean(e) for e in epochs], [min(e) for e in epochs], [max(e) for e in epochs])


def _order(row: Row) -> tuple:
    return row.accuracy is None, row.failed > 0, -row.accuracy.mean if row.accuracy else 0.0, row.name


def _accuracies(runs: Sequence[Run], name: str) -> dict[int, float]:
    return {run.seed: run.accuracy for run in runs if run.name == name and not run.failed}


def _compare(row: Row, best: dict[int, float], own: dict[int, float], confidence: float) -> None:
    differences = [own[seed] - best[seed] for seed in sorted(own.keys() & best.keys())]
    if not differences:
        return
    row.difference = interval(differences, confidence)
    if row.difference.count > 1:
        row.within_noise = row.difference.low <= 0 <= row.difference.high
