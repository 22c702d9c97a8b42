# SPDX-License-Identifier: Apache-2.0
"""Activations whose parameters are tensors: their operators for fake tensors, vmap and autograd.

Gradients of parameters are exact sums of their terms, rounded once (docs/sums.md): the same bits for any
layout and number of threads.
"""

from __future__ import annotations

import dataclasses
import functools

import torch
from torch import Tensor

from rheobase.torch import _dispatch, _trace
from rheobase.torch._autograd import register
from rheobase.torch._ops import DESCRIPTIONS, OPERATORS, describe, front


@dataclasses.dataclass(frozen=True)
class LearnedOperators:
    """Each takes (grad,) x, all parameters in the file's order, the axis of channels or -1, (which)."""

    name: str
    parameters: tuple[str, ...]
    value: torch._ops.OpOverload
    backward: torch._ops.OpOverload  # grad f'(x)
    term: torch._ops.OpOverload  # grad df/dp(x)
    sum: torch._ops.OpOverload  # the same, summed to the parameter's shape


def _read(name: str) -> LearnedOperators:
    ops = (
        getattr(torch.ops.rheobase, f"{name}_learned{suffix}").default
        for suffix in ("", "_backward", "_term", "_sum")
    )
    return LearnedOperators(name, tuple(p.name for p in OPERATORS[name].parameters), *ops)


LEARNED = {name: _read(name) for name, operators in OPERATORS.items() if operators.parameters}
"""By the activation's name: all that have parameters."""

PLAIN = (Tensor, torch.nn.Parameter)

_CHANNEL_SUM = torch.ops.rheobase.channel_sum.default


def as_parameters(numbers: Tensor, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Parameters for an input of that dtype, from a tensor of float64 that holds all of them."""
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    return tuple(numbers.to(wide).split(1))


def spread(parameter: Tensor, x: Tensor, axis: int) -> Tensor:
    """A 1-D tensor of 1 or C elements as a view of x's shape, along the axis."""
    if parameter.numel() == 1 or axis < 0:
        return parameter.reshape(()).expand(x.shape)
    shape = [1] * x.dim()
    shape[axis] = parameter.shape[0]
    return parameter.reshape(shape).expand(x.shape)


def _sum_like(x: Tensor, parameter: Tensor, axis: int) -> Tensor:
    """The adjoint of ``spread``: exact sums, rounded to the parameter's dtype."""
    if parameter.numel() == 1:
        axis = -1
    return channel_sum(x, axis).reshape(parameter.shape).to(parameter.dtype)


def _channel_sum_forward(ctx, x, axis):
    ctx.axis, ctx.shape, ctx.dtype = axis, x.shape, x.dtype
    return _dispatch.call_below(_CHANNEL_SUM, x, axis)


def _channel_sum_backward(ctx, grad):
    like = grad.new_empty(()).expand(ctx.shape)
    return spread(grad, like, ctx.axis).to(ctx.dtype), None


def _channel_sum_jvp(ctx, tangent, _):
    return channel_sum(tangent, ctx.axis)


def channel_sum(x: Tensor, axis: int) -> Tensor:
    """Exact sums over all dimensions but the axis, each rounded once; the same bits in any order.

    Args:
        x: a float32, float64, bfloat16 or float16 tensor of any strides
        axis: not negative; or -1 for one sum of all

    Returns:
        a 1-D tensor: float64 for float64, otherwise float32.
    """
    return _CHANNEL_SUM(x, axis)


class _SpreadBackward(torch.autograd.Function):
    """``spread``, of which torch.compile sees the inside: it takes no function that has a ``jvp``."""

    generate_vmap_rule = True

    @staticmethod
    def forward(parameter, x, axis):
        return spread(parameter, x, axis).clone()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.shape, ctx.axis = inputs[1].shape, inputs[2]

    @staticmethod
    def backward(ctx, grad):
        return _sum_like(grad, ctx.saved_tensors[0], ctx.axis), None, None


class _Spread(_SpreadBackward):
    """The same with forward mode."""

    @staticmethod
    def jvp(ctx, tangent, *_):
        return spread(tangent, tangent.new_empty(()).expand(ctx.shape), ctx.axis).clone()


def spread_exactly(parameter: Tensor, x: Tensor, axis: int) -> Tensor:
    """``spread`` as a tensor of its own, whose gradient is an exact sum: for activations made of torch's
    operations."""
    function = _SpreadBackward if torch.compiler.is_compiling() else _Spread
    return function.apply(parameter, x.detach(), axis)


def _split(arguments: tuple, count: int) -> tuple[tuple, int, int]:
    parameters, rest = arguments[:count], arguments[count:]
    return parameters, rest[0], rest[1] if len(rest) > 1 else -1


class Formulas:
    """The autograd functions of one activation's learned form, made when first needed."""

    def __init__(self, operators: LearnedOperators):
        self.operators = operators
        self.count = len(operators.parameters)
        self._cpu = _dispatch.kernel_on_cpu(operators.value) if _dispatch.PRIVATE else None

    def evaluate(self, x: Tensor, parameters: list[Tensor], axis: int) -> Tensor:
        """The activation's value, by the shortest way that autograd allows."""
        plain = _dispatch.is_direct(x)
        recorded = x.requires_grad
        for parameter in parameters:
            plain = plain and type(parameter) in PLAIN and _dispatch.is_plain_memory(parameter)
            recorded = recorded or parameter.requires_grad
        if not plain:
            return self.operators.value(x, *parameters, axis)
        return self.direct(recorded, x, *parameters, axis)

    def direct(self, recorded: bool, *given) -> Tensor:
        """The value past the dispatcher, where ``_dispatch.is_direct`` allows it."""
        return self.value.apply(*given) if recorded and torch.is_grad_enabled() else self._cpu(*given)

    def _make(self, name: str, forward, backward, jvp) -> type:
        name = f"rheobase_{self.operators.name}_learned{name}"
        return _dispatch.autograd_function(name, forward, backward, jvp)

    @functools.cached_property
    def value(self) -> type:
        operators = self.operators

        def forward(ctx, x, *arguments):
            parameters, ctx.axis, _ = _split(arguments, self.count)
            ctx.set_materialize_grads(False)
            ctx.save_for_backward(x, *parameters)
            ctx.save_for_forward(x, *parameters)
            return _dispatch.call_below(operators.value, x, *arguments)

        def backward(ctx, grad):
            saved, needed = ctx.saved_tensors, ctx.needs_input_grad
            if grad is None:
                return (None,) * (self.count + 2)
            by_x = _dispatch.call(operators.backward, grad, *saved, ctx.axis) if needed[0] else None
            by_parameters = (
                _dispatch.call(operators.sum, grad, *saved, ctx.axis, i) if needed[i + 1] else None
                for i in range(self.count)
            )
            return by_x, *by_parameters, None

        def jvp(ctx, tangent, *tangents):
            x, *parameters = ctx.saved_tensors
            terms = [] if tangent is None else [operators.backward(tangent, x, *parameters, ctx.axis)]
            for i, change in enumerate(tangents[: self.count]):
                if change is not None:
                    change = spread(change, x, ctx.axis).to(x.dtype)
                    terms.append(operators.term(change, x, *parameters, ctx.axis, i))
            return sum(terms[1:], terms[0])

        return self._make("", forward, backward, jvp)

    def _second(self, x, parameters, axis: int, first: str, then: str) -> Tensor:
        given = zip(self.operators.parameters, parameters, strict=True)
        inputs = {name: spread(p, x, axis).double() for name, p in given} | {"x": x.double()}
        return _trace.second(DESCRIPTIONS[self.operators.name]["trace"], inputs, first, then)

    def _product(self, op, differentiated) -> type:
        """grad times a derivative: linear in grad, second derivatives with respect to all others."""

        def forward(ctx, grad, x, *arguments):
            ctx.set_materialize_grads(False)
            parameters, ctx.axis, ctx.which = _split(arguments, self.count)
            ctx.rest = arguments[self.count :]
            ctx.save_for_backward(grad, x, *parameters)
            ctx.save_for_forward(grad, x, *parameters)
            return _dispatch.call_below(op, grad, x, *arguments)

        def backward(ctx, v):
            grad, x, *parameters = ctx.saved_tensors
            needed, nothing = ctx.needs_input_grad, (None,) * len(ctx.rest)
            if v is None:
                return (None,) * (self.count + 2) + nothing
            by_grad = op(v, x, *parameters, *ctx.rest) if needed[0] else None
            first, results = differentiated(ctx.which), []
            for needs, like, name in zip(
                needed[1:], (x, *parameters), ("x", *self.operators.parameters), strict=False
            ):
                if not needs:
                    results.append(None)
                    continue
                product = v.double() * grad.double()
                product = product * self._second(x, parameters, ctx.axis, first, name)
                results.append(product.to(x.dtype) if name == "x" else _sum_like(product, like, ctx.axis))
            return by_grad, *results, *nothing

        def jvp(ctx, tangent, *tangents):
            grad, x, *parameters = ctx.saved_tensors
            terms = [] if tangent is None else [op(tangent, x, *parameters, *ctx.rest)]
            first = differentiated(ctx.which)
            for change, name in zip(tangents, ("x", *self.operators.parameters), strict=False):
                if change is None:
                    continue
                change = change if name == "x" else spread(change, x, ctx.axis)
                product = grad.double() * change.double()
                product = product * self._second(x, parameters, ctx.axis, first, name)
                terms.append(product.to(x.dtype))
            return sum(terms[1:], terms[0])

        return self._make(op._opname.removeprefix(f"{self.operators.name}_learned"), forward, backward, jvp)

    @functools.cached_property
    def backward(self) -> type:
        return self._product(self.operators.backward, lambda which: "x")

    @functools.cached_property
    def term(self) -> type:
        return self._product(self.operators.term, lambda which: self.operators.parameters[which])

    def sum(self, grad: Tensor, x: Tensor, *arguments) -> Tensor:
        """The sum of terms, where those are differentiated: the same terms and the same exact sum."""
        parameters, axis, which = _split(arguments, self.count)
        wide = torch.float64 if x.dtype == torch.float64 else torch.float32
        terms = self.operators.term(grad.to(wide), x.to(wide), *(p.to(wide) for p in parameters), axis, which)
        return _sum_like(terms, parameters[which], axis)


def _public(operators: LearnedOperators) -> tuple:
    """What torch.library offers: first derivatives in reverse mode."""
    n = len(operators.parameters)

    def setup(ctx, inputs, output):
        ctx.save_for_backward(*inputs[: n + 1])
        ctx.axis = inputs[n + 1]

    def backward(ctx, grad):
        by_x = operators.backward(grad, *ctx.saved_tensors, ctx.axis)
        sums = (operators.sum(grad, *ctx.saved_tensors, ctx.axis, i) for i in range(n))
        return by_x, *sums, None

    return backward, setup


def _register_all(formulas: Formulas) -> None:
    operators, n = formulas.operators, formulas.count
    value, apply = operators.value, _dispatch.apply
    register(value, n + 1, lambda *given: apply(formulas.value, *given), _public(operators))
    register(operators.backward, n + 2, lambda *given: apply(formulas.backward, *given))
    register(operators.term, n + 2, lambda *given: apply(formulas.term, *given))
    register(operators.sum, n + 2, formulas.sum)


def _describe(operators: LearnedOperators) -> None:
    n = len(operators.parameters)

    def vmap_of(op, leading: int, reduces: bool):
        """``leading`` tensors of x's shape come before the parameters."""

        def rule(info, dims, *arguments):
            size = info.batch_size
            tensors = front(info, dims, *arguments[: leading + n])
            axis, *which = arguments[leading + n :]
            data, parameters = tensors[:leading], tensors[leading:]
            if axis >= 0:  # each sample has channels of its own
                channels = data[0].shape[axis + 1]
                data = [t.movedim(axis + 1, 1).flatten(0, 1) for t in data]
                wide = [p.reshape(size, -1).expand(size, channels).reshape(-1) for p in parameters]
            else:
                wide = [p.reshape(size) for p in parameters]
            result = op(*data, *wide, 0, *which)
            if reduces:
                like = parameters[which[0]]
                result = result.reshape(size, -1)
                if result.shape[1] != like[0].numel():
                    result = result.sum(1)
                return result.reshape(like.shape), 0
            if axis >= 0:
                result = result.unflatten(0, (size, channels)).movedim(1, axis + 1)
            return result, 0

        return rule

    for op, leading in ((operators.value, 1), (operators.backward, 2), (operators.term, 2)):
        describe(op, lambda *a, at=leading - 1: torch.empty_like(a[at]), vmap_of(op, leading, False))
    op = operators.sum
    describe(op, lambda *a: torch.empty_like(a[2 + a[-1]].contiguous()), vmap_of(op, 2, True))


def _add_channel_sum() -> None:
    def fake(x, axis):
        dtype = torch.float64 if x.dtype == torch.float64 else torch.float32
        return x.new_empty(1 if axis < 0 else x.shape[axis], dtype=dtype)

    def rule(info, dims, x, axis):
        x = x.movedim(dims[0], 0)
        if axis < 0:
            return channel_sum(x, 0).reshape(-1, 1), 0
        channels = x.shape[axis + 1]
        sums = channel_sum(x.movedim(axis + 1, 1).flatten(0, 1), 0)
        return sums.unflatten(0, (info.batch_size, channels)), 0

    @functools.cache
    def function() -> type:
        name = "rheobase_channel_sum"
        return _dispatch.autograd_function(
            name, _channel_sum_forward, _channel_sum_backward, _channel_sum_jvp
        )

    def setup(ctx, inputs, output):
        x, ctx.axis = inputs
        ctx.shape, ctx.dtype = x.shape, x.dtype

    describe(_CHANNEL_SUM, fake, rule)
    public = _channel_sum_backward, setup
    register(_CHANNEL_SUM, 1, lambda *given: _dispatch.apply(function(), *given), public)


FORMULAS = {name: Formulas(operators) for name, operators in LEARNED.items()}
for _formulas in FORMULAS.values():
    _describe(_formulas.operators)
    _register_all(_formulas)
_add_channel_sum()
