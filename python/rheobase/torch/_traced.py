# SPDX-License-Identifier: Apache-2.0
"""What torch.compile records of a call whose parameters may change, or which is to save memory.

``traced`` is an operator that the compiler takes as it is while it reads Python, and that comes apart into
others when it differentiates (CompositeImplicitAutograd). Only then are its numbers there as the compiler
sees them: constants, or symbols that stand for another value in each call. Symbols go on as the elements of a
tensor: an operator that takes a float would make a constant of them, and a graph for each value.
"""

from __future__ import annotations

import torch
from torch import Tensor

from rheobase.torch import _dispatch
from rheobase.torch._learned import LEARNED, as_parameters
from rheobase.torch._ops import LIBRARY, OPERATORS, Operators
from rheobase.torch._saving import LARGE, SMALL, saver, saver_of_any

LIBRARY.define("traced(Tensor x, str name, str kind, Scalar[] numbers) -> Tensor")


def symbolic(numbers: list) -> bool:
    return any(isinstance(number, torch.SymFloat) for number in numbers)


def as_tensor(numbers: list) -> Tensor:
    """The compiler turns a product of a tensor with a symbol into one of two tensors, and knows few more."""
    one = torch.ones((), dtype=torch.float64, device="cpu")
    return torch.stack([one * number for number in numbers])


def _usual(number: float | torch.SymFloat) -> bool:
    """A comparison with a symbol becomes a condition of the graph's: so it holds for all that come here."""
    return bool(SMALL <= number <= LARGE) or bool(-LARGE <= number <= -SMALL)


def _value_of_symbols(x: Tensor, name: str, kind: str, numbers: list) -> Tensor | None:
    """The value with parameters that may change; None where they have to be constants."""
    if not (x.is_cpu or x.is_meta):
        return None
    if kind:
        hints = tuple(_dispatch.hint(number) for number in numbers)
        if None in hints or not all(_usual(n) for n in numbers if isinstance(n, torch.SymFloat)):
            return None
        if found := saver_of_any(name, hints, x, kind):
            return found.apply(x, as_tensor(numbers))
        if saver(name, hints, x, kind):
            return None
    return LEARNED[name].value(x, *as_parameters(as_tensor(numbers), x.dtype), -1)


def _traced(x: Tensor, name: str, kind: str, numbers: list) -> Tensor:
    recorded = x.requires_grad and torch.is_grad_enabled() and not _dispatch.transforming()
    kind = kind if recorded else ""
    if symbolic(numbers):
        result = _value_of_symbols(x, name, kind, numbers)
        if result is not None:
            return result
        numbers = [float(number) for number in numbers]
    if kind and (found := saver(name, tuple(numbers), x, kind)):
        return found.apply(x, *numbers)
    return OPERATORS[name].value(x, *numbers)


LIBRARY.impl("traced", _traced, "CompositeImplicitAutograd")


def filled(operators: Operators, parameters: tuple[float | None, ...]) -> list[float]:
    """All parameters; None stands for a default."""
    given = zip(parameters, operators.parameters, strict=True)
    return [parameter.default if number is None else number for number, parameter in given]


def value(operators: Operators, x: Tensor, parameters: tuple[float | None, ...], kind: str) -> Tensor:
    """The value as the compiler is to record it; ``kind`` is what ``save_memory`` says."""
    if not _dispatch.PRIVATE or type(x) is not Tensor or not (parameters or kind):
        return operators.value(x, *parameters)
    numbers = filled(operators, parameters)
    return torch.ops.rheobase.traced.default(x, operators.name, kind, numbers)
