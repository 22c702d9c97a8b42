# SPDX-License-Identifier: Apache-2.0
"""From runs to rows: means over seeds, their confidence intervals, ranks."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scipy.special import stdtrit

from rheobase.lab.settings import Case
from rheobase.lab.training import Run, StepTime

CONFIDENCE = 0.95
Of = TypeVar("Of", "Case", "Row")


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


@dataclass
class Row:
    """What is known of one activation in one network. What needs a finished run is None without one."""

    name: str
    depth: int | None
    width: int | None
    lr: float | None
    runs: int
    failed: int
    accuracy: Interval | None
    test_loss: Interval | None
    final_loss: Interval | None
    dead: Interval | None
    saturated: Interval | None
    gradient_start: Interval | None  # at the first activation's input, relative to the output's
    gradient_end: Interval | None
    learned: dict[str, float] | None  # means over seeds and layers
    parameters: int
    step_time: StepTime | None
    curve: Curve | None
    rank: int | None = None
    difference: Interval | None = None  # accuracy minus that of the best, paired; None for the best itself
    p: float | None = None  # of that difference, two-sided
    p_holm: float | None = None  # corrected for all pairs
    within_noise: bool | None = None  # None: the best itself, or fewer than two seeds in common with it

    @property
    def case(self) -> Case:
        return Case(self.name, self.depth, self.width)


def interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Mean of at least one value, with the interval of Student's t for a mean of normal values
    (scipy.stats.t)."""
    count, mean = len(values), statistics.fmean(values)
    if count < 2:
        return Interval(count, mean)
    deviation = statistics.stdev(values)
    half = float(stdtrit(count - 1, (1 + confidence) / 2)) * deviation / math.sqrt(count)
    return Interval(count, mean, deviation, mean - half, mean + half)


def by_case(runs: Iterable[Run]) -> dict[Case, list[Run]]:
    """The runs of each case, in their order."""
    found: dict[Case, list[Run]] = {}
    for run in runs:
        found.setdefault(run.case, []).append(run)
    return found


def summarise(cases: Sequence[Case], runs: Sequence[Run]) -> list[Row]:
    """One row per case that has a run, network by network, ranked in each: those without failed runs first,
    then by mean accuracy.

    Activations with exactly the same mean share a rank. Differences are for pairs.compare().
    """
    found: list[Row] = []
    own = by_case(runs)
    for here in by_network(cases):
        rows = [_row(own[case]) for case in here if case in own]
        rows.sort(key=_order)
        for position, row in enumerate(rows, 1):
            tied = position > 1 and _order(row)[:-1] == _order(rows[position - 2])[:-1]
            row.rank = rows[position - 2].rank if tied else position
        found += rows
    return found


def _row(runs: list[Run]) -> Row:
    finished, first = [run for run in runs if not run.failed], runs[0]
    first_layers = [run.layers[0] for run in runs if run.layers]

    def over_seeds(values: Iterable[float | None]) -> Interval | None:
        known = [value for value in values if value is not None]
        return interval(known) if known else None

    return Row(
        first.name,
        first.depth,
        first.width,
        first.lr,
        runs=len(runs),
        failed=len(runs) - len(finished),
        accuracy=over_seeds(run.accuracy for run in finished),
        test_loss=over_seeds(run.loss for run in finished),
        final_loss=over_seeds(run.losses[-1] for run in finished),
        dead=over_seeds(run.dead for run in finished),
        saturated=over_seeds(run.saturated for run in finished),
        gradient_start=over_seeds(layer.get("gradient_start") for layer in first_layers),
        gradient_end=over_seeds(layer.get("gradient_end") for layer in first_layers),
        learned=_learned(finished),
        parameters=first.parameters,
        step_time=_step_time([run.step_time for run in runs if run.step_time]),
        curve=_curve([run.losses for run in finished]) if finished else None,
    )


def _step_time(times: list[StepTime]) -> StepTime | None:
    """The medians over runs of their quartiles."""
    if not times:
        return None
    parts = StepTime.__dataclass_fields__
    return StepTime(*(statistics.median(getattr(time, part) for time in times) for part in parts))


def _curve(losses: list[list[float]]) -> Curve:
    epochs = list(zip(*losses, strict=True))
    return Curve([statistics.fmean(e) for e in epochs], [min(e) for e in epochs], [max(e) for e in epochs])


def _learned(runs: list[Run]) -> dict[str, float] | None:
    values: dict[str, list[float]] = {}
    for run in runs:
        for layer in run.layers:
            for name, mean in (layer.get("learned") or {}).items():
                values.setdefault(name, []).extend([] if mean is None else [mean])
    return {name: statistics.fmean(means) for name, means in values.items() if means} or None


def _order(row: Row) -> tuple:
    return row.accuracy is None, row.failed > 0, -row.accuracy.mean if row.accuracy else 0.0, row.name


def by_network(those: Sequence[Of]) -> list[list[Of]]:
    """The rows or cases of each network, in their order."""
    found: dict[tuple, list[Of]] = {}
    for one in those:
        found.setdefault((one.depth, one.width), []).append(one)
    return list(found.values())
