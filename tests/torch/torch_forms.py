# SPDX-License-Identifier: Apache-2.0
"""Every public function and module as a call of one matrix, for tests that are about all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch_cases import ACTIVATIONS, NAMES, function

from rheobase.torch import _gates, _random, _rows, functional, nn
from rheobase.torch._learned import LEARNED
from rheobase.torch._learned_modules import TORCH_LEARNED

SHAPE = (4, 6)


def _drawn(name: str) -> Callable:
    return lambda x: function(name)(x, training=True, generator=torch.Generator().manual_seed(1))


def _gate_of_two(name: str) -> Callable:
    return lambda x: functional.gated(name, x, 0.5 - x)


def _hidden(name: str) -> Callable:
    """Of all but the largest of each column, so that no column is hidden as a whole, which makes NaN."""
    return lambda x: function(name)(x, 0, scale=0.5, mask=x.detach() < x.detach().amax(0))


FUNCTIONS: dict[str, Callable] = {
    **{name: function(name) for name in NAMES},
    **{f"derivative of {name}": partial(functional.derivative, name) for name in NAMES},
    **{f"gate of {name}": partial(functional.gated, name, limit=1.5, offset=0.25) for name in ACTIVATIONS},
    **{f"gate of {name}, two tensors": _gate_of_two(name) for name in ACTIVATIONS},
    **{f"gate, {layout}": partial(functional.gated, NAMES[-1], layout=layout) for layout in _gates.LAYOUTS},
    **{name: partial(called, dim=0) for name, called in _gates.TORCHS.items()},
    **{name: partial(function(name), dim=-1) for name in _rows.FUNCTIONS},
    **{f"{name}, masked": _hidden(name) for name in _rows.FUNCTIONS},
    **{f"{name} in evaluation": function(name) for name in _random.FUNCTIONS},
    **{f"{name} in training": _drawn(name) for name in _random.FUNCTIONS},
    "maxout": partial(functional.maxout, pieces=3),
}
"""By what it is: a function of a tensor of that shape; those that draw take the same numbers each time."""

_OF_ROWS = [nn.Softmax, nn.LogSoftmax, nn.Softmin]
_DRAWING = [nn.RReLU, nn.AlphaDropout, nn.NoisyRelu]

MODULES: dict[str, Callable[[], torch.nn.Module]] = {
    **{cls.__name__: partial(cls, dim=-1) for cls in (*_OF_ROWS, nn.GLU)},
    **{cls.__name__: cls for cls in _DRAWING},
    **{f"Gated {layout}": partial(nn.Gated, "silu", layout=layout) for layout in _gates.LAYOUTS},
    "Gated, limited": partial(nn.Gated, "swish", limit=7.0, offset=1.0, beta=1.702),
    **{f"Learned {name}": partial(nn.Learned, name, channels=6) for name in LEARNED},
    **{name: partial(cls, 6) for name, cls in TORCH_LEARNED.items()},
    "Learnable": partial(nn.Learnable, 6),
    "Rational": partial(nn.Rational, "gelu"),
    "Adaptive": partial(nn.Adaptive, 6),
    "DynamicReLU A": partial(nn.DynamicReLU, 6, "A"),
    "DynamicReLU B": partial(nn.DynamicReLU, 6, "B"),
    "Maxout": partial(nn.Maxout, 6, 2),
}
"""By what it is: makes a module for inputs of that shape, of parameters in float32."""

WITH_LINEAR_LAYERS = [name for name in MODULES if name.startswith(("DynamicReLU", "Maxout"))]


def sample(dtype: torch.dtype, seed: int = 4) -> torch.Tensor:
    return (2 * torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))).to(dtype)


def made(key: str) -> torch.nn.Module:
    """The module, the same each time."""
    torch.manual_seed(5)
    return MODULES[key]()


def step(call: Callable, x: torch.Tensor, seed: int = 6) -> list[torch.Tensor]:
    """The value, and gradients by the input and by what parameters there are."""
    torch.manual_seed(seed)
    x = x.detach().clone().requires_grad_()
    y = call(x)
    parameters = list(call.parameters()) if isinstance(call, torch.nn.Module) else []
    for p in parameters:
        p.grad = None
    y.backward(torch.linspace(-2, 2, y.numel()).reshape(y.shape).to(y.dtype))
    return [y.detach(), x.grad, *(p.grad for p in parameters)]
