# SPDX-License-Identifier: Apache-2.0
"""Numbers of all formats in NumPy's arrays; bfloat16, which NumPy lacks, as its bits."""

import numpy as np

from rheobase.bench.contender import Unsupported

ITEMS = {"float32": "float32", "float64": "float64", "bfloat16": "uint16", "float16": "float16"}
# Bits of a significand; exponents of the smallest number, and of the power of two that is just too large.
LAYOUT = {
    "float32": (24, -149, 128),
    "float64": (53, -1074, 1024),
    "bfloat16": (8, -133, 128),
    "float16": (11, -24, 16),
}


def base(dtype: str) -> str:
    """The format of NumPy's that holds all numbers of this one, and of which its parameters are."""
    return "float64" if dtype == "float64" else "float32"


def tiny(dtype: str) -> float:
    """The smallest normal number."""
    precision, lowest, _ = LAYOUT[dtype]
    return float(np.ldexp(1.0, lowest + precision - 1))


def largest(dtype: str) -> float:
    """The largest finite number."""
    precision, _, overflow = LAYOUT[dtype]
    return float(np.ldexp(1 - 2.0**-precision, overflow))


def aligned(size: int, item: str) -> np.ndarray:
    """Zeros of a type of NumPy's that begin on a page, so that no contender is lucky with an address; written
    once, so that no call pays for fresh pages."""
    page, width = 4096, np.dtype(item).itemsize
    raw = np.zeros(size * width + page, np.uint8)
    raw.fill(0)
    start = -raw.ctypes.data % page
    return raw[start : start + size * width].view(item)


def empty(size: int, dtype: str) -> np.ndarray:
    """Zeros of the format that begin on a page."""
    return aligned(size, ITEMS[dtype])


def spoil(array: np.ndarray) -> None:
    """Makes all of it NaN, in every format: what is not written must not look right."""
    array.view(np.uint8).fill(0xFF)


def rounded(values: np.ndarray, dtype: str) -> np.ndarray:
    """float32 or float64 numbers in the format, in memory that begins on a page."""
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
        array = (array.astype(np.uint32) << np.uint32(16)).view(np.float32)
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return array.astype(np.float64)


def tensor(array: np.ndarray, dtype: str):
    """A PyTorch tensor of the same memory. Raises Unsupported where there is no PyTorch."""
    try:
        import torch
    except ImportError:
        raise Unsupported("torch is not installed") from None
    if dtype == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def array(result) -> np.ndarray:
    """The memory of a PyTorch tensor as the bench keeps its format."""
    import torch

    if result.dtype == torch.bfloat16:
        return result.view(torch.int16).numpy().view(np.uint16)
    return result.numpy()


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
    precision, lowest, _ = LAYOUT[dtype]
    _, exponent = np.frexp(exact)
    unit = np.ldexp(np.longdouble(1), np.maximum(exponent - precision, lowest))
    with np.errstate(invalid="ignore"):
        errors = np.abs(got.astype(np.longdouble) - exact) / unit
    return np.where(np.isfinite(got), errors, np.inf).astype(np.float64)
