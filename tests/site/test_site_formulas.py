# SPDX-License-Identifier: Apache-2.0
"""A formula's LaTeX is a formula of the function: read back and evaluated, it gives the function's values."""

import latex
import latex_value
import mpmath
import pytest
from program import Program, kind_of

POINTS = [-7.5, -3.25, -3, -1.5, -1, -0.5, -0.125, 0, 0.125, 0.5, 1, 1.5, 3, 3.25, 7.5, 30]
# Constants show ten digits, so the value has about as many.
MARGIN = 1e-9


def value(formula: str, **names):
    """Of a formula in LaTeX; names are those that it prints."""
    with mpmath.workdps(30):
        return latex_value.Reader(formula, names).value()


def printed(name: str) -> str:
    """A parameter's name as Reader gives it."""
    return latex.SPELLED.get(name, name)


def test_the_formula_of_every_function_gives_its_values(program, functions):
    wrong = []
    for info in kind_of(functions, "unary"):
        formula = latex.formula(info["trace"])
        names = {printed(p["name"]): mpmath.mpf(str(p["default"])) for p in info["parameters"]}
        for point in Program(program).evaluated(info["name"], POINTS, "float64"):
            shown = value(formula, x=mpmath.mpf(point["x"]), **names)
            if abs(shown - point["value"]) > MARGIN * max(1, abs(shown)):
                wrong.append((info["name"], point["x"], float(shown), point["value"]))
    assert not wrong


def steps(*operations):
    return [list(step) for step in operations]


X, Y = ("input", "x"), ("input", "y")
CASES = {
    "a sum as a factor": (steps(X, Y, ("+", 0, 1), ("*", 2, 0)), lambda x, y: (x + y) * x),
    "a difference of a difference": (steps(X, Y, ("-", 0, 1), ("-", 0, 2)), lambda x, y: x - (x - y)),
    "a difference less a number": (steps(X, Y, ("-", 0, 1), ("-", 2, 0)), lambda x, y: x - y - x),
    "minus a sum": (steps(X, Y, ("+", 0, 1), ("negate", 2)), lambda x, y: -(x + y)),
    "a negative factor": (steps(X, Y, ("negate", 0), ("*", 1, 2)), lambda x, y: y * -x),
    "a power of a sum": (steps(X, Y, ("+", 0, 1), ("*", 2, 2)), lambda x, y: (x + y) ** 2),
    "a power of a negative": (steps(X, Y, ("negate", 0), ("*", 2, 2), ("*", 3, 1)), lambda x, y: x * x * y),
    "a square under exp": (
        steps(X, Y, ("+", 0, 1), ("exp_minus_square", 2)),
        lambda x, y: mpmath.exp(-((x + y) ** 2)),
    ),
    "expm1 times": (steps(X, Y, ("expm1", 0), ("*", 1, 2)), lambda x, y: y * mpmath.expm1(x)),
    "log1p of a negative": (
        steps(X, Y, ("negate", 1), ("log1p", 2), ("+", 0, 3)),
        lambda x, y: x + mpmath.log(1 - y),
    ),
    "x minus tanh, times": (
        steps(X, Y, ("x_minus_tanh", 0), ("*", 1, 2)),
        lambda x, y: y * (x - mpmath.tanh(x)),
    ),
    "less an expm1": (steps(X, Y, ("expm1", 1), ("-", 0, 2)), lambda x, y: x - mpmath.expm1(y)),
    "the larger and the smaller": (
        steps(X, Y, ("max", 0, 1), ("number", "1"), ("-", 2, 3), ("min", 0, 1), ("+", 4, 5)),
        lambda x, y: x + y - 1,
    ),
    "a size": (steps(X, Y, ("negate", 0), ("max", 0, 2), ("/", 1, 3)), lambda x, y: y / abs(x)),
    "a root": (
        steps(
            X, Y, ("number", "0.707106781186547524400844362104849039284835937688474036588340"), ("*", 2, 1)
        ),
        lambda x, y: mpmath.sqrt(0.5) * y,
    ),
    "a selection in a selection": (
        steps(X, Y, (">", 0, 1), ("<", 0, 1), ("negate", 0), ("select", 3, 4, 1), ("select", 2, 5, 0)),
        lambda x, y: (-x if x < y else y) if x > y else x,
    ),
    "the other way round": (
        steps(
            X,
            Y,
            ("<", 0, 1),
            (">", 0, 1),
            ("negate", 0),
            ("select", 3, 4, 1),
            ("number", "7"),
            ("select", 2, 5, 6),
        ),
        lambda x, y: (-x if x > y else y) if x < y else 7,
    ),
    "a selection as a factor": (
        steps(X, Y, (">", 0, 1), ("select", 2, 0, 1), ("number", "2"), ("*", 4, 3), ("+", 5, 0)),
        lambda x, y: 2 * max(x, y) + x,
    ),
    "two conditions for one value": (
        steps(X, Y, ("number", "1"), (">", 0, 2), ("<", 0, 1), ("select", 4, 0, 1), ("select", 3, 0, 5)),
        lambda x, y: x if x > 1 or x < y else y,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_parentheses_stand_where_they_are_needed(case):
    trace, expected = CASES[case]
    for x, y in ((0.5, 0.25), (-1.5, 0.25), (2.0, 0.75), (0.25, -0.5), (0.5, 0.5)):
        x, y = mpmath.mpf(x), mpmath.mpf(y)
        assert mpmath.almosteq(value(latex.formula(trace), x=x, y=y), expected(x, y), 1e-12), latex.formula(
            trace
        )


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("0.044715", "0.044715"),
        ("0.5", "0.5"),
        ("inf", r"\infty"),
        (
            "0.797884560802865355879892119868763736951717262329869315331851659341315851798603677",
            r"\sqrt{\frac{2}{\pi}}",
        ),
        ("1.414213562373095048801688724209698078569671875376948073176679", r"\sqrt{2}"),
        ("1.67326324235437728481704299", r"1.6732632423\ldots"),
    ],
)
def test_a_constant_is_short_or_a_root_or_its_first_digits(digits, shown):
    assert latex.number(digits) == shown


def test_a_formula_given_as_text_is_written_or_left_alone():
    assert latex.of_text("exp(x_i) / sum_j exp(x_j)") == r"\frac{e^{x_i}}{\sum_j e^{x_j}}"
    assert latex.of_text("x_i - log(sum_j exp(x_j))") == r"x_i - \ln\left(\sum_j e^{x_j}\right)"
    assert latex.of_text("x > 0 ? x : a x, a uniform in [lower, upper)") is None


def test_an_operation_that_cannot_be_written_is_named():
    with pytest.raises(latex.Unknown, match="'gamma'"):
        latex.formula(steps(X, ("gamma", 0)))


def test_formulas_become_mathml_without_scripts_or_fonts():
    mathml = pytest.importorskip("mathml", reason="needs requirements/docs.txt: scripts/docs installs it")
    text = mathml.mathml(
        r"\begin{cases} \text{min\_val} & \text{if } x < 0 \\ x & \text{otherwise} \end{cases}", "block"
    )
    assert "min_val" in text and '<mtable class="cases">' in text and text.startswith("<math")
