# SPDX-License-Identifier: Apache-2.0
"""The operators of librheobase_torch.so: loaded, listed, described to fake tensors and vmap."""

from __future__ import annotations

import ctypes
import dataclasses
from pathlib import Path

import torch
from torch import Tensor

from rheobase import _core

_FILE, _FORMS_FILE = "librheobase_torch.so", "librheobase_torch_forms.so"
_CUDA_FILE = "librheobase_torch_cuda.so"

LIBRARY = torch.library.Library("rheobase", "FRAGMENT")
"""Holds what Python adds to the operators; it takes them back when it goes."""


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter of an activation as its operators take it."""

    name: str
    default: float
    domain: str
    meaning: str
    optional: bool  # a schema cannot spell this default: None stands for it


@dataclasses.dataclass(frozen=True)
class Operators:
    """The operators of one activation; each takes (grad,) x and all parameters, in the file's order."""

    name: str
    parameters: tuple[Parameter, ...]
    value: torch._ops.OpOverload
    derivative: torch._ops.OpOverload
    backward: torch._ops.OpOverload
    second: torch._ops.OpOverload
    out: torch._ops.OpOverload


def _find(file: str) -> Path:
    """Where a library is: beside librheobase.so, whose registry all of them share."""
    folders = (_core.library_path().resolve().parent, Path(__file__).parent.parent / "_lib")
    path = next((folder / file for folder in folders if (folder / file).exists()), None)
    if path is None:
        places = " or ".join(str(folder) for folder in dict.fromkeys(folders))
        raise ImportError(
            f"rheobase.torch: no {file} in {places}; this build came without PyTorch's operators"
        )
    return path


def _load() -> tuple[str, ...]:
    """Loads the libraries, which register their operators in the namespace ``rheobase``.

    Returns the types of devices that there are operators for.
    """
    path = _find(_FILE)
    _register(path, "rheobase_torch_load_error")
    _register(_find(_FORMS_FILE), "rheobase_torch_forms_load_error")
    # Its symbols are those of a torch with CUDA; where no device is at hand its tensors cannot exist.
    if not (torch.version.cuda and torch.cuda.is_available() and path.with_name(_CUDA_FILE).exists()):
        return "cpu", "meta"
    _register(path.with_name(_CUDA_FILE), "rheobase_torch_cuda_load_error")
    return "cpu", "meta", "cuda"


def _register(path: Path, report_name: str) -> None:
    torch.ops.load_library(path)
    report = getattr(ctypes.CDLL(str(path)), report_name)
    report.restype = ctypes.c_char_p
    if message := report().decode():
        raise ImportError(f"rheobase.torch: {message}")


def _read_parameters(description: dict, value: torch._ops.OpOverload) -> tuple[Parameter, ...]:
    optional = {a.name: isinstance(a.type, torch.OptionalType) for a in value._schema.arguments}
    return tuple(
        Parameter(p["name"], float(p["default"]), p["domain"], p["meaning"], optional[p["name"]])
        for p in description["parameters"]
    )


def _read_operators(name: str, description: dict) -> Operators:
    value, derivative, backward, second, out = (
        getattr(torch.ops.rheobase, name + suffix).default
        for suffix in ("", "_derivative", "_backward", "_second", "_out")
    )
    return Operators(name, _read_parameters(description, value), value, derivative, backward, second, out)


def front(info, dims: tuple, *tensors: Tensor | None) -> list[Tensor | None]:
    """The first arguments of a rule for vmap, its dimension first in each; None stays."""
    return [
        t if t is None else t.expand(info.batch_size, *t.shape) if dim is None else t.movedim(dim, 0)
        for t, dim in zip(tensors, dims, strict=False)
    ]


def describe(op: torch._ops.OpOverload, fake, vmap) -> None:
    """Tells fake tensors and vmap of an operator."""
    torch.library.register_fake(op, fake, lib=LIBRARY)
    torch.library.register_vmap(op, vmap, lib=LIBRARY)


def _describe(operators: Operators) -> None:
    """Elementwise, results with the layout of ``empty_like(x)``: all that fake tensors and vmap need to know.

    The dispatcher drops trailing arguments that equal their defaults, hence the ``*parameters``.
    """

    def vmap_unary(op):
        return lambda info, dims, x, *parameters: (op(x, *parameters), dims[0])

    def vmap_binary(op):
        def rule(info, dims, grad, x, *parameters):
            return op(*front(info, dims, grad, x), *parameters), 0

        return rule

    for op in (operators.value, operators.derivative):
        describe(op, lambda x, *parameters: torch.empty_like(x), vmap_unary(op))
    for op in (operators.backward, operators.second):
        describe(op, lambda grad, x, *parameters: torch.empty_like(x), vmap_binary(op))
    torch.library.register_fake(operators.out, lambda x, *parameters, out: None, lib=LIBRARY)


DEVICES = _load()
"""Types of devices whose tensors the operators take."""

DESCRIPTIONS = {name: _core.info(name) for name in _core.names()}
"""What the files declare, by name."""

OPERATORS = {name: _read_operators(name, d) for name, d in DESCRIPTIONS.items() if d["activation"] == name}
"""By the activation's name. Presets run their activation's operators."""

for _operators in OPERATORS.values():
    _describe(_operators)
