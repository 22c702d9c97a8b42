# SPDX-License-Identifier: Apache-2.0
"""Signatures and docstrings of the functions, from what the registry says. Needs no NumPy."""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass, field

WIDTH = 100

# The keywords that every ufunc has, in NumPy's order.
UFUNC_KEYWORDS = {"where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True}
ROW_KEYWORDS = {"axis": -1, "casting": "same_kind", "order": "K", "dtype": None, "subok": True}

# Domains of parameters (docs/describe.md) in words.
_DOMAINS = {
    "finite": "finite",
    "positive": "positive",
    "nonnegative": "not negative",
    "nonzero": "not 0",
    "finite_or_infinite": "any number but NaN",
}


@dataclass(frozen=True)
class Keyword:
    """One keyword of a function's own."""

    name: str
    default: float | int | bool | None
    meaning: str
    array: bool  # whether arrays are taken as well


def written(value: object) -> str:
    """A default as Python writes it."""
    infinite = isinstance(value, float) and value in (float("inf"), float("-inf"))
    return f"float({str(value)!r})" if infinite else repr(value)


def parameters(info: dict, array: bool = True) -> list[Keyword]:
    """The parameters of a description, as keywords."""
    return [
        Keyword(p["name"], float(p["default"]), f"{p['meaning']}; {_DOMAINS[p['domain']]}", array)
        for p in info.get("parameters", [])
    ]


GATE_SETTINGS = [
    Keyword("limit", 0.0, "a is held below it, b within [-limit, limit]; 0: no limit", False),
    Keyword("offset", 0.0, "added to b before the product", False),
]
ROW_SETTINGS = [Keyword("scale", 1.0, "what x is multiplied by; positive", False)]
ROW_ARRAYS = [
    Keyword("mask", None, "what is added to scale x, broadcast to its shape; no booleans", True),
]
RANDOM_SETTINGS = [
    Keyword("seed", None, "0 to 2^64 - 1; needed in training", False),
    Keyword(
        "offset", 0, "0 to 2^64 - 1: calls with one seed that shall draw other numbers differ here", False
    ),
    Keyword("training", True, "whether numbers are drawn; else what the function is afterwards", False),
]


@dataclass(frozen=True)
class Role:
    """One of the ufuncs of a function."""

    name: str  # of the attribute; "" for the function itself
    number: int  # rheo_role
    title: str
    inputs: tuple[str, ...]
    returns: str
    outputs: int = 1


_INPUTS = {
    "x": "Where the function is evaluated.",
    "grad": "The gradient with respect to the value; broadcast with the other inputs.",
    "a": "What the activation is applied to.",
    "b": "The other factor.",
    "result": "The function's value for x.",
}
_OUT = ("out : ndarray, or a tuple of them, optional", "    Where results go; may be an input.")


@dataclass(frozen=True)
class Kind:
    """What all functions of one kind have."""

    others: dict[str, object]  # keywords that are NumPy's own
    about_others: tuple[str, ...]
    about_out: tuple[str, ...] = _OUT
    inputs: dict[str, str] = field(default_factory=_INPUTS.copy)
    note: str = ""
    example: str = ""  # that is added to the arguments


_AS_EVER = "    As for every NumPy ufunc."
ELEMENTS = Kind(UFUNC_KEYWORDS, (", ".join(UFUNC_KEYWORDS), _AS_EVER))
ROWS = Kind(
    ROW_KEYWORDS,
    (
        "axis : int, tuple of int, or None, optional",
        "    Where the rows lie; None: one row of all. Default: -1.",
        ", ".join(ROW_KEYWORDS),
        _AS_EVER,
    ),
)
RANDOM = Kind(
    {"dtype": None},
    ("dtype : dtype, optional", "    Of the result; x is cast to it."),
    about_out=(
        "out : ndarray, or a tuple of one, optional",
        "    Where results go, of x's shape and a dtype that the result can be cast to; may be an input.",
    ),
    inputs=_INPUTS | {"grad": "The gradient with respect to the value; broadcast to x's shape."},
    note="An element's number follows from seed, offset and its place in x alone (docs/random.md): the same "
    "call gives the same result, and derivative and backward use the numbers that the value had.",
    example=", seed=7",
)


def describe(function, info: dict, path: str, role: Role, own: list[Keyword], kind: Kind) -> None:
    """What introspection asks for. `path` is how the function is reached, from rheobase on."""
    function.__name__ = path.rpartition(".")[2]
    function.__qualname__ = path
    function.__module__ = "rheobase"
    function.__doc__ = _document(info, path, role, own, kind)
    function.__signature__ = _signature(role, own, kind)


def _signature(role: Role, own: list[Keyword], kind: Kind) -> inspect.Signature:
    """Inputs, NumPy's out, the function's own keywords, then NumPy's others."""
    kinds = inspect.Parameter
    out = None if role.outputs == 1 else (None,) * role.outputs
    keywords = {k.name: k.default for k in own} | kind.others
    return inspect.Signature(
        [kinds(name, kinds.POSITIONAL_ONLY) for name in role.inputs]
        + [kinds("out", kinds.POSITIONAL_OR_KEYWORD, default=out)]
        + [kinds(name, kinds.KEYWORD_ONLY, default=default) for name, default in keywords.items()]
    )


def _wrapped(text: str, indent: int = 0) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


def _section(title: str, lines: list[str]) -> list[str]:
    return [title, "-" * len(title), *lines, ""] if lines else []


def _keyword_lines(keywords: list[Keyword]) -> list[str]:
    lines = []
    for k in keywords:
        kind = "number or array" if k.array else "number"
        lines += [f"{k.name} : {kind}, optional", _wrapped(f"{k.meaning}. Default: {written(k.default)}.", 4)]
    return lines


def _call_lines(inputs: tuple[str, ...], keywords: list[Keyword], kind: Kind) -> list[str]:
    lines = []
    for name in inputs:
        lines += [f"{name} : array_like", f"    {kind.inputs[name]}"]
    return [*lines, *kind.about_out, *_keyword_lines(keywords), *kind.about_others]


def special_values(info: dict) -> list[str]:
    """What happens at the infinities, at kinks, and the range."""
    facts = info["facts"]
    left, right = facts["limits"]["left"], facts["limits"]["right"]
    low, high = facts["range"]
    lines = [
        f"f(-inf) = {left['value']}, f'(-inf) = {left['derivative']}; "
        f"f(inf) = {right['value']}, f'(inf) = {right['derivative']}; f(nan) = nan.",
        f"Range: {low} to {high}.",
    ]
    if facts["kinks"]:
        lines.append(f"Slope or value jump at x = {', '.join(map(str, facts['kinks']))}.")
    if info["parameters"]:
        lines.append("All of this for the parameters' defaults.")
    return lines


_DTYPES = (
    "float16, float32, float64, and bfloat16 of ml_dtypes, give their own dtype; bool, int8 and uint8 give "
    "float16, int16 and uint16 float32, other integers float64, as with numpy.exp. A parameter's dtype "
    "changes nothing: it is rounded to float32, or to float64 where the result has that."
)


def _references(info: dict) -> list[str]:
    return [_wrapped(f"{r['text']}. {r['url']}".strip()) for r in info["references"]]


def _raises(keywords: list[Keyword]) -> list[str]:
    lines = ["TypeError", "    No real numbers, or an unknown keyword."]
    what = "Shapes that do not broadcast, an output that cannot be written"
    what += ", a parameter that is not allowed." if keywords else "."
    return [*lines, "ValueError", f"    {what}"]


def _document(info: dict, path: str, role: Role, own: list[Keyword], kind: Kind) -> str:
    """A docstring in NumPy's style."""
    title = role.title.format(title=info["title"])
    lines = [title, "", _wrapped(info["summary"]), "", f"    {info['formula']}", ""]
    lines += _section("Parameters", _call_lines(role.inputs, own, kind))
    lines += _section("Returns", [_wrapped(role.returns)])
    lines += _section("Raises", _raises(own))
    lines += _section("Notes", [_wrapped(text) for text in (kind.note, _DTYPES) if text])
    if "facts" in info:
        lines += _section("Special values", [_wrapped(line) for line in special_values(info)])
    lines += _section("References", _references(info))
    lines += _section("Examples", _example(path, role.inputs, kind))
    return "\n".join(lines).rstrip() + "\n"


ROLES = (
    Role("", 1, "{title} of an array, element by element.", ("x",), "f(x), of x's shape."),
    Role("derivative", 2, "The derivative of {title}.", ("x",), "f'(x), of x's shape."),
    Role(
        "backward",
        3,
        "The gradient through {title}: grad f'(x), rounded once.",
        ("grad", "x"),
        "grad f'(x), of the shape that both broadcast to; 0 for every grad, NaN too, where f' is 0 by "
        "definition.",
    ),
    Role("second", 5, "The second derivative of {title}.", ("x",), "f''(x), of x's shape."),
)
ROW_ROLES = (
    Role("", 1, "{title} of each row.", ("x",), "The value, of x's shape."),
    Role(
        "backward",
        3,
        "The gradient through {title}, from x.",
        ("grad", "x"),
        "The gradient with respect to x, of its shape.",
    ),
    Role(
        "backward_from_result",
        3,
        "The gradient through {title}, from its result, which spares evaluating it again.",
        ("grad", "result"),
        "The gradient with respect to x, of its shape.",
    ),
)
GATE_ROLES = (
    Role(
        "",
        1,
        "The gate of {title}: act(a) b, rounded once.",
        ("a", "b"),
        "act(a) b, of the shape that both broadcast to.",
    ),
    Role(
        "backward",
        3,
        "Both gradients through the gate of {title}.",
        ("grad", "a", "b"),
        "A tuple: (grad b) act'(a), and grad act(a).",
        outputs=2,
    ),
)
RANDOM_ROLES = (
    Role("", 1, "{title} of an array, element by element.", ("x",), "The value, of x's shape."),
    Role("derivative", 2, "The derivative of {title}, for the same numbers.", ("x",), "f'(x), of x's shape."),
    Role(
        "backward",
        3,
        "The gradient through {title}, for the same numbers.",
        ("grad", "x"),
        "grad f'(x), of x's shape.",
    ),
)

# What the first lines of an example give to each input.
_EXAMPLE = {"x": "x", "grad": "np.ones_like(x)", "a": "x", "b": "x", "result": "y"}


def _example(path: str, inputs: tuple[str, ...], kind: Kind) -> list[str]:
    lines = [">>> import numpy as np, rheobase", ">>> x = np.linspace(-3, 3, 7, dtype=np.float32)"]
    if "result" in inputs:
        lines.append(f">>> y = rheobase.{path.partition('.')[0]}(x)")
    result = f"rheobase.{path}({', '.join(_EXAMPLE[name] for name in inputs)}{kind.example})"
    return [*lines, f">>> result = {result}"]


def by_parameter(parameter: str) -> Role:
    """The derivative with respect to a parameter."""
    return Role(
        f"derivative_by[{parameter!r}]",
        4,
        f"The derivative of {{title}} with respect to {parameter}.",
        ("x",),
        f"df/d{parameter} at x, of x's shape.",
    )
