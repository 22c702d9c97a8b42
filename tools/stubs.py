#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes python/rheobase/__init__.pyi, from which editors know the functions' names and parameters.

Needs the built library (RHEOBASE_LIBRARY), no NumPy. Run it after a new activation or a change of
parameters; a test says so. --check changes nothing, and fails where the file is out of date.
"""

import argparse
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import rheobase  # noqa: E402
from rheobase._numpy_text import (  # noqa: E402
    GATE_SETTINGS,
    RANDOM_SETTINGS,
    ROW_SETTINGS,
    Keyword,
    parameters,
    written,
)

PATH = ROOT / "python/rheobase/__init__.pyi"

HEAD = """# SPDX-License-Identifier: Apache-2.0
# What editors and type checkers read; written by tools/stubs.py from the registry. docs/numpy.md explains it.

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypedDict

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from typing_extensions import Unpack

{imports}

__version__: str

type_ = Literal["unary", "rows", "random"]

def info(name: str, kind: type_ = "unary") -> dict[str, Any]: ...
def names(kind: type_ = "unary") -> list[str]: ...
def target() -> str: ...
def gate(name: str) -> _Gate: ...

_Out = NDArray[Any] | None

class _Others(TypedDict, total=False):
    where: ArrayLike
    casting: Any
    order: Any
    dtype: DTypeLike | None
    subok: bool

class _RowOthers(TypedDict, total=False):
    axis: int
    casting: Any
    order: Any
    dtype: DTypeLike | None
    subok: bool

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

UFUNC, ROW = "**others: Unpack[_Others]", "**others: Unpack[_RowOthers]"
GATE = (
    "where: ArrayLike = True, casting: Any = 'same_kind', order: Any = 'K', dtype: DTypeLike | None = None, "
    "subok: bool = True, **parameters: float"
)


def keyword_text(keyword: Keyword, kind: str) -> str:
    return f"{keyword.name}: {kind} = {written(keyword.default)}"


def typed(keywords: list[Keyword]) -> list[str]:
    kinds = {"seed": "int | None", "offset": "float", "training": "bool"}
    return [keyword_text(k, "ArrayLike" if k.array else kinds.get(k.name, "float")) for k in keywords]


def call(inputs: str, outputs: int, keywords: list[str], others: str) -> str:
    """One __call__."""
    out = "out: _Out = None" if outputs == 1 else "out: tuple[_Out, _Out] = (None, None)"
    result = "Any" if outputs == 1 else "tuple[Any, Any]"
    names = ", ".join(f"{name}: ArrayLike" for name in inputs.split())
    rest = ", ".join(["*", *keywords, others] if keywords or not others.startswith("**") else [others])
    return f"    def __call__(self, {names}, /, {out}, {rest}) -> {result}: ...\n"


def class_of(name: str, base: str, attributes: dict[str, str], text: str) -> str:
    lines = "".join(f"    {key}: {kind}\n" for key, kind in attributes.items())
    return f"class {name}({base}, Protocol):\n{lines}{text}"


def elements(suffix: str, keywords: list[str]) -> str:
    """The classes of functions with the same parameters."""
    plain, grad = f"_Derivative{suffix}", f"_Backward{suffix}"
    attributes = {"derivative": plain, "backward": grad, "second": plain}
    attributes["derivative_by"] = f"Mapping[str, {plain}]"
    one = call("x", 1, keywords, UFUNC)
    return (
        class_of(plain, "_Function", {}, one)
        + class_of(grad, "_Function", {}, call("grad x", 1, keywords, UFUNC))
        + class_of(f"_Elements{suffix}", "_Function", attributes, one)
    )


def rows() -> str:
    scale = typed(ROW_SETTINGS)
    masked = [*scale, "mask: ArrayLike | None = None"]
    attributes = {"backward": "_RowsBackward", "backward_from_result": "_RowsFromResult"}
    return (
        class_of("_RowsBackward", "_Function", {}, call("grad x", 1, masked, ROW))
        + class_of("_RowsFromResult", "_Function", {}, call("grad result", 1, scale, ROW))
        + class_of("_Rows", "_Function", attributes, call("x", 1, masked, ROW))
    )


def gates() -> str:
    """Any activation's, so parameters are not known."""
    own = typed(GATE_SETTINGS)
    backward = class_of("_GateBackward", "_Function", {}, call("grad a b", 2, own, GATE))
    return backward + class_of("_Gate", "_Function", {"backward": "_GateBackward"}, call("a b", 1, own, GATE))


def random(suffix: str, keywords: list[str]) -> str:
    own = [*keywords, *typed(RANDOM_SETTINGS)]
    others = "dtype: DTypeLike | None = None"
    attributes = {"derivative": f"_Draws{suffix}", "backward": f"_DrawsBackward{suffix}"}
    return (
        class_of(f"_Draws{suffix}", "Protocol", {}, call("x", 1, own, others))
        + class_of(f"_DrawsBackward{suffix}", "Protocol", {}, call("grad x", 1, own, others))
        + class_of(f"_Random{suffix}", "Protocol", attributes, call("x", 1, own, others))
    ).replace("(Protocol, Protocol)", "(Protocol)")


def variable(name: str, kind: str, info: dict) -> str:
    lines = textwrap.wrap(f"{info['title']}: {info['summary']}", 105, break_on_hyphens=False)
    lines += textwrap.wrap(f"``{info['formula']}``", 105, break_on_hyphens=False)
    text = "\n".join(lines).replace("\\", "\\\\")
    return f'{name}: {kind}\n"""{text}"""\n'


def imports() -> str:
    lazy = {name: module for name, module in rheobase._LAZY.items() if name != "gate"}
    return "\n".join(f"from {module} import {name} as {name}" for name, module in sorted(lazy.items()))


def stub() -> str:
    """The whole file, before it is formatted."""
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
    head = HEAD.replace("{imports}", imports()).replace("type_", "_Kind")
    return head + gates() + rows() + text + variables


def formatted(text: str) -> str:
    """As scripts/lint wants it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(PATH), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=re.sub(r"\n\n.*", "", __doc__, flags=re.S))
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 where it is out of date"
    )
    given, text = parser.parse_args(), formatted(stub())
    current = PATH.read_text(encoding="utf-8") if PATH.is_file() else ""
    if given.check:
        if current != text:
            print(f"{PATH.relative_to(ROOT)} is out of date: run tools/stubs.py", file=sys.stderr)
        return int(current != text)
    PATH.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
