# SPDX-License-Identifier: Apache-2.0
"""The search for a learning rate: the same grid and the same number of steps for every activation.

Successive halving (Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016, arXiv 1502.07943): all rates
are tried for a few epochs, the better half for twice as many, and so on; the last round has all epochs.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rheobase.lab.settings import Case, Job, Settings

if TYPE_CHECKING:
    from rheobase.lab.training import Run

# From 0.001 to 3.2, half a decade apart: beyond it, plain gradient descent on scaled inputs stands still or
# diverges.
GRID = tuple(float(f"{10 ** (power / 2):.2g}") for power in range(-6, 2))
# Candidates of each round, and the share of the epochs that it trains for.
ROUNDS = ((8, 1 / 4), (4, 1 / 2), (2, 1.0))
# Seeds of the search. They are far from those of results, so that no result is a run that its rate was chosen
# by.
SEEDS = (2**62, 2**62 + 1)


@dataclass(frozen=True)
class Choice:
    """The chosen rate, its mean validation accuracy over SEEDS (None: all its runs failed), and whether it
    lies at an end of the grid, where a better one may lie beyond."""

    lr: float
    accuracy: float | None
    at_edge: bool


def epochs_of(number: int, settings: Settings) -> int:
    """Epochs of a round, counted from 1."""
    return max(1, round(ROUNDS[number - 1][1] * settings.epochs))


def jobs(number: int, settings: Settings, candidates: Mapping[Case, Sequence[float]]) -> list[Job]:
    """The trainings of a round."""
    epochs = epochs_of(number, settings)
    return [
        Job(case, lr, seed, epochs, number)
        for seed in SEEDS
        for case, rates in candidates.items()
        for lr in rates
    ]


def candidates(number: int, case: Case, runs: Sequence[Run]) -> list[float]:
    """The rates of a round, from the runs of the one before, the best first; after the last round, all of
    it."""
    if number == 1:
        return list(GRID)
    before = [run for run in runs if run.case == case and run.round == number - 1]
    ranked = sorted({run.lr for run in before}, key=lambda lr: _order(lr, before))
    return ranked[: ROUNDS[number - 1][0]] if number <= len(ROUNDS) else ranked


def choose(case: Case, runs: Sequence[Run]) -> Choice:
    """The best rate of the last round."""
    lr = candidates(len(ROUNDS) + 1, case, runs)[0]
    last = [run for run in runs if run.case == case and run.round == len(ROUNDS) and run.lr == lr]
    finished = [run.accuracy for run in last if not run.failed]
    accuracy = statistics.fmean(finished) if len(finished) == len(last) else None
    return Choice(lr, accuracy, lr in (GRID[0], GRID[-1]))


def _order(lr: float, runs: Sequence[Run]) -> tuple:
    """Fewest failed runs, then the highest mean accuracy on the validation examples, then the lowest mean
    loss on them, then the lower rate."""
    of_rate = [run for run in runs if run.lr == lr]
    finished = [run for run in of_rate if not run.failed]
    if not finished:
        return len(of_rate), 0.0, math.inf, lr
    accuracy = statistics.fmean(run.accuracy for run in finished)
    loss = statistics.fmean(run.loss for run in finished)
    return len(of_rate) - len(finished), -accuracy, loss, lr
