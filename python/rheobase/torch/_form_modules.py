# SPDX-License-Identifier: Apache-2.0
"""Modules of gates, functions of rows and functions that draw random numbers."""

from __future__ import annotations

import itertools
from typing import ClassVar

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import _gates, _random, _rows
from rheobase.torch._forms import camel_case
from rheobase.torch._make import make_function, parameters_text

_MODULE = "rheobase.torch.nn"


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


class GLU(torch.nn.Module):
    """Torch's gated linear unit, as ``rheobase.torch.functional.glu``.

    Args:
        dim: the dimension that holds both factors

    Shape:
        dimension ``dim`` has 2 d elements in the input and d in the output; the others are the same
    """

    __module__ = _MODULE

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return _gates.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class RowModule(torch.nn.Module):
    """The base of classes of functions of rows. ``dim`` is an attribute, which may be set later on."""

    bounds: ClassVar[dict]

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        if not isinstance(dim, (int, type(None))):
            raise TypeError(f"{type(self).__name__}: dim must be an int or None, not {type(dim).__name__}")
        self.dim = dim

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class ImageModule(torch.nn.Module):
    """The base of classes of functions of rows that are the channels of an image, at each place of it.

    Shape:
        input ``(N, C, H, W)`` or ``(C, H, W)``, output the same

    Raises:
        ValueError: the input has another number of dimensions
    """

    bounds: ClassVar[dict]

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            name = type(self).__name__
            raise ValueError(f"{name}: input must have 3 or 4 dimensions, got {input.dim()}")
        return self._function(input, -3)


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


_CALLER = 6  # of a module, as a function inside its forward counts levels


def _row_class(base: type, module: str, description: dict, over: str, **body: object) -> type:
    _, function = _binding(description)
    first = _rows.FUNCTIONS[function].__doc__.splitlines()[0]
    body |= {
        "__module__": _MODULE,
        "__qualname__": module,
        "__doc__": f"{first}\n\nAs ``rheobase.torch.functional.{function}``{over}.\n",
        "bounds": description["bounds"],
    }
    return type(module, (base,), body)


def _make_rows(name: str) -> type[RowModule]:
    description = _core.info(name, "rows")
    module, function = _binding(description)
    head = "forward(self, input: Tensor, mask: 'Tensor | None' = None) -> Tensor"
    forward = _forward(_rows.FUNCTIONS[function], head, f"input, self.dim, {_CALLER}, mask=mask")
    return _row_class(RowModule, module, description, "", forward=forward)


def _make_images(name: str) -> list[type[ImageModule]]:
    """The class for images, where torch.nn has one beside the one for rows."""
    description = _core.info(name, "rows")
    module, function = _binding(description)
    if not hasattr(torch.nn, f"{module}2d"):
        return []
    called, over = staticmethod(_rows.FUNCTIONS[function]), " over the channels of images, dimension -3"
    return [_row_class(ImageModule, f"{module}2d", description, over, _function=called)]


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
    if hasattr(torch.nn, module):  # which prints some arguments always, and others where they are set
        body["extra_repr"] = getattr(torch.nn, module).extra_repr
    return type(module, (RandomModule,), body)


_MADE = [
    *map(_make_rows, _rows.ROWS),
    *itertools.chain(*map(_make_images, _rows.ROWS)),
    *map(_make_random, _random.RANDOM),
    Gated,
    *([GLU] if _gates.TORCHS else []),
]

MODULES = {made.__name__: made for made in _MADE}
"""By the name in rheobase.torch.nn."""
