# SPDX-License-Identifier: Apache-2.0
"""The program rheobase-exact against an independent computation (mpmath), and its bad input."""

import json
import subprocess

import mpmath
import numpy as np
import pytest

from rheobase.bench.oracle import PROGRAM
from rheobase.bench.places import program

X = [-30.0, -5.25, -0.75, -1e-3, -1e-30, 1e-30, 0.5, 1.0, 3.0, 20.0, 90.0]


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run([program(PROGRAM), *arguments], input=given, capture_output=True, timeout=60)


def pairs(*arguments: str, x: list[float], dtype: str = "float64") -> np.ndarray:
    done = run(*arguments, "--format", dtype, given=np.array(x, dtype).tobytes())
    assert (done.returncode, done.stderr) == (0, b"")
    return np.frombuffer(done.stdout, "<f8").reshape(-1, 2)


HALF = ("--set", "alpha=0.5")
CASES = [
    ("gelu", "value", (), lambda x: x * mpmath.ncdf(x)),
    ("gelu", "derivative", (), lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x)),
    ("tanh", "value", (), mpmath.tanh),
    ("tanh", "derivative", (), lambda x: mpmath.sech(x) ** 2),
    ("elu", "value", HALF, lambda x: x if x > 0 else mpmath.expm1(x) / 2),
    ("elu", "derivative", HALF, lambda x: mpmath.mpf(1) if x > 0 else mpmath.exp(x) / 2),
]


@pytest.mark.parametrize(("name", "role", "settings", "function"), CASES)
def test_results_have_a_hundred_bits(name, role, settings, function):
    with mpmath.workdps(300):  # so many, because mpmath's ncdf cancels in the tail
        for x, (high, low) in zip(X, pairs(name, "--role", role, *settings, x=X), strict=True):
            exact = function(mpmath.mpf(x))
            found = mpmath.mpf(float(high)) + mpmath.mpf(float(low))
            assert abs(found - exact) <= 2.0**-99 * abs(exact), x
            assert high == float(found)


def test_backward_takes_gradients_after_the_numbers():
    x, grad = [0.5, -2.0, 0.0], [3.0, -1e-200, np.inf]
    found = pairs("tanh", "--role", "backward", x=x + grad)
    slopes = pairs("tanh", "--role", "derivative", x=x)
    assert found[0, 0] == pytest.approx(3 * slopes[0, 0], rel=1e-15)
    assert found[1, 0] == pytest.approx(-1e-200 * slopes[1, 0], rel=1e-15)


def test_float32_parameters_are_rounded_to_float32():
    high = pairs("leaky_relu", "--set", "negative_slope=0.1", x=[-1.0], dtype="float32")[0, 0]
    assert high == -float(np.float32(0.1))


def test_special_values_give_nan_and_the_declared_limits():
    found = pairs("sigmoid", x=[np.nan, -np.inf, np.inf])
    assert np.isnan(found[0, 0]) and list(found[1:, 0]) == [0, 1]


def test_a_power_of_two_saves_the_digits_of_results_that_are_too_small():
    plain, scaled = (pairs("sigmoid", *more, x=[-740.0]) for more in ((), ("--exponent", "400")))
    assert plain[0, 0] < 2.0**-1022 and scaled[0, 1] != 0
    with mpmath.workdps(60):
        exact = mpmath.exp(-740) / (1 + mpmath.exp(-740)) * mpmath.mpf(2) ** 400
        assert abs(mpmath.mpf(scaled[0, 0]) + mpmath.mpf(scaled[0, 1]) - exact) <= 2.0**-99 * exact


def test_json_has_the_same_pairs():
    x = [0.5, -740.0, np.inf, np.nan]
    done = run("sigmoid", "--format", "float64", "--json", given=np.array(x).tobytes())
    assert (done.returncode, done.stderr) == (0, b"")
    found = [[float(number) for number in pair] for pair in json.loads(done.stdout)]
    assert np.array_equal(found, pairs("sigmoid", x=x), equal_nan=True)
    assert json.loads(run("sigmoid", "--json").stdout) == []


def test_no_input_gives_no_output_and_much_input_is_no_trouble():
    assert pairs("relu", x=[]).size == 0
    x = np.random.default_rng(1).uniform(-9, 9, 50_001)
    assert np.array_equal(pairs("relu", x=list(x))[:, 0], np.maximum(x, 0))


@pytest.mark.parametrize(
    ("arguments", "given", "word"),
    [
        (["gleu"], b"", "'gleu'; did you mean"),
        (["gelu", "--role", "slope"], b"", "slope"),
        (["gelu", "--format", "float16"], b"", "float16"),
        (["elu", "--set", "alpha"], b"", "'alpha'; expected PARAMETER=NUMBER"),
        (["elu", "--set", "beta=1"], b"", "beta"),
        (["gelu", "--threads", "0"], b"", "0"),
        (["gelu"], b"12345", "1 bytes are left over"),
        (["gelu", "--role", "backward"], b"1234" * 3, "3 numbers"),
        ([], b"", "NAME"),
    ],
)
def test_a_wrong_request_is_one_line_that_names_it(arguments, given, word):
    done = run(*arguments, given=given)
    assert (done.returncode, done.stdout) == (2, b"")
    message = done.stderr.decode()
    assert message.startswith("rheobase exact: ") and message.count("\n") == 1 and word in message
