# SPDX-License-Identifier: Apache-2.0
"""Second derivatives of any activation with respect to x and its parameters, from its recorded formula.

The first derivatives come from the library's kernels. Where somebody differentiates those once more, the record
(``trace`` in docs/describe.md) is evaluated in torch's own float64 operations and differentiated in forward
mode, which may be differentiated again. In forward mode a branch that is not taken leaks no NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import jvp

from rheobase.torch._ops import DESCRIPTIONS


class _Own:
    """Elementary functions of formulas that torch has not, or not without a threshold."""

    @staticmethod
    def softplus(a: Tensor) -> Tensor:
        return torch.logaddexp(a, torch.zeros_like(a))

    @staticmethod
    def x_minus_tanh(a: Tensor) -> Tensor:
        return a - torch.tanh(a)

    @staticmethod
    def exp_minus_square(a: Tensor) -> Tensor:
        return torch.exp(-(a * a))

    @staticmethod
    def select(condition: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return torch.where(condition, a, b)

    @staticmethod
    def negate(a: Tensor) -> Tensor:
        return -a

    @staticmethod
    def min(a: Tensor, b: Tensor) -> Tensor:
        return torch.where(a < b, a, b)

    @staticmethod
    def max(a: Tensor, b: Tensor) -> Tensor:
        return torch.where(a > b, a, b)


_SIGNS = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "<": torch.lt,
    ">": torch.gt,
    "<=": torch.le,
    ">=": torch.ge,
}


def _operation(name: str) -> Callable:
    found = _SIGNS.get(name) or getattr(_Own, name, None) or getattr(torch, name, None)
    if found is None:
        raise NotImplementedError(f"rheobase: no operation of torch's for {name!r} in a formula")
    return found


def value(name: str, inputs: dict[str, Tensor]) -> Tensor:
    """The recorded formula for float64 tensors of one shape: ``x`` and all parameters."""
    steps: list[Tensor] = []
    x = inputs["x"]
    for operation, *operands in DESCRIPTIONS[name]["trace"]:
        if operation == "input":
            steps.append(inputs[operands[0]])
        elif operation == "number":
            steps.append(torch.full_like(x, float(operands[0])))
        else:
            steps.append(_operation(operation)(*(steps[i] for i in operands)))
    return steps[-1]


def second(name: str, inputs: dict[str, Tensor], first: str, then: str) -> Tensor:
    """The second derivative by two of the inputs, elementwise; in float64.

    Raises:
        NotImplementedError: the formula uses an operation that is not known here
    """

    def along(function: Callable, key: str) -> Callable:
        def slope(arguments: dict[str, Tensor]) -> Tensor:
            one = torch.ones_like(arguments[key])
            return jvp(lambda a: function(arguments | {key: a}), (arguments[key],), (one,))[1]

        return slope

    return along(along(lambda arguments: value(name, arguments), first), then)(inputs)
