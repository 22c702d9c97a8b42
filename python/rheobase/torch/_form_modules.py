# SPDX-License-Identifier: Apache-2.0
"""Modules of gates, functions of rows and functions that draw random numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import _gates, _random, _rows
from rheobase.torch._forms import camel_case
from rheobase.torch._make import make_function, parameters_text


class Gated(torch.nn.Module):
    """act(a) b: GLU, SwiGLU, GEGLU and so on, as ``rheobase.torch.functional.gated``.

    Args:
        name: an activation, a preset or an alias
        layout: where a and b lie when the input is one tensor that holds both in its last dimension
        limit, offset: as for the function
        parameters: the activation's, by keyword

    Shape:
        one tensor (*, 2 d), or two of shape (*, d); the output is (*, d)

    >>> torch.nn.Sequential(torch.nn.Linear(64, 2 * 256), rheobase.torch.nn.Gated("silu"))
    """

    def __init__(
        self,
        name: str,
        layout: str = "halves",
        limit: float | None = None,
        offset: float = 0.0,
        **parameters: float,
    ) -> None:
        super().__init__()
        self.name, self.layout, self.limit, self.offset = name, layout, limit, offset
        self.parameters_of_activation = parameters
        self(torch.zeros(2))  # raises for bad arguments

    def forward(self, a: Tensor, b: Tensor | None = None) -> Tensor:
        keywords = self.parameters_of_activation
        return _gates.gated(self.name, a, b, self.layout, self.limit, self.offset, **keywords)

    def extra_repr(self) -> str:
        given = {"limit": self.limit, "offset": self.offset or None} | self.parameters_of_activation
        shown = "".join(f", {key}={value!r}" for key, value in given.items() if value is not None)
        return f"{self.name!r}, layout={self.layout!r}{shown}"


class RowModule(torch.nn.Module):
    """The base of classes of functions of rows. ``dim`` is an attribute, which may be set later on."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        if not isinstance(dim, int):
            raise TypeError(f"{type(self).__name__}: dim must be an int, not {type(dim).__name__}")
        self.dim = dim

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class RandomModule(torch.nn.Module):
    """The base of classes of functions that draw random numbers: in training, as ``self.training`` says."""

    def _set_arguments(self, arguments: dict[str, object]) -> None:
        super().__init__()
        for name, value in arguments.items():
            setattr(self, name, value)
        self.eval()(torch.zeros(1))  # raises for bad arguments
        self.train()

    def extra_repr(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self.arguments if name != "inplace"]
        return ", ".join(shown + ["inplace=True"] * self.inplace)


def _binding(description: dict) -> tuple[str, str]:
    """The names of the module and of the function."""
    for binding in description["torch"]:
        return binding["module"] or camel_case(description["name"]), binding["function"]
    return camel_case(description["name"]), description["name"]


def _forward(function, head: str, call: str):
    return make_function(head, [f"return _function({call})"], {}, {"_function": function}, _MODULE)


_MODULE = "rheobase.torch.nn"


def _make_rows(name: str) -> type[RowModule]:
    module, function = _binding(_core.info(name, "rows"))
    called = _rows.FUNCTIONS[function]
    head = "forward(self, input: Tensor, mask: 'Tensor | None' = None) -> Tensor"
    body = {
        "__module__": _MODULE,
        "__qualname__": module,
        "__doc__": f"{called.__doc__.splitlines()[0]}\n\nAs ``rheobase.torch.functional.{function}``.\n",
        "forward": _forward(called, head, "input, self.dim, mask=mask"),
    }
    return type(module, (RowModule,), body)


def _make_random(name: str) -> type[RandomModule]:
    description = _core.info(name, "random")
    module, function = _binding(description)
    called = _random.FUNCTIONS[function]
    defaults: dict[str, object] = {p["name"]: float(p["default"]) for p in description["parameters"]}
    call = "".join(f"self.{p}, " for p in defaults)
    defaults["inplace"] = False
    arguments = ", ".join(f"{p!r}: {p}" for p in defaults)
    head = f"__init__(self, {parameters_text(defaults)}) -> None"
    body = {
        "__module__": _MODULE,
        "__qualname__": module,
        "__doc__": f"{called.__doc__.splitlines()[0]}\n\nAs ``rheobase.torch.functional.{function}``.\n",
        "arguments": tuple(defaults),
        "__init__": make_function(head, [f"self._set_arguments({{{arguments}}})"], defaults, {}, _MODULE),
        "forward": _forward(
            called,
            "forward(self, input: Tensor) -> Tensor",
            f"input, {call}training=self.training, inplace=self.inplace",
        ),
    }
    return type(module, (RandomModule,), body)


MODULES = {
    made.__name__: made for made in (*map(_make_rows, _rows.ROWS), *map(_make_random, _random.RANDOM), Gated)
}
"""By the name in rheobase.torch.nn."""
