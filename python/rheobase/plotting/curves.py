# SPDX-License-Identifier: Apache-2.0
"""A function on an interval, from the library's float64 kernels: where it jumps or bends; what to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rheobase._evaluate import evaluate
from rheobase._specification import Chosen

# Jumps closer together than an interval's 2048th part are found as one: less than a pixel of any picture.
CELLS = 2048
HALVINGS = 140
# A change that is left after HALVINGS halvings of the way, relative to the largest value, is a jump if it is
# larger than this: a continuous function comes to rest before.
LEAST_JUMP = 1e-6


@dataclass(frozen=True)
class Jump:
    """A place where a function jumps: its limits on both sides, and its value there."""

    x: float
    left: float
    right: float
    at: float


@dataclass(frozen=True)
class Curve:
    """What to draw: x and y, NaN where the line is broken; its jumps; for values, where the slope jumps."""

    x: np.ndarray
    y: np.ndarray
    jumps: list[Jump] = field(default_factory=list)
    kinks: list[tuple[float, float]] = field(default_factory=list)  # (x, y)


def jumps(f: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> list[Jump]:
    """All jumps of f between low and high, in order, at most one in each of CELLS cells.

    Each cell is halved again and again, and the half in which f changes more is kept. A continuous function's
    change dies away; a jump stays.
    """
    x = np.linspace(low, high, CELLS + 1)
    with np.errstate(all="ignore"):
        y = f(x)
        finite = np.abs(y[np.isfinite(y)])
        least = LEAST_JUMP * (finite.max() if finite.size else 0)
        cell = np.flatnonzero(np.abs(np.diff(y)) > least)
        a, b, ya, yb = x[cell], x[cell + 1], y[cell], y[cell + 1]
        for _ in range(HALVINGS):
            middle = a + (b - a) / 2
            ym = f(middle)
            first = np.abs(ym - ya) >= np.abs(yb - ym)
            a, ya = np.where(first, a, middle), np.where(first, ya, ym)
            b, yb = np.where(first, middle, b), np.where(first, ym, yb)
        found = np.abs(yb - ya) > least
    found_jumps: list[Jump] = []
    for left, right in zip(a[found], b[found], strict=True):
        place = simplest(left, right)
        if found_jumps and found_jumps[-1].x == place:
            continue  # a grid point that lies on the jump: both of its cells find it
        beside = np.array(
            [
                left if left < place else np.nextafter(place, -np.inf),
                right if right > place else np.nextafter(place, np.inf),
            ]
        )
        at = f(np.array([place]))[0]
        found_jumps.append(Jump(float(place), *map(float, f(beside)), float(at)))
    return found_jumps


def bends(chosen: Chosen, low: float, high: float) -> list[float]:
    """Where the derivative of an activation jumps."""
    return [
        jump.x
        for jump in jumps(lambda x: evaluate(chosen.name, x, "derivative", chosen.parameters), low, high)
    ]


def simplest(low: float, high: float) -> float:
    """The number of fewest decimal digits from low to high, which are next to each other."""
    if low <= 0 <= high:
        return 0.0
    for digits in range(1, 18):
        number = float(f"{low + (high - low) / 2:.{digits}g}")
        if low <= number <= high:
            return number
    return float(low)


def curve(chosen: Chosen, role: str, low: float, high: float, points: int) -> Curve:
    """A role of an activation from low to high on about so many points, jumps and kinks in full sharpness."""

    def f(x: np.ndarray) -> np.ndarray:
        return evaluate(chosen.name, x, role, chosen.parameters)

    broken = jumps(f, low, high)
    places = [jump.x for jump in broken]
    slopes = bends(chosen, low, high) if role == "value" else []
    corners = [x for x in slopes if x not in places and low < x < high]
    x = np.union1d(np.linspace(low, high, points), corners)
    y = f(x)
    y[~np.isfinite(y)] = np.nan
    for jump in broken:
        # The line ends at one limit and begins again at the other; the place itself belongs to neither.
        keep = x != jump.x
        x, y = x[keep], y[keep]
        at = np.searchsorted(x, jump.x)
        x = np.insert(x, at, [jump.x, jump.x, jump.x])
        y = np.insert(y, at, [jump.left, np.nan, jump.right])
    return Curve(x, y, broken, [(corner, float(f(np.array([corner]))[0])) for corner in corners])
