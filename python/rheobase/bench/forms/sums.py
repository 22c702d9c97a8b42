# SPDX-License-Identifier: Apache-2.0
"""Exact sums of numbers, over everything and over channels, and statistics."""

import ctypes
import math

import numpy as np

from rheobase import _calls as calls
from rheobase.bench import formats
from rheobase.bench.contender import Contender, Prepared
from rheobase.bench.forms.case import Arrays, Case, Truth

CHANNELS = 64
# Variant: dimension of the channels, -1 for none.
VARIANTS = {"": -1, "of 64 channels, outermost": 0, "of 64 channels, innermost": 1}
_PART = 2**18


def names() -> list[str]:
    return ["terms", "statistics"]


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    chosen, found = calls.chosen(names(), wanted), []
    for dtype in dtypes:
        if "terms" in chosen:
            found += [_case("terms", variant, dtype, threads) for variant in VARIANTS]
        if "statistics" in chosen:
            found.append(_case("statistics", "", dtype, threads))
    return found


def _case(name: str, variant: str, dtype: str, threads: int) -> Case:
    axis = VARIANTS[variant]
    channels = CHANNELS if axis >= 0 else 1

    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        outputs = 2 if name == "statistics" else channels
        made = formats.numbers(size, dtype, random, data)
        # Statistics are float64, sums of 16-bit numbers float32.
        kind = "float64" if name == "statistics" or dtype == "float64" else "float32"
        return {"x": made, "y": np.zeros(outputs, kind)}

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        x = formats.wide(arrays["x"], dtype)
        places = np.arange(arrays["y"].size)
        if name == "statistics":
            mean = np.longdouble(_sum(x)) / x.size
            square = sum(np.square(part - mean).sum() for part in _parts(x))
            return [Truth("y", places, np.array([mean, square / x.size]))]
        grid = x.reshape(channels, -1) if axis <= 0 else x.reshape(-1, channels).T
        return [Truth("y", places, np.array([_sum(row) for row in grid], np.longdouble))]

    own = [Contender("rheobase", lambda arrays: _call(name, axis, channels, dtype, threads, arrays))]
    facts = {"axis": axis, "channels": channels, "statistics": name == "statistics"}
    return Case("sums", variant, name, dtype, arrays, truth, own, facts=facts)


def _parts(x: np.ndarray):
    return (x[i : i + _PART].astype(np.longdouble) for i in range(0, x.size, _PART))


def _sum(x: np.ndarray) -> float:
    """Exactly, rounded once to float64."""
    return math.fsum(value for i in range(0, x.size, _PART) for value in x[i : i + _PART].tolist())


def _call(name: str, axis: int, channels: int, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    """A whole sum: a cleared workspace, all terms, the result."""
    x, y = arrays["x"], arrays["y"]
    kind = calls.STATISTICS if name == "statistics" else calls.TERMS
    form = calls.SumsForm(kind, calls.FORMATS[dtype], channels)
    words = ctypes.c_size_t()
    calls.bound("rheo_sums_size", form, ctypes.byref(words), None)
    workspace = np.zeros(words.value, np.int64)
    extents = {-1: (1, x.size), 0: (channels, x.size // channels), 1: (x.size // channels, channels)}[axis]
    call = calls.filled(
        calls.Sums, threads=threads, form=form, rank=2, axis=axis, shape=calls.shape(*extents), x=x,
        workspace=workspace, words=words.value,
    )  # fmt: skip
    place, count = calls.POINTER(workspace.ctypes.data), calls.SIZE(words.value)
    clear, add = calls.bound("rheo_sums_clear", form, place, count), calls.bound("rheo_sums_add", call)
    if name == "statistics":
        result = calls.Statistics()
        finish = calls.bound("rheo_sums_statistics", form, place, count, result)
        return Prepared(
            lambda: (clear(), add(), finish()),
            lambda: {"y": np.array([result.mean, result.variance])},
            keep=call,
        )
    code = calls.FORMATS[y.dtype.name]
    finish = calls.bound("rheo_sums_finish", form, place, count, code, calls.POINTER(y.ctypes.data))
    return Prepared(lambda: (clear(), add(), finish()), keep=(call, arrays))
