# SPDX-License-Identifier: Apache-2.0
"""Signatures and docstrings of the functions, from what the registry says. Needs no NumPy."""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass

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
ROW_ARRAYS = [Keyword("mask", None, "an array that is added to scale x, and broadcast; no booleans", True)]
RANDOM_SETTINGS = [
    Keyword("seed", None, "0 to 2^64 - 1; needed in training", False),
    Keyword(
        "offset", 0, "0 to 2^64 - 1: calls with one seed that shall draw other numbers differ here", False
    ),
    Keyword("training", True, "whether numbers are drawn; else what the function is afterwards", False),
]


def signature(
    inputs: list[str], outputs: int, own: list[Keyword], others: dict[str, object]
) -> inspect.Signature:
    """Inputs, NumPy's out, the function's own keywords, then NumPy's others."""
    kinds = inspect.Parameter
    out = None if outputs == 1 else (None,) * outputs
    keywords = {k.name: k.default for k in own} | others
    return inspect.Signature(
        [kinds(name, kinds.POSITIONAL_ONLY) for name in inputs]
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


_INPUTS = {
    "x": "Where the function is evaluated.",
    "grad": "The gradient with respect to the value; broadcast with the other inputs.",
    "a": "What the activation is applied to.",
    "b": "The other factor.",
    "result": "The function's value for x.",
}


def _call_lines(inputs: list[str], keywords: list[Keyword], rows: bool) -> list[str]:
    lines = []
    for name in inputs:
        lines += [f"{name} : array_like", f"    {_INPUTS[name]}"]
    lines += ["out : ndarray, or a tuple of them, optional", "    Where results go; may be an input."]
    lines += _keyword_lines(keywords)
    if rows:
        lines += ["axis : int, optional", "    Where the rows lie. Default: -1."]
    name = "axis, casting, order, dtype, subok" if rows else "where, casting, order, dtype, subok"
    return lines + [name, "    As for every NumPy ufunc."]


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


def _document(
    info: dict,
    what: str,
    inputs: list[str],
    outputs: str,
    keywords: list[Keyword],
    example: list[str],
    rows: bool = False,
) -> str:
    """A docstring in NumPy's style; `what` is its first line, `outputs` what is returned."""
    lines = [what, "", _wrapped(info["summary"]), "", f"    {info['formula']}", ""]
    lines += _section("Parameters", _call_lines(inputs, keywords, rows))
    lines += _section("Returns", [_wrapped(outputs)])
    lines += _section("Raises", _raises(keywords))
    lines += _section("Notes", [_wrapped(_DTYPES)])
    if "facts" in info:
        lines += _section("Special values", [_wrapped(line) for line in special_values(info)])
    lines += _section("References", _references(info))
    lines += _section("Examples", example)
    return "\n".join(lines).rstrip() + "\n"


@dataclass(frozen=True)
class Role:
    """One of the ufuncs of a function."""

    name: str  # of the attribute; "" for the function itself
    number: int  # rheo_role
    title: str
    inputs: tuple[str, ...]
    returns: str


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
    ),
)

# What the first lines of an example give to each input.
_EXAMPLE = {"x": "x", "grad": "np.ones_like(x)", "a": "x", "b": "x", "result": "y"}


def _example(path: str, inputs: tuple[str, ...], rows: bool) -> list[str]:
    lines = [">>> import numpy as np, rheobase", ">>> x = np.linspace(-3, 3, 7, dtype=np.float32)"]
    if "result" in inputs:
        lines.append(f">>> y = rheobase.{path.partition('.')[0]}(x)")
    result = f"rheobase.{path}({', '.join(_EXAMPLE[name] for name in inputs)})"
    return [*lines, f">>> result = {result}"]


def of_role(info: dict, role: Role, own: list[Keyword]) -> str:
    """The docstring of a function of single numbers, or of its derivative, ..."""
    path = f"{info['name']}.{role.name}" if role.name else info["name"]
    title = role.title.format(title=info["title"])
    return _document(info, title, list(role.inputs), role.returns, own, _example(path, role.inputs, False))


def by_parameter(info: dict, parameter: str, own: list[Keyword]) -> str:
    """The docstring of the derivative with respect to a parameter."""
    path = f"{info['name']}.derivative_by[{parameter!r}]"
    title = f"The derivative of {info['title']} with respect to {parameter}."
    return _document(
        info, title, ["x"], f"df/d{parameter} at x, of x's shape.", own, _example(path, ("x",), False)
    )


def of_rows(info: dict, role: Role, own: list[Keyword]) -> str:
    """The docstring of a function of rows."""
    path = f"{info['name']}.{role.name}" if role.name else info["name"]
    title = role.title.format(title=info["title"])
    example = _example(path, role.inputs, True)
    return _document(info, title, list(role.inputs), role.returns, own, example, rows=True)


def of_gate(info: dict, role: Role, own: list[Keyword]) -> str:
    """The docstring of a gate."""
    path = f"gate({info['name']!r})" + (f".{role.name}" if role.name else "")
    title = role.title.format(title=info["title"])
    return _document(info, title, list(role.inputs), role.returns, own, _example(path, role.inputs, False))


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


def of_random(info: dict, role: Role, own: list[Keyword]) -> str:
    """The docstring of a function that draws random numbers."""
    path = f"{info['name']}.{role.name}" if role.name else info["name"]
    example = _example(path, role.inputs, False)
    example[-1] = example[-1].removesuffix(")") + ", seed=7)"
    lines = [
        role.title.format(title=info["title"]),
        "",
        _wrapped(info["summary"]),
        "",
        f"    {info['formula']}",
        "",
    ]
    names = []
    for name in role.inputs:
        names += [
            f"{name} : array_like",
            f"    {_INPUTS[name].replace('; broadcast with the other inputs', '')}",
        ]
    names += [
        "out : ndarray, optional",
        "    Where results go, of x's shape and the result's dtype; may be an input.",
    ]
    names += [*_keyword_lines(own), "dtype : dtype, optional", "    Of the result; x is cast to it."]
    lines += _section("Parameters", names) + _section("Returns", [role.returns])
    lines += _section("Raises", _raises(own)) + _section("Notes", [_wrapped(_RANDOM_NOTE), _wrapped(_DTYPES)])
    lines += _section("References", _references(info)) + _section("Examples", example)
    return "\n".join(lines).rstrip() + "\n"


_RANDOM_NOTE = (
    "An element's number follows from seed, offset and its place in x alone (docs/random.md): the same call "
    "gives the same result, and derivative and backward use the numbers that the value had."
)
