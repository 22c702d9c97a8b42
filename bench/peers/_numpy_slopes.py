# SPDX-License-Identifier: Apache-2.0
"""Derivatives for NumPy and SciPy, as one writes them by hand. No step allocates.

Each entry takes parameters and gives f(x, y, spare, other), which fills y with the derivative at x.
"""

import numpy as np

from rheobase.bench.contender import Unsupported

SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
SELU_ONNX = (1.67326319217681884765625, 1.05070102214813232421875)


def without_threshold(p) -> float:
    """beta, where there is no threshold or one so far off that rounding mostly hides it."""
    if p["threshold"] < 20:
        raise Unsupported("the formula has no threshold")
    return p["beta"]


def require_slope_of_maximum(slope: float) -> None:
    """Raises Unsupported where the function is not the larger of x and slope x."""
    if not 0 <= slope <= 1:
        raise Unsupported("the formula with maximum needs a slope from 0 to 1")


def tanh_in_gelu(x, y, square) -> None:
    """square = x^2, which may be y; y = tanh(sqrt(2 / pi) (x + 0.044715 x^3))."""
    np.multiply(x, x, out=square)
    np.multiply(square, 0.044715, out=y)
    np.add(y, 1, out=y)
    np.multiply(y, x, out=y)
    np.multiply(y, 0.7978845608028654, out=y)
    np.tanh(y, out=y)


def _logistic(x, scale: float, y) -> None:
    """y = 1 / (1 + exp(-scale x))."""
    np.multiply(x, -scale, out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    np.reciprocal(y, out=y)


def _expit(x, scale: float, y) -> None:
    """The same by SciPy."""
    import scipy.special

    np.multiply(x, scale, out=y)
    scipy.special.expit(y, out=y)


def _of_logistic(scale: float, logistic=_logistic):
    return lambda x, y, spare, other: logistic(x, scale, y)


def _sigmoid(logistic=_logistic):
    def step(x, y, spare, other):
        logistic(x, 1, spare)
        np.subtract(1, spare, out=y)
        np.multiply(y, spare, out=y)

    return step


def _swish(beta: float, logistic=_logistic):
    """s (1 + beta x (1 - s))"""

    def step(x, y, spare, other):
        logistic(x, beta, spare)
        np.subtract(1, spare, out=y)
        np.multiply(y, x, out=y)
        np.multiply(y, beta, out=y)
        np.add(y, 1, out=y)
        np.multiply(y, spare, out=y)

    return step


def _tanh(x, y, spare, other):
    np.tanh(x, out=y)
    np.multiply(y, y, out=y)
    np.subtract(1, y, out=y)


def _tanhshrink(x, y, spare, other):
    np.tanh(x, out=y)
    np.multiply(y, y, out=y)


def _softsign(x, y, spare, other):
    np.abs(x, out=y)
    np.add(y, 1, out=y)
    np.multiply(y, y, out=y)
    np.reciprocal(y, out=y)


def _gelu_tanh(x, y, spare, other):
    """(1 + t) (1 + (1 - t) x u') / 2, where t = tanh(u)"""
    tanh_in_gelu(x, y, spare)
    np.multiply(spare, 0.134145, out=spare)
    np.add(spare, 1, out=spare)
    np.multiply(spare, x, out=spare)
    np.multiply(spare, 0.7978845608028654, out=spare)
    np.subtract(1, y, out=other)
    np.multiply(spare, other, out=spare)
    np.add(spare, 1, out=spare)
    np.add(y, 1, out=y)
    np.multiply(y, spare, out=y)
    np.multiply(y, 0.5, out=y)


def _gelu(p):
    import scipy.special

    def step(x, y, spare, other):
        np.multiply(x, x, out=spare)
        np.multiply(spare, -0.5, out=spare)
        np.exp(spare, out=spare)
        np.multiply(spare, 0.3989422804014327, out=spare)
        np.multiply(spare, x, out=spare)
        scipy.special.ndtr(x, out=y)
        np.add(y, spare, out=y)

    return step


def _mish(x, y, spare, other):
    """t + x s (1 - t^2), where t = tanh(softplus(x))"""
    np.logaddexp(x, 0, out=y)
    np.tanh(y, out=y)
    _logistic(x, 1, spare)
    np.multiply(spare, x, out=spare)
    np.multiply(y, y, out=other)
    np.subtract(1, other, out=other)
    np.multiply(spare, other, out=spare)
    np.add(y, spare, out=y)


def _elu(alpha: float, scale: float = 1):
    def step(x, y, spare, other):
        np.minimum(x, 0, out=y)
        np.exp(y, out=y)
        if alpha != 1:  # scale of it for x <= 0 only
            np.greater(x, 0, out=spare)
            np.multiply(spare, 1 - alpha, out=spare)
            np.add(spare, alpha, out=spare)
            np.multiply(y, spare, out=y)
        if scale != 1:
            np.multiply(y, scale, out=y)

    return step


def _celu(p):
    def step(x, y, spare, other):
        np.minimum(x, 0, out=y)
        np.divide(y, p["alpha"], out=y)
        np.exp(y, out=y)

    return step


def _leaky_relu(slope: float):
    require_slope_of_maximum(slope)

    def step(x, y, spare, other):
        np.greater(x, 0, out=y)
        np.maximum(y, slope, out=y)

    return step


def _relu_squared(x, y, spare, other):
    np.maximum(x, 0, out=y)
    np.multiply(y, 2, out=y)


def _above(threshold: float):
    return lambda x, y, spare, other: np.greater(x, threshold, out=y)


def _between(low: float, high: float, slope: float = 1):
    def step(x, y, spare, other):
        np.greater(x, low, out=y)
        np.less(x, high, out=spare)
        np.multiply(y, spare, out=y)
        if slope != 1:
            np.multiply(y, slope, out=y)

    return step


def _shrink(p):
    def step(x, y, spare, other):
        np.abs(x, out=y)
        np.greater(y, p["lambd"], out=y)

    return step


def _hardswish(x, y, spare, other):
    """x / 3 + 1 / 2 between -3 and 3, where beyond it is 0 or 1"""
    np.clip(x, -3, 3, out=y)
    np.divide(y, 3, out=y)
    np.add(y, 0.5, out=y)
    np.greater(x, -3, out=spare)
    np.multiply(y, spare, out=y)
    np.greater_equal(x, 3, out=spare)
    np.multiply(spare, 0.5, out=spare)
    np.subtract(y, spare, out=y)


def _hardsigmoid(slope: float, offset: float):
    return _between(-offset / slope, (1 - offset) / slope, slope)


FORMULAS = {
    "identity": lambda p: lambda x, y, spare, other: y.fill(1),
    "relu": lambda p: _above(0),
    "relu_squared": lambda p: _relu_squared,
    "clipped_relu": lambda p: _between(0, p["ceiling"]),
    "hardtanh": lambda p: _between(p["min_val"], p["max_val"]),
    "leaky_relu": lambda p: _leaky_relu(p["negative_slope"]),
    "prelu": lambda p: _leaky_relu(p["alpha"]),
    "threshold": lambda p: _above(p["threshold"]),
    "hardshrink": _shrink,
    "softshrink": _shrink,
    "sigmoid": lambda p: _sigmoid(),
    "logsigmoid": lambda p: _of_logistic(-1),
    "tanh": lambda p: _tanh,
    "tanhshrink": lambda p: _tanhshrink,
    "softsign": lambda p: _softsign,
    "swish": lambda p: _swish(p["beta"]),
    "gelu_tanh": lambda p: _gelu_tanh,
    "gelu_sigmoid": lambda p: _swish(1.702),
    "softplus": lambda p: _of_logistic(without_threshold(p)),
    "mish": lambda p: _mish,
    "elu": lambda p: _elu(p["alpha"]),
    "selu": lambda p: _elu(*SELU),
    "selu_onnx": lambda p: _elu(*SELU_ONNX),
    "celu": _celu,
    "hardswish": lambda p: _hardswish,
    "hardsigmoid": lambda p: _hardsigmoid(1 / 6, 0.5),
    "hardsigmoid_onnx": lambda p: _hardsigmoid(p["alpha"], p["beta"]),
}

SCIPY_FORMULAS = {
    "sigmoid": lambda p: _sigmoid(_expit),
    "logsigmoid": lambda p: _of_logistic(-1, _expit),
    "softplus": lambda p: _of_logistic(without_threshold(p), _expit),
    "swish": lambda p: _swish(p["beta"], _expit),
    "gelu_sigmoid": lambda p: _swish(1.702, _expit),
    "gelu": _gelu,
}
