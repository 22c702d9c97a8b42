# SPDX-License-Identifier: Apache-2.0
"""Gains of weights: against quadrature by mpmath, and beside torch's."""

import math

import mpmath
import pytest
import torch
from torch_cases import NAMES

import rheobase
from rheobase.torch import functional
from rheobase.torch._names import named
from rheobase.torch.init import calculate_gain


@pytest.mark.parametrize("name", NAMES)
def test_the_gain_is_that_of_a_fine_sum(name):
    """A trapezoidal sum of 2^21 steps, 1e-5 apart: where the function jumps it is off by less than that."""
    z = torch.linspace(-13, 13, (1 << 21) + 1, dtype=torch.float64)
    y = functional.FORMS[name].callee.operators.value(z, *named(name)[0].pack(
        tuple(named(name)[1].values()), torch.float64
    ))  # fmt: skip
    square = float((y * y * torch.exp(-z * z / 2)).sum()) * 26 / (1 << 21) / math.sqrt(2 * math.pi)
    if square == 0:
        with pytest.raises(ValueError, match="the mean square of .* value is 0.0"):
            calculate_gain(name)
    else:
        assert calculate_gain(name) == pytest.approx(1 / math.sqrt(square), rel=2e-5)


@pytest.mark.parametrize(
    ("torch_name", "exact"),
    [
        ("relu", lambda z: max(z, 0)),
        ("tanh", mpmath.tanh),
        ("sigmoid", lambda z: 1 / (1 + mpmath.exp(-z))),
        ("gelu", lambda z: z * mpmath.ncdf(z)),
        ("elu", lambda z: z if z > 0 else mpmath.expm1(z)),
    ],
)
def test_gains_of_known_functions_are_those_of_mpmath(torch_name, exact):
    with mpmath.workdps(30):
        square = mpmath.quad(lambda z: exact(z) ** 2 * mpmath.npdf(z), [-14, -7, -2, 0, 2, 7, 14])
        assert calculate_gain(torch_name) == pytest.approx(float(1 / mpmath.sqrt(square)), rel=1e-13)


def test_gains_of_gradients_are_those_of_the_derivative():
    with mpmath.workdps(30):
        square = mpmath.quad(lambda z: mpmath.sech(z) ** 4 * mpmath.npdf(z), [-14, -7, -2, 0, 2, 7, 14])
        assert calculate_gain("tanh", of="derivative") == pytest.approx(
            float(1 / mpmath.sqrt(square)), rel=1e-13
        )


def test_where_torchs_gain_is_the_moment_ours_is_the_same():
    theirs = torch.nn.init.calculate_gain
    assert calculate_gain("relu") == pytest.approx(theirs("relu"), rel=1e-14)
    for slope in (0.01, 0.2, -0.5, 1.0):
        assert calculate_gain("leaky_relu", slope) == pytest.approx(theirs("leaky_relu", slope), rel=1e-14)
        assert calculate_gain("leaky_relu", negative_slope=slope) == calculate_gain("leaky_relu", slope)
    assert calculate_gain("identity") == pytest.approx(theirs("linear"), rel=1e-14)
    assert calculate_gain("selu") == pytest.approx(1, rel=1e-14)


def test_torchs_own_numbers_are_to_be_had():
    for name in ("relu", "tanh", "sigmoid", "selu"):
        assert calculate_gain(name, convention="torch") == torch.nn.init.calculate_gain(name)
    assert calculate_gain("leaky_relu", 0.2, convention="torch") == torch.nn.init.calculate_gain(
        "leaky_relu", 0.2
    )
    with pytest.raises(ValueError, match="mish"):
        calculate_gain("mish", convention="torch")


def test_functions_that_draw_random_numbers_have_the_gain_of_evaluation():
    for a, parameters in (((1 / 8 + 1 / 3) / 2, {}), (0.5, {"lower": 0.25, "upper": 0.75})):
        expected = math.sqrt(2 / (1 + a * a))
        assert calculate_gain("rrelu", **parameters) == pytest.approx(expected, rel=1e-13)
        assert calculate_gain("rrelu", of="derivative", **parameters) == pytest.approx(expected, rel=1e-13)
    assert calculate_gain("noisy_relu") == pytest.approx(math.sqrt(2), rel=1e-13)
    assert calculate_gain("alpha_dropout", 0.25) == pytest.approx(1, rel=1e-13)


def test_steep_functions_are_resolved():
    assert calculate_gain("swish", 1e8) == pytest.approx(math.sqrt(2), rel=1e-12)
    # A step of height 1 at 0.1, the square being P(z > 0.1); elsewhere 0.
    step = calculate_gain("hardsigmoid_onnx", 1e12, beta=0.0) if "hardsigmoid_onnx" in NAMES else math.sqrt(2)
    assert step == pytest.approx(math.sqrt(2), rel=1e-9)


def test_bad_arguments_are_named():
    for call, error, message in (
        (lambda: calculate_gain("nothing at all"), ValueError, "nothing at all"),
        (lambda: calculate_gain("softmax"), ValueError, "softmax is a function of rows"),
        (lambda: calculate_gain("rrelu", 0.5, upper=0.25), ValueError, "expected lower not above upper"),
        (lambda: calculate_gain("rrelu", slope=0.5), TypeError, "rrelu has no parameter 'slope'"),
        (lambda: calculate_gain("tanh", 0.5), TypeError, "tanh has no parameter, got param 0.5"),
        (lambda: calculate_gain("elu", beta=0.5), TypeError, "elu has no parameter 'beta'"),
        (lambda: calculate_gain("elu", "0.5"), TypeError, "alpha must be a Python number, not str"),
        (lambda: calculate_gain("elu", math.nan), ValueError, "alpha must be a finite number"),
        (lambda: calculate_gain("elu", of="slope"), ValueError, "of must be one of 'value', 'derivative'"),
        (lambda: calculate_gain("elu", convention="keras"), ValueError, "convention must be one of"),
    ):
        with pytest.raises(error, match=message):
            call()
    assert rheobase.torch.init.__all__ == ["calculate_gain"]
