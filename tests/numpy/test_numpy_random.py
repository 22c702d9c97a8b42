# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers, of NumPy's arrays."""

import numpy as np
import pytest
from numpy_cases import DTYPES, points, same

import rheobase

RANDOM = rheobase.names("random")


@pytest.fixture(params=RANDOM)
def function(request):
    return getattr(rheobase, request.param)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_one_seed_gives_one_result_in_any_layout(function, dtype):
    x = points(dtype, 300).reshape(15, 20)
    want = function(x, seed=7)
    assert want.dtype == dtype
    for view in (np.asfortranarray(x), np.repeat(x, 2, 1)[:, ::2], x[::-1].copy()[::-1]):
        assert same(function(view, seed=7), want)
        assert same(
            function.backward(x[:, ::-1], view, seed=7), function.backward(x[:, ::-1].copy(), x, seed=7)
        )
    out = np.empty((20, 15), dtype).T
    assert function(x, out=out, seed=7) is out
    assert same(out, want)
    copy = x.copy()
    function(copy, out=copy, seed=7)
    assert same(copy, want)
    assert not same(function(x, seed=8), want)
    assert not same(function(x, seed=7, offset=1), want)


def test_backward_has_the_numbers_of_the_value(function):
    x = np.linspace(-3, 3, 1000)
    slope = function.derivative(x, seed=3)
    assert function.backward(np.full(1000, 2.0), x, seed=3) == pytest.approx(2 * slope)
    assert function.backward(2.0, x, seed=3) == pytest.approx(2 * slope)
    step = 1e-6
    change = (function(x + step, seed=3) - function(x - step, seed=3)) / (2 * step)
    assert np.mean(np.isclose(change, slope, atol=1e-5)) > 0.99  # kinks aside


def test_evaluation_draws_nothing(function):
    x = np.linspace(-3, 3, 10)
    assert same(function(x, training=False), function(x, training=False, seed=9))


def test_scalars_and_integers_are_as_for_ufuncs(function):
    assert type(function(1.0, seed=1)) is np.float64
    assert function(np.ones(3, np.int8), seed=1).dtype == np.float16
    assert function(np.ones(3), seed=1, dtype=np.float32).dtype == np.float32
    assert function(np.ones((0, 2)), seed=1).shape == (0, 2)


def test_numbers_of_pythons_adapt_to_arrays(function):
    """As for ufuncs: a gradient of 2.0 makes no float64 of float32."""
    for dtype in DTYPES[:3]:
        x = points(dtype, 40)
        for grad in (2, 2.0):
            got = function.backward(grad, x, seed=3)
            assert same(got, function.backward(np.full_like(x, 2), x, seed=3))


def parts(function):
    """The function's roles, each with one call of x: a gradient is a mirror image of x."""
    return {
        function: lambda x, **keywords: function(x, seed=5, **keywords),
        function.derivative: lambda x, **keywords: function.derivative(x, seed=5, **keywords),
        function.backward: lambda x, **keywords: function.backward(x[..., ::-1], x, seed=5, **keywords),
    }


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
class TestMemory:
    """Results are those of a dense copy of x."""

    def test_strides_of_any_kind(self, function, dtype):
        x = points(dtype, 360).reshape(10, 6, 6)
        for call in parts(function).values():
            for view in (x[::2], x[::-1, ::3], x.transpose(2, 0, 1), x[:, :1], x[3], x[0, 0, ::-2], x[:0]):
                assert same(call(view), call(view.copy()))
            row = np.broadcast_to(x[0, 0], (4, 6))
            assert same(call(row), call(row.copy()))

    def test_unaligned_arrays(self, function, dtype):
        want = points(dtype, 500)
        fields = np.zeros(500, [("a", "u1"), ("x", dtype), ("b", "u1")])
        raw = np.zeros(want.nbytes + 1, np.uint8)
        for x in (fields["x"], raw[1:].view(dtype)):
            assert not x.flags.aligned
            for call in parts(function).values():
                x[...] = want
                assert same(call(x), call(want))
                call(x, out=x)
                assert same(x, call(want))
        assert not fields["a"].any()
        assert not fields["b"].any()

    def test_overlapping_outputs(self, function, dtype):
        for shift in (-7, -1, 0, 1, 7):
            for step in (1, 2, -1):
                for call in parts(function).values():
                    memory = points(dtype, 200)
                    x, out = memory[20:180][::step], memory[20 + shift : 180 + shift][::step]
                    want = call(x.copy())
                    assert call(x, out=out) is out
                    assert same(out, want), (shift, step)
        x = points(dtype, 100)
        want = function.backward(x[::-1].copy(), x.copy(), seed=5)
        grad = x[::-1].copy()
        assert same(function.backward(grad, x, seed=5, out=grad), want)

    def test_outputs_of_other_precisions(self, function, dtype):
        x = points(dtype, 100)[5:]
        for call in parts(function).values():
            for wide in (np.float32, np.float64):
                out = np.empty(95, wide)
                with np.errstate(all="ignore"):
                    call(x, out=out)
                    assert same(out, call(x).astype(wide))

    def test_no_flag_of_the_processor_is_left_up(self, function, dtype):
        x = points(dtype, 500)
        with np.errstate(all="raise"):
            for call in parts(function).values():
                for view in (x, x[::2], x[:1]):
                    call(view)
                    np.add(np.ones(3), 1)

    def test_masked_arrays_stay_masked(self, function, dtype):
        x = np.ma.array(points(dtype, 40), mask=np.arange(40) % 3 == 0)
        for part, call in parts(function).items():
            got = call(x)
            assert type(got) is np.ma.MaskedArray
            want = x.mask | x.mask[::-1] if part is function.backward else x.mask
            assert np.array_equal(got.mask, want)
            assert same(got.data, call(x.data))


@pytest.mark.parametrize("dtype", DTYPES[:3], ids=str)  # NumPy's own; the other has one byte order
def test_the_other_byte_order(function, dtype):
    x = points(dtype, 500)
    other = x.astype(dtype.newbyteorder())
    for call in parts(function).values():
        assert same(call(other), call(x))
        out = np.empty_like(other)
        assert call(x, out=out) is out
        assert same(out.astype(dtype), call(x))


def test_a_gradients_mask_counts_as_well(function):
    x, grad = np.ma.array([1.0, 2, 3], mask=[1, 0, 0]), np.ma.array([1.0, 2, 3], mask=[0, 0, 1])
    assert function.backward(grad, x, seed=5).mask.tolist() == [True, False, True]
    assert function.backward(grad, x.data, seed=5).mask.tolist() == [False, False, True]
    assert function.backward(grad.data, x, seed=5).mask.tolist() == [True, False, False]
    assert function.backward(2.0, x, seed=5).mask.tolist() == [True, False, False]


def test_masked_outputs_get_the_mask(function):
    x = np.ma.array([1.0, -2, 3], mask=[0, 1, 0])
    out = np.ma.array(np.zeros(3), mask=[1, 0, 0])
    assert function(x, seed=5, out=out) is out
    assert out.mask.tolist() == [False, True, False]
    assert same(out.data, function(x.data, seed=5))


def test_subclasses_are_kept_as_by_ufuncs(function):
    class Sub(np.ndarray):
        pass

    class First(np.ndarray):
        __array_priority__ = 5

        def __array_wrap__(self, array, context=None, return_scalar=False):
            return context[0], context[1], array.view(First)

    x = points(np.float64, 40)
    for call in parts(function).values():
        assert type(call(x.view(Sub))) is Sub
        assert same(call(x.view(Sub)), call(x))
    assert type(function.backward(x, x.view(Sub), seed=5)) is Sub
    for shape in ((), (2, 3)):
        one = np.ones(shape).view(Sub)
        assert type(function(one, seed=5)) is type(np.exp(one))
    asked, inputs, got = function.backward(x.view(Sub), x.view(First), seed=5)
    assert asked is function.backward
    assert [type(one) for one in inputs] == [Sub, First]
    assert type(got) is First
    assert (asked.nin, asked.nout, function.nin) == (2, 1, 1)


def test_what_has_array_ufunc_is_refused_by_name(function):
    class Duck:
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return 3

    class Quantity(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return 3

    class Unwilling:
        __array_ufunc__ = None

    path = function.__name__
    for other in (Duck(), np.ones(3).view(Quantity), Unwilling()):
        kind = type(other).__name__
        with pytest.raises(
            TypeError, match=f"^{path}: x is a {kind}, which has __array_ufunc__, but this is no"
        ):
            function(other, seed=1)
        with pytest.raises(TypeError, match=rf"^{path}\.backward: grad is a {kind}"):
            function.backward(other, np.ones(3), seed=1)
        with pytest.raises(TypeError, match=f"^{path}: out must be an array, not {kind}$"):
            function(np.ones(3), out=other, seed=1)


def test_outputs_may_be_tuples_of_one(function):
    x = points(np.float64, 40)
    for call in parts(function).values():
        out = np.empty_like(x)
        assert call(x, out=(out,)) is out
        assert same(out, call(x))
        assert same(call(x, out=(None,)), call(x))
        with pytest.raises(ValueError, match="out is a tuple of 2; there is one result"):
            call(x, out=(out, out))


@pytest.mark.parametrize(
    "x",
    [
        1j,
        np.ones(2, complex),
        "text",
        np.array(["text"]),
        np.array([None]),
        None,
        np.array(["2020"], "M8[Y]"),
    ],
    ids=repr,
)
def test_what_is_not_real_is_a_type_error_with_the_functions_name(function, x):
    one = np.ones(())
    for part, arguments in (
        (function, [x]),
        (function.derivative, [x]),
        (function.backward, [x, one]),
        (function.backward, [one, x]),
    ):
        with pytest.raises(TypeError, match=f"^{part.__qualname__} not supported for the input types: "):
            part(*arguments, seed=1)
        with pytest.raises(TypeError, match=f"^{part.__qualname__}: cannot cast (x|grad) from "):
            part(*arguments, seed=1, dtype=np.float32)


def test_a_gradient_of_another_shape_is_a_value_error_with_both(function):
    x = np.ones((2, 3))
    for shape in ((4,), (3, 3), (1, 2, 3), (5, 2, 3)):
        with pytest.raises(ValueError, match=rf"backward: grad has shape \({shape[0]},.* x's, \(2, 3\)$"):
            function.backward(np.ones(shape), x, seed=1)
    for shape in ((), (1,), (3,), (2, 1), (1, 3)):
        grad = np.full(shape, 2.0)
        want = function.backward(np.full((2, 3), 2.0), x, seed=1)
        assert same(function.backward(grad, x, seed=1), want)


def test_bad_input_is_named(function):
    x, fixed, path = np.ones(3), np.ones(3), function.__name__
    fixed.flags.writeable = False
    cases = [
        (ValueError, "seed is None", {}),
        (TypeError, "seed must be an integer, not float", {"seed": 1.5}),
        (ValueError, "seed is -1; expected 0 to", {"seed": -1}),
        (ValueError, "offset is -1; expected 0 to", {"seed": 1, "offset": -1}),
        (ValueError, "out has shape", {"seed": 1, "out": np.ones(4)}),
        (ValueError, "output array is read-only", {"seed": 1, "out": fixed}),
        (TypeError, "cannot cast the result", {"seed": 1, "out": np.ones(3, int)}),
        (TypeError, "got an unexpected keyword argument 'slant'", {"seed": 1, "slant": 1}),
        (TypeError, "got an unexpected keyword argument 'where'", {"seed": 1, "where": True}),
        (TypeError, "got an unexpected keyword argument 'casting'", {"seed": 1, "casting": "safe"}),
        (TypeError, "dtype int64 is not supported", {"seed": 1, "dtype": np.int64}),
    ]
    for error, message, keywords in cases:
        with pytest.raises(error, match=rf"^{path}(\(\))?:? {message}"):
            function(x, **keywords)
    with pytest.raises(TypeError, match=rf"^{path}\(\) missing a required argument"):
        function(seed=1)
    with pytest.raises(TypeError, match=rf"^{path}\(\) too many positional arguments"):
        function(x, None, 3, seed=1)
    with pytest.raises(
        TypeError, match=f"^{path}: out must be an array, not float; parameters go by keyword"
    ):
        function(x, 0.5, seed=1)
    for key in (p["name"] for p in rheobase.info(function.__name__, "random")["parameters"]):
        with pytest.raises(ValueError, match=f"{key} is nan"):
            function(x, seed=1, **{key: float("nan")})
        for wrong in ("1", 1j, np.complex64(1), np.ones(2), None):
            with pytest.raises(TypeError, match=f"^{path}: {key} must be a real number, not"):
                function(x, seed=1, **{key: wrong})
