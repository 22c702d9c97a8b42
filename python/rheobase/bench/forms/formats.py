# SPDX-License-Identifier: Apache-2.0
"""Numbers of all formats in NumPy's arrays; bfloat16, which NumPy lacks, as its bits."""

import numpy as np

from rheobase.bench.sample import aligned

ITEMS = {"float32": "float32", "float64": "float64", "bfloat16": "uint16", "float16": "float16"}
# Bits of a significand, and the exponent of the smallest number.
LAYOUT = {"float32": (24, -149), "float64": (53, -1074), "bfloat16": (8, -133), "float16": (11, -24)}


def empty(size: int, dtype: str) -> np.ndarray:
    """Zeros that begin on a page."""
    return aligned(size, ITEMS[dtype])


def rounded(values: np.ndarray, dtype: str) -> np.ndarray:
    """Finite float32 or float64 numbers in the format, in memory that begins on a page."""
    array = empty(values.size, dtype)
    if dtype == "bfloat16":
        bits = np.ascontiguousarray(values, np.float32).reshape(-1).view(np.uint32)
        array[:] = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
    else:
        array[:] = values.reshape(-1)
    return array


def wide(array: np.ndarray, dtype: str) -> np.ndarray:
    """The same numbers in float64, exactly."""
    if dtype == "bfloat16":
        return (array.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)
    return array.astype(np.float64)


def numbers(size: int, dtype: str, random: np.random.Generator, data: str = "normal") -> np.ndarray:
    """Normal numbers of deviation 1, or ("uniform") of [-8, 8]."""
    if data == "uniform":
        values = random.random(size, np.float32) * np.float32(16) - np.float32(8)
    else:
        values = random.standard_normal(size, np.float32)
    return rounded(values, dtype)


def ulps(got: np.ndarray, exact: np.ndarray, dtype: str) -> np.ndarray:
    """Distances of float64 numbers from exact ones (long double) in ulp of the format; not finite ones are
    infinitely far, unless the exact one is too."""
    precision, lowest = LAYOUT[dtype]
    _, exponent = np.frexp(exact)
    unit = np.ldexp(np.longdouble(1), np.maximum(exponent - precision, lowest))
    with np.errstate(invalid="ignore"):
        errors = np.abs(got.astype(np.longdouble) - exact) / unit
    return np.where(np.isfinite(got), errors, np.inf).astype(np.float64)
