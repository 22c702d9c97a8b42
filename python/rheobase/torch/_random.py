# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers: operators whose backward draws them again instead of keeping them."""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import _dispatch
from rheobase.torch._autograd import refusal, register
from rheobase.torch._evaluate import check_input, check_parameter
from rheobase.torch._make import make_function, override_lines, parameters_text
from rheobase.torch._once import made_once
from rheobase.torch._ops import LIBRARY, Parameter, describe, front
from rheobase.torch._random_slopes import has_straight_pieces
from rheobase.torch._traced import given_as, may_change, with_tensor


def _call_each(op, batch: list[Tensor], seed: Tensor, dim: int | None, training: bool, *parameters) -> Tensor:
    """Calls op for each sample of a batch; where seeds have no dimension of it, all samples have the one."""
    size = len(batch[0])
    if not size:
        return torch.empty_like(batch[-1])
    seeds = [seed] * size if dim is None else seed.movedim(dim, 0).contiguous().unbind()
    if not training:  # nothing is drawn
        return op(*batch, seeds[0], training, *parameters)
    samples = zip(*(tensor.unbind() for tensor in batch), seeds, strict=True)
    return torch.stack([op(*sample, training, *parameters) for sample in samples])


class RandomFunction:
    """The operators of one function, their gradients, fake tensors and vmap.

    A call's seed is a tensor of two int64, seed and offset, drawn from torch's own generator. Under vmap each
    sample is a call: its elements are counted within it, and its seed is its own, or that of all samples.

    Args:
        name: the function's
        tensor: whether its parameters are to be one tensor of float64
    """

    def __init__(self, name: str, tensor: bool = False):
        self.name = name
        self.value = getattr(torch.ops.rheobase, f"{name}_random").default
        self.backward = getattr(torch.ops.rheobase, f"{name}_random_backward").default
        if tensor:
            self.value, self.backward = with_tensor(self.value), with_tensor(self.backward)
        self._cpu = _dispatch.kernel_on_cpu(self.value) if _dispatch.PRIVATE else None
        self._describe()
        register(self.value, 1, lambda *given: _dispatch.apply(self._function, *given), self._public())
        register(self.backward, 2, self._differentiable_backward, self._public_backward())

    def direct(self, x: Tensor, seed: Tensor, training: bool, values: tuple) -> Tensor:
        """The value past the dispatcher, where ``_dispatch.is_direct`` allows it."""
        if x.requires_grad and torch.is_grad_enabled():
            return self._function.apply(x, seed, training, *values)
        return self._cpu(x, seed, training, *values)

    def _describe(self) -> None:
        def vmap_value(info, dims, x, seed, *rest):
            return _call_each(self.value, front(info, dims, x), seed, dims[1], *rest), 0

        def vmap_backward(info, dims, grad, x, seed, *rest):
            return _call_each(self.backward, front(info, dims, grad, x), seed, dims[2], *rest), 0

        describe(self.value, lambda x, *rest: torch.empty_like(x), vmap_value)
        describe(self.backward, lambda grad, x, *rest: torch.empty_like(x), vmap_backward)

    @functools.cached_property
    def _function(self) -> type:
        random = self

        def forward(ctx, x, seed, *rest):
            ctx.save_for_backward(x, seed)
            ctx.save_for_forward(x, seed)
            ctx.rest = rest
            return _dispatch.call_below(random.value, x, seed, *rest)

        def backward(ctx, grad):
            dx = _dispatch.call(random.backward, grad, *ctx.saved_tensors, *ctx.rest)
            return dx, None, *(None for _ in ctx.rest)

        def jvp(ctx, tangent, *_):
            return random.backward(tangent, *ctx.saved_tensors, *ctx.rest)

        return _dispatch.autograd_function(f"rheobase_{self.name}", forward, backward, jvp)

    def _refuse_curve(self, training: bool, *parameters: float | Tensor) -> None:
        if any(isinstance(parameter, Tensor) for parameter in parameters):
            parameters = ()  # unknown, where torch.compile traces: the defaults' answer has to do
        if not has_straight_pieces(self.name, tuple(map(float, parameters)), training):
            raise RuntimeError(
                f"rheobase: second derivatives of {self.name} are not available: between the kinks its slope "
                "for given random numbers is not constant"
            )

    @functools.cached_property
    def _refusal(self) -> type:
        """x itself, on whose way to the slope no gradient may pass that is not 0."""
        return refusal(f"rheobase_{self.name}_second_derivative", self._refuse_curve)

    @functools.cached_property
    def _backward_function(self) -> type:
        """Linear in the gradient; of x, which has passed through ``_refusal``, a step function."""
        random = self

        def forward(ctx, grad, x, seed, *rest):
            ctx.set_materialize_grads(False)
            ctx.save_for_backward(x, seed)
            ctx.save_for_forward(x, seed)
            ctx.rest = rest
            return _dispatch.call_below(random.backward, grad, x, seed, *rest)

        def backward(ctx, grad):
            nothing = (None for _ in ctx.rest)
            if grad is None:
                return None, None, None, *nothing
            of_grad = _dispatch.call(random.backward, grad, *ctx.saved_tensors, *ctx.rest)
            of_x = torch.zeros_like(ctx.saved_tensors[0]) if ctx.needs_input_grad[1] else None
            return of_grad, of_x, None, *nothing

        def jvp(ctx, tangent, *_):
            if tangent is None:
                return torch.zeros_like(ctx.saved_tensors[0])
            return random.backward(tangent, *ctx.saved_tensors, *ctx.rest)

        return _dispatch.autograd_function(f"rheobase_{self.name}_backward", forward, backward, jvp)

    def _differentiable_backward(self, grad, x, seed, *rest):
        x = _dispatch.apply(self._refusal, x, *rest)
        return _dispatch.apply(self._backward_function, grad, x, seed, *rest)

    def _public(self) -> tuple:
        """First derivatives in reverse mode."""

        def setup(ctx, inputs, output):
            x, seed, *ctx.rest = inputs
            ctx.save_for_backward(x, seed)

        def backward(ctx, grad):
            return self.backward(grad, *ctx.saved_tensors, *ctx.rest), None, *(None for _ in ctx.rest)

        return backward, setup

    def _public_backward(self) -> tuple:
        """Second derivatives in reverse mode."""

        def setup(ctx, inputs, output):
            _, x, seed, *ctx.rest = inputs
            ctx.save_for_backward(x, seed)

        def backward(ctx, grad):
            self._refuse_curve(*ctx.rest)
            x, seed = ctx.saved_tensors
            of_grad = self.backward(grad, x, seed, *ctx.rest)
            return of_grad, torch.zeros_like(x), None, *(None for _ in ctx.rest)

        return backward, setup


RANDOM = {name: RandomFunction(name) for name in _core.names("random")}
"""By the function's name."""


@made_once
def _functions(suffix: str) -> dict[str, RandomFunction]:
    """By the function's name; those with a suffix, which take a tensor, are made when first wanted."""
    return {name: RandomFunction(name, tensor=True) for name in RANDOM} if suffix else RANDOM


LIBRARY.define("traced_random(Tensor x, Tensor seed, str name, bool training, Scalar[] numbers) -> Tensor")


def _traced_random(x: Tensor, seed: Tensor, name: str, training: bool, numbers: list) -> Tensor:
    """As ``traced`` in _traced.py."""
    suffix, numbers = given_as(x, numbers)
    return _functions(suffix)[name].value(x, seed, training, *numbers)


LIBRARY.impl("traced_random", _traced_random, "CompositeImplicitAutograd")


def _value(random: RandomFunction, x: Tensor, seed: Tensor, training: bool, values: tuple) -> Tensor:
    if _dispatch.is_direct(x):
        return random.direct(x, seed, training, values)
    if not may_change(x):
        return random.value(x, seed, training, *values)
    return torch.ops.rheobase.traced_random.default(x, seed, random.name, training, list(values))


def _parameters(description: dict) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(p["name"], float(p["default"]), p["domain"], p["meaning"], False)
        for p in description["parameters"]
    )


@functools.lru_cache(maxsize=1024)
def _check_together(name: str, function: str, values: tuple, dtype: torch.dtype) -> None:
    """Each may be right by itself and not with the others: the library says so for one element."""
    try:
        RANDOM[name].value(torch.zeros(1, dtype=dtype, device="cpu"), _NO_SEED, False, *values)
    except RuntimeError as error:
        message = str(error).partition(": ")[2].removeprefix(f"{name}: ")  # behind the operator's name
        raise ValueError(f"{function}: {message}") from None


_NO_SEED = torch.zeros(2, dtype=torch.int64, device="cpu")  # also where another device is torch's default


def _draw(input: Tensor, generator: torch.Generator | None) -> Tensor:
    return torch.randint(2**63 - 1, (2,), dtype=torch.int64, generator=generator, device="cpu")


DRAW: dict[type, Callable] = {}
"""Who else draws a seed, by the class of the input: the ranks that share a tensor take the same one."""


def _checked(
    name: str, function: str, parameters: tuple[Parameter, ...], values: tuple, dtype: torch.dtype
) -> tuple[float, ...]:
    """The parameters' values as the operators take them. Raises as ``check_parameter`` does."""
    given = zip(parameters, values, strict=True)
    checked = tuple(check_parameter(function, p, value, dtype) for p, value in given)
    if not torch.compiler.is_compiling():
        _check_together(name, function, checked, dtype)
    return checked


def evaluate_random(
    random: RandomFunction,
    function: str,
    parameters: tuple[Parameter, ...],
    input: Tensor,
    values: tuple,
    training: bool,
    inplace: bool,
    generator: torch.Generator | None,
) -> Tensor:
    check_input(function, input)
    values = _checked(random.name, function, parameters, values, input.dtype)
    seed = DRAW.get(type(input), _draw)(input, generator) if training else _NO_SEED
    # In place, autograd keeps what is overwritten afterwards.
    kept = input.clone() if inplace and _dispatch.wanted(input) else input
    result = _value(random, kept, seed, training, values)
    return input.copy_(result) if inplace else result


def evaluation(function: str, name: str, values: tuple) -> tuple[Callable, Callable]:
    """Value and derivative where no number is drawn, as functions of a float64 tensor."""
    random = RANDOM[name]
    values = _checked(name, function, _parameters(_core.info(name, "random")), values, torch.float64)
    rest = (_NO_SEED, False, *values)
    return lambda x: random.value(x, *rest), lambda x: random.backward(torch.ones_like(x), x, *rest)


def _make(name: str) -> Callable[..., Tensor]:
    description = _core.info(name, "random")
    binding = description["torch"][0] if description["torch"] else {"function": name, "inplace": True}
    parameters = _parameters(description)
    defaults = {p.name: p.default for p in parameters} | {"training": False, "inplace": False}
    values = "".join(f"{p.name}, " for p in parameters)
    made = make_function(
        f"{binding['function']}(input: Tensor, {parameters_text(defaults)}, "
        "*, generator: 'torch.Generator | None' = None) -> Tensor",
        [
            *override_lines((*defaults, "generator")),
            f"return _evaluate(_random, {binding['function']!r}, _parameters, input, ({values}), training, "
            "inplace, generator)",
        ],
        defaults,
        {"_evaluate": evaluate_random, "_random": RANDOM[name], "_parameters": parameters},
        "rheobase.torch.functional",
    )
    lines = [f"    {p.name}: {p.meaning}. Default: {p.default}" for p in parameters]
    made.__doc__ = _TEXT.format(arguments="\n".join(lines), **description)
    return made


_TEXT = """{title}. {summary}

    f(x) = {formula}

Numbers follow from a seed that is drawn from torch's generator, and from each element's index: the same bits
for any number of threads and layout. Backward draws them again; nothing but the input is kept.

Args:
    input: a float32, float64, bfloat16 or float16 tensor of any shape and strides, on the CPU
{arguments}
    training: whether numbers are drawn
    inplace: overwrite the input
    generator: that the seed is drawn from; None is torch's default one

Returns:
    a tensor of the input's shape and dtype. docs/random.md says what is promised.

Raises:
    TypeError: the input is no tensor or of another dtype, or a parameter is no Python number
    ValueError: a parameter is outside its domain, or does not go with the others
"""

FUNCTIONS = {function.__name__: function for function in map(_make, RANDOM)}
"""By the name in rheobase.torch.functional."""
