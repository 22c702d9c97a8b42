# SPDX-License-Identifier: Apache-2.0
"""What lies beyond a table's ends, as Tail of src/block/table.h: a line and an exponential that falls."""

from dataclasses import dataclass

import numpy as np
from flint import arb, arb_poly
from numpy.polynomial import chebyshev, polynomial

from .formula import Formula, Refused

# What is aimed at, beside f: an error 2^-9 of float32's half ulp.
_CLOSE = 2.0**-33
# Where f has come as near to its line as this, it stays there: below the smallest float32; or, for a
# derivative, so small that no gradient brings it back.
_GONE = {"value": 2.0**-153, "derivative": 2.0**-285}
_FARTHEST = 450.0
# From here on nothing is left of an exponential that falls, to the precision of the balls.
_INFINITY = 2000.0
_NOTHING = 1e-80
_TERMS, _CORRECTIONS = 18, 4


@dataclass
class Tail:
    low: float
    high: float
    scale: float
    shift: float
    line: tuple[float, float]
    q: list[float]
    r: list[float]
    s: list[float]
    error: float  # largest beside f, of a sample


def _line(f: Formula, sign: int) -> tuple[arb, arb]:
    """Constant and slope of the line that f nears."""
    near, far = f(arb(sign * _INFINITY)), f(arb(2 * sign * _INFINITY))
    slope = (far - near) / (sign * _INFINITY)
    return tuple(arb(0) if abs(float(c)) < _NOTHING else c for c in (near - slope * sign * _INFINITY, slope))


class _Side:
    """f beyond `start` on one side."""

    def __init__(self, f: Formula, sign: int, start: float):
        self._f, self._sign, self._start = f, sign, start
        self.constant, self.slope = _line(f, sign)
        if abs(float(self._rest(arb(sign * _INFINITY / 2)))) > _NOTHING:
            raise Refused("it does not fall as an exponential does")
        self.end = max(self._end(), start + 1)

    def _rest(self, x: arb) -> arb:
        return self._f(x) - self.constant - self.slope * x

    def _end(self) -> float:
        """|x| from which on only the line counts."""
        kinks = [abs(float(k)) for k in self._f.info["facts"]["kinks"] if float(k) * self._sign > self._start]
        t = self._start
        while t < _FARTHEST and t < min(kinks, default=np.inf):
            x = arb(self._sign * t)
            line = abs(float(self.constant + self.slope * x))
            if abs(float(self._rest(x))) < (line * _CLOSE / 16 if line else _GONE[self._f.role]):
                return t
            t += 0.25
        if t >= _FARTHEST:
            raise Refused(f"it has not ended at {_FARTHEST:g}")
        return min(kinks) - 1e-9

    def nodes(self, count: int) -> np.ndarray:
        """x, denser near the start, where corrections matter."""
        even = (1 - np.cos(np.linspace(0, np.pi, count))) / 2
        t = self._start + (self.end - self._start) * np.union1d(even, np.geomspace(1e-4, 1, count // 2))
        return self._sign * t

    def tail(self) -> Tail:
        low, high = sorted((self._sign * self._start, self._sign * self.end))
        scale = 2 / (high - low)
        shift = -(high + low) / (high - low)
        x = self.nodes(160)
        u = x * scale + shift
        rest = [self._rest(arb(v)) for v in x]
        if any((r > 0) != (rest[0] > 0) for r in rest):
            raise Refused("its sign changes beyond the table")
        q = self._exponent(x, u, rest)
        # The rest beside exp(q) and beside f: in balls, as float64 may hold none of the three.
        e = [arb_poly(q)(arb(v)).exp() for v in u]
        ratio = np.array([float(a / b) for a, b in zip(rest, e, strict=True)])
        f = [r + self.constant + self.slope * arb(v) for r, v in zip(rest, x, strict=True)]
        weight = np.array([float(abs(a / b)) for a, b in zip(rest, f, strict=True)])
        r, s, error = self._ratio(u, ratio, np.array([float(v) for v in e]), weight)
        return Tail(low, high, scale, shift, (float(self.constant), float(self.slope)), q, r, s, error)

    def _exponent(self, x: np.ndarray, u: np.ndarray, rest: list[arb]) -> list[float]:
        """q: log |f - line| but for a power of |x|, from where the exponential itself has become small."""
        chosen = np.abs(x) > self._start + 0.1 * (self.end - self._start)
        logs = np.array([float(abs(r).log()) for r, c in zip(rest, chosen, strict=True) if c])
        columns = np.stack([*(u[chosen] ** k for k in range(4)), np.log(np.abs(x[chosen]))], axis=1)
        return [float(c) for c in np.linalg.lstsq(columns, logs, rcond=None)[0][:4]]

    def _ratio(self, u, ratio, e, weight) -> tuple[list[float], list[float], float]:
        """r and s with the fewest terms: (f - line) / exp(q) = r(u) + exp(q) s(u)."""
        for terms in range(1, _TERMS + _CORRECTIONS + 1):
            for corrections in range(min(terms, _CORRECTIONS + 1)):
                plain = terms - corrections
                if plain > _TERMS:
                    continue
                found = _least_squares(u, ratio, e, weight, plain, corrections)
                if found[2] < _CLOSE:
                    return found
        raise Refused("no polynomial is close enough")


def _least_squares(u, ratio, e, weight, plain: int, corrections: int):
    basis = [chebyshev.chebvander(u, plain - 1)]
    if corrections:
        basis.append(chebyshev.chebvander(u, corrections - 1) * e[:, None])
    columns = np.concatenate(basis, axis=1)
    by = weight / np.abs(ratio)
    rows = columns * by[:, None]
    sizes = np.abs(rows).max(axis=0)
    sizes[sizes == 0] = 1
    solution = np.linalg.lstsq(rows / sizes, ratio * by, rcond=None)[0] / sizes
    r = [float(c) for c in chebyshev.cheb2poly(solution[:plain])]
    s = [float(c) for c in chebyshev.cheb2poly(solution[plain:])] if corrections else []
    got = polynomial.polyval(u, r) + (e * polynomial.polyval(u, s) if s else 0)
    return r, s, float((np.abs(got - ratio) * by).max())


def tails(f: Formula, ranges: list[tuple[int, float]]) -> list[Tail]:
    """Those of f beyond each (side, |x| where the table ends); the left one first. Raises Refused."""
    return [_Side(f, sign, start).tail() for sign, start in sorted(ranges)]
