# SPDX-License-Identifier: Apache-2.0
"""What torch.compile records of a call whose parameters may change, or which is to save memory.

``traced`` is an operator that the compiler takes as it is while it reads Python, and that comes apart into
others when it differentiates (CompositeImplicitAutograd). Only then are its numbers there as the compiler
sees them: constants, or symbols that stand for another value in each call. Symbols go on as the elements of a
tensor: an operator that takes a float would make a constant of them, and a graph for each value.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor
from torch.compiler import is_compiling, is_exporting

from rheobase.torch import _dispatch
from rheobase.torch._autograd import Formulas, register
from rheobase.torch._learned import LEARNED, as_parameters
from rheobase.torch._once import made_once
from rheobase.torch._ops import LIBRARY, OPERATORS, Operators, describe, front
from rheobase.torch._saving import LARGE, SMALL, saver, saver_of_any

LIBRARY.define("traced(Tensor x, str name, str kind, Scalar[] numbers) -> Tensor")


def symbolic(numbers: list) -> bool:
    return any(isinstance(number, torch.SymFloat) for number in numbers)


def as_tensor(numbers: list) -> Tensor:
    """The compiler turns a product of a tensor with a symbol into one of two tensors, and knows few more."""
    one = torch.ones((), dtype=torch.float64, device="cpu")
    return torch.stack([one * number for number in numbers])


def with_tensor(op: torch._ops.OpOverload) -> torch._ops.OpOverload:
    """An operator like op, of tensors on the CPU, which takes the numbers at the end as one tensor."""
    head, _, result = str(op._schema).partition(" -> ")
    name, _, arguments = head.removeprefix("rheobase::").rstrip(")").partition("(")
    kept = [argument for argument in arguments.split(", ") if not argument.startswith("float")]
    LIBRARY.define(f"{name}_with({', '.join(kept)}, Tensor numbers) -> {result}")
    LIBRARY.impl(f"{name}_with", lambda *given: op(*given[:-1], *given[-1].reshape(-1).tolist()), "CPU")
    return getattr(torch.ops.rheobase, f"{name}_with").default


def given_as(x: Tensor, numbers: list) -> tuple[str, list]:
    """The suffix of the operator that takes these numbers for x, and what it takes in their place."""
    if not symbolic(numbers):
        return "", numbers
    if x.is_cpu and not _dispatch.transforming():
        return "_with", [as_tensor(numbers)]
    return "", [float(number) for number in numbers]


def may_change(*tensors: Tensor | None) -> bool:
    """Whether torch.compile reads a call with these tensors, whose numbers another call may change."""
    plain = all(type(tensor) in (Tensor, type(None)) for tensor in tensors)
    return is_compiling() and not is_exporting() and plain and _dispatch.PRIVATE


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


class _Derivative:
    """f' with all parameters in one tensor: its operator, and its gradient."""

    def __init__(self, operators: Operators):
        self.value, self.second = (with_tensor(op) for op in (operators.derivative, operators.second))
        formulas = Formulas(dataclasses.replace(operators, derivative=self.value, second=self.second))

        def differentiate(grad, x, numbers):
            return _dispatch.apply(formulas.second, grad, _dispatch.apply(formulas.refusal, x), numbers)

        describe(
            self.value,
            lambda x, numbers: torch.empty_like(x),
            lambda info, dims, x, numbers: (self.value(x, numbers), dims[0]),
        )
        describe(
            self.second,
            lambda grad, x, numbers: torch.empty_like(x),
            lambda info, dims, grad, x, numbers: (self.second(*front(info, dims, grad, x), numbers), 0),
        )
        register(self.value, 1, lambda *given: _dispatch.apply(formulas.derivative, *given))
        register(self.second, 2, differentiate)


@made_once
def _derivatives(_: str = "") -> dict[str, _Derivative]:
    """By the activation's name: all that have parameters."""
    return {name: _Derivative(OPERATORS[name]) for name in LEARNED}


LIBRARY.define("traced_derivative(Tensor x, str name, Scalar[] numbers) -> Tensor")


def _traced_derivative(x: Tensor, name: str, numbers: list) -> Tensor:
    suffix, numbers = given_as(x, numbers)
    op = _derivatives()[name].value if suffix else OPERATORS[name].derivative
    return op(x, *numbers)


LIBRARY.impl("traced_derivative", _traced_derivative, "CompositeImplicitAutograd")


def derivative(operators: Operators, x: Tensor, parameters: tuple[float | None, ...]) -> Tensor:
    """The derivative, as the compiler is to record it where it reads the call."""
    if not parameters or not may_change(x):
        return operators.derivative(x, *parameters)
    return torch.ops.rheobase.traced_derivative.default(x, operators.name, filled(operators, parameters))
