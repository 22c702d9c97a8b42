# SPDX-License-Identifier: Apache-2.0
"""Second derivatives of any activation with respect to x and its parameters, from its recorded formula.

The first derivatives come from the library's kernels. Where somebody differentiates those once more, the
record (``trace`` in docs/describe.md) is evaluated with dual numbers over dual numbers of torch's float64
tensors. These are plain operations, which may be differentiated again. A branch that is not taken leaks no
NaN.
"""

from __future__ import annotations

import dataclasses
import fractions
import math
import operator
from collections.abc import Callable

import torch
from torch import Tensor


@dataclasses.dataclass(frozen=True, eq=False)
class Dual:
    """A number and its slope, both tensors or both duals; a slope that is None is 0."""

    value: Tensor | Dual
    slope: Tensor | Dual | None

    def __add__(self, other: Dual | float) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.slope)
        return Dual(self.value + other.value, _sum(self.slope, other.slope))

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, None if self.slope is None else -self.slope)

    def __sub__(self, other: Dual) -> Dual:
        return self + -other

    def __mul__(self, other: Dual | float) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, _product(self.slope, other))
        left, right = _product(self.slope, other.value), _product(other.slope, self.value)
        return Dual(self.value * other.value, _sum(left, right))

    __rmul__ = __mul__

    def __truediv__(self, other: Dual) -> Dual:
        value = self.value / other.value
        slope = _sum(self.slope, None if other.slope is None else -(value * other.slope))
        return Dual(value, None if slope is None else slope / other.value)

    def __rtruediv__(self, other: float) -> Dual:
        value = other / self.value
        return Dual(value, None if self.slope is None else -(value / self.value * self.slope))


Number = Tensor | Dual


def _sum(a: Number | None, b: Number | None) -> Number | None:
    return b if a is None else a if b is None else a + b


def _product(a: Number | None, b: Number | float) -> Number | None:
    return None if a is None else a * b


def _base(a: Number) -> Tensor:
    while isinstance(a, Dual):
        a = a.value
    return a


def _choose(condition: Tensor, a: Number | None, b: Number | None) -> Number | None:
    """``torch.where`` for duals of any depth."""
    if a is None and b is None:
        return None
    if isinstance(a, Dual) or isinstance(b, Dual):
        a, b = (Dual(None, None) if side is None else side for side in (a, b))
        return Dual(_choose(condition, a.value, b.value), _choose(condition, a.slope, b.slope))
    return torch.where(condition, 0.0 if a is None else a, 0.0 if b is None else b)


_SERIES_TERMS = 11


def _series() -> tuple[float, ...]:
    """Coefficients of x^3, x^5, ... in x - tanh(x), from tanh' = 1 - tanh^2."""
    tanh = [fractions.Fraction(1)]
    while len(tanh) <= _SERIES_TERMS:
        n = len(tanh)
        tanh.append(-sum(tanh[i] * tanh[n - 1 - i] for i in range(n)) / (2 * n + 1))
    return tuple(-float(c) for c in tanh[1:])


_X_MINUS_TANH = _series()


def softplus(a: Tensor) -> Tensor:
    return torch.clamp(a, min=0) + torch.log1p(torch.exp(-torch.abs(a)))


def x_minus_tanh(a: Tensor) -> Tensor:
    """Beside 0, where the difference would cancel, the series; its error there is below 1e-9."""
    square = a * a
    series = torch.zeros_like(a)
    for c in reversed(_X_MINUS_TANH):
        series = series * square + c
    return torch.where(torch.abs(a) < 0.5, a * square * series, a - torch.tanh(a))


def exp_minus_square(a: Tensor) -> Tensor:
    return torch.exp(-(a * a))


def _elementary(function: Callable[[Tensor], Tensor], rate: Callable[[Number, Number], Number]) -> Callable:
    """The function for numbers of any depth, from its derivative by a, given a and the value.

    That is its attribute ``rate``.
    """

    def call(a: Number) -> Number:
        if not isinstance(a, Dual):
            return function(a)
        value = call(a.value)
        return Dual(value, None if a.slope is None else rate(a.value, value) * a.slope)

    call.rate = rate
    return call


class Operations:
    """What formulas are made of, by the names in the record."""

    exp = _elementary(torch.exp, lambda a, v: v)
    expm1 = _elementary(torch.expm1, lambda a, v: Operations.exp(a))
    log1p = _elementary(torch.log1p, lambda a, v: 1 / (a + 1))
    sigmoid = _elementary(torch.sigmoid, lambda a, v: v * Operations.sigmoid(-a))
    tanh = _elementary(
        torch.tanh, lambda a, v: 4 * (Operations.sigmoid(2 * a) * Operations.sigmoid(-(2 * a)))
    )
    softplus = _elementary(softplus, lambda a, v: Operations.sigmoid(a))
    x_minus_tanh = _elementary(x_minus_tanh, lambda a, v: Operations.tanh(a) * Operations.tanh(a))
    exp_minus_square = _elementary(exp_minus_square, lambda a, v: -2.0 * (a * v))
    erfc = _elementary(torch.erfc, lambda a, v: (-2 / math.sqrt(math.pi)) * Operations.exp_minus_square(a))
    negate = operator.neg
    select = _choose

    @staticmethod
    def min(a: Number, b: Number) -> Number:
        return _choose(_base(a) < _base(b), a, b)

    @staticmethod
    def max(a: Number, b: Number) -> Number:
        return _choose(_base(a) > _base(b), a, b)


ELEMENTARY = {name: call for name, call in vars(Operations).items() if hasattr(call, "rate")}
"""Of one argument, with their derivatives."""

_SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_COMPARISONS = {"<": torch.lt, ">": torch.gt, "<=": torch.le, ">=": torch.ge}


def evaluate(trace: list, inputs: dict[str, Dual]) -> Dual:
    """The recorded formula for duals over duals."""
    steps: list = []
    like = _base(inputs["x"])
    for operation, *operands in trace:
        a = [steps[i] for i in operands] if operation not in ("input", "number") else ()
        if operation == "input":
            steps.append(inputs[operands[0]])
        elif operation == "number":
            steps.append(Dual(Dual(torch.full_like(like, float(operands[0])), None), None))
        elif operation in _COMPARISONS:
            steps.append(_COMPARISONS[operation](_base(a[0]), _base(a[1])))
        elif operation in _SIGNS:
            steps.append(_SIGNS[operation](*a))
        elif hasattr(Operations, operation):
            steps.append(getattr(Operations, operation)(*a))
        else:
            raise NotImplementedError(f"rheobase: no second derivative of {operation!r} in a formula")
    return steps[-1]


def second(trace: list, inputs: dict[str, Tensor], first: str, then: str) -> Tensor:
    """The second derivative by two of the inputs, elementwise.

    Args:
        trace: the recorded formula
        inputs: ``x`` and all parameters, float64 tensors of one shape
        first, then: names of inputs, which may be the same

    Raises:
        NotImplementedError: the formula uses an operation that is not known here
    """
    one = torch.ones_like(inputs["x"])
    numbers = {
        name: Dual(Dual(t, one if name == then else None), Dual(one, None) if name == first else None)
        for name, t in inputs.items()
    }
    slope = evaluate(trace, numbers).slope
    found = None if slope is None else slope.slope
    return torch.zeros_like(one) if found is None else found
