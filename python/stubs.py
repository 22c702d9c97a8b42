# SPDX-License-Identifier: Apache-2.0
"""Writes __init__.pyi of the package, from which editors know the functions' names and parameters.

The build runs it (CMakeLists.txt) with the library that RHEOBASE_LIBRARY names. Needs no NumPy.

    python stubs.py build/python/__init__.pyi
"""

import sys
import textwrap
from pathlib import Path

import rheobase
from rheobase._numpy_text import (
    GATE_SETTINGS,
    RANDOM_SETTINGS,
    ROW_ARRAYS,
    ROW_KEYWORDS,
    ROW_SETTINGS,
    UFUNC_KEYWORDS,
    Keyword,
    parameters,
    written,
)

# Types of NumPy's own keywords; the others' are of no use to editors.
KINDS = {
    "where": "ArrayLike",
    "axis": "int | tuple[int, ...] | None",
    "dtype": "DTypeLike | None",
    "subok": "bool",
}
UFUNC, ROW = "**others: Unpack[_Others]", "**others: Unpack[_RowOthers]"

HEAD = """# SPDX-License-Identifier: Apache-2.0
# What editors and type checkers read; the build made it from the registry. docs/numpy.md explains it.

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypedDict

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from typing_extensions import Unpack

{imports}

__version__: str

_Kind = Literal["unary", "rows", "random"]

def info(name: str, kind: _Kind = "unary") -> dict[str, Any]: ...
def names(kind: _Kind = "unary") -> list[str]: ...
def target() -> str: ...
def gate(name: str) -> _Gate: ...
def get_num_threads() -> int: ...
def set_num_threads(n: int) -> None: ...

_Out = NDArray[Any] | None
_OneOut = _Out | tuple[_Out]
{others}
class _Function(Protocol):
    ufunc: np.ufunc
    varied: np.ufunc | None
    nin: int
    nout: int
    nargs: int
    types: list[str]
    def bind(self, **parameters: float) -> np.ufunc: ...
    def at(self, a: NDArray[Any], indices: Any, b: ArrayLike = ..., /) -> None: ...
"""


def others(name: str, keywords: dict[str, object]) -> str:
    """What a function passes on to NumPy."""
    lines = "".join(f"    {key}: {KINDS.get(key, 'Any')}\n" for key in keywords)
    return f"\nclass {name}(TypedDict, total=False):\n{lines}"


def typed(keywords: list[Keyword]) -> list[str]:
    """Each with its type and default."""
    kinds = {"seed": "int", "training": "bool"}

    def one(k: Keyword) -> str:
        kind = "ArrayLike" if k.array else kinds.get(k.name, "float")
        return f"{k.name}: {kind if k.default is not None else kind + ' | None'} = {written(k.default)}"

    return [one(k) for k in keywords]


def call(inputs: str, outputs: int, keywords: list[str], others: str) -> str:
    """One __call__."""
    out = "out: _OneOut = None" if outputs == 1 else "out: tuple[_Out, _Out] = (None, None)"
    result = "Any" if outputs == 1 else "tuple[Any, Any]"
    names = ", ".join(f"{name}: ArrayLike" for name in inputs.split())
    rest = ", ".join(["*", *keywords, others] if keywords or not others.startswith("**") else [others])
    return f"    def __call__(self, {names}, /, {out}, {rest}) -> {result}: ...\n"


def class_of(name: str, attributes: dict[str, str], text: str, bases: str = "_Function, Protocol") -> str:
    lines = "".join(f"    {key}: {kind}\n" for key, kind in attributes.items())
    return f"\nclass {name}({bases}):\n{lines}{text}"


def elements(suffix: str, keywords: list[str]) -> str:
    """The classes of functions with the same parameters."""
    plain, grad = f"_Derivative{suffix}", f"_Backward{suffix}"
    attributes = {"derivative": plain, "backward": grad, "second": plain}
    attributes["derivative_by"] = f"Mapping[str, {plain}]"
    one = call("x", 1, keywords, UFUNC)
    return (
        class_of(plain, {}, one)
        + class_of(grad, {}, call("grad x", 1, keywords, UFUNC))
        + class_of(f"_Elements{suffix}", attributes, one)
    )


def rows() -> str:
    scale = typed(ROW_SETTINGS)
    masked = [*scale, *typed(ROW_ARRAYS)]
    attributes = {"backward": "_RowsBackward", "backward_from_result": "_RowsFromResult"}
    return (
        class_of("_RowsBackward", {}, call("grad x", 1, masked, ROW))
        + class_of("_RowsFromResult", {}, call("grad result", 1, scale, ROW))
        + class_of("_Rows", attributes, call("x", 1, masked, ROW))
    )


def gates() -> str:
    """Any activation's, so parameters are not known."""
    own = typed(GATE_SETTINGS)
    own += [f"{key}: {KINDS.get(key, 'Any')} = {value!r}" for key, value in UFUNC_KEYWORDS.items()]
    others = "**parameters: float"
    backward = class_of("_GateBackward", {}, call("grad a b", 2, own, others))
    return backward + class_of("_Gate", {"backward": "_GateBackward"}, call("a b", 1, own, others))


def random(suffix: str, keywords: list[str]) -> str:
    own = [*keywords, *typed(RANDOM_SETTINGS)]
    others = "dtype: DTypeLike | None = None"
    counts = {"nin": "int", "nout": "int"}
    attributes = counts | {"derivative": f"_Draws{suffix}", "backward": f"_DrawsBackward{suffix}"}
    one = call("x", 1, own, others)
    return (
        class_of(f"_Draws{suffix}", counts, one, "Protocol")
        + class_of(f"_DrawsBackward{suffix}", counts, call("grad x", 1, own, others), "Protocol")
        + class_of(f"_Random{suffix}", attributes, one, "Protocol")
    )


def variable(name: str, kind: str, info: dict) -> str:
    lines = textwrap.wrap(f"{info['title']}: {info['summary']}", 105, break_on_hyphens=False)
    lines += textwrap.wrap(f"``{info['formula']}``", 105, break_on_hyphens=False)
    text = "\n".join(lines).replace("\\", "\\\\")
    return f'{name}: {kind}\n"""{text}"""\n'


def imports() -> str:
    lazy = {name: module for name, module in rheobase._LAZY.items() if module != "rheobase._numpy"}
    return "\n".join(f"from {module} import {name} as {name}" for name, module in sorted(lazy.items()))


def stub() -> str:
    """The whole file."""
    classes: dict[tuple, str] = {}
    text, variables = "", ""
    for kind, make, base in (("unary", elements, "_Elements"), ("random", random, "_Random")):
        for name in rheobase.names(kind):
            info = rheobase.info(name, kind)
            keywords = tuple(typed(parameters(info, array=kind == "unary")))
            if (kind, keywords) not in classes:  # named after the first one that has these parameters
                suffix = "".join(word.capitalize() for word in name.split("_")) if keywords else ""
                classes[kind, keywords] = suffix
                text += make(suffix, list(keywords))
            variables += variable(name, base + classes[kind, keywords], info)
    for name in rheobase.names("rows"):
        variables += variable(name, "_Rows", rheobase.info(name, "rows"))
    passed_on = others("_Others", UFUNC_KEYWORDS) + others("_RowOthers", ROW_KEYWORDS)
    head = HEAD.replace("{imports}", imports()).replace("{others}", passed_on)
    return head + gates() + rows() + text + "\n" + variables


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(stub(), encoding="utf-8")
