# SPDX-License-Identifier: Apache-2.0
"""NumPy: the usual formula, with SciPy's function where there is one; no step allocates."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from rheobase.bench.contender import Buffers, Contender, Prepared, Unsupported, parameters

NAME = "NumPy"
_SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
_HAS_SCIPY = find_spec("scipy") is not None


def available() -> str:
    return ""


def version() -> str:
    if not _HAS_SCIPY:
        return np.__version__
    import scipy

    return f"{np.__version__}, SciPy {scipy.__version__}"


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    if role != "value":
        raise Unsupported("no usual formula of a derivative")
    formula = _FORMULAS.get(info["activation"])
    if formula is None:
        raise Unsupported("no usual formula")
    step = formula(parameters(info))

    def prepare(buffers: Buffers) -> Prepared:
        x, y = buffers.x, buffers.y
        spare = np.empty_like(x)
        spare.fill(0)
        return Prepared(lambda: step(x, y, spare), keep=buffers)

    def quiet(buffers: Buffers) -> Prepared:
        np.seterr(all="ignore")  # for the whole process: entering errstate in each call would be timed
        return prepare(buffers)

    return [Contender(NAME, quiet, note="" if threads == 1 else "runs on one thread")]


def form_contenders(case, threads: int) -> list[Contender]:
    from . import _numpy_forms

    return _numpy_forms.contenders(case, threads)


def _special(name: str) -> Callable | None:
    if not _HAS_SCIPY:
        return None
    import scipy.special

    return getattr(scipy.special, name)


# Each takes parameters and gives step(x, y, spare), which fills y and may use spare.


def _sigmoid(p):
    expit = _special("expit")
    if expit is not None:
        return lambda x, y, spare: expit(x, out=y)
    return _plain_sigmoid


def _plain_sigmoid(x, y, spare):
    np.negative(x, out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    np.reciprocal(y, out=y)


def _times_sigmoid(beta: float):
    gate = _sigmoid({})

    def step(x, y, spare):
        np.multiply(x, beta, out=spare)
        gate(spare, y, None)
        np.multiply(x, y, out=y)

    return step


def _gelu(p):
    erf = _special("erf")
    if erf is None:
        raise Unsupported("erf is SciPy's, which is not installed")

    def step(x, y, spare):
        np.multiply(x, 0.7071067811865476, out=y)
        erf(y, out=y)
        np.add(y, 1, out=y)
        np.multiply(y, 0.5, out=y)
        np.multiply(y, x, out=y)

    return step


def _gelu_tanh(p):
    def step(x, y, spare):
        np.multiply(x, x, out=y)
        np.multiply(y, 0.044715, out=y)
        np.add(y, 1, out=y)
        np.multiply(y, x, out=y)
        np.multiply(y, 0.7978845608028654, out=y)
        np.tanh(y, out=y)
        np.add(y, 1, out=y)
        np.multiply(y, 0.5, out=y)
        np.multiply(y, x, out=y)

    return step


def _softplus(p):
    beta = p["beta"]
    if p["threshold"] < 20:
        raise Unsupported("the formula has no threshold")

    def step(x, y, spare):
        np.multiply(x, beta, out=y)
        np.logaddexp(y, 0, out=y)
        np.divide(y, beta, out=y)

    return step if beta != 1 else lambda x, y, spare: np.logaddexp(x, 0, out=y)


def _mish(p):
    def step(x, y, spare):
        np.logaddexp(x, 0, out=y)
        np.tanh(y, out=y)
        np.multiply(y, x, out=y)

    return step


def _elu(alpha: float, scale: float = 1):
    def step(x, y, spare):
        np.minimum(x, 0, out=y)
        np.expm1(y, out=y)
        np.multiply(y, alpha, out=y)
        np.maximum(x, 0, out=spare)
        np.add(y, spare, out=y)
        if scale != 1:
            np.multiply(y, scale, out=y)

    return step


def _leaky_relu(p):
    slope = p["negative_slope"]
    if not 0 <= slope <= 1:
        raise Unsupported("the formula with maximum needs a slope from 0 to 1")

    def step(x, y, spare):
        np.multiply(x, slope, out=y)
        np.maximum(x, y, out=y)

    return step


def _hardswish(p):
    def step(x, y, spare):
        np.add(x, 3, out=y)
        np.clip(y, 0, 6, out=y)
        np.multiply(y, x, out=y)
        np.divide(y, 6, out=y)

    return step


def _celu(p):
    alpha = p["alpha"]

    def step(x, y, spare):
        np.minimum(x, 0, out=y)
        np.divide(y, alpha, out=y)
        np.expm1(y, out=y)
        np.multiply(y, alpha, out=y)
        np.maximum(x, 0, out=spare)
        np.add(y, spare, out=y)

    return step


def _hardsigmoid(slope, offset):
    def step(x, y, spare):
        np.multiply(x, slope, out=y)
        np.add(y, offset, out=y)
        np.clip(y, 0, 1, out=y)

    return step


_FORMULAS = {
    "identity": lambda p: lambda x, y, spare: np.copyto(y, x),
    "relu": lambda p: lambda x, y, spare: np.maximum(x, 0, out=y),
    "clipped_relu": lambda p: lambda x, y, spare: np.clip(x, 0, p["ceiling"], out=y),
    "leaky_relu": _leaky_relu,
    "sigmoid": _sigmoid,
    "tanh": lambda p: lambda x, y, spare: np.tanh(x, out=y),
    "swish": lambda p: _times_sigmoid(p["beta"]),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "gelu_sigmoid": lambda p: _times_sigmoid(1.702),
    "softplus": _softplus,
    "mish": _mish,
    "elu": lambda p: _elu(p["alpha"]),
    "selu": lambda p: _elu(*_SELU),
    "celu": _celu,
    "hardswish": _hardswish,
    "hardsigmoid": lambda p: _hardsigmoid(1 / 6, 0.5),
    "hardsigmoid_onnx": lambda p: _hardsigmoid(p["alpha"], p["beta"]),
}
