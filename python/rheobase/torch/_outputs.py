# SPDX-License-Identifier: Apache-2.0
"""Backward from f(x) instead of x, where the output tells the derivative (docs/outputs.md)."""

from __future__ import annotations

import functools
from typing import NoReturn

import torch
from torch import Tensor

from rheobase.torch import _dispatch
from rheobase.torch._autograd import keep, kept, linear, refusal, register
from rheobase.torch._learned import LEARNED, as_parameters
from rheobase.torch._once import made_once
from rheobase.torch._ops import OPERATORS, describe, front


class Output:
    """The operator of one activation that takes f(x) for backward, its gradient, fake tensors and vmap.

    Args:
        name: the activation's
        suffix: "", where parameters are numbers, or "_with", where they are one tensor of float64
    """

    def __init__(self, name: str, suffix: str = ""):
        self.name, self._numbers_in_tensor = name, bool(suffix)
        self.label = f"rheobase_{name}_output{suffix}"
        self.backward = getattr(torch.ops.rheobase, f"{name}_output_backward{suffix}").default

        def vmap(info, dims, grad, y, *rest):
            return self.backward(*front(info, dims, grad, y), *rest), 0

        def differentiate(grad, y, *rest):
            return _dispatch.apply(self._backward_function, grad, _dispatch.apply(self._refusal, y), *rest)

        describe(self.backward, lambda grad, y, *rest: torch.empty_like(y), vmap)
        register(self.backward, 2, differentiate)

    def _value(self, x: Tensor, *rest: float | Tensor) -> Tensor:
        if not self._numbers_in_tensor:
            return _dispatch.call_below(OPERATORS[self.name].value, x, *rest)
        return _dispatch.call_below(LEARNED[self.name].value, x, *as_parameters(*rest, x.dtype), -1)

    def _refuse(self) -> NoReturn:
        raise RuntimeError(
            f"rheobase: second derivatives of {self.name} are not available from its output, which "
            "save_memory(outputs=True) keeps"
        )

    @functools.cached_property
    def _refusal(self) -> type:
        return refusal(f"{self.label}_second_derivative", self._refuse)

    @functools.cached_property
    def _function(self) -> type:
        output = self

        def forward(ctx, x, *rest):
            y = output._value(x, *rest)
            # Checkpointing saves through hooks. Where saving has changed before it runs the code anew, it
            # must not take y for x, or x for y, which look alike: so something else comes first.
            aside = (y.new_empty(0),) if _dispatch.saved_tensors_hooked() else ()
            keep(ctx, *aside, y, rest=rest)
            return y

        def backward(ctx, grad):
            (*_, y), rest = kept(ctx)
            return _dispatch.call(output.backward, grad, y, *rest), *(None for _ in rest)

        def jvp(ctx, tangent, *_):
            (*_, y), rest = kept(ctx)
            return output.backward(tangent, y, *rest)

        return _dispatch.autograd_function(self.label, forward, backward, jvp)

    @functools.cached_property
    def _backward_function(self) -> type:
        """Linear in the gradient; y has passed through the refusal."""
        return linear(f"{self.label}_backward", self.backward)

    def apply(self, x: Tensor, *rest: float | Tensor) -> Tensor:
        return self._function.apply(x, *rest)


@made_once
def outputs(suffix: str = "") -> dict[str, Output]:
    """By the activation's name, made when first wanted; with a suffix, of those that have parameters."""
    names = LEARNED if suffix else OPERATORS
    return {name: Output(name, suffix) for name in names} if _dispatch.PRIVATE else {}
