# SPDX-License-Identifier: Apache-2.0
"""Recorded formulas as torch's own operations, for torch.compile and torch.export to fuse.

A file's formula is recorded as a list of steps (``trace`` in docs/describe.md). From it comes the text of two
Python functions: the value, and the derivative by the rules of src/math/dual-inl.h, so that sigmoid' is a
product of two tails, and a branch that is not taken leaks no NaN into the gradient.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.compiler import is_exporting

from rheobase.torch import _traced
from rheobase.torch._make import make_function
from rheobase.torch._ops import DESCRIPTIONS, OPERATORS, Operators
from rheobase.torch._saving import saving
from rheobase.torch._trace import ELEMENTARY

_COMPARISONS = {"<", ">", "<=", ">="}
_SCOPE = {"torch": torch, "halves": (torch.bfloat16, torch.float16)}
for _name, _function in ELEMENTARY.items():
    _SCOPE |= {_name: _function, f"{_name}_rate": _function.rate}


@dataclasses.dataclass
class _Step:
    value: str  # a name, or a number's text
    slope: str | None  # None: nothing that depends on x


class _Writer:
    """Lines of Python that compute a recorded formula, and its derivative where that is wanted."""

    def __init__(self, trace: list, derivative: bool):
        self.lines: list[str] = []
        self._steps: list[_Step] = []
        for number, (operation, *operands) in enumerate(trace):
            self._number, self._derivative = number, derivative
            self._steps.append(self._step(operation, operands))
        result = self._steps[-1]
        self.result = (result.slope or "torch.zeros_like(x)") if derivative else result.value
        if self.result == "x":
            self.result = "x.clone()"  # autograd cannot save an input that is returned as it is

    def _line(self, prefix: str, text: str) -> str:
        name = f"{prefix}{self._number}"
        self.lines.append(f"{name} = {text}")
        return name

    def _step(self, operation: str, operands: list) -> _Step:
        if operation == "input":
            return _Step(operands[0], "torch.ones_like(x)" if operands[0] == "x" else None)
        if operation == "number":
            return _Step(f"({float(operands[0])!r})", None)
        a = [self._steps[i] for i in operands]
        if operation in ELEMENTARY:
            rate = f"{operation}_rate({a[0].value}, {{v}}) * {{s}}"
            return self._of(f"{operation}({a[0].value})", [(a[0], rate)])
        if operation == "negate":
            return self._of(f"-{a[0].value}", [(a[0], "-{s}")])
        if operation in _COMPARISONS:
            return _Step(self._line("c", f"{a[0].value} {operation} {a[1].value}"), None)
        if operation in ("min", "max"):
            sign = "<" if operation == "min" else ">"
            condition = self._line("c", f"{a[0].value} {sign} {a[1].value}")
            return self._select(condition, a[0], a[1])
        if operation == "select":
            return self._select(a[0].value, a[1], a[2])
        return self._binary(operation, *a)

    def _of(self, value: str, terms: list[tuple[_Step, str]]) -> _Step:
        """The value, and the sum of terms of slopes, those of constants left out."""
        name = self._line("v", value)
        slopes = [text.format(s=a.slope, v=name) for a, text in terms if a.slope]
        if not slopes:
            return _Step(name, None)
        return _Step(name, self._line("s", " + ".join(slopes)) if self._derivative else "x")

    def _select(self, condition: str, yes: _Step, no: _Step) -> _Step:
        value = self._line("v", f"torch.where({condition}, {yes.value}, {no.value})")
        if not (yes.slope or no.slope):
            return _Step(value, None)
        slope = f"torch.where({condition}, {yes.slope or '0.0'}, {no.slope or '0.0'})"
        return _Step(value, self._line("s", slope) if self._derivative else "x")

    def _binary(self, operation: str, a: _Step, b: _Step) -> _Step:
        value = f"{a.value} {operation} {b.value}"
        if operation == "+":
            return self._of(value, [(a, "{s}"), (b, "{s}")])
        if operation == "-":
            return self._of(value, [(a, "{s}"), (b, "(-{s})")])
        if operation == "*":
            return self._of(value, [(a, f"{{s}} * {b.value}"), (b, f"{{s}} * {a.value}")])
        if operation == "/":
            return self._of(value, [(a, f"{{s}} / {b.value}"), (b, f"(-{{v}} * {{s}} / {b.value})")])
        raise NotImplementedError(f"rheobase: no torch operation for {operation!r}")


# What may stand for an infinity: the first that gives a number in float32, where powers overflow early.
_TOPS = (torch.finfo(torch.float32).max, 2.0**60, 2.0**30)


def _function(name: str, parameters: dict[str, float], derivative: bool) -> Callable:
    """f(x, *parameters). What the steps alone would get wrong at infinities or NaN is mended.

    An infinity times zero is no number. Where a formula has that, a large number stands for infinity, as its
    result is the limit.
    """
    writer = _Writer(DESCRIPTIONS[name]["trace"], derivative)
    head = ", ".join(["formula(x", *parameters]) + ")"

    def make(clamps: dict[str, float], nan: bool) -> Callable:
        lines = ["given = x", "x = x.float() if x.dtype in halves else x"]  # rounded once, at the end
        if clamps:
            ends = ", ".join(f"{side}={number!r}" for side, number in clamps.items())
            lines.append(f"x = torch.clamp(x, {ends})")
        result = f"torch.where(given != given, given, {writer.result})" if nan else writer.result
        lines += [*writer.lines, f"return ({result}).to(given.dtype)"]
        return make_function(head, lines, {}, _SCOPE, __name__)

    plain = make({}, False)

    def fails(x: float) -> bool:
        return bool(plain(torch.tensor(x), *parameters.values()).isnan())

    clamps = {}
    for side, sign in (("min", -1), ("max", 1)):
        if fails(sign * math.inf):
            clamps[side] = sign * next(top for top in _TOPS if not fails(sign * top))
    return make(clamps, not fails(math.nan))


class Formula:
    """The value of one activation in torch's operations, with its derivative.

    Parameters are Python numbers; torch.compile makes inputs of its graph of those that change.
    """

    def __init__(self, name: str):
        parameters = {p.name: p.default for p in OPERATORS[name].parameters}
        self.value = _function(name, parameters, False)
        self.derivative = _function(name, parameters, True)
        self._function = _autograd(name, self.value, self.derivative)

    def apply(self, x: Tensor, *parameters: float) -> Tensor:
        if x.requires_grad and torch.is_grad_enabled():
            return self._function.apply(x, *parameters)
        return self.value(x, *parameters)  # where nothing is recorded, dynamo mistakes setup_context's style


def _autograd(name: str, value: Callable, derivative: Callable) -> type[torch.autograd.Function]:
    def forward(x, *parameters):
        return value(x, *parameters)

    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.parameters = inputs[1:]

    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * derivative(x, *ctx.parameters), *(None for _ in ctx.parameters)

    body = {
        "forward": staticmethod(forward),
        "setup_context": staticmethod(setup_context),
        "backward": staticmethod(backward),
        "generate_vmap_rule": True,
    }
    return type(f"rheobase_{name}_formula", (torch.autograd.Function,), body)


FORMULAS: dict[str, Formula] = {}
"""By the activation's name, from the first ``compile_as("formula")`` on."""

_as_formula = False


class compile_as:  # noqa: N801  (called like a function, as torch.set_grad_enabled)
    """What torch.compile and torch.export make of activations; in effect at once, or inside ``with``.

    Args:
        form: "operator", as at the start: kernels of the library, with the bits of eager mode, which are
            proven; the compiler cannot look into them. Or "formula": what the file records, in torch's
            operations, which the compiler fuses with what stands around it, at torch's accuracy, and which
            needs no rheobase where an exported program runs. docs/compile.md has errors and speed of both.

    What has been compiled already is compiled anew when the form has changed. Eager mode is not affected.

    Raises:
        ValueError: another form

    >>> with rheobase.torch.compile_as("formula"):
    ...     program = torch.export.export(model, (x,))
    """

    def __init__(self, form: str):
        global _as_formula
        if form not in ("operator", "formula"):
            raise ValueError(f"compile_as: form must be 'operator' or 'formula', got {form!r}")
        if form == "formula" and not FORMULAS:
            FORMULAS.update((name, Formula(name)) for name in OPERATORS)
        self._before = _as_formula
        _as_formula = form == "formula"

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        global _as_formula
        _as_formula = self._before


def compiled(operators: Operators, x: Tensor, parameters: tuple[float | None, ...]) -> Tensor:
    """The value where torch.compile or torch.export traces."""
    if not _as_formula:
        if is_exporting():  # a program has no parameters, nor training to save memory in
            return operators.value(x, *parameters)
        return _traced.value(operators, x, parameters, saving())
    given = zip(parameters, operators.parameters, strict=True)
    values = [parameter.default if value is None else value for value, parameter in given]
    return FORMULAS[operators.name].apply(x, *values)
