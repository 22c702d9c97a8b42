# SPDX-License-Identifier: Apache-2.0
"""The value of a formula written in LaTeX: reads what a reader sees, and knows nothing of how it was made."""

from __future__ import annotations

import re

import mpmath

TOKEN = re.compile(
    r"\\begin\{cases\}|\\end\{cases\}|\\text\{((?:[^{}]|\\_)*)\}|\\operatorname\{(\w+)\}"
    r"|\\\\|\\,|\\left\||\\right\||\\left|\\right|\\([a-zA-Z]+)|\d+(?:\.\d+)?|[-+(){}^,&<>=|]|[a-z]|\s+"
)
FUNCTIONS = {
    "sigma": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "ln": mpmath.log,
    "erfc": mpmath.erfc,
    "max": max,
    "min": min,
}
ENDS = {"", ")", "}", ",", "&", "+", "-", "<", ">", "le", "ge", r"\\", r"\end{cases}", "|)", "or", "if"}


class Reader:
    """A formula's tokens, read from left to right as one value.

    Args:
        latex: the formula
        names: values of x and of the parameters, by the names that are printed
    """

    def __init__(self, latex: str, names: dict[str, object]):
        self._names, self._tokens, at = names, [], 0
        while at < len(latex):
            match = TOKEN.match(latex, at)
            assert match, f"cannot read {latex[at:]!r}"
            at = match.end()
            text = match[0]
            if text.isspace() or text in (r"\,", r"\left", r"\right"):
                continue
            if match[1] is not None:
                text = match[1].replace(r"\_", "_").strip()
            elif match[2] or match[3]:
                text = match[2] or match[3]
            if text == "ldots":
                continue  # digits that were left out
            self._tokens.append({r"\left|": "(|", r"\right|": "|)"}.get(text, text))
        self._at = 0

    def value(self):
        result = self._sum()
        assert self._next == "", f"{self._tokens[self._at :]} is left over"
        return result

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, expected: str | None = None) -> str:
        token = self._next
        assert expected in (None, token), f"{expected!r} expected at {self._tokens[self._at :]}"
        self._at += 1
        return token

    def _sum(self):
        total = -self._product() if self._next == "-" and self._take() else self._product()
        while self._next in ("+", "-"):
            sign = 1 if self._take() == "+" else -1
            total = total + sign * self._product()
        return total

    def _product(self):
        result = self._power()
        while self._next not in ENDS:
            result = result * self._power()
        return result

    def _power(self):
        base = self._atom()
        if self._next == "^":
            self._take()
            return base ** self._group()
        return base

    def _group(self):
        self._take("{")
        result = self._sum()
        self._take("}")
        return result

    def _between(self, opening, closing):
        self._take(opening)
        values = [self._sum()]
        while self._next == ",":
            self._take()
            values.append(self._sum())
        self._take(closing)
        return values

    def _atom(self):
        token = self._next
        if token == "(":
            (result,) = self._between("(", ")")
            return result
        if token == "(|":
            (result,) = self._between("(|", "|)")
            return abs(result)
        self._take()
        if token == "frac":
            above = self._group()
            return above / self._group()
        if token == "sqrt":
            return mpmath.sqrt(self._group())
        if token == r"\begin{cases}":
            return self._cases()
        if token in self._names:
            return self._names[token]
        if token in FUNCTIONS:
            return FUNCTIONS[token](*self._between("(", ")"))
        if token == "e":
            return mpmath.e
        if token == "pi":
            return mpmath.pi
        return mpmath.mpf(token)

    def _cases(self):
        """The first line that holds."""
        found = []
        while True:
            value = self._sum()
            self._take("&")
            found.append((value, self._holds()))
            if self._take() == r"\end{cases}":
                return next(value for value, holds in found if holds)

    def _holds(self) -> bool:
        if self._next == "otherwise":
            self._take()
            return True
        self._take("if")
        holds = self._relation()
        while self._next == "or":
            self._take()
            holds = self._relation() or holds
        return holds

    def _relation(self) -> bool:
        left = self._sum()
        relation = self._take()
        right = self._sum()
        return {"<": left < right, ">": left > right, "le": left <= right, "ge": left >= right}[relation]
