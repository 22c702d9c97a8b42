# SPDX-License-Identifier: Apache-2.0
"""float32 results beside exact ones, over the float line or an interval of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase._evaluate import evaluate
from rheobase._specification import Chosen
from rheobase.bench import oracle
from rheobase.bench.places import program

COLUMNS, IN_COLUMN = 320, 96
SEED = 1
# All finite float32 numbers in order, counted from 0: so many on each side of it.
LARGEST = 0x7F7FFFFF
EXACT, FLOAT64 = "ball arithmetic", "rheobase's float64 results"
ROLES = ("value", "derivative")


@dataclass(frozen=True)
class Errors:
    """The largest error in each column: places as ranks (whole float line) or as x, errors in ulp."""

    places: np.ndarray
    worst: np.ndarray
    maximum: float
    at: float
    points: int
    reference: str


def reference() -> str:
    """What results are compared with: the developer build's ball arithmetic where it is installed."""
    return EXACT if program(oracle.PROGRAM) else FLOAT64


def errors(chosen: Chosen, role: str, interval: tuple[float, float] | None) -> Errors:
    """Errors of the float32 role at random points of all columns, the same points in each run.

    Args:
        chosen: the activation; parameters are rounded to float32 first, as its kernels do
        role: "value" or "derivative"
        interval: of x; None for all finite float32 numbers, columns of equally many

    Raises:
        RuntimeError: the oracle fails.
    """
    random = np.random.default_rng(SEED)
    offsets = (np.arange(COLUMNS)[:, None] + random.random((COLUMNS, IN_COLUMN))) / COLUMNS
    if interval is None:
        ranks = np.rint((2 * offsets - 1) * LARGEST).astype(np.int64)
        x = from_ranks(ranks)
        places = ranks.mean(axis=1)
    else:
        low, high = interval
        x = (low + (high - low) * offsets).astype(np.float32)
        places = x.astype(np.float64).mean(axis=1)
    found = _ulps(chosen, role, x.ravel()).reshape(x.shape)
    worst = found.max(axis=1)
    at = np.unravel_index(np.argmax(found), found.shape)
    return Errors(places, worst, float(found[at]), float(x[at]), x.size, reference())


def from_ranks(ranks: np.ndarray) -> np.ndarray:
    """float32 numbers by their place on the float line: 0 is 0, 1 the least positive one, -1 its negative."""
    return np.sign(ranks).astype(np.float32) * np.abs(ranks).astype(np.uint32).view(np.float32)


def _ulps(chosen: Chosen, role: str, x: np.ndarray) -> np.ndarray:
    rounded = {key: float(np.float32(value)) for key, value in chosen.parameters.items()}
    y = evaluate(chosen.name, x, role, chosen.parameters)
    if reference() == EXACT:
        high, low = oracle.ask(chosen.name, role, "float32", x, parameters=rounded)
    else:
        high = evaluate(chosen.name, x.astype(np.float64), role, rounded)
        low = np.zeros_like(high)
    return oracle.ulps(y, high, low, np.zeros(x.size, np.int64), "float32")
