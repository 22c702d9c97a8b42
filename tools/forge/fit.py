# SPDX-License-Identifier: Apache-2.0
"""One interval of a table: centre, value, coefficients and slope in float32, and the error that they leave.

The error is that of the kernel (src/block/table-inl.h), whose operations are done here on NumPy's float32: a
fused one as a float64 sum rounded once more, which differs from it in one case of 2^28 and is good enough to
choose by. What counts is the proof.
"""

from dataclasses import dataclass

import numpy as np

from .plan import Plan
from .smooth import Smooth

# Gal's centres: y(center) within this part of an ulp of a float32.
# S. Gal, ACM TOMS 17 (1991), https://doi.org/10.1145/103147.103151
_NEARLY = 0.006
_FIT = 48
_FIT_POINTS = np.cos((2 * np.arange(_FIT) + 1) * np.pi / (2 * _FIT))


@dataclass
class Entry:
    """One interval's numbers, and the largest error of its sample in ulp."""

    center: float
    value: float
    p: list[float]
    slope: float
    error: float


def fused(a, b, c):
    return (np.float64(a) * np.float64(b) + np.float64(c)).astype(np.float32)


def ulp(y: np.ndarray) -> np.ndarray:
    return np.exp2(np.floor(np.log2(np.maximum(np.abs(y), 2.0**-126))) - 23)


def float32(v) -> float:
    return float(np.float32(v))


class Fitter:
    """Fits the intervals of one side's plans. `counterexamples`: z where proofs found errors too large."""

    def __init__(self, smooth: Smooth, side, derivative: bool, counterexamples=(), seed: int = 1):
        self._y, self._side, self._derivative = smooth, side, derivative
        self._counterexamples = np.asarray(counterexamples, np.float64)
        self._random = np.random.default_rng(seed)
        self._spread = np.sort(self._random.uniform(-1, 1, 700))
        self._spread = np.concatenate(
            [self._spread, 1 - np.geomspace(1e-6, 0.05, 50), np.geomspace(1e-6, 0.05, 50) - 1]
        )

    def interval(self, plan: Plan, low: float, high: float, tolerance: float, dense: int = 0) -> Entry | None:
        """The best entry for z in [low, high]; None when nothing was within reach."""
        side = self._side
        z = (low + high) / 2 + (high - low) / 2 * _FIT_POINTS
        sample = self._sample(low, high, dense)
        root = float(side.zero) if side.order else None
        if root is not None and low <= root <= high:
            return self._at_zero(plan, z, sample, root)
        best = self._ordinary(plan, z, sample, low, high)
        if best.error > tolerance and plan.slope != "kNone" and side.fold not in ("kRectified", "kLowered"):
            chord = self._chord(plan, z, sample, (low + high) / 2, root)
            best = min(best, chord, key=lambda entry: entry.error)
        return best

    def _sample(self, low: float, high: float, dense: int) -> np.ndarray:
        spread = self._spread
        if dense:
            spread = np.concatenate([spread, self._random.uniform(-1, 1, dense)])
        z = (low + high) / 2 + (high - low) / 2 * spread
        z = np.concatenate([z, self._below_powers(low, high, 4000 if dense else 150)])
        if self._counterexamples.size:
            known = self._counterexamples
            z = np.concatenate([z, known[(known >= low) & (known <= high)]])
        z = np.unique(z.astype(np.float32))
        z = z[(z >= np.float32(low)) & (z <= np.float32(high))]
        root = float(self._side.zero) if self._side.order else 0.0
        return z[(np.abs(z - np.float32(root)) > 1e-12)]

    def _below_powers(self, low: float, high: float, count: int) -> np.ndarray:
        """z whose results lie about a power of two: just below it, errors are largest in ulp."""
        z = np.linspace(low, high, 160)
        y = self._y(z)
        parts = []
        for result in self._results(z, y):
            exponents = np.floor(np.log2(np.maximum(np.abs(result), 1e-300)))
            for i in np.nonzero(np.diff(exponents))[0][:12]:
                parts.append(z[i] + (z[i + 1] - z[i]) * np.linspace(-1, 2, count))
        found = np.concatenate(parts) if parts else np.empty(0)
        return found[(found >= low) & (found <= high)]

    def _results(self, z, y) -> list:
        """f on each side, from y(z)."""
        fold = self._side.fold
        if fold == "kReflected":
            return [y, self._side.total - y]
        if fold == "kRectified":
            return [y, y + z]
        if fold == "kLowered":
            return [y, y - z]
        return [y]

    def _coefficients(self, u, rest, weight, degree: int, fixed=()) -> list[float]:
        """p of least weighted squares for rest = u p(u), rounded one after the other, the lowest first."""
        p, scale = list(fixed), np.abs(u).max()
        columns = u[:, None] * (u[:, None] / scale) ** np.arange(degree) * weight[:, None]
        rest = rest * weight
        for j, c in enumerate(p):
            rest = rest - columns[:, j] * (c * scale**j)
        for j in range(len(p), degree):
            solution = np.linalg.lstsq(columns[:, j:], rest, rcond=None)[0]
            c = float32(solution[0] / scale**j)
            p.append(c)
            rest = rest - columns[:, j] * (c * scale**j)
        return p

    def _error(self, plan: Plan, z, entry: Entry) -> float:
        """Of the kernel with this entry, in ulp."""
        side, u = self._side, z - np.float32(entry.center)
        p = np.full_like(z, np.float32(entry.p[-1]))
        for c in entry.p[-2::-1]:
            p = fused(p, u, np.float32(c))
        rest = fused(p, u, np.float32(entry.value))
        distance = z - np.float32(float(side.zero)) if plan.slope == "kRoot" else z
        exact = self._y(z)
        if side.fold in ("kRectified", "kLowered"):
            results = [rest + fused(np.float32(entry.slope), z, h) for h in (np.zeros_like(z), z)]
            if side.fold == "kLowered":
                results[1] = rest + fused(np.float32(entry.slope), z, -z)
        else:
            if self._derivative or side.squared:
                return self._pair_error(z, p, u, rest, distance, entry, exact)
            y = rest if entry.slope == 0 else fused(np.float32(entry.slope), distance, rest)
            results = [y] if side.fold != "kReflected" else [y, np.float32(side.total) - y]
        worst = 0.0
        for result, truth in zip(results, self._results(np.float64(z), exact), strict=True):
            worst = max(worst, float((np.abs(np.float64(result) - truth) / ulp(truth)).max()))
        return worst

    def _pair_error(self, z, p, u, rest, distance, entry: Entry, exact) -> float:
        """Of the derivative, or of a squared table, in ulp; or of the unrounded pair, where 1 stands for
        1.5 ulp of a product."""
        slope = np.float32(entry.slope)
        high, low = rest, fused(p, u, np.float32(entry.value) - rest)
        if entry.slope != 0:
            high = fused(slope, distance, rest)
            low = low + (fused(slope, distance, -high) + rest)
        pairs = [(high, low)]
        if self._side.fold == "kReflected":
            total = np.float32(self._side.total)
            other = total - high
            pairs.append((other, ((total - other) - high) - low))
        worst = 0.0
        for (high, low), truth in zip(pairs, self._results(np.float64(z), exact), strict=True):
            both = np.float64(high) + np.float64(low)
            off = np.abs(both - truth) / np.abs(truth)
            result = high + low
            if self._side.squared:
                square = np.float64(z) ** 2
                result, truth = (both * square).astype(np.float32), truth * square
            rounded = np.abs(np.float64(result) - truth) / ulp(truth)
            worst = max(worst, float(off.max()) * 2.0**24, float(rounded.max()))
        return worst

    def _finish(self, plan: Plan, sample, entry: Entry) -> Entry:
        entry.error = self._error(plan, sample, entry) if sample.size else 0.0
        return entry

    def _at_zero(self, plan: Plan, z, sample, root: float) -> Entry:
        """The interval of the zero is centred at it."""
        side, y = self._side, self._y(z)
        weight = 1 / np.abs(y)
        center = float32(root)
        value = float32(self._y(np.array([center]))[0]) if root else 0.0
        near = np.array([center - 2.0**-30, center + 2.0**-30])
        rate = float(np.diff(self._y(near))[0] / np.diff(near)[0])
        if side.high == 0 and root == 0:
            near = np.array([-(2.0**-30)])
            rate = float(self._y(near)[0] / near[0])
        slope, fixed = 0.0, ()
        if side.order > 1:
            fixed = (0.0,) * (side.order - 1)
        elif side.fold in ("kRectified", "kLowered"):
            slope, fixed = (-0.5, (0.0,)) if side.fold == "kRectified" else (0.5, (0.0,))
        elif plan.slope != "kNone":
            slope = float32(rate)
            fixed = (float32(rate - slope),) if root == 0 else ()
        rest = y - slope * (z - (float32(root))) - value
        # At the zero itself there is nothing to fit.
        chosen = np.abs(z - root) > 1e-9
        p = self._coefficients((z - center)[chosen], rest[chosen], weight[chosen], plan.degree, fixed)
        return self._finish(plan, sample, Entry(center, value, p, slope, 0.0))

    def _ordinary(self, plan: Plan, z, sample, low: float, high: float) -> Entry:
        width, middle = high - low, (low + high) / 2
        for part in (0.1, 0.2, 0.38):
            centers = (
                (middle + width * part * self._random.uniform(-1, 1, 3000))
                .astype(np.float32)
                .astype(np.float64)
            )
            y = self._y(centers)
            off = np.abs(y - np.float64(y.astype(np.float32))) / ulp(y)
            best = int(np.argmin(off + 0.002 * np.abs(centers - middle) / width))
            if off[best] < _NEARLY:
                break
        center, value = float(centers[best]), float32(y[best])
        exact = self._y(z)
        p = self._coefficients(z - center, exact - value, 1 / np.abs(exact), plan.degree)
        return self._finish(plan, sample, Entry(center, value, p, 0.0, 0.0))

    def _chord(self, plan: Plan, z, sample, middle: float, root: float) -> Entry:
        """Beside the zero: most of y is a line through it."""
        center, origin = float32(middle), float32(root)
        at = float(self._y(np.array([center]))[0])
        slope = float32(at / (center - origin))
        value = float32(at - slope * (center - origin))
        exact = self._y(z)
        p = self._coefficients(
            z - center, exact - slope * (z - origin) - value, 1 / np.abs(exact), plan.degree
        )
        return self._finish(plan, sample, Entry(center, value, p, slope, 0.0))
