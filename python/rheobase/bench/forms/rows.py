# SPDX-License-Identifier: Apache-2.0
"""Functions of rows: values and gradients of rows that lie together, and values of columns."""

from itertools import product

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase.bench import formats
from rheobase.bench.contender import Contender, Prepared
from rheobase.bench.forms.case import Arrays, Case, Truth

# Variant, role, length of a row, axis.
VARIANTS = (
    ("of 64", calls.VALUE, 64, 1),
    ("of 1024", calls.VALUE, 1024, 1),
    ("of 32768", calls.VALUE, 32768, 1),
    ("of 1024 down columns", calls.VALUE, 1024, 0),
    ("of 64 backward", calls.BACKWARD, 64, 1),
    ("of 1024 backward", calls.BACKWARD, 1024, 1),
    ("of 32768 backward", calls.BACKWARD, 32768, 1),
)


def names() -> list[str]:
    return rheobase.names("rows")


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    return [
        _case(name, variant, dtype, threads)
        for variant, dtype, name in product(VARIANTS, dtypes, calls.chosen(names(), wanted))
        if all(size % variant[2] == 0 for size in sizes)
    ]


def _bound(name: str, role: int, dtype: str, extents, axis: int, threads: int, y, **operands):
    call = calls.filled(
        calls.Rows, role=role, format=calls.FORMATS[dtype], rank=2, axis=axis, threads=threads,
        shape=calls.shape(*extents), y=y, **operands,
    )  # fmt: skip
    run = calls.bound("rheo_rows_run", calls.found("rheo_rows_find", name), call)
    return Prepared(run, keep=(call, operands, y))


def _case(name: str, variant: tuple, dtype: str, threads: int) -> Case:
    title, role, length, axis = variant
    info = rheobase.info(name, "rows")

    def extents(size: int) -> tuple[int, int]:
        return (size // length, length) if axis == 1 else (length, size // length)

    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        x = formats.numbers(size, dtype, random, data)
        made = {"x": x, "y": formats.empty(size, dtype)}
        if role == calls.BACKWARD:
            grad, result = formats.numbers(size, dtype, random), formats.empty(size, dtype)
            _bound(name, calls.VALUE, dtype, extents(size), axis, 1, result, x=x).call()
            made |= {"grad": grad, "result": result}
        return made

    def prepare(arrays: Arrays) -> Prepared:
        reads = ("grad", "result") if role == calls.BACKWARD else ("x",)
        operands = {key: arrays[key] for key in reads}
        return _bound(name, role, dtype, extents(arrays["y"].size), axis, threads, arrays["y"], **operands)

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        grid = np.arange(arrays["y"].size).reshape(extents(arrays["y"].size))
        grid = grid if axis == 1 else grid.T
        inverse = at // length if axis == 1 else at % grid.shape[0]
        places = grid[np.unique(inverse)]
        wide = {
            key: formats.wide(arrays[key], dtype)[places].astype(np.longdouble)
            for key in arrays
            if key != "y"
        }
        logarithm = _is_logarithm(name)
        if role == calls.VALUE:
            return [Truth("y", places.ravel(), _values(name, logarithm, wide["x"]).ravel())]
        gradient, unit = _gradients(logarithm, wide["result"], wide["grad"], _negated(name))
        return [Truth("y", places.ravel(), gradient.ravel(), unit.ravel())]

    own = [Contender("rheobase", prepare)]
    facts = {"length": length, "axis": axis, "backward": role == calls.BACKWARD, "extents": extents}
    return Case("rows", title, name, dtype, arrays, truth, own, info, facts)


def _row(name: str, points: list[float]) -> np.ndarray:
    x = np.array(points)
    y = np.zeros_like(x)
    _bound(name, calls.VALUE, "float64", (1, x.size), 1, 1, y, x=x).call()
    return y


def _is_logarithm(name: str) -> bool:
    """What a file declares cannot be read from its description: a row of one element has the value 0 or 1."""
    return float(_row(name, [0.0])[0]) == 0


def _negated(name: str) -> bool:
    first, second = _row(name, [0.0, 1.0])
    return bool(first > second)


def _values(name: str, logarithm: bool, x: np.ndarray) -> np.ndarray:
    """In long double, whose own error is below 2^-60 for the data of the bench."""
    z = -x if _negated(name) else x
    z = z - z.max(-1, keepdims=True)
    powers = np.exp(z)
    total = powers.sum(-1, keepdims=True)
    return z - np.log(total) if logarithm else powers / total


def _gradients(logarithm: bool, result: np.ndarray, grad: np.ndarray, negated: bool):
    """And what docs/rows.md counts their errors in, by parts of 2^-24 (float64: 2^-53) of it."""
    share = np.exp(result) if logarithm else result
    if logarithm:
        gradient = grad - share * grad.sum(-1, keepdims=True)
        size = np.abs(grad) + share * np.abs(grad).sum(-1, keepdims=True)
    else:
        inner = (share * grad).sum(-1, keepdims=True)
        gradient = share * (grad - inner)
        size = share * (np.abs(grad) + (share * np.abs(grad)).sum(-1, keepdims=True))
    return (-gradient if negated else gradient), size
