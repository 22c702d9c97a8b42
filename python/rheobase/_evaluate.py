# SPDX-License-Identifier: Apache-2.0
"""The library's kernels on NumPy arrays, for the lab's programs: one call of the C ABI (rheobase.h)."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping

import numpy as np

from rheobase import _calls as calls
from rheobase import _core

ROLES = {"value": 1, "derivative": 2, "second": 5}  # rheo_role
NO_PARAMETERS: Mapping[str, float] = {}


def evaluate(
    name: str, x: np.ndarray, role: str = "value", parameters: Mapping[str, float] = NO_PARAMETERS
) -> np.ndarray:
    """f(x), f'(x) or f''(x), in the format of x.

    Args:
        name: an activation, a preset or an alias
        x: any shape, float32 or float64; not changed
        role: "value", "derivative" or "second"
        parameters: those that differ from their defaults

    Returns:
        an array of x's shape and dtype; docs/accuracy.md has its bounds.

    Raises:
        ValueError: unknown name or parameter, or a parameter out of its range.
    """
    x = np.ascontiguousarray(x)
    y = np.empty_like(x)
    call = calls.filled(
        calls.Call,
        role=ROLES[role],
        format=calls.FORMATS[x.dtype.name],
        rank=x.ndim,
        threads=1,
        shape=calls.shape(*x.shape),
        x=x,
        y=y,
        parameters=_core.given_parameters(parameters),
        parameter_count=len(parameters),
    )
    _core._check(_core._library.rheo_run(calls.found("rheo_find", name), ctypes.byref(call)))
    return y


def evaluate_rows(name: str, x: np.ndarray, grad: np.ndarray | None = None) -> np.ndarray:
    """A row function of each row of x, or its gradient with respect to x, from grad.

    x, grad: (rows, columns), float64. Raises ValueError for an unknown name.
    """
    x = np.ascontiguousarray(x, dtype=np.float64)
    y = np.empty_like(x)
    role: dict = {"role": calls.VALUE}
    if grad is not None:
        role = {"role": calls.BACKWARD, "grad": np.ascontiguousarray(grad, dtype=np.float64)}
    call = calls.filled(
        calls.Rows, format=calls.FORMATS["float64"], rank=2, axis=1, threads=1,
        shape=calls.shape(*x.shape), x=x, y=y, **role,
    )  # fmt: skip
    _core._check(_core._library.rheo_rows_run(calls.found("rheo_rows_find", name), ctypes.byref(call)))
    return y
