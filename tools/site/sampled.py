# SPDX-License-Identifier: Apache-2.0
"""What the library gives for many rows, or many random numbers, in float64: pictures and properties."""

from __future__ import annotations

import ctypes

import numpy as np
from program import figure

from rheobase import _calls
from rheobase._evaluate import evaluate_rows
from rheobase.plotting.curves import Curve
from rheobase.report import pictures

ROWS, LENGTH = 2000, 8
# Sums of multiples of the step and the shift are exact, so rows stay what they are.
SHIFT, STEP = 8.0, 2.0**-10
FAR = (1e3, 1e6)  # rows as far apart as that show where values end
CLOSE = 1e-12
DRAWS = 1 << 16
NORMALS = 3  # rheo_number
DTYPE = "float64"


def row_picture(name: str, label: str) -> str:
    """The first result of the row (x, 0) over x, and its derivative with respect to x."""
    x = np.linspace(*pictures.reach([]), 241)
    pairs = np.stack([x, np.zeros_like(x)], 1)
    slopes = evaluate_rows(name, pairs, np.tile([1.0, 0.0], (x.size, 1)))
    curves = {"value": Curve(x, evaluate_rows(name, pairs)[:, 0]), "derivative": Curve(x, slopes[:, 0])}
    return pictures.picture(curves, label)


def row_properties(name: str) -> list[tuple[str, str]]:
    """Label and text of each; found by evaluation, so of these rows only."""
    x = np.random.default_rng(1).integers(-4096, 4097, (ROWS, LENGTH)) * STEP
    y = evaluate_rows(name, x)
    return [
        ("values", _ends(name)),
        ("sum of a row's values", _total(y)),
        ("a number that is added to the whole row", _shifted(y, evaluate_rows(name, x + SHIFT))),
        ("order of a row's values", _order(x, y)),
        ("sum of a row's gradient", _gradient(name, x)),
    ]


def _ends(name: str) -> str:
    """From the least to the largest value of rows that lie further and further apart."""
    near, far = (evaluate_rows(name, np.array([[0, size], [0, -size]])) for size in FAR)
    low = far.min() if far.min() > near.min() - 1 else -np.inf
    high = far.max() if far.max() < near.max() + 1 else np.inf
    return f"from {figure(low)} to {figure(high)}"


def _total(y: np.ndarray) -> str:
    if np.allclose(y.sum(1), 1, rtol=0, atol=CLOSE):
        return "1, but for rounding"
    if np.allclose(np.exp(y).sum(1), 1, rtol=0, atol=CLOSE):
        return "that of their exponentials is 1, but for rounding"
    return "depends on the row"


def _shifted(y: np.ndarray, of_shifted: np.ndarray) -> str:
    same = np.allclose(y, of_shifted, rtol=CLOSE, atol=0)
    return "changes nothing, but for rounding" if same else "changes values"


def _order(x: np.ndarray, y: np.ndarray) -> str:
    up = np.take_along_axis(y, np.argsort(x, 1), 1)
    if (np.diff(up) >= 0).all():
        return "that of the row"
    return "the other way round" if (np.diff(up) <= 0).all() else "not that of the row"


def _gradient(name: str, x: np.ndarray) -> str:
    gradient = evaluate_rows(name, x, np.random.default_rng(2).normal(size=x.shape))
    return "0, but for rounding" if np.abs(gradient.sum(1)).max() < CLOSE else "depends on the row"


def normals() -> np.ndarray:
    """Normal numbers of the library's own generator, the same everywhere."""
    z = np.empty(DRAWS)
    number, to, count = _calls.WORD, _calls.POINTER(z.ctypes.data), _calls.SIZE(DRAWS)
    kind = ctypes.c_uint32(NORMALS)
    _calls.bound("rheo_random_numbers", kind, number(2), number(0), number(0), to, count)
    return z


def drawn(name: str, x: np.ndarray, training: bool) -> np.ndarray:
    """A function that draws random numbers, with seed 1."""
    y = np.empty_like(x)
    call = _calls.filled(
        _calls.Random, role=_calls.VALUE, format=_calls.FORMATS[DTYPE], rank=1, threads=1,
        shape=_calls.shape(x.size), x=x, y=y, training=int(training), seed=1,
    )  # fmt: skip
    _calls.bound("rheo_random_run", _calls.found("rheo_random_find", name), call)
    return y


def random_properties(name: str) -> list[tuple[str, str, str]]:
    """Label, and what it is in training and in evaluation, for normal inputs of mean 0 and variance 1."""
    z = normals()
    both = [drawn(name, z, training) for training in (True, False)]
    return [
        ("mean", *(_short(y.mean()) for y in both)),
        ("variance", *(_short(y.var()) for y in both)),
        ("share of exact zeros", *(f"{100 * np.mean(y == 0):.0f} %" for y in both)),
        ("correlation with the input", *(_short(np.corrcoef(z, y)[0, 1]) for y in both)),
    ]


def _short(value: float) -> str:
    """As many digits as so many draws tell; 0 without a sign."""
    return f"{round(float(value), 2) + 0.0:.2f}"
