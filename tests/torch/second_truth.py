# SPDX-License-Identifier: Apache-2.0
"""Second derivatives to 20 digits or more: mpmath evaluates the recorded formula and differences of it."""

import functools
import operator

import mpmath

import rheobase
from rheobase.torch._forms import FORMS

DIGITS = 60  # of which the differences lose 24
_OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "negate": operator.neg,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "min": min,
    "max": max,
    "select": lambda condition, yes, no: yes if condition else no,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log1p": mpmath.log1p,
    "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)),
    "tanh": mpmath.tanh,
    "x_minus_tanh": lambda u: u - mpmath.tanh(u),
    "softplus": lambda u: mpmath.log1p(mpmath.exp(u)),
    "erfc": mpmath.erfc,
    "exp_minus_square": lambda u: mpmath.exp(-u * u),
}


def _value(trace: list, inputs: dict, x):
    steps = []
    for name, *rest in trace:
        if name == "input":
            steps.append(x if rest[0] == "x" else inputs[rest[0]])
        elif name == "number":
            steps.append(mpmath.mpf(rest[0]))
        else:
            steps.append(_OPERATIONS[name](*(steps[i] for i in rest)))
    return steps[-1]


def _parameters(name: str, arguments: dict, dtype) -> tuple[str, dict]:
    """The activation that a call of ``functional.<name>`` evaluates, and its parameters."""
    form = FORMS[name]
    chosen = arguments.get(form.choice.argument, form.choice.default) if form.choice else None
    callee = form.choice[chosen] if form.choice else form.callee
    values = tuple(arguments.get(argument, default) for argument, default in form.arguments.items())
    packed = callee.pack(values, dtype)
    given = zip(callee.operators.parameters, packed, strict=True)
    return callee.operators.name, {p.name: p.default if v is None else v for p, v in given}


@functools.cache
def _trace(activation: str) -> list:
    return rheobase.info(activation)["trace"]


def second(name: str, arguments: dict, points) -> list[float]:
    """f''(x) for each of the float64 points, none of which is within 0.01 of a kink."""
    activation, parameters = _parameters(name, arguments, points.dtype)
    with mpmath.workdps(DIGITS):
        inputs = {key: mpmath.mpf(value) for key, value in parameters.items()}
        f = functools.partial(_value, _trace(activation), inputs)
        # The error of central differences is of the order of h^2, and of 10^-60 / h^2.
        h = mpmath.mpf(10) ** -12
        differences = (
            (f(x - h) - 2 * f(x) + f(x + h)) / h**2 for x in map(mpmath.mpf, points.flatten().tolist())
        )
        return [float(value) for value in differences]
