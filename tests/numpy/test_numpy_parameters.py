# SPDX-License-Identifier: Apache-2.0
"""Parameters: numbers, arrays, and what is refused before anything is written."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from numpy_cases import DTYPES, NAMES, ROLES, WITH_PARAMETERS, call, others, points, same

import rheobase

NAME = WITH_PARAMETERS[0]
KEY = next(iter(others(NAME)))


def arguments(role, x):
    return (x[..., ::-1], x) if role == "backward" else (x,)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_arrays_of_parameters_give_what_numbers_give(name, role):
    function, first = call(name, role), others(name)
    second = {key: value * 1.25 for key, value in first.items()}
    arrays = {key: np.array([[first[key]], [second[key]]]) for key in first}
    for dtype in DTYPES:
        x = points(dtype, 60)
        got = function(*arguments(role, x), **arrays)
        want = np.stack([function(*arguments(role, x), **values) for values in (first, second)])
        assert same(got, want), dtype
        column = {key: array.T for key, array in arrays.items()}  # another parameter for each element
        square = np.stack([x, x], axis=1)
        args = (square[::-1], square) if role == "backward" else (square,)
        assert same(function(*args, **column), want.T), dtype


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_derivatives_by_a_parameter_take_arrays(name):
    values = others(name)
    for function in getattr(rheobase, name).derivative_by.values():
        for dtype in DTYPES:
            x = points(dtype, 60)
            want = function(x, **values)
            arrays = {key: np.full(x.size, value) for key, value in values.items()}
            assert not np.isnan(want).all()
            assert same(function(x, **arrays), want)
            assert same(function(x, **arrays, where=np.full(x.size, True), out=np.empty_like(x)), want)


@pytest.mark.parametrize("role", ROLES)
def test_channels_anywhere_give_what_numbers_give(role):
    """Along each axis, in each order in memory, into new results and given ones, as the ufunc lays them."""
    function, good = call(NAME, role), others(NAME)[KEY]
    for order in ("C", "F"):
        x = np.asarray(points(np.float32, 5 * 40 * 7).reshape(5, 40, 7), order=order)
        args = (x, x) if role == "backward" else (x,)
        for axis in range(3):
            shape = [x.shape[i] if i == axis else 1 for i in range(3)]
            values = np.linspace(good, 2 * good, x.shape[axis], dtype=np.float32)
            want = np.stack(
                [function(*np.moveaxis(args, axis + 1, 1)[:, i], **{KEY: v}) for i, v in enumerate(values)]
            )
            want = np.moveaxis(want, 0, axis)
            for array in (values.reshape(shape), values.reshape(shape).astype(np.float64)):
                got = function(*args, **{KEY: array})
                laid = function.varied(*args, *[np.float32(values.reshape(shape))])
                assert same(got, want)
                assert got.strides == laid.strides
                out = np.zeros_like(x)[::-1]
                assert function(*args, out=out, **{KEY: array}) is out
                assert same(out, want)


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_a_value_that_float32_cannot_hold_is_an_error_of_arrays(name):
    x, good = np.ones(3, np.float32), others(name)
    for key in good:
        for values in (np.full(3, 1e300), [1e300] * 3, np.full(6, 1e300)[::2]):
            with pytest.raises(ValueError, match=rf"{key} is 1e\+300; expected .* that float32 can hold"):
                call(name, "value")(x, **good | {key: values})


def test_long_runs_of_the_same_parameters_give_what_numbers_give():
    """By way of the ufunc, which hands over thousands of elements at a time."""
    function, good = call(NAME, "value"), others(NAME)[KEY]
    for length in (1, 5, 40, 700):
        x = points(np.float32, 30 * length).reshape(30, length)
        values = np.linspace(good, 2 * good, 30)
        want = np.stack([function(row, **{KEY: value}) for row, value in zip(x, values, strict=True)])
        assert same(function(x, **{KEY: values[:, None]}), want)
        assert same(function(x, **{KEY: values[:, None]}, where=True), want)
        assert same(function(x, **{KEY: np.repeat(values, length).reshape(x.shape)}), want)


def test_outputs_over_arrays_of_parameters_give_the_same():
    function, x = call(NAME, "value"), points(np.float32, 60)
    for start in (0, 1):
        memory = np.full(61, others(NAME)[KEY], np.float32)
        want = function(x, **{KEY: memory[:60].copy()})
        assert same(function(x, out=memory[start : start + 60], **{KEY: memory[:60]}), want)


def test_a_value_that_is_not_allowed_is_named_with_its_place():
    values = np.full((3, 4), others(NAME)[KEY])
    values[1, 2] = np.nan
    with pytest.raises(ValueError, match=rf"^{NAME}: {KEY} is nan; .* \(at \[1, 2\]\)$"):
        call(NAME, "value")(np.ones((3, 4)), **{KEY: values})
    with pytest.raises(ValueError, match=r"is nan; .* \(at \[1, 2\]\)$"):
        call(NAME, "value")(np.ones((3, 4)), **{KEY: values.tolist()})
    values[1, 2] = values[0, 0]
    with pytest.raises(ValueError, match="broadcast"):
        call(NAME, "value")(np.ones(5), **{KEY: values})


@pytest.mark.parametrize(
    "value", [2, np.float32(2), np.int8(2), np.array(2.0), Decimal(2), Fraction(2), np.True_ + 1]
)
def test_all_kinds_of_numbers_are_numbers(value):
    x = points(np.float32, 40)
    assert same(call(NAME, "value")(x, **{KEY: value}), call(NAME, "value")(x, **{KEY: 2.0}))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_parameters_dtype_changes_nothing(dtype):
    x = points(dtype, 40)
    for value in (np.float64(2), np.full(40, 2.0), np.full(40, 2), np.full((), 2, np.float16), [2] * 40):
        got = call(NAME, "value")(x, **{KEY: value})
        assert same(got, call(NAME, "value")(x, **{KEY: 2.0}))


def test_a_number_of_pythons_beside_arrays_of_parameters_adapts():
    """A gradient of 2.0 makes no float64 of float32, no more than where the parameter is a number."""
    backward = call(NAME, "backward")
    for dtype in DTYPES[:3]:
        for x in (points(dtype, 40), np.arange(-9, 9, dtype=np.int8)):
            for grad in (2, 2.0):
                got = backward(grad, x, **{KEY: np.full(x.size, 2.0)})
                assert same(got, backward(grad, x, **{KEY: 2.0}))


def test_zeros_of_both_signs_are_two_parameters():
    """`bind` keeps ufuncs by their values."""
    for name in WITH_PARAMETERS:
        for p in rheobase.info(name)["parameters"]:
            if p["domain"] != "finite":
                continue
            bind = getattr(rheobase, name).bind
            try:
                assert bind(**{p["name"]: 0.0}) is not bind(**{p["name"]: -0.0})
            except ValueError:
                continue  # not with the other parameters' defaults


def test_a_number_that_only_float64_can_hold_gives_float64():
    name, key = next(
        (name, p["name"])
        for name in WITH_PARAMETERS
        for p in rheobase.info(name)["parameters"]
        if p["domain"] == "positive"
    )
    got = getattr(rheobase, name)(np.ones(3, np.float32), **{key: 1e-300})
    assert got.dtype == np.float64


@pytest.mark.parametrize(
    "value",
    ["1", b"1", None, 1j, np.complex64(1), np.array(1j), np.array("1"), object()],
    ids=lambda value: type(value).__name__,
)
def test_a_parameter_that_is_no_real_number_is_a_type_error(value):
    with pytest.raises(TypeError, match=f"^{NAME}: {KEY} must be "):
        call(NAME, "value")(np.ones(3), **{KEY: value})


@pytest.mark.parametrize("value", [np.array([1j]), ["1"], np.array([None]), [[1], [1, 2]]], ids=repr)
def test_an_array_of_no_real_numbers_is_an_error(value):
    with pytest.raises((TypeError, ValueError), match="."):
        call(NAME, "value")(np.ones(3), **{KEY: value})


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_nan_is_refused_before_anything_is_written(name):
    out = np.full(4, 99.0)
    for key, good in others(name).items():
        for value in (float("nan"), np.full(4, np.nan), np.array([good, good, np.nan, good])):
            for role in ("value", "derivative"):
                with pytest.raises(ValueError, match=f"^{name}: .*{key} is nan"):
                    call(name, role)(np.ones(4), out=out, **others(name) | {key: value})
    assert (out == 99).all()


def test_the_ufunc_itself_gives_nan_for_parameters_that_are_not_allowed():
    count = len(others(NAME))
    good, bad = np.ones((count, 3)), np.full((count, 3), np.nan)
    assert not np.isnan(call(NAME, "value").varied(np.ones(3), *good)).any()
    for dtype in DTYPES:
        assert np.isnan(call(NAME, "value").varied(np.ones(3, dtype), *bad.astype(np.float32))).all()


def test_a_keyword_that_there_is_not_is_numpys_type_error():
    for role in ROLES:
        function = call(NAME, role)
        for parameters in ({}, others(NAME)):
            with pytest.raises(TypeError, match="unexpected keyword argument 'slant'"):
                function(*[np.ones(3)] * function.nin, slant=1, **parameters)


def test_too_few_and_too_many_arguments_are_numpys_type_error():
    for parameters in ({}, others(NAME), {KEY: np.ones(3)}):
        with pytest.raises(TypeError, match="takes from 1 to 2 positional arguments but 0 were given"):
            call(NAME, "value")(**parameters)
        with pytest.raises(TypeError, match="positional arguments but"):
            call(NAME, "value")(*[np.ones(3)] * 5, **parameters)


@pytest.mark.parametrize("value", [0.5, 2, np.float32(2), [2.0], "2"], ids=repr)
def test_a_parameter_without_its_keyword_is_a_type_error_that_says_so(value):
    written = repr(value) if isinstance(value, float | int) else "..."
    for role in ROLES:
        function = call(NAME, role)
        for keywords in ({}, others(NAME), {"dtype": np.float64}):
            with pytest.raises(TypeError) as caught:
                function(*[np.ones(3)] * function.nin, value, **keywords)
            assert str(caught.value) == (
                f"{function.__qualname__}: out must be an array, not {type(value).__module__}."
                f"{type(value).__name__}; parameters go by keyword: {KEY}={written}"
            ).replace("builtins.", "")


def test_what_has_no_parameters_names_none():
    name = next(name for name in NAMES if not others(name))
    with pytest.raises(TypeError, match=f"^{name}: out must be an array, not float$"):
        call(name, "value")(np.ones(3), 0.5)
    with pytest.raises(TypeError, match=r"out must be an array, not float; .* keyword: limit=0\.5$"):
        rheobase.gate(name)(np.ones(3), np.ones(3), 0.5)
    with pytest.raises(TypeError, match="^softmax: out must be an array, not int; .* keyword: axis=0$"):
        rheobase.softmax(np.ones((3, 2)), 0)


def test_outputs_by_position_are_asked_as_by_numpy():
    class Duck:
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return keywords["out"]

    duck, function = Duck(), call(NAME, "value")
    assert function(np.ones(3), duck) == (duck,)
    assert function(duck, 0.5) == (0.5,)
    assert function(duck, 0.5, **others(NAME)) == (0.5,)
    out = np.empty(3)
    assert function(np.ones(3), out) is out
    assert same(function(np.ones(3), None), function(np.ones(3)))


def test_numpys_keywords_go_with_parameters():
    x, out, mask = points(np.float64, 30), np.full(30, 99.0), np.arange(30) % 2 == 0
    for value in (2.0, np.full(30, 2.0)):
        out[:] = 99
        got = call(NAME, "value")(x, out=out, where=mask, **{KEY: value})
        assert got is out
        assert same(out[mask], call(NAME, "value")(x, **{KEY: 2.0})[mask])
        assert (out[~mask] == 99).all()
        assert same(call(NAME, "value")(x, out, **{KEY: value}), call(NAME, "value")(x, **{KEY: 2.0}))


def test_bind_gives_a_ufunc_with_the_parameters_in_it():
    x = points(np.float32, 30)
    bound = call(NAME, "value").bind(**others(NAME))
    assert isinstance(bound, np.ufunc)
    assert bound is call(NAME, "value").bind(**others(NAME))
    assert same(bound(x), call(NAME, "value")(x, **others(NAME)))
    assert call(NAME, "value").bind() is call(NAME, "value").ufunc
    with pytest.raises(TypeError, match="takes numbers, no arrays"):
        call(NAME, "value").bind(**{KEY: np.ones(3)})
    with pytest.raises(TypeError, match="unexpected keyword argument 'slant'"):
        call(NAME, "value").bind(slant=1)
    with pytest.raises(TypeError, match="takes keywords alone"):
        call(NAME, "value").bind(1.0)


def test_many_values_of_a_parameter_do_not_pile_up():
    import sys

    function, x = call(NAME, "value"), np.ones(3)
    for value in np.linspace(1, 2, 1500):
        function(x, **{KEY: value})
    bound = function.bind(**{KEY: 1.0})
    for value in np.linspace(2, 3, 600):
        function(x, **{KEY: value})
    assert sys.getrefcount(bound) <= 3  # let go by the function


@pytest.mark.parametrize("name", NAMES)
def test_derivative_by_is_a_mapping_of_the_parameters(name):
    by, keys = getattr(rheobase, name).derivative_by, list(others(name))
    assert isinstance(by, Mapping)
    assert (list(by), len(by), bool(by)) == (keys, len(keys), bool(keys))
    assert [*by.keys()] == keys
    assert [*by.items()] == [(key, by[key]) for key in keys]
    for key in keys:
        assert key in by
        assert by.get(key) is by[key] is dict(by)[key]
        assert f"derivative_by['{key}']" in repr(by)
    for key in ("slant", "", 1):
        assert key not in by
    assert by.get("slant") is None
    assert by.get("", 3) == 3


@pytest.mark.parametrize("error", [KeyError, ValueError])
def test_an_unknown_parameter_of_derivative_by_is_named(error):
    with pytest.raises(error, match=f"^{NAME} has no parameter 'slant'; it has {KEY}"):
        getattr(rheobase, NAME).derivative_by["slant"]
    with pytest.raises(TypeError, match="a parameter's name is a str, not int"):
        getattr(rheobase, NAME).derivative_by[1]
