# SPDX-License-Identifier: Apache-2.0
"""Configurations of a table, their intervals, and what they cost."""

import math
from dataclasses import dataclass

from .shape import Side

# Cycles are those of 16 lanes of AVX-512 on two ports, and by this weight those of AVX2 with a row of 16
# entries as two permutations and a blend, one of 32 as twice that and one blend more. (Kernels no longer do
# that, and tails have made outliers cheaper: the model stays, so that a search finds the committed tables.)
_WEIGHT_AVX2 = 0.2
# Cycles of an input that a table does not cover, and of the branch taken for a vector that has some.
_OUTLIER, _BRANCH = 40.0, 15.0


@dataclass
class Plan:
    """What a kernel's code depends on, but for what the side says; and the shape of the index map."""

    side: Side
    entries: int
    degree: int
    bend: float  # 0 for intervals of one width, above it they grow narrower outwards, below it wider
    shift: int = 0  # of a plain table's middle

    @property
    def slope(self) -> str:
        side = self.side
        if side.order == 0 or side.order > 1 and side.fold not in ("kRectified", "kLowered"):
            return "kNone"
        return "kOrigin" if float(side.zero) == 0 else "kRoot"

    @property
    def kept(self) -> bool:
        """Whether rows lie side by side for negative and positive z."""
        return self.side.fold == "kPlain"

    def edges(self, i: int, scale: float) -> tuple[float, float]:
        """z of interval i, for an index map n = rn(z (a z + b)) with b = 1 / scale, a = bend / scale."""
        if self.kept:
            middle = self.entries // 2 + self.shift
            return self._inverse(i - middle - 0.5, scale), self._inverse(i - middle + 0.5, scale)
        low, high = (0.0 if i == 0 else self._inverse(i - 0.5, scale)), self._inverse(i + 0.5, scale)
        return (-high, -low) if self.side.high == 0 else (low, high)

    def _inverse(self, n: float, scale: float) -> float:
        if self.bend == 0:
            return n * scale
        # z (bend z + 1) = n scale
        under = 1 + 4 * self.bend * n * scale
        return (-1 + math.sqrt(max(under, 1e-9))) / (2 * self.bend)

    def reach(self, scale: float) -> tuple[float, float]:
        """The z that the table holds."""
        first, last = self.edges(0, scale), self.edges(self.entries - 1, scale)
        return min(first[0], last[0]), max(first[1], last[1])

    def operations(self) -> tuple[int, int]:
        """Lookups, and all other operations on a vector."""
        side, sloped = self.side, self.slope != "kNone"
        lookups = self.degree + 2 + sloped
        other = 2 + 1 + (self.bend != 0) + 1 + self.degree + 3  # memory, index, u, polynomial, range
        other += {"kNone": 0, "kOrigin": 1, "kRoot": 2}[self.slope]
        other += {"kPlain": 0, "kOdd": 3, "kEven": 1, "kReflected": 4, "kOneSided": 4}.get(side.fold, 3)
        other += 12 * side.squared  # a pair, its product with another, and the nearest inputs
        return lookups, other + (math.isfinite(side.end)) + side.signed_zero

    def cycles(self) -> float:
        lookups, other = self.operations()
        wide = max((lookups + other) / 2, lookups + 1)
        pieces = self.entries // 8
        narrow = max((lookups * (2 * pieces - 1) + other + 2) / 3, lookups * pieces)
        registers = 1.1 if lookups * self.entries // 16 > 16 else 1.0
        return wide * registers + _WEIGHT_AVX2 * 2 * narrow

    def held(self, scale: float) -> bool:
        low, high = self.reach(scale)
        return max(-low, high) >= self.side.end and not self.kept

    def cost(self, scale: float) -> float:
        """Cycles for 16 elements, outliers included: normal(0, 1), uniform in [-8, 8], some of
        normal(0, 4), a few from far outside, uniform in [-96, 96]."""
        low, high = self._covered(scale)

        def normal(t, deviation=1.0):
            return 0.5 * math.erfc(-t / deviation / math.sqrt(2))

        def wide(t):
            return normal(t, 4.0)

        def uniform(t, end=8):
            return min(max((t / end + 1) / 2, 0), 1)

        def far(t):
            return uniform(t, 96)

        extra = 0.0
        for below, share in ((normal, 0.4), (uniform, 0.4), (wide, 0.18), (far, 0.02)):
            outside = below(low) + 1 - below(high)
            extra += share * (16 * _OUTLIER * outside + _BRANCH * (1 - (1 - outside) ** 16))
        return self.cycles() + extra

    def _covered(self, scale: float) -> tuple[float, float]:
        low, high = self.reach(scale)
        infinity, held = math.inf, self.held(scale)
        if self.kept:
            return low, high
        if self.side.fold == "kOneSided":
            return (-infinity if held else low), infinity
        if self.side.fold == "kOdd":
            return (-infinity, infinity) if held else (-high, high)
        return -high, (infinity if held and self.side.fold != "kEven" else high)

    def __str__(self) -> str:
        bent = f", bend {self.bend:g}" if self.bend else ""
        shifted = f", shifted {self.shift}" if self.shift else ""
        return f"{self.side.fold[1:].lower()}, {self.entries} x degree {self.degree}{bent}{shifted}"


def plans(side: Side) -> list[Plan]:
    """All that are tried, the cheapest first."""
    if side.fold == "kPlain":
        shapes = [(bend, shift) for bend in (0.0, 0.01, -0.01, -0.02) for shift in (0, 2, -2)]
    else:
        shapes = [(bend, 0) for bend in (0.0, 0.03, 0.1, 0.3, 1.0)]
        if side.fold in ("kOneSided", "kEven", "kOdd"):
            shapes += [(-0.01, 0), (-0.02, 0)]
    found = [
        Plan(side, entries, degree, bend, shift)
        for entries in (16, 32)
        for degree in (3, 4, 5, 6, 7, 8)
        for bend, shift in shapes
    ]
    return sorted(found, key=Plan.cycles)
