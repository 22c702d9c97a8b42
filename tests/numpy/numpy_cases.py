# SPDX-License-Identifier: Apache-2.0
"""What the tests of NumPy's functions share: names, points, the C ABI by ctypes, and formulas in mpmath."""

from __future__ import annotations

import ctypes
import functools
import operator
import os
import subprocess
import sys

import mpmath
import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase import _core

try:
    import ml_dtypes

    BFLOAT16 = [np.dtype(ml_dtypes.bfloat16)]
except ImportError:
    BFLOAT16 = []

NAMES = rheobase.names()
DTYPES = [np.dtype(t) for t in (np.float16, np.float32, np.float64)] + BFLOAT16
ROLES = {"value": 1, "derivative": 2, "backward": 3, "second": 5}  # rheo_role
WITH_PARAMETERS = [name for name in NAMES if rheobase.info(name)["parameters"]]

# Values that are no defaults, for each domain, ascending: a lower bound may come before an upper one.
OTHERS = {
    "finite": (0.75, 1.75),
    "positive": (2.5, 3.5),
    "nonnegative": (1.25, 2.25),
    "nonzero": (-1.5, 1.5),
    "finite_or_infinite": (3.0, 4.0),
}


def others(name: str) -> dict[str, float]:
    """A value that is no default for each parameter."""
    return {p["name"]: OTHERS[p["domain"]][i % 2] for i, p in enumerate(rheobase.info(name)["parameters"])}


def points(dtype, count: int = 400) -> np.ndarray:
    """Small and large numbers, zeros, infinities and NaN."""
    rng = np.random.default_rng(7)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-7, -1e-7, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 20.0, -20.0]
    with np.errstate(all="ignore"):
        return np.concatenate([special, rng.normal(0, 4, count - len(special))]).astype(dtype)


def call(name: str, role: str):
    """The function of that role."""
    function = getattr(rheobase, name)
    return function if role == "value" else getattr(function, role)


def by_c(
    name: str, role: str, x: np.ndarray, grad: np.ndarray | None = None, **parameters: float
) -> np.ndarray:
    """What rheo_run gives for contiguous arrays."""
    y = np.empty_like(x)
    given = {"parameters": _core.given_parameters(parameters), "parameter_count": len(parameters)}
    made = calls.filled(
        calls.Call, role=ROLES[role], format=calls.FORMATS[x.dtype.name], rank=1, shape=calls.shape(x.size),
        x=x, grad=grad, y=y, **given,
    )  # fmt: skip
    _core._check(_core._library.rheo_run(calls.found("rheo_find", name), ctypes.byref(made)))
    return y


def run_python(text, **environment):
    """The output's lines, or the last line of the errors."""
    done = subprocess.run(
        [sys.executable, "-c", text], env=os.environ | environment, capture_output=True, text=True, timeout=60
    )
    return done.stdout.splitlines() if done.returncode == 0 else done.stderr.splitlines()[-1]


def bits(array) -> np.ndarray:
    """For comparisons: NaN counts as one number, zeros have signs."""
    array = np.asarray(array)
    raw = np.ascontiguousarray(array).view(f"u{array.itemsize}").reshape(array.shape).copy()
    raw[np.isnan(array)] = 1
    return raw


def same(one, other) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(bits(one), bits(other))


def _sigmoid(u):
    return 1 / (1 + mpmath.exp(-u))


_OPERATIONS = {
    "+": operator.add,
    "*": operator.mul,
    "/": operator.truediv,
    ">": operator.gt,
    "<": operator.lt,
    "min": min,
    "max": max,
    "select": lambda condition, one, other: one if condition else other,
    "negate": operator.neg,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log1p": mpmath.log1p,
    "tanh": mpmath.tanh,
    "erfc": mpmath.erfc,
    "sigmoid": _sigmoid,
    "softplus": lambda u: mpmath.log1p(mpmath.exp(u)),
    "x_minus_tanh": lambda u: u - mpmath.tanh(u),
    "exp_minus_square": lambda u: mpmath.exp(-u * u),
}


@functools.cache
def _trace(name: str) -> list:
    return rheobase.info(name)["trace"]


def exact(name: str, x: float, **parameters: float):
    """f(x) by the recorded formula, with 60 digits."""
    defaults = {p["name"]: float(p["default"]) for p in rheobase.info(name)["parameters"]}
    inputs, steps = defaults | parameters | {"x": x}, []
    with mpmath.workdps(60):
        for operation, *operands in _trace(name):
            if operation == "input":
                steps.append(mpmath.mpf(inputs[operands[0]]))
            elif operation == "number":
                steps.append(mpmath.mpf(operands[0]))
            elif operation == "-":
                given = [steps[i] for i in operands]
                steps.append(-given[0] if len(given) == 1 else given[0] - given[1])
            else:
                steps.append(_OPERATIONS[operation](*(steps[i] for i in operands)))
        return steps[-1]
