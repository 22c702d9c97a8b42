# SPDX-License-Identifier: Apache-2.0
"""A recorded formula, as `rheobase list --json` gives it (docs/describe.md), as LaTeX."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from fractions import Fraction

# How tightly a text binds: it needs parentheses where the place binds more tightly.
CASES, SUM, PRODUCT, POWER, ATOM = range(5)
GREEK = {"alpha", "beta", "gamma", "delta", "lambda", "mu", "sigma"}
SPELLED = {"lambd": "lambda"}  # names that Python's keyword made short
OPERATORS = ("+", "-")
RELATIONS = {"<": "<", ">": ">", "<=": r"\le", ">=": r"\ge"}
OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
DIGITS = 10  # shown of a constant that has no short name

# What a page explains below a formula in which the operation occurs. Operations stand here as keywords: some
# are also names of activations, which only activations/ may quote.
MEANINGS = dict(  # noqa: C408
    sigmoid=r"\sigma(u) = \frac{1}{1 + e^{-u}}",
    erfc=r"\operatorname{erfc}(u) = \frac{2}{\sqrt{\pi}} \int_{u}^{\infty} e^{-t^2} \, dt",
)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


class Unknown(ValueError):
    """An operation that this file cannot write yet."""


def formula(trace: list[list]) -> str:
    """LaTeX of the last step of a record."""
    return _Writer(trace).text(len(trace) - 1, CASES)


def meanings(trace: list[list]) -> list[str]:
    """Definitions of the functions in it that not everyone knows, in LaTeX."""
    return [MEANINGS[name] for name in dict.fromkeys(step[0] for step in trace) if name in MEANINGS]


def of_text(text: str) -> str | None:
    """LaTeX of a formula stated as text, of exp, log, sums, indices and one fraction; None for others."""
    texts = []
    for part in text.split(" / "):
        part = re.sub(r"exp\(([^()]*)\)", r"e^{\1}", part)
        part = re.sub(r"log\(([^()]*)\)", r"\\ln\\left(\1\\right)", part)
        texts.append(re.sub(r"\bsum_", r"\\sum_", part))
    if len(texts) > 2 or re.search(r"[a-zA-Z]{2,}", re.sub(r"\\(?:left|right|ln|sum)", "", " ".join(texts))):
        return None
    return rf"\frac{{{texts[0]}}}{{{texts[1]}}}" if len(texts) == 2 else texts[0]


def name(text: str) -> str:
    """A parameter's name: a Greek letter where it is one, else upright letters."""
    text = SPELLED.get(text, text)
    if len(text) == 1:
        return text
    return f"\\{text}" if text in GREEK else r"\text{" + text.replace("_", r"\_") + "}"


def number(digits: str) -> str:
    """A constant: as it is where short, as a root where it is one, else its first digits and dots."""
    if digits in ("inf", "-inf"):
        return digits.replace("inf", r"\infty")
    if len(digits.lstrip("-")) <= DIGITS + 2:
        return digits
    return _root(Decimal(digits)) or digits[: digits.index(".") + DIGITS + 1] + r"\ldots"


def _root(value: Decimal) -> str | None:
    """a sqrt(q) or a sqrt(q / pi), a whole and q a fraction, both small, if value is one to 40 digits."""
    with localcontext() as context:
        context.prec = 70
        for unit, circle in ((Decimal(1), ""), (1 / PI, r"\pi")):
            square = value * value / unit
            fraction = Fraction(str(square)).limit_denominator(64)
            exact = Decimal(fraction.numerator) / fraction.denominator
            if 0 < fraction.numerator <= 64 and abs(square - exact) < square * Decimal("1e-40"):
                return ("-" if value < 0 else "") + _root_of(fraction, circle)
    return None


def _root_of(fraction: Fraction, circle: str) -> str:
    outside = max(k for k in range(1, 9) if fraction.numerator % (k * k) == 0)
    above = fraction.numerator // outside**2
    below = (str(fraction.denominator) if fraction.denominator > 1 else "") + circle
    if below and above == 1:
        return rf"\frac{{{outside}}}{{\sqrt{{{below}}}}}"
    root = rf"\sqrt{{\frac{{{above}}}{{{below}}}}}" if below else rf"\sqrt{{{above}}}"
    return root if outside == 1 else f"{outside}{root}"


class _Writer:
    def __init__(self, trace: list[list]):
        self._trace = trace

    def text(self, step: int, place: int) -> str:
        """A step, in parentheses where the place it goes to binds more tightly than it."""
        written, tightness = self._written(step)
        return rf"\left({written}\right)" if tightness < place else written

    def _written(self, step: int) -> tuple[str, int]:
        operation, *operands = self._trace[step]
        if operation == "input":
            return name(operands[0]), ATOM
        if operation == "number":
            text = number(operands[0])
            return text, SUM if text.startswith("-") else ATOM
        if operation in ("*", "/", "select"):
            return {"*": self._product, "/": self._fraction, "select": self._cases}[operation](step)
        if operation in OPERATORS:
            return self._sum(step)
        if operation in RELATIONS:
            return self._condition(step, True), SUM
        write = getattr(self, "_" + operation, None)
        if write is None:
            raise Unknown(f"no LaTeX for the operation {operation!r}; add it to tools/site/latex.py")
        return write(*operands)

    def _terms(self, step, sign="+") -> list[tuple[str, int]]:
        operation, *operands = self._trace[step]
        if operation not in OPERATORS:
            return [(sign, step)]
        left, right = operands
        other = sign if operation == "+" else "-" if sign == "+" else "+"
        terms = [*self._terms(left, sign), *(self._terms(right) if other == "+" else [(other, right)])]
        # A formula adds the larger of two numbers before the smaller to keep digits: that is a + b.
        pairs = {self._trace[s][0]: (at, s) for at, (sgn, s) in enumerate(terms) if sgn == "+"}
        if {"max", "min"} <= pairs.keys():
            (high, larger), (low, smaller) = pairs["max"], pairs["min"]
            if self._trace[larger][1:] == self._trace[smaller][1:]:
                both = [("+", operand) for operand in self._trace[larger][1:]]
                terms = both + [term for at, term in enumerate(terms) if at not in (high, low)]
        return terms

    def _sum(self, step):
        (sign, first), *others = self._terms(step)
        text = self.text(first, SUM) if sign == "+" else f"-{self.text(first, PRODUCT)}"
        for sign, term in others:
            if sign == "+":
                text = self._joined(text, self.text(term, SUM))
            else:
                text += f" - {self.text(term, PRODUCT)}"
        return text, SUM

    @staticmethod
    def _joined(left, right):
        return f"{left} - {right[1:].lstrip()}" if right.startswith("-") else f"{left} + {right}"

    def _negate(self, operand):
        return f"-{self.text(operand, PRODUCT)}", SUM

    def _factors(self, step) -> list[int]:
        operation, *operands = self._trace[step]
        if operation != "*":
            return [step]
        return [factor for operand in operands for factor in self._factors(operand)]

    def _product(self, step):
        counts: dict[int, int] = {}
        for factor in self._factors(step):
            counts[factor] = counts.get(factor, 0) + 1
        # Numbers first, as mathematicians do; otherwise in the order of the file.
        order = sorted(counts, key=lambda factor: self._trace[factor][0] != "number")
        sign, texts = "", []
        for factor in order:
            if counts[factor] > 1:
                texts.append(f"{self.text(factor, POWER)}^{{{counts[factor]}}}")
                continue
            if not texts and self._trace[factor][0] == "negate":
                sign, factor = "-", self._trace[factor][1]
            texts.append(self.text(factor, PRODUCT))
        return sign + r" \, ".join(texts), SUM if sign else PRODUCT

    def _fraction(self, step):
        above, below = self._trace[step][1:]
        return rf"\frac{{{self.text(above, CASES)}}}{{{self.text(below, CASES)}}}", PRODUCT

    def _call(self, function, *operands):
        return rf"{function}\left({', '.join(self.text(o, CASES) for o in operands)}\right)", ATOM

    def _exp(self, operand):
        return rf"e^{{{self.text(operand, CASES)}}}", POWER

    def _expm1(self, operand):
        return rf"{self._exp(operand)[0]} - 1", SUM

    def _exp_minus_square(self, operand):
        return rf"e^{{-{self.text(operand, POWER)}^{{2}}}}", POWER

    def _x_minus_tanh(self, operand):
        return rf"{self.text(operand, SUM)} - {self._tanh(operand)[0]}", SUM

    def _log1p(self, operand):
        return rf"\ln\left({self._joined('1', self.text(operand, SUM))}\right)", ATOM

    def _softplus(self, operand):
        return rf"\ln\left(1 + {self._exp(operand)[0]}\right)", ATOM

    def _sqrt(self, operand):
        return rf"\sqrt{{{self.text(operand, CASES)}}}", ATOM

    def _sigmoid(self, operand):
        return self._call(r"\sigma", operand)

    def _tanh(self, operand):
        return self._call(r"\tanh", operand)

    def _erfc(self, operand):
        return self._call(r"\operatorname{erfc}", operand)

    def _min(self, left, right):
        return self._call(r"\min", left, right)

    def _max(self, left, right):
        if self._trace[right] == ["negate", left]:
            return rf"\left|{self.text(left, CASES)}\right|", ATOM
        return self._call(r"\max", left, right)

    def _condition(self, step, holds: bool) -> str:
        relation, left, right = self._trace[step]
        relation = relation if holds else OPPOSITE[relation]
        return f"{self.text(left, SUM)} {RELATIONS[relation]} {self.text(right, SUM)}"

    def _rows(self, step) -> list[tuple[int, str | None]]:
        """The lines of a chain of selections, of which the first that holds applies."""
        if self._trace[step][0] != "select":
            return [(step, None)]
        condition, yes, no = self._trace[step][1:]
        if self._trace[yes][0] == "select" and self._trace[no][0] != "select":
            return [(no, self._condition(condition, False)), *self._rows(yes)]
        return [(yes, self._condition(condition, True)), *self._rows(no)]

    def _cases(self, step):
        lines: list[list] = []
        for value, condition in self._rows(step):
            if lines and lines[-1][0] == value and condition is not None:
                lines[-1][1] += rf" \text{{ or }} {condition}"
            else:
                lines.append([value, condition])
        texts = [
            f"{self.text(value, CASES)} & " + (r"\text{otherwise}" if if_ is None else rf"\text{{if }} {if_}")
            for value, if_ in lines
        ]
        return r"\begin{cases} " + r" \\ ".join(texts) + r" \end{cases}", PRODUCT
