# SPDX-License-Identifier: Apache-2.0
"""One bit per element for backward, where a derivative takes two values only (docs/masks.md)."""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import _dispatch
from rheobase.torch._autograd import register
from rheobase.torch._ops import OPERATORS, Operators, describe, front


class Mask:
    """The operators of one activation that write and read masks, their gradients, fake tensors and vmap."""

    def __init__(self, operators: Operators):
        self.operators = operators
        name = operators.name
        self.value = getattr(torch.ops.rheobase, f"{name}_mask").default
        self.backward = getattr(torch.ops.rheobase, f"{name}_mask_backward").default
        self._describe()
        register(self.value, 1, lambda *given: _dispatch.apply(self._function, *given))
        register(self.backward, 1, lambda *given: _dispatch.apply(self._backward_function, *given))

    def _describe(self) -> None:
        def fake_value(x, *parameters):
            return torch.empty_like(x), x.new_empty((x.numel() + 7) // 8, dtype=torch.uint8)

        # The mask of a batch is one mask, with samples one behind the other.
        def vmap_value(info, dims, x, *parameters):
            return self.value(*front(info, dims, x), *parameters), (0, None)

        def vmap_backward(info, dims, grad, mask, *parameters):
            return self.backward(*front(info, dims, grad), mask, *parameters), 0

        describe(self.value, fake_value, vmap_value)
        describe(self.backward, lambda grad, mask, *parameters: torch.empty_like(grad), vmap_backward)

    def supported(self, parameters: tuple, dtype: torch.dtype) -> bool:
        return _supported(self.operators.name, parameters, dtype)

    @functools.cached_property
    def _function(self) -> type:
        mask = self

        def forward(ctx, x, *parameters):
            y, bits = _dispatch.call_below(mask.value, x, *parameters)
            ctx.save_for_backward(bits)
            ctx.save_for_forward(bits)
            ctx.mark_non_differentiable(bits)
            ctx.parameters = parameters
            return y, bits

        def backward(ctx, grad, _):
            dx = _dispatch.call(mask.backward, grad, *ctx.saved_tensors, *ctx.parameters)
            return dx, *(None for _ in ctx.parameters)

        def jvp(ctx, tangent, *_):
            return mask.backward(tangent, *ctx.saved_tensors, *ctx.parameters), None

        return _dispatch.autograd_function(f"rheobase_{self.operators.name}_mask", forward, backward, jvp)

    @functools.cached_property
    def _backward_function(self) -> type:
        mask = self

        def forward(ctx, grad, bits, *parameters):
            ctx.save_for_backward(bits)
            ctx.save_for_forward(bits)
            ctx.parameters = parameters
            return _dispatch.call_below(mask.backward, grad, bits, *parameters)

        def backward(ctx, grad):
            result = _dispatch.call(mask.backward, grad, *ctx.saved_tensors, *ctx.parameters)
            return result, None, *(None for _ in ctx.parameters)

        def jvp(ctx, tangent, *_):
            return mask.backward(tangent, *ctx.saved_tensors, *ctx.parameters)

        name = f"rheobase_{self.operators.name}_mask_backward"
        return _dispatch.autograd_function(name, forward, backward, jvp)

    def apply(self, x: Tensor, parameters: tuple) -> Tensor:
        return self._function.apply(x, *parameters)[0]


@functools.lru_cache(maxsize=1024)
def _supported(name: str, parameters: tuple, dtype: torch.dtype) -> bool:
    given = zip(OPERATORS[name].parameters, parameters, strict=False)
    values = {parameter.name: value for parameter, value in given if value is not None}
    return _core.mask_supported(name, values, str(dtype).removeprefix("torch."))


@functools.cache
def masks() -> dict[str, Mask]:
    """By the activation's name. Made when first wanted: importing the package would take 75 ms longer."""
    return {name: Mask(operators) for name, operators in OPERATORS.items()} if _dispatch.PRIVATE else {}


_saving = False


class save_memory:  # noqa: N801  (called like a function, as torch.set_grad_enabled)
    """Whether activations keep one bit per element for backward instead of x, where one bit is enough.

    In effect at once, or inside ``with``; it starts as off. Applies in eager mode, to activations whose
    derivative takes two values only for the parameters given (relu and all that are lines between kinks);
    others keep x as before. Gradients have the same bits, but where x is NaN: a bit cannot say so
    (docs/masks.md).

    >>> with rheobase.torch.save_memory():
    ...     loss = model(x).sum()
    """

    def __init__(self, on: bool = True):
        global _saving
        if not isinstance(on, bool):
            raise TypeError(f"save_memory: on must be a bool, not {type(on).__name__}")
        self._before, _saving = _saving, on

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        global _saving
        _saving = self._before


def mask_for(name: str, parameters: tuple, x: Tensor) -> Mask | None:
    """What is to keep a mask for this call, if memory is to be saved and a mask is possible."""
    if not _saving or not x.is_cpu:
        return None
    mask = masks()[name]
    return mask if mask.supported(parameters, x.dtype) else None
