# SPDX-License-Identifier: Apache-2.0
"""What the forge finds out about a function before it searches: symmetry, zeros, where it saturates."""

import math
from dataclasses import dataclass, field

import numpy as np
from flint import arb

from .formula import Formula, Refused

# Where symmetries are tested. Identities hold there to hundreds of bits or not at all.
_PROBES = (0.37, 1.21, 2.9, 4.4, 6.05)
_IDENTICAL = 1e-60
# The search looks at [-REACH, REACH]; a table never gets further.
REACH = 40.0


@dataclass
class Side:
    """The function that a table has to hold: y(z) of src/block/table.h for one way of folding."""

    fold: str  # an enumerator of Fold
    low: float  # z lies in [low, high]
    high: float
    y: object  # arb -> arb
    mirrored: bool = False
    total: float = 0.0  # of kReflected
    line: str = "kNone"
    line_parts: tuple[float, float] = (0.0, 0.0)
    zero: arb | None = None  # where y is 0
    order: int = 0  # and how often
    end: float = math.inf  # |z| from which on f is constant in float32, or linear
    signed_zero: bool = False
    squared: bool = False  # y is divided by z^2
    kinks: list[float] = field(default_factory=list)


def _is_zero(y: arb) -> bool:
    return abs(float(y)) < _IDENTICAL


def _pair(c: arb) -> tuple[float, float]:
    """c as two float32 numbers."""
    high = float(np.float32(float(c)))
    return high, float(np.float32(float(c - arb(high))))


def _sign_of(f: Formula) -> bool:
    """Whether f(x) has the sign of x near 0, where f(0) = 0."""
    return all(float(f(arb(t))) > 0 > float(f(arb(-t))) for t in _PROBES)


def _folded(f: Formula) -> list[Side]:
    """All ways to fold f about 0, the cheapest first."""
    sides = []
    at = [(f(arb(t)), f(arb(-t)), arb(t)) for t in _PROBES]
    if all(_is_zero(a + b) for a, b, _ in at):
        return [Side("kOdd", 0.0, REACH, f)]
    if all(_is_zero(a - b) for a, b, _ in at):
        return [Side("kEven", 0.0, REACH, f)]
    falls_left = abs(float(f(arb(-30)))) < abs(float(f(arb(30))))
    total = at[0][0] + at[0][1]
    if all(_is_zero(a + b - total) for a, b, _ in at) and _is_zero(
        total - arb(float(np.float32(float(total))))
    ):
        y = (lambda z: f(-z)) if falls_left else f
        sides.append(Side("kReflected", 0.0, REACH, y, mirrored=not falls_left, total=float(total)))
    if all(_is_zero(a - b - t) for a, b, t in at):
        if falls_left:
            sides.append(Side("kRectified", 0.0, REACH, lambda z: f(-z)))
        else:
            sides.append(Side("kLowered", 0.0, REACH, f))
    return [*sides, Side("kPlain", -REACH, REACH, f)]


def _one_sided(f: Formula) -> list[Side]:
    """A line on one side of 0; nothing where there is none."""
    for mirrored in (False, True):
        sign = -1 if mirrored else 1
        ratio = [f(arb(sign * t)) / (1 if f.role == "derivative" else arb(t)) for t in _PROBES]
        if all(_is_zero(r - ratio[0]) for r in ratio):
            parts = _pair(ratio[0])
            line = "kFlat" if f.role == "derivative" else "kIdentity" if parts == (1.0, 0.0) else "kSlope"
            return [
                Side(
                    "kOneSided",
                    -REACH,
                    0.0,
                    lambda z, s=sign: f(s * z),
                    mirrored,
                    line=line,
                    line_parts=parts,
                )
            ]
    return []


def _zeros(side: Side) -> list[arb]:
    """Zeros of y inside its domain but for 0, by sign changes and bisection."""
    grid = np.linspace(side.low, side.high, 1601)[:-1] + (side.high - side.low) / 3201
    values = [float(side.y(arb(float(z)))) for z in grid]
    found = []
    for left, right, a, b in zip(grid, grid[1:], values, values[1:], strict=False):
        if a * b < 0:
            low, high, positive = arb(float(left)), arb(float(right)), a > 0
            for _ in range(250):
                middle = arb(((low + high) / 2).mid())
                if (side.y(middle) > 0) == positive:
                    low = middle
                else:
                    high = middle
            root = arb(((low + high) / 2).mid())
            if abs(float(root)) > 1e-9:
                found.append(root)
    return found


def _order_at_zero(side: Side) -> int:
    """How often y is 0 at 0, 0 where it is not: y grows as z^order."""
    sign = -1 if side.high == 0 else 1
    small = abs(float(side.y(arb(sign * 2.0**-20))))
    at_zero = abs(float(side.y(arb(0)))) if side.fold != "kOneSided" else small if small > 1e-3 else 0.0
    if at_zero > 1e-30 or small == 0:
        return 0
    order = -math.log2(small / abs(float(side.y(arb(sign * 2.0**-19)))))
    if order < 0:
        raise Refused(f"a pole at 0, where y grows as |z|^{order:.3f}")
    if abs(order - round(order)) > 0.01:
        raise Refused(f"y is not smooth at 0: it grows as |z|^{order:.3f}")
    return round(order)


def _divided(side: Side) -> None:
    """Divides y by z^2 where it is 0 as z^2 or z^3 is: beside such a zero no chord keeps errors small."""
    if side.fold not in ("kOdd", "kEven") or side.order not in (2, 3):
        return
    y = side.y
    side.y, side.order, side.squared = (lambda z: y(z) / (z * z)), side.order - 2, True


def _saturates(side: Side, f: Formula) -> float:
    """The |z| from which on z can be held: y is lost in the sum, or does not change any more."""
    sign = -1 if side.high == 0 else 1
    last = side.y(arb(sign * REACH))
    for step in range(4, int(REACH * 8)):
        z = step / 8
        y = (
            abs(float(side.y(arb(sign * z))))
            if side.fold in ("kReflected", "kRectified", "kLowered")
            else None
        )
        if side.fold == "kReflected" and y < 2.0**-26 * abs(side.total):
            return z
        if side.fold in ("kRectified", "kLowered") and y < 2.0**-26 * z:
            return z
        if side.fold in ("kOdd", "kOneSided") and abs(float(last)) > 1e-3:
            far = abs(float(side.y(arb(sign * z)) - last))
            if far < 2.0**-26 * abs(float(last)):
                return z
    return math.inf


def sides(f: Formula) -> list[Side]:
    """The ways to make a table of f. Raises Refused."""
    kinks = [float(k) for k in f.info["facts"]["kinks"]]
    found = _one_sided(f)
    if not found and 0.0 in kinks:
        raise Refused(f"{f.name}: the {f.role} has a kink at 0 and a line on neither side of it")
    found = found or _folded(f)
    result = []
    for side in found:
        # A table ends before a kink; where nothing is left of it, the formula is not for tables.
        side.kinks = [k for k in kinks if k != 0]
        if any(abs(k) < 4 for k in side.kinks):
            raise Refused(f"{f.name}: a kink at {min(side.kinks, key=abs):g}")
        roots = _zeros(side)
        side.order = _order_at_zero(side)
        _divided(side)
        if len(roots) > 1 or (roots and side.order):
            continue
        if side.order:
            side.zero = arb(0)
        elif roots:
            side.zero, side.order = roots[0], 1
        side.end = math.inf if side.squared else _saturates(side, f)
        at_zero = f.role == "value" and side.zero is not None and float(side.zero) == 0
        side.signed_zero = at_zero and side.fold != "kOdd" and _sign_of(f)
        result.append(side)
    if not result:
        raise Refused(f"{f.name}: the {f.role} has several zeros")
    return result
