# SPDX-License-Identifier: Apache-2.0
"""Modules that learn an activation's parameters."""

from __future__ import annotations

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import functional
from rheobase.torch._evaluate import make_callee
from rheobase.torch._forms import FORMS, learned_class
from rheobase.torch._learned_call import evaluate_learned, refuse_out_of_domain


class Learned(torch.nn.Module):
    """Any activation with learned parameters, one for all or one for each channel.

    Args:
        name: an activation with parameters, a preset or an alias
        learn: the names of the parameters to be learned; without any, all are
        channels: how many of each, 1 or as many as the input has channels
        axis: the input's dimension of the channels, 1 as in torch.nn, -1 for the last
        device, dtype: of the parameters; 16-bit inputs take parameters of their own dtype or of float32
        values: first values of those that are learned, and values of the others; defaults as in
            ``rheobase.info(name)``

    The module's parameters have the names of the activation's, and shape ``(channels,)``. Their gradients are
    exact sums, rounded once: the same bits for any layout and number of threads.

    Shape:
        input and output: any, the same; dimension ``axis`` has ``channels`` elements if these are more than 1

    Raises:
        ValueError: there is no such name (the nearest is suggested), it has no parameters, or a value is
            outside its domain; when called, ``channels`` is not the extent of the axis
        TypeError: there is no such parameter, or the input's dtype and that of the parameters differ
        RuntimeError: when called, a parameter has left its domain, or has become NaN, by training

    >>> rheobase.torch.nn.Learned("swish", channels=64)                       # beta per channel
    >>> rheobase.torch.nn.Learned("hardtanh", "max_val", max_val=2.0, axis=-1)
    """

    def __init__(
        self,
        name: str,
        /,
        *learn: str,
        channels: int = 1,
        axis: int = 1,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        **values: float,
    ) -> None:
        super().__init__()
        description = _core.info(name)
        defaults = {p["name"]: float(p["default"]) for p in description["parameters"]}
        if not defaults:
            raise ValueError(f"Learned: {name} has no parameters to learn")
        for word in (*learn, *values):
            if word not in defaults:
                known = ", ".join(defaults)
                raise TypeError(f"Learned: {name} has no parameter {word!r}; it has {known}")
        if channels < 1:
            raise ValueError(f"Learned: channels must be at least 1, got {channels}")
        self.name, self.channels, self.axis = description["name"], channels, axis
        self.learn = tuple(word for word in defaults if not learn or word in learn)
        self._activation = description["activation"]
        self._callee = make_callee(self.name, self._activation, {})
        self.values = defaults | values
        refuse_out_of_domain(self._callee, self.values)
        for word in self.learn:
            empty = torch.empty(channels, device=device, dtype=dtype)
            self.register_parameter(word, torch.nn.Parameter(empty))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Puts the first values back."""
        for word in self.learn:
            torch.nn.init.constant_(getattr(self, word), self.values[word])

    def forward(self, input: Tensor) -> Tensor:
        values = tuple(
            getattr(self, word) if word in self.learn else value for word, value in self.values.items()
        )
        return evaluate_learned(self._callee, input, values, axis=self.axis)

    def __getstate__(self) -> dict:
        return {key: value for key, value in self.__dict__.items() if key != "_callee"}

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        self._callee = make_callee(self.name, self._activation, {})

    def extra_repr(self) -> str:
        fixed = "".join(f", {k}={v}" for k, v in self.values.items() if k not in self.learn)
        learn = ", ".join(map(repr, self.learn))
        return f"{self.name!r}, {learn}, channels={self.channels}, axis={self.axis}{fixed}"


_TEXT = """{title}: torch.nn.{name} with its arguments, attributes and state, on rheobase's kernels.

    f(x) = {formula}

Args:
    num_parameters: 1, or the extent of the input's dimension 1
    init: the first value. Default: {init}
    device, dtype: of ``weight``, a tensor of shape ``(num_parameters,)``

Its gradient with respect to ``weight`` is an exact sum, rounded once. 16-bit inputs take a weight of their
own dtype or of float32, also under autocast, which leaves the input's dtype alone.

Raises:
    as ``rheobase.torch.functional.{function}``
"""


def _torch_module(function: str, base: type[torch.nn.Module]) -> type[torch.nn.Module]:
    """Torch's module, whose weight is learned, with another forward."""
    call = getattr(functional, function)

    def forward(self, input: Tensor) -> Tensor:
        return call(input, self.weight)

    description = FORMS[function].description
    forward.__qualname__ = f"{base.__name__}.forward"
    body = {
        "__module__": "rheobase.torch.nn",
        "__qualname__": base.__name__,
        "__doc__": _TEXT.format(
            name=base.__name__,
            function=function,
            title=description["title"],
            formula=description["formula"],
            init=description["parameters"][0]["default"],
        ),
        "forward": forward,
    }
    return type(base.__name__, (base,), body)


TORCH_LEARNED = {
    base.__name__: _torch_module(name, base) for name in FORMS if (base := learned_class(name)) is not None
}
"""By class name: those of torch.nn's activations that learn a parameter."""
