# SPDX-License-Identifier: Apache-2.0
"""y(z) in float64 to about 1e-16 of its size, also beside a zero: Chebyshev series of balls."""

import numpy as np
from flint import arb
from numpy.polynomial import chebyshev

from .shape import Side


class TooSteep(Exception):
    """No series for this piece: a table cannot hold it either."""


_WIDTH = 0.25
_NODES = 20
# Of the last terms beside the largest: what is left of rounding. A thousandth of what counts is 1e-11.
_NOISE = 1e-13
_ANGLES = (2 * np.arange(_NODES) + 1) * np.pi / (2 * _NODES)
_POINTS = np.cos(_ANGLES)
_TO_SERIES = 2 / _NODES * np.cos(np.outer(np.arange(_NODES), _ANGLES))
_TO_SERIES[0] /= 2


class Smooth:
    """y on pieces of a quarter, made when first asked for. y = (z - zero)^order q(z); q has the series."""

    def __init__(self, side: Side):
        self._side, self._pieces = side, {}
        zero = side.zero if side.zero is not None else arb(0)
        self._high = float(zero)
        self._low = float(zero - arb(self._high))

    def _piece(self, i: int) -> np.ndarray:
        if i not in self._pieces:
            side, middle = self._side, (i + 0.5) * _WIDTH
            values = []
            for t in _POINTS:
                z = arb(float(middle + _WIDTH / 2 * t))
                y = side.y(z)
                if side.order:
                    y = y / (z - side.zero) ** side.order
                values.append(float(y))
            series = _TO_SERIES @ np.array(values)
            if not np.all(np.isfinite(series)):
                raise TooSteep(f"not finite near {middle:g}")
            if not np.all(values):
                raise TooSteep(f"too steep: below float64's smallest number near {middle:g}")
            if np.abs(series[-3:]).max() > _NOISE * np.abs(series).max():
                raise TooSteep(f"not smooth, or too steep, near {middle:g}")
            self._pieces[i] = series
        return self._pieces[i]

    def distance(self, z: np.ndarray) -> np.ndarray:
        """z - zero."""
        return (z - self._high) - self._low

    def __call__(self, z: np.ndarray) -> np.ndarray:
        z = np.asarray(z, np.float64)
        places = np.floor(z / _WIDTH).astype(int)
        # Both sides of a one-sided function's end belong to the piece inside.
        if self._side.high == 0:
            places = np.minimum(places, -1)
        result = np.empty_like(z)
        for i in np.unique(places):
            chosen = places == i
            t = (z[chosen] - (i + 0.5) * _WIDTH) / (_WIDTH / 2)
            result[chosen] = chebyshev.chebval(t, self._piece(int(i)))
        return result * self.distance(z) ** self._side.order if self._side.order else result
