# SPDX-License-Identifier: Apache-2.0
"""A call gives what its ufunc gives, whether it goes through the ufunc or straight to the loop."""

import sys

import numpy as np
import pytest
from numpy_cases import DTYPES, NAMES, OTHERS, WITH_PARAMETERS, bits, others, points, same

import rheobase

NAME = WITH_PARAMETERS[0]
SIZES = [1, 16, 500, 501, 5000]
FUNCTIONS = {
    "value": getattr(rheobase, NAME),
    "backward": getattr(rheobase, NAME).backward,
    "gate": rheobase.gate(NAME),
    "gate backward": rheobase.gate(NAME).backward,
    "rows": rheobase.softmax,
    "rows backward": rheobase.softmax.backward,
    "rows from result": rheobase.softmax.backward_from_result,
}


@pytest.fixture(params=FUNCTIONS)
def function(request):
    return FUNCTIONS[request.param]


def inputs(function, x):
    """As many as it takes, of the same numbers in other places."""
    return [*(np.roll(x, k + 1) for k in range(function.nin - 1)), x]


def alike(got, want):
    """All that a program can see of a result."""
    if isinstance(want, tuple):
        return len(got) == len(want) and all(map(alike, got, want))
    if type(got) is not type(want) or not same(got, want) or got.dtype.metadata != want.dtype.metadata:
        return False
    if not isinstance(want, np.ndarray):
        return True
    flags = ("C_CONTIGUOUS", "F_CONTIGUOUS", "OWNDATA", "WRITEABLE", "ALIGNED")
    return got.strides == want.strides and all(got.flags[flag] == want.flags[flag] for flag in flags)


def layouts(dtype):
    """Arrays that the short way is for, and such that it has to leave to the ufunc."""
    for size in SIZES:
        yield points(dtype, max(size, 20))[-size:].copy()
    x = points(dtype, 60)
    yield from (x.reshape(5, 12), x.reshape(1, 60), x.reshape(60, 1), x.reshape(3, 4, 5))
    yield from (
        np.asfortranarray(x.reshape(6, 10)),
        x.reshape(6, 10).T,
        x[::2],
        x[::-1],
        x[:0],
        x.reshape(6, 10)[:, 2:5],
    )
    yield np.broadcast_to(x[5], (7,))
    yield x.view(type("Sub", (np.ndarray,), {}))
    raw = np.zeros(x.nbytes + 1, np.uint8)
    raw[1:] = x.view(np.uint8)
    yield raw[1:].view(dtype)
    fixed = x.copy()
    fixed.flags.writeable = False
    yield fixed
    if dtype.kind == "f":
        yield x.astype(dtype.newbyteorder())
        yield x.astype(np.dtype(dtype.str, metadata={"unit": "mV"}))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_arrays_of_any_kind_give_what_the_ufunc_gives(function, dtype):
    for x in layouts(dtype):
        given = inputs(function, x)
        assert alike(function(*given), function.ufunc(*given)), x.flags


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_keywords_give_what_the_bound_ufunc_gives(dtype):
    for x in layouts(dtype):
        for role in (FUNCTIONS["value"], FUNCTIONS["backward"], FUNCTIONS["gate"]):
            given = inputs(role, x)
            assert alike(role(*given, **others(NAME)), role.bind(**others(NAME))(*given))
        assert alike(rheobase.softmax(x, scale=0.5), rheobase.softmax.bind(scale=0.5)(x))


def test_numbers_give_what_the_ufunc_gives():
    numbers = [
        0.3,
        -0.0,
        float("nan"),
        1,
        True,
        np.float16(0.3),
        np.float32(0.3),
        np.float64(0.3),
        np.int8(2),
    ]
    numbers += [points(dtype, 20)[7] for dtype in DTYPES] + [np.array(0.3), np.array(0.3, np.float32)]
    for name in ("value", "backward", "gate", "gate backward"):
        function = FUNCTIONS[name]
        for one in numbers:
            for other in numbers if function.nin > 1 else [one]:
                given = [one] + [other] * (function.nin - 1)
                assert alike(function(*given), function.ufunc(*given)), given
    with pytest.raises(ValueError, match="not have enough dimensions"):
        rheobase.softmax(0.5)


def test_inputs_that_differ_are_left_to_the_ufunc():
    x = points(np.float32, 40)
    backward = FUNCTIONS["backward"]
    for grad in (
        np.float64(0.5),
        0.5,
        x.astype(np.float64),
        x.astype(np.float16),
        x[:1],
        x[::-1],
        x.reshape(40, 1),
    ):
        assert alike(backward(grad, x), backward.ufunc(grad, x))
        assert alike(backward(x, grad), backward.ufunc(x, grad))


def test_a_parameter_that_float32_cannot_hold_makes_float64_of_small_arrays():
    name = next(n for n in WITH_PARAMETERS if rheobase.info(n)["parameters"][0]["domain"] in OTHERS)
    parameter, function = rheobase.info(name)["parameters"][0]["name"], getattr(rheobase, name)
    for x in (np.float32([1, 2]), np.float32(1)):
        assert alike(function(x, **{parameter: 1e300}), function.bind(**{parameter: 1e300})(x))
        assert function(x, **{parameter: 1e300}).dtype == np.float64


def ways_of_output(function, given, out):
    """Calls that write to it; others to as many as there are."""
    yield lambda f: f(*given, out)
    yield lambda f: f(*given, out=out)
    yield lambda f: f(*given, out=(out,))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_outputs_are_written_and_returned(dtype):
    for name, function in FUNCTIONS.items():
        if function.nout != 1:
            continue
        for size in SIZES:
            given = inputs(function, points(dtype, max(size, 20))[-size:].copy())
            want = function.ufunc(*given)
            for call in ways_of_output(function, given, out := np.empty_like(want)):
                out[...] = 1
                assert call(function) is out
                assert same(out, want), name
            for at in range(function.nin):  # one of the inputs is the output
                own = [x.copy() for x in given]
                assert function(*own, out=own[at]) is own[at]
                assert same(own[at], want), name


def test_outputs_are_written_with_parameters_too():
    x, value = points(np.float32, 40), FUNCTIONS["value"]
    out = np.empty_like(x)
    assert value(x, out=out, **others(NAME)) is out
    assert same(out, value.bind(**others(NAME))(x))


@pytest.mark.parametrize("shift", [-17, -1, 1, 17])
def test_outputs_that_overlap_a_little_are_as_if_they_did_not(function, shift):
    if function.nout != 1:
        return
    memory = points(np.float64, 200)
    x = memory[50:100]
    given = [x] + [points(np.float64, 50) for _ in range(function.nin - 1)]
    want = function.ufunc(*[one.copy() for one in given])
    out = memory[50 + shift : 100 + shift]
    function(*given, out=out)
    assert same(out, want)


def test_outputs_of_another_kind_are_left_to_the_ufunc():
    x, value = points(np.float32, 40), FUNCTIONS["value"]
    for out in (np.empty(40), np.empty((3, 40), np.float32), np.empty(80, np.float32)[::2]):
        assert value(x, out=out) is out
        assert same(out.astype(np.float32), np.broadcast_to(value(x), out.shape))
    for out in (np.empty(40, np.float16)[:20], np.empty(40, int), [0.0] * 40):
        messages = []
        for call in (value, value.ufunc):
            with pytest.raises((TypeError, ValueError)) as caught:
                call(x, out=out)
            messages.append(str(caught.value))
        assert messages[0] == messages[1]
    assert value(x, None) is not None
    assert same(value(x, out=None), value(x))


def test_an_output_that_numpy_warns_of_is_warned_of():
    x, value = points(np.float64, 40).reshape(1, 40), FUNCTIONS["value"]
    for call in (value, value.ufunc):
        out = np.broadcast_arrays(np.empty(40), x)[0]
        assert out.flags.c_contiguous
        with pytest.warns(DeprecationWarning, match="broadcast"):
            call(x, out=out)


def test_a_wrong_number_of_arguments_is_numpys_type_error(function):
    for count in (0, function.nin - 1, function.nin + function.nout + 1):
        with pytest.raises(TypeError) as caught:
            function(*[np.ones(3)] * count)
        with pytest.raises(TypeError) as wanted:
            function.ufunc(*[np.ones(3)] * count)
        assert str(caught.value) == str(wanted.value)


def test_calls_leave_no_references_behind(function):
    for dtype in DTYPES:
        given = inputs(function, points(dtype, 40))
        out = np.empty_like(given[0])
        counts = []
        for _ in range(3):
            for _ in range(50):
                function(*given)
                if function.nout == 1:
                    function(*given, out=out)
            counts.append([sys.getrefcount(one) for one in (dtype, out, *given)])
        assert counts[1] == counts[2]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_large_arrays_at_any_place_of_a_cache_line_give_the_same_bits(dtype):
    """Those that begin inside a line are computed in two parts."""
    count = 40_000 // dtype.itemsize
    want = points(dtype, count)
    raw = np.zeros(2 * want.nbytes + 256, np.uint8)
    start = -raw.ctypes.data % 64
    results = {
        role: bits(FUNCTIONS[role](*inputs(FUNCTIONS[role], want))) for role in ("value", "backward", "gate")
    }
    for place in range(0, 64, dtype.itemsize):
        x, out = (
            raw[start + at : start + at + want.nbytes].view(dtype)
            for at in (64 - place, want.nbytes + 128 + place)
        )
        x[...] = want
        for role, result in results.items():
            FUNCTIONS[role](*inputs(FUNCTIONS[role], x), out=out)
            assert np.array_equal(bits(out), result)
        FUNCTIONS["value"](x, out=x)
        assert np.array_equal(bits(x), results["value"])


def test_no_flag_of_the_processor_is_left_up():
    """Every kind of exception is an error here, and kernels raise most of them on their way."""
    with np.errstate(all="raise"):
        for name in NAMES:
            for dtype in DTYPES:
                x = points(dtype, 40)
                for function in (getattr(rheobase, name), getattr(rheobase, name).ufunc):
                    function(x)
                    function(x[::2])
                    function(x[3])
                    np.add(np.ones(3), 1)
