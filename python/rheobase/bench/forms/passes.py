# SPDX-License-Identifier: Apache-2.0
"""Plain passes over memory, as one would write them without a form: products and sums of arrays."""

from collections.abc import Callable

import numpy as np

from rheobase.bench.arguments import SHORT
from rheobase.bench.formats import tensor


def multiply(a: np.ndarray, b: np.ndarray, y: np.ndarray, dtype: str) -> Callable[[], object]:
    """y = a b. NumPy has no bfloat16, and float16 only in scalar code."""
    if dtype in SHORT:
        operands, out = [tensor(array, dtype) for array in (a, b)], tensor(y, dtype)
        import torch

        return lambda: torch.mul(*operands, out=out)
    return lambda: np.multiply(a, b, out=y)


def scale_and_add(x: np.ndarray, scale: float, bias, y: np.ndarray, dtype: str) -> Callable[[], object]:
    """y = scale x + bias, bias a number or an array of a row's length; rounded after each."""
    if dtype in SHORT:
        columns = 1 if isinstance(bias, float) else bias.size
        to, origin = (tensor(array, dtype).view(-1, columns) for array in (y, x))
        import torch

        other = torch.tensor(bias) if isinstance(bias, float) else tensor(bias, dtype)
        return lambda: torch.add(other, origin, alpha=scale, out=to)
    factor = x.dtype.type(scale)
    columns = 1 if isinstance(bias, float) else bias.size
    to, origin = y.reshape(-1, columns), x.reshape(-1, columns)
    term = x.dtype.type(bias) if isinstance(bias, float) else bias

    def run():
        np.multiply(origin, factor, out=to)
        np.add(to, term, out=to)

    return run
