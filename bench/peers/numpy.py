# SPDX-License-Identifier: Apache-2.0
"""NumPy: the usual formulas; and SciPy: those that have one of its functions in them. No step allocates."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from rheobase.bench.contender import Buffers, Contender, Prepared, Unsupported, parameters

from . import _numpy_slopes
from ._numpy_slopes import SELU, SELU_ONNX, require_slope_of_maximum, tanh_in_gelu, without_threshold

NAME, SCIPY = "NumPy", "SciPy"
_HAS_SCIPY = find_spec("scipy") is not None


def available() -> str:
    return ""


def version() -> str:
    return ", ".join([np.__version__, *([f"SciPy {_scipy_version()}"] if _HAS_SCIPY else [])])


def _scipy_version() -> str:
    import scipy

    return scipy.__version__


def formulas(info: dict, role: str) -> dict[str, Callable]:
    """By contender: f(x, y, spare, other), which fills y with the value or, in the other roles, with the
    derivative, and may use the last two. Raises Unsupported for parameters that a formula is not for."""
    values, slopes = {NAME: _VALUES}, {NAME: _numpy_slopes.FORMULAS}
    if _HAS_SCIPY:
        values[SCIPY], slopes[SCIPY] = _SCIPY_VALUES, _numpy_slopes.SCIPY_FORMULAS
    tables = values if role == "value" else slopes
    made = {name: table.get(info["activation"]) for name, table in tables.items()}
    return {name: make(parameters(info)) for name, make in made.items() if make is not None}


def bound(formula: Callable, role: str, x, y, grad) -> Callable[[], object]:
    """The call that fills y; grad counts for backward only."""
    spare = [np.ones_like(x) for _ in range(2)]

    def backward():
        formula(x, y, *spare)
        np.multiply(y, grad, out=y)

    return backward if role == "backward" else lambda: formula(x, y, *spare)


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    found = formulas(info, role)
    if not found:
        raise Unsupported("no usual formula")
    versions = {NAME: np.__version__, SCIPY: _scipy_version() if _HAS_SCIPY else ""}
    note = "" if threads == 1 else "runs on one thread"

    def contender(name: str) -> Contender:
        def prepare(buffers: Buffers) -> Prepared:
            np.seterr(all="ignore")  # for the whole process: entering errstate in each call would be timed
            return Prepared(bound(found[name], role, buffers.x, buffers.y, buffers.grad), keep=buffers)

        return Contender(name, prepare, versions[name], note)

    return [contender(name) for name in found]


def form_contenders(case, threads: int) -> list[Contender]:
    from . import _numpy_forms

    return _numpy_forms.contenders(case, threads)


# Each takes parameters and gives a formula, as formulas() describes it.


def _sigmoid(x, y, spare, other):
    np.negative(x, out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    np.reciprocal(y, out=y)


def _swish(beta: float):
    def step(x, y, spare, other):
        np.multiply(x, -beta, out=y)
        np.exp(y, out=y)
        np.add(y, 1, out=y)
        np.divide(x, y, out=y)

    return step


def _gelu_tanh(p):
    def step(x, y, spare, other):
        tanh_in_gelu(x, y, y)
        np.add(y, 1, out=y)
        np.multiply(y, 0.5, out=y)
        np.multiply(y, x, out=y)

    return step


def _softplus(p):
    beta = without_threshold(p)

    def step(x, y, spare, other):
        np.multiply(x, beta, out=y)
        np.logaddexp(y, 0, out=y)
        np.divide(y, beta, out=y)

    return step if beta != 1 else lambda x, y, spare, other: np.logaddexp(x, 0, out=y)


def _logsigmoid(x, y, spare, other):
    np.negative(x, out=y)
    np.logaddexp(y, 0, out=y)
    np.negative(y, out=y)


def _mish(x, y, spare, other):
    np.logaddexp(x, 0, out=y)
    np.tanh(y, out=y)
    np.multiply(y, x, out=y)


def _softsign(x, y, spare, other):
    np.abs(x, out=y)
    np.add(y, 1, out=y)
    np.divide(x, y, out=y)


def _tanhshrink(x, y, spare, other):
    np.tanh(x, out=y)
    np.subtract(x, y, out=y)


def _elu(alpha: float, scale: float = 1):
    def step(x, y, spare, other):
        np.minimum(x, 0, out=y)
        np.expm1(y, out=y)
        np.multiply(y, alpha, out=y)
        np.maximum(x, 0, out=spare)
        np.add(y, spare, out=y)
        if scale != 1:
            np.multiply(y, scale, out=y)

    return step


def _celu(p):
    alpha = p["alpha"]

    def step(x, y, spare, other):
        np.minimum(x, 0, out=y)
        np.divide(y, alpha, out=y)
        np.expm1(y, out=y)
        np.multiply(y, alpha, out=y)
        np.maximum(x, 0, out=spare)
        np.add(y, spare, out=y)

    return step


def _leaky_relu(slope: float):
    require_slope_of_maximum(slope)

    def step(x, y, spare, other):
        np.multiply(x, slope, out=y)
        np.maximum(x, y, out=y)

    return step


def _relu_squared(x, y, spare, other):
    np.maximum(x, 0, out=y)
    np.multiply(y, y, out=y)


def _threshold(p):
    def step(x, y, spare, other):
        mask = spare.view(np.bool_)[: x.size]
        np.greater(x, p["threshold"], out=mask)
        y.fill(p["value"])
        np.copyto(y, x, where=mask)

    return step


def _hardshrink(p):
    def step(x, y, spare, other):
        np.abs(x, out=y)
        np.greater(y, p["lambd"], out=y)
        np.multiply(x, y, out=y)

    return step


def _softshrink(p):
    def step(x, y, spare, other):
        np.abs(x, out=y)
        np.subtract(y, p["lambd"], out=y)
        np.maximum(y, 0, out=y)
        np.copysign(y, x, out=y)

    return step


def _hardswish(x, y, spare, other):
    np.add(x, 3, out=y)
    np.clip(y, 0, 6, out=y)
    np.multiply(y, x, out=y)
    np.divide(y, 6, out=y)


def _hardsigmoid(slope: float, offset: float):
    def step(x, y, spare, other):
        np.multiply(x, slope, out=y)
        np.add(y, offset, out=y)
        np.clip(y, 0, 1, out=y)

    return step


def _clip(low: float, high: float):
    return lambda x, y, spare, other: np.clip(x, low, high, out=y)


_VALUES = {
    "identity": lambda p: lambda x, y, spare, other: np.copyto(y, x),
    "relu": lambda p: lambda x, y, spare, other: np.maximum(x, 0, out=y),
    "relu_squared": lambda p: _relu_squared,
    "clipped_relu": lambda p: _clip(0, p["ceiling"]),
    "hardtanh": lambda p: _clip(p["min_val"], p["max_val"]),
    "leaky_relu": lambda p: _leaky_relu(p["negative_slope"]),
    "prelu": lambda p: _leaky_relu(p["alpha"]),
    "threshold": _threshold,
    "hardshrink": _hardshrink,
    "softshrink": _softshrink,
    "sigmoid": lambda p: _sigmoid,
    "logsigmoid": lambda p: _logsigmoid,
    "tanh": lambda p: lambda x, y, spare, other: np.tanh(x, out=y),
    "tanhshrink": lambda p: _tanhshrink,
    "softsign": lambda p: _softsign,
    "swish": lambda p: _swish(p["beta"]),
    "gelu_tanh": _gelu_tanh,
    "gelu_sigmoid": lambda p: _swish(1.702),
    "softplus": _softplus,
    "mish": lambda p: _mish,
    "elu": lambda p: _elu(p["alpha"]),
    "selu": lambda p: _elu(*SELU),
    "selu_onnx": lambda p: _elu(*SELU_ONNX),
    "celu": _celu,
    "hardswish": lambda p: _hardswish,
    "hardsigmoid": lambda p: _hardsigmoid(1 / 6, 0.5),
    "hardsigmoid_onnx": lambda p: _hardsigmoid(p["alpha"], p["beta"]),
}


def _special(name: str) -> Callable:
    import scipy.special

    return getattr(scipy.special, name)


def _expit(p):
    expit = _special("expit")
    return lambda x, y, spare, other: expit(x, out=y)


def _times_expit(beta: float):
    expit = _special("expit")

    def step(x, y, spare, other):
        np.multiply(x, beta, out=spare)
        expit(spare, out=y)
        np.multiply(x, y, out=y)

    return step


def _log_expit(p):
    log_expit = _special("log_expit")
    return lambda x, y, spare, other: log_expit(x, out=y)


def _minus_log_expit(p):
    beta, log_expit = without_threshold(p), _special("log_expit")

    def step(x, y, spare, other):
        np.multiply(x, -beta, out=y)
        log_expit(y, out=y)
        np.divide(y, -beta, out=y)

    return step


def _times_ndtr(p):
    ndtr = _special("ndtr")

    def step(x, y, spare, other):
        ndtr(x, out=y)
        np.multiply(y, x, out=y)

    return step


# Its softplus is np.logaddexp, which NumPy's formula has.
_SCIPY_VALUES = {
    "sigmoid": _expit,
    "logsigmoid": _log_expit,
    "softplus": _minus_log_expit,
    "swish": lambda p: _times_expit(p["beta"]),
    "gelu_sigmoid": lambda p: _times_expit(1.702),
    "gelu": _times_ndtr,
}
