# SPDX-License-Identifier: Apache-2.0
"""Gradients: a kernel of our own on the dispatch key Autograd of each operator.

The Jacobian of an elementwise function is diagonal, so ``f_backward(v, x) = v * f'(x)`` serves reverse and
forward mode alike. It is linear in v, hence its own derivative with respect to v; with respect to x that is
``f_second(w v, x) = w v * f''(x)``, w being what comes in, and again in both modes. ``f_second`` is linear in
its first argument as well; with respect to x it would take a third derivative, which there is not, and which
is refused when, and only when, somebody asks for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NoReturn

import torch

from rheobase.torch import _dispatch
from rheobase.torch._ops import LIBRARY, OPERATORS, Operators


def register(op, tensors: int, differentiate, public=None) -> None:
    """Makes op differentiable: ``differentiate`` is called in its place where there is a gradient to record.

    Args:
        tensors: how many of op's first arguments are tensors that may want a gradient
        public: what is left of it without torch's private interface: what torch.library.register_autograd
            takes, backward and setup_context
    """

    def kernel(keys, *arguments):
        if _dispatch.wanted(*arguments[:tensors]):
            return differentiate(*arguments)
        with _dispatch.below_autograd():
            return op.redispatch(keys & _dispatch.after_autograd, *arguments)

    if _dispatch.PRIVATE:
        LIBRARY.impl(op._opname, kernel, "Autograd", with_keyset=True)
    elif public is not None:
        backward, setup = public
        torch.library.register_autograd(op, backward, setup_context=setup, lib=LIBRARY)


def keep(ctx, *tensors: torch.Tensor | None, rest: tuple, forward: bool = True) -> None:
    """Saves tensors for backward and, if so, forward mode, and what else a form was given: plain numbers, or
    one tensor of them."""
    more = tuple(r for r in rest[-1:] if isinstance(r, torch.Tensor))
    ctx.kept, ctx.rest = len(tensors), rest[: len(rest) - len(more)]
    ctx.save_for_backward(*tensors, *more)
    if forward:
        ctx.save_for_forward(*tensors, *more)


def kept(ctx) -> tuple[tuple, tuple]:
    """What ``keep`` was given: the tensors, and the rest."""
    saved = ctx.saved_tensors
    return saved[: ctx.kept], (*ctx.rest, *saved[ctx.kept :])


def _refuse(name: str) -> NoReturn:
    raise RuntimeError(f"rheobase: third derivatives are not available (asked for that of {name})")


def refusal(label: str, refuse: Callable[..., None]) -> type:
    """A tensor itself, whose gradient nobody may ask for where ``refuse(*rest)`` raises.

    Autograd runs this node only on the way to a wanted gradient: ``torch.autograd.functional.jvp``, which
    needs the one with respect to v alone, still works.
    """

    def forward(ctx, x, *rest):
        ctx.rest = rest
        return _dispatch.call_below(torch.ops.aten.alias.default, x)

    def backward(ctx, grad):
        refuse(*ctx.rest)
        return grad, *_nothing(ctx.rest)

    def jvp(ctx, tangent, *_):
        refuse(*ctx.rest)
        return torch.ops.aten.alias.default(tangent)

    return _dispatch.autograd_function(label, forward, backward, jvp)


def linear(label: str, op: torch._ops.OpOverload) -> type:
    """``op(gradient, what was kept, *rest)`` of a form: linear in its gradient, and so its own derivative.

    With respect to what was kept there is none: it tells too little.
    """

    def forward(ctx, grad, known, *rest):
        ctx.set_materialize_grads(False)
        keep(ctx, known, rest=rest)
        return _dispatch.call_below(op, grad, known, *rest)

    def backward(ctx, grad):
        known, rest = kept(ctx)
        result = None if grad is None else _dispatch.call(op, grad, *known, *rest)
        return result, None, *(None for _ in rest)

    def jvp(ctx, tangent, *_):
        known, rest = kept(ctx)
        return None if tangent is None else op(tangent, *known, *rest)

    return _dispatch.autograd_function(label, forward, backward, jvp)


def _nothing(parameters: tuple) -> tuple:
    """The gradients with respect to plain numbers."""
    return (None,) * len(parameters)


class Formulas:
    """The autograd functions of one activation, made when first needed (0.5 ms each).

    Their names are those of the nodes in autograd's graph.
    """

    def __init__(self, operators: Operators):
        self.operators = operators
        self.cpu = _dispatch.kernel_on_cpu(operators.value) if _dispatch.PRIVATE else None
        self.cpu_out = _dispatch.kernel_on_cpu(operators.out) if _dispatch.PRIVATE else None

    def _make(self, name: str, forward, backward, jvp) -> type:
        name = f"rheobase_{self.operators.name}{name}"
        return _dispatch.autograd_function(name, forward, backward, jvp)

    def _unary(self, name: str, op, slope, at_once=None) -> type:
        """op's function, where ``slope(v, x)`` is v times op's derivative. ``at_once`` is op without the
        dispatcher, for where nothing listens but reverse mode, for which alone something is then kept."""

        def forward(ctx, x, *parameters):
            ctx.save_for_backward(x)
            ctx.parameters = parameters
            if at_once is not None:
                return at_once(x, *parameters)
            ctx.save_for_forward(x)
            return _dispatch.call_below(op, x, *parameters)

        def backward(ctx, grad):
            result = _dispatch.call(slope, grad, *ctx.saved_tensors, *ctx.parameters)
            return result, *_nothing(ctx.parameters)

        def jvp(ctx, tangent, *_):
            return slope(tangent, *ctx.saved_tensors, *ctx.parameters)

        return self._make(name, forward, backward, jvp)

    @functools.cached_property
    def value(self) -> type:
        return self._unary("", self.operators.value, self.operators.backward)

    @functools.cached_property
    def direct(self) -> type:
        """``value`` where ``_dispatch.is_direct`` holds."""
        return self._unary("", self.operators.value, self.operators.backward, self.cpu)

    @functools.cached_property
    def derivative(self) -> type:
        return self._unary("_derivative", self.operators.derivative, self.operators.second)

    @functools.cached_property
    def backward(self) -> type:
        operators = self.operators

        def forward(ctx, grad, x, *parameters):
            ctx.set_materialize_grads(False)
            ctx.save_for_backward(grad, x)
            ctx.save_for_forward(grad, x)
            ctx.parameters = parameters
            return _dispatch.call_below(operators.backward, grad, x, *parameters)

        def backward(ctx, cotangent):
            if cotangent is None:
                return None, None, *_nothing(ctx.parameters)
            grad, x = ctx.saved_tensors
            of_grad = of_x = None
            if ctx.needs_input_grad[0]:
                of_grad = _dispatch.call(operators.backward, cotangent, x, *ctx.parameters)
            if ctx.needs_input_grad[1]:
                of_x = _dispatch.call(operators.second, cotangent * grad, x, *ctx.parameters)
            return of_grad, of_x, *_nothing(ctx.parameters)

        def jvp(ctx, of_grad, of_x, *_):
            grad, x = ctx.saved_tensors
            first = second = None
            if of_grad is not None:
                first = operators.backward(of_grad, x, *ctx.parameters)
            if of_x is not None:
                second = operators.second(of_x * grad, x, *ctx.parameters)
            return second if first is None else first if second is None else first + second

        return self._make("_backward", forward, backward, jvp)

    @functools.cached_property
    def second(self) -> type:
        operators = self.operators

        def forward(ctx, grad, x, *parameters):  # x has passed through ``refusal``
            ctx.set_materialize_grads(False)
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            ctx.parameters = parameters
            return _dispatch.call_below(operators.second, grad, x, *parameters)

        def backward(ctx, cotangent):
            if cotangent is None:
                return None, None, *_nothing(ctx.parameters)
            result = _dispatch.call(operators.second, cotangent, *ctx.saved_tensors, *ctx.parameters)
            return result, None, *_nothing(ctx.parameters)

        def jvp(ctx, tangent, _, *__):
            if tangent is None:
                return None
            return operators.second(tangent, *ctx.saved_tensors, *ctx.parameters)

        return self._make("_second", forward, backward, jvp)

    @functools.cached_property
    def refusal(self) -> type:
        """x itself, whose gradient nobody may ask for."""
        name = self.operators.name
        return refusal(f"rheobase_{name}_third_derivative", lambda: _refuse(name))


FORMULAS = {name: Formulas(operators) for name, operators in OPERATORS.items()}


def _register_out(op) -> None:
    def kernel(keys, *arguments, out):
        if torch.is_grad_enabled() and (arguments[0].requires_grad or out.requires_grad):
            raise RuntimeError(
                f"{op._opname}(): functions with out=... arguments don't support automatic differentiation, "
                "but one of the arguments requires grad"
            )
        with _dispatch.below_autograd():
            op.redispatch(keys & _dispatch.after_autograd, *arguments, out=out)
        torch.autograd.graph.increment_version(out)

    LIBRARY.impl(op._opname, kernel, "Autograd", with_keyset=True)


def _public(operators: Operators) -> dict:
    """What torch.library offers: first and second derivatives in reverse mode."""

    def setup_unary(ctx, inputs, output):
        x, *ctx.parameters = inputs
        ctx.save_for_backward(x)

    def setup_binary(ctx, inputs, output):
        grad, x, *ctx.parameters = inputs
        ctx.save_for_backward(grad, x)

    def of_unary(op):
        return lambda ctx, grad: (op(grad, *ctx.saved_tensors, *ctx.parameters), *_nothing(ctx.parameters))

    def of_backward(ctx, cotangent):
        grad, x = ctx.saved_tensors
        of_x = operators.second(cotangent * grad, x, *ctx.parameters)
        return operators.backward(cotangent, x, *ctx.parameters), of_x, *_nothing(ctx.parameters)

    return {
        operators.value: (of_unary(operators.backward), setup_unary),
        operators.derivative: (of_unary(operators.second), setup_unary),
        operators.backward: (of_backward, setup_binary),
        operators.second: (lambda ctx, grad: _refuse(operators.name), None),
    }


def _register_all(formulas: Formulas) -> None:
    def value(x, *parameters):
        return _dispatch.apply(formulas.value, x, *parameters)

    def derivative(x, *parameters):
        return _dispatch.apply(formulas.derivative, x, *parameters)

    def backward(grad, x, *parameters):
        return _dispatch.apply(formulas.backward, grad, x, *parameters)

    def second(grad, x, *parameters):
        return _dispatch.apply(formulas.second, grad, _dispatch.apply(formulas.refusal, x), *parameters)

    operators = formulas.operators
    public = _public(operators)
    for op, tensors, differentiate in (
        (operators.value, 1, value),
        (operators.derivative, 1, derivative),
        (operators.backward, 2, backward),
        (operators.second, 2, second),
    ):
        register(op, tensors, differentiate, public[op])
    if _dispatch.PRIVATE:
        _register_out(operators.out)


for _formulas in FORMULAS.values():
    _register_all(_formulas)
