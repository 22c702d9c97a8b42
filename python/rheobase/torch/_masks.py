# SPDX-License-Identifier: Apache-2.0
"""One bit per element for backward, where a derivative takes two values only (docs/masks.md)."""

from __future__ import annotations

import functools
import math

import torch
from torch import Tensor

from rheobase.torch import _dispatch
from rheobase.torch._autograd import keep, kept, linear, register
from rheobase.torch._once import made_once
from rheobase.torch._ops import OPERATORS, describe, front


class Mask:
    """The operators of one activation that write and read masks, their gradients, fake tensors and vmap.

    Args:
        name: the activation's
        suffix: "", where parameters are numbers, or "_with", where they are one tensor of float64
    """

    def __init__(self, name: str, suffix: str = ""):
        self.name = f"rheobase_{name}_mask{suffix}"
        self.value = getattr(torch.ops.rheobase, f"{name}_mask{suffix}").default
        self.backward = getattr(torch.ops.rheobase, f"{name}_mask_backward{suffix}").default
        self._describe()
        register(self.value, 1, lambda *given: _dispatch.apply(self._function, *given))
        register(self.backward, 1, lambda *given: _dispatch.apply(self._backward_function, *given))

    def _describe(self) -> None:
        def fake_value(x, *rest):
            return torch.empty_like(x), x.new_empty((x.numel() + 7) // 8, dtype=torch.uint8)

        # Each sample has a mask of its own; of whole bytes, they are made and read together.
        def vmap_value(info, dims, x, *rest):
            (x,) = front(info, dims, x)
            if math.prod(x.shape[1:]) % 8 == 0:
                y, bits = self.value(x, *rest)
                return (y, bits.view(info.batch_size, -1)), (0, 0)
            samples = [self.value(sample, *rest) for sample in x.unbind(0)]
            return tuple(torch.stack(part) for part in zip(*samples, strict=True)), (0, 0)

        def vmap_backward(info, dims, grad, mask, *rest):
            grad, mask = front(info, dims, grad, mask)
            if math.prod(grad.shape[1:]) % 8 == 0:
                return self.backward(grad, mask.reshape(-1).contiguous(), *rest), 0
            pairs = zip(grad.unbind(0), mask.unbind(0), strict=True)
            return torch.stack([self.backward(g, bits.contiguous(), *rest) for g, bits in pairs]), 0

        describe(self.value, fake_value, vmap_value)
        describe(self.backward, lambda grad, mask, *rest: torch.empty_like(grad), vmap_backward)

    @functools.cached_property
    def _function(self) -> type:
        mask = self

        def forward(ctx, x, *rest):
            y, bits = _dispatch.call_below(mask.value, x, *rest)
            keep(ctx, bits, rest=rest)
            ctx.mark_non_differentiable(bits)
            return y, bits

        def backward(ctx, grad, _):
            bits, rest = kept(ctx)
            return _dispatch.call(mask.backward, grad, *bits, *rest), *(None for _ in rest)

        def jvp(ctx, tangent, *_):
            bits, rest = kept(ctx)
            return mask.backward(tangent, *bits, *rest), None

        return _dispatch.autograd_function(self.name, forward, backward, jvp)

    @functools.cached_property
    def _backward_function(self) -> type:
        return linear(f"{self.name}_backward", self.backward)

    def apply(self, x: Tensor, *rest: float | Tensor) -> Tensor:
        return self._function.apply(x, *rest)[0]


@made_once
def masks(suffix: str = "") -> dict[str, Mask]:
    """By the activation's name. Made when first wanted: importing the package would take 75 ms longer."""
    return {name: Mask(name, suffix) for name in OPERATORS} if _dispatch.PRIVATE else {}
