# SPDX-License-Identifier: Apache-2.0
"""Every function's ufuncs give the bits of the C ABI, and those are right."""

import mpmath
import numpy as np
import pytest
from numpy_cases import DTYPES, NAMES, ROLES, WITH_PARAMETERS, by_c, call, exact, others, points, same

import rheobase


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", NAMES)
def test_bits_are_those_of_the_c_abi(name, role):
    for dtype in DTYPES:
        x = points(dtype)
        grad = x[::-1].copy() if role == "backward" else None
        got = call(name, role)(*([x] if grad is None else [grad, x]))
        assert same(got, by_c(name, role, x, grad)), dtype


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_parameters_by_keyword_give_the_bits_of_the_c_abi(name, role):
    for dtype in DTYPES:
        x = points(dtype)
        grad = x[::-1].copy() if role == "backward" else None
        got = call(name, role)(*([x] if grad is None else [grad, x]), **others(name))
        assert same(got, by_c(name, role, x, grad, **others(name))), dtype


@pytest.mark.parametrize("name", NAMES)
def test_values_are_those_of_the_formula(name):
    """float64 is within 1 ulp in all of the library's own tests; this one is of what NumPy hands over."""
    x = np.array([-7.0, -2.5, -0.75, -0.1, 0.1, 0.75, 2.5, 7.0])
    for parameters in ({}, others(name)):
        for at, got in zip(x, getattr(rheobase, name)(x, **parameters), strict=True):
            want = exact(name, at, **parameters)
            assert abs(mpmath.mpf(float(got)) - want) <= 2 * np.spacing(abs(float(want))), (at, parameters)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_those_of_the_formula(name):
    """Against differences in 60 digits, away from kinks."""
    step, function = mpmath.mpf(10) ** -20, getattr(rheobase, name)
    for at in (-7.1, -2.3, -0.35, 0.35, 0.8, 2.3, 7.1):
        with mpmath.workdps(60):
            left, right = (exact(name, mpmath.mpf(at) + s) for s in (-step, step))
            slope = float((right - left) / (2 * step))
            bend = float((right - 2 * exact(name, at) + left) / step**2)
        assert float(function.derivative(at)) == pytest.approx(slope, rel=1e-12, abs=1e-15)
        assert float(function.backward(3.0, at)) == pytest.approx(3 * slope, rel=1e-12, abs=1e-15)
        assert float(function.second(at)) == pytest.approx(bend, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_derivatives_by_parameters_are_those_of_the_formula(name):
    values, step = others(name), mpmath.mpf(10) ** -20
    for parameter in values:
        for at in (-7.1, -2.3, -0.35, 0.35, 0.8, 2.3, 7.1):
            with mpmath.workdps(60):
                moved = [values | {parameter: mpmath.mpf(values[parameter]) + s} for s in (-step, step)]
                want = float((exact(name, at, **moved[1]) - exact(name, at, **moved[0])) / (2 * step))
            got = getattr(rheobase, name).derivative_by[parameter](at, **values)
            assert float(got) == pytest.approx(want, rel=1e-12, abs=1e-15), (parameter, at)


@pytest.mark.parametrize("name", NAMES)
def test_infinities_give_the_limits_of_the_description(name):
    limits = rheobase.info(name)["facts"]["limits"]
    for dtype in DTYPES:
        x = np.array([-np.inf, np.inf], dtype)
        for role in ("value", "derivative"):
            want = np.array([float(limits[side][role]) for side in ("left", "right")]).astype(dtype)
            assert same(call(name, role)(x), want), (dtype, role)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_warns_where_numpy_would_raise(name):
    """Flags that kernels set on the way are cleared, and those that were set before are kept."""
    with np.errstate(all="raise"):
        for dtype in DTYPES:
            x = points(dtype)
            for role in ROLES:
                call(name, role)(*([x, x] if role == "backward" else [x]))
                call(name, role)(*([x[0], x[3]] if role == "backward" else [x[2]]))


def test_the_warning_of_a_cast_on_the_way_in_stays():
    function = getattr(rheobase, NAMES[0])
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        function(np.full(20_000, 1e300), dtype=np.float32, casting="same_kind")
