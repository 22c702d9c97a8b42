# SPDX-License-Identifier: Apache-2.0
"""Which dtype goes in, which comes out, and what is refused."""

import numpy as np
import pytest
from numpy_cases import BFLOAT16, DTYPES, NAMES, WITH_PARAMETERS, call, others, points, same

import rheobase

NAME = NAMES[0]
INTEGERS = "?bBhHiIlLqQ"


@pytest.mark.parametrize("name", NAMES)
def test_the_ufuncs_are_numpys_own(name):
    function = getattr(rheobase, name)
    for one, nin in ((function, 1), (function.derivative, 1), (function.backward, 2), (function.second, 1)):
        assert isinstance(one.ufunc, np.ufunc)
        assert (one.nin, one.nout, one.nargs) == (nin, 1, nin + 1)
        assert one.types == [c * nin + "->" + c for c in "efd"]
        assert one.ufunc.__name__ == one.__qualname__
        assert f"rheobase.{one.__qualname__}" in one.ufunc.__doc__


@pytest.mark.parametrize("code", INTEGERS)
def test_integers_and_booleans_promote_as_for_exp(code):
    x = np.array([0, 1, 1], code)
    want = np.exp(x).dtype
    for name in NAMES:
        got = getattr(rheobase, name)(x)
        assert got.dtype == want
        assert same(got, getattr(rheobase, name)(x.astype(want)))
        assert getattr(rheobase, name).backward(x, x).dtype == want


@pytest.mark.parametrize("value", [1, 1.5, True, [1, 2], [[0.5]], (1.0,), np.float32(2), range(3)], ids=repr)
def test_what_is_no_array_is_taken_as_exp_takes_it(value):
    function = getattr(rheobase, NAME)
    want, got = np.exp(value), function(value)
    assert type(got) is type(want)
    assert got.dtype == want.dtype
    assert np.shape(got) == np.shape(want)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_scalars_and_arrays_without_dimensions_give_scalars(dtype):
    for name in NAMES:
        for x in (dtype.type(0.5), np.array(0.5, dtype)):
            got = getattr(rheobase, name)(x)
            assert type(got) is dtype.type
            assert same(got, getattr(rheobase, name)(np.array([0.5], dtype))[0])


@pytest.mark.parametrize(
    "x",
    [1j, np.ones(2, complex), "text", np.array(["text"]), np.array([None]), np.array([1], object), None, {}],
    ids=repr,
)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_real_is_numpys_type_error(name, x):
    with pytest.raises(TypeError, match=f"ufunc '{name}' not supported for the input types"):
        getattr(rheobase, name)(x)


def test_extended_precision_dates_and_durations_are_type_errors():
    function = getattr(rheobase, NAME)
    for x in (np.ones(1, np.longdouble), np.array(["2020"], "M8[Y]"), np.ones(1, "m8[s]")):
        if x.dtype != np.float64:
            with pytest.raises(TypeError, match="ufunc"):
                function(x)


@pytest.mark.parametrize("given", DTYPES, ids=str)
def test_dtype_and_out_decide_the_precision(given):
    """NumPy looks for loops of a dtype that is not its own only where an input has it."""
    function, x = getattr(rheobase, NAME), points(np.float64, 50)[5:]
    with np.errstate(all="ignore"):
        cast = x.astype(given)
    if given not in BFLOAT16:
        assert same(function(x, dtype=given, casting="same_kind"), function(cast))
    assert same(function(cast, dtype=given), function(cast))
    out = np.empty_like(cast)
    assert function(cast, out=out) is out
    assert same(out, function(cast))


def test_a_cast_that_is_not_allowed_is_numpys_type_error():
    function, x = getattr(rheobase, NAME), np.ones(3)
    with pytest.raises(TypeError, match="Cannot cast ufunc"):
        function(x, out=np.empty(3, int))
    with pytest.raises(TypeError, match="Cannot cast ufunc"):
        function(x, dtype=np.float32, casting="safe")


@pytest.mark.skipif(not BFLOAT16, reason="ml_dtypes is not installed")
class TestBfloat16:
    def test_every_ufunc_has_a_loop_of_its_own(self):
        """Through float32 results would be rounded twice."""
        dtype = BFLOAT16[0]
        x = np.arange(2**16, dtype=np.uint16).view(dtype)
        for name in NAMES:
            assert getattr(rheobase, name)(x).dtype == dtype
            assert call(name, "backward")(x, x).dtype == dtype

    def test_parameters_in_arrays_are_float32(self):
        x = points(BFLOAT16[0], 64)
        for name in WITH_PARAMETERS:
            values = others(name)
            arrays = {key: np.full(64, value) for key, value in values.items()}
            got = getattr(rheobase, name)(x, **arrays)
            assert same(got, getattr(rheobase, name)(x, **values))

    def test_with_float32_the_result_is_float32(self):
        x = points(BFLOAT16[0], 64)
        got = call(NAME, "backward")(x, x.astype(np.float32))
        assert got.dtype == np.float32
