# SPDX-License-Identifier: Apache-2.0
"""Writes __init__.pyi of the package, from which editors know the functions' names and parameters.

The build runs it (CMakeLists.txt) with the library that RHEOBASE_LIBRARY names. Needs no NumPy.

    python stubs.py build/python/__init__.pyi
"""

import keyword
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
# A name that is not known until the program runs has more parameters than any that is.
OVERLAP = "# type: ignore[overload-overlap]"
# Of a ufunc with two inputs and one result.
PAIR = "_Pair, Protocol"

HEAD = """# SPDX-License-Identifier: Apache-2.0
# What editors and type checkers read; the build made it from the registry. docs/numpy.md explains it.

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypedDict, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from typing_extensions import Unpack

{imports}

__version__: str

_Kind = Literal["unary", "rows", "random"]

def info(name: str, kind: _Kind = "unary") -> dict[str, Any]: ...
def names(kind: _Kind = "unary") -> list[str]: ...
def target() -> str: ...
def get_num_threads() -> int: ...
def set_num_threads(n: int) -> None: ...

_Out = NDArray[Any] | None
_OneOut = _Out | tuple[_Out]
{others}
class _Function(Protocol):
    __name__: str
    __qualname__: str
    ufunc: np.ufunc
    varied: np.ufunc | None
    nin: int
    nout: int
    nargs: int
    ntypes: int
    types: list[str]
    identity: Any
    signature: str | None
    def bind(self, **parameters: float) -> np.ufunc: ...
    def at(self, a: NDArray[Any], indices: Any, b: ArrayLike = ..., /) -> None: ...
    def resolve_dtypes(
        self, dtypes: tuple[Any, ...], *, signature: Any = None, casting: Any = None, reduction: bool = False
    ) -> tuple[np.dtype[Any], ...]: ...

class _Pair(_Function, Protocol):
    def outer(self, a: ArrayLike, b: ArrayLike, /, **others: Any) -> Any: ...
    def reduce(self, array: ArrayLike, /, axis: Any = 0, **others: Any) -> Any: ...
    def accumulate(self, array: ArrayLike, /, axis: int = 0, **others: Any) -> Any: ...
    def reduceat(self, array: ArrayLike, /, indices: ArrayLike, axis: int = 0, **others: Any) -> Any: ...
"""


def others(name: str, keywords: dict[str, object]) -> str:
    """What a function passes on to NumPy, where a `signature` picks the loop."""
    lines = "".join(f"    {key}: {KINDS.get(key, 'Any')}\n" for key in [*keywords, "signature"])
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
        + class_of(grad, {}, call("grad x", 1, keywords, UFUNC), PAIR)
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


def gate(suffix: str, keywords: list[str], others: str = UFUNC) -> str:
    """The classes of gates of functions with the same parameters."""
    own, backward = [*keywords, *typed(GATE_SETTINGS)], f"_GateBackward{suffix}"
    gradients = class_of(backward, {}, call("grad a b", 2, own, others))
    return gradients + class_of(f"_Gate{suffix}", {"backward": backward}, call("a b", 1, own, others), PAIR)


def gates() -> str:
    """By the activation's name, where a program has it as a text; else any parameter is taken."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name in rheobase.names():
        info = rheobase.info(name)
        own = tuple(typed(parameters(info, array=False)))
        names.setdefault(own, []).extend([name, *aliases(info)])
    known = [f"{key}: {KINDS.get(key, 'Any')} = {value!r}" for key, value in UFUNC_KEYWORDS.items()]
    classes, overloads = gate("OfAny", [*known, "signature: Any = None"], "**parameters: float"), ""
    for own, found in names.items():
        suffix = capitals(found[0]) if own else ""
        classes += gate(suffix, list(own))
        texts = ", ".join(f'"{name}"' for name in found)
        overloads += f"@overload\ndef gate(name: Literal[{texts}]) -> _Gate{suffix}: ...  {OVERLAP}\n"
    return f"{classes}\n{overloads}@overload\ndef gate(name: str) -> _GateOfAny: ...\n"


def random(suffix: str, keywords: list[str]) -> str:
    own = [*keywords, *typed(RANDOM_SETTINGS)]
    others = "dtype: DTypeLike | None = None"
    counts = {"__name__": "str", "nin": "int", "nout": "int"}
    attributes = counts | {"derivative": f"_Draws{suffix}", "backward": f"_DrawsBackward{suffix}"}
    one = call("x", 1, own, others)
    return (
        class_of(f"_Draws{suffix}", counts, one, "Protocol")
        + class_of(f"_DrawsBackward{suffix}", counts, call("grad x", 1, own, others), "Protocol")
        + class_of(f"_Random{suffix}", attributes, one, "Protocol")
    )


def capitals(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def variable(info: dict, kind: str) -> str:
    lines = textwrap.wrap(f"{info['title']}: {info['summary']}", 105, break_on_hyphens=False)
    lines += textwrap.wrap(f"``{info['formula']}``", 105, break_on_hyphens=False)
    text = "\n".join(lines).replace("\\", "\\\\")
    return f'{info["name"]}: {kind}\n"""{text}"""\n'


def is_known(name: str) -> bool:
    """False for an alias that several functions have."""
    try:
        return bool(rheobase.info(name))
    except ValueError:
        return False


def aliases(info: dict) -> list[str]:
    return [alias for alias in info["aliases"] if is_known(alias)]


def variables_of(info: dict, kind: str) -> str:
    """A name, and the aliases that can stand behind a dot; other kinds of functions are found by none."""
    found = [a for a in aliases(info) if a.isidentifier() and not keyword.iskeyword(a)]
    others = (f'{alias}: {kind}\n"""{info["name"]} by another name."""\n' for alias in found)
    return variable(info, kind) + "".join(others)


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
                suffix = capitals(name) if keywords else ""
                classes[kind, keywords] = suffix
                text += make(suffix, list(keywords))
            variables += variables_of(info, base + classes[kind, keywords])
    for name in rheobase.names("rows"):
        variables += variable(rheobase.info(name, "rows"), "_Rows")
    passed_on = others("_Others", UFUNC_KEYWORDS) + others("_RowOthers", ROW_KEYWORDS)
    head = HEAD.replace("{imports}", imports()).replace("{others}", passed_on)
    return head + gates() + rows() + text + "\n" + variables


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(stub(), encoding="utf-8")
