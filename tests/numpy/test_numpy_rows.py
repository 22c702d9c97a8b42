# SPDX-License-Identifier: Apache-2.0
"""Rows over several axes, and masks that are repeated."""

import itertools
import sys

import numpy as np
import pytest
from numpy_cases import DTYPES, points, same

import rheobase

ROWS = rheobase.names("rows")
AXES = [None, *(axes for count in (0, 1, 2, 3) for axes in itertools.permutations((0, -2, 2), count))]


@pytest.fixture(params=ROWS)
def function(request):
    return getattr(rheobase, request.param)


def numbers(dtype, *shape) -> np.ndarray:
    x = points(dtype, 400)[15:][: np.prod(shape)].reshape(shape)
    return np.where(np.isfinite(x), x, dtype.type(9))


def joined(array, axes):
    """The axes as one, the last, of a copy."""
    axes = tuple(range(array.ndim)) if axes is None else axes
    kept = [i for i in range(array.ndim) if i not in [axis % array.ndim for axis in axes]]
    moved = array.transpose(*kept, *[axis % array.ndim for axis in axes])
    return moved.reshape(*moved.shape[: len(kept)], -1).copy()


class TestAxes:
    @pytest.mark.parametrize("axes", AXES, ids=str)
    def test_rows_over_several_axes_are_as_over_one_of_a_copy(self, function, axes):
        for dtype in DTYPES:
            x = numbers(dtype, 3, 4, 5)
            grad = x[::-1]
            for view in (x, np.asfortranarray(x), np.repeat(x, 2, 2)[:, :, ::2]):
                got = function(view, axis=axes, scale=0.5)
                assert same(joined(got, axes), function(joined(x, axes), scale=0.5))
                assert got.flags.f_contiguous if view.flags.fnc else got.flags.c_contiguous
                back = function.backward(grad, view, axis=axes)
                assert same(joined(back, axes), function.backward(joined(grad, axes), joined(x, axes)))
                back = function.backward_from_result(grad, view, axis=axes)
                want = function.backward_from_result(joined(grad, axes), joined(x, axes))
                assert same(joined(back, axes), want)

    def test_one_axis_in_a_tuple_is_that_axis(self, function):
        x = numbers(np.dtype(np.float64), 3, 4)
        for axis in (0, 1, -1, -2):
            assert same(function(x, axis=(axis,)), function(x, axis=axis))
            assert same(function(x, axis=np.int64(axis)), function(x, axis=axis))
        assert same(function(x[0], axis=None), function(x[0]))

    def test_an_axis_that_is_a_number_costs_no_python(self, function):
        x, called = np.ones((3, 4)), []
        sys.setprofile(lambda frame, event, _: called.append(frame.f_code) if event == "call" else None)
        try:
            function(x, axis=0)
            function.backward(x, x, axis=0, scale=0.5)
            function.backward_from_result(x, x, axis=-2)
        finally:
            sys.setprofile(None)
        assert called == []

    def test_masks_and_gradients_are_broadcast(self, function):
        x = numbers(np.dtype(np.float32), 3, 4, 5)
        hidden, grad = np.where(x[0] > 0, np.float32(-np.inf), np.float32(0)), x[:, :1]
        whole, grads = np.broadcast_to(hidden, x.shape), np.broadcast_to(grad, x.shape)
        for axes in (None, (0, 2)):
            want = function(joined(x, axes), mask=joined(whole, axes))
            assert same(joined(function(x, axis=axes, mask=hidden), axes), want)
            got = function.backward(grad, x, axis=axes, mask=hidden)
            want = function.backward(joined(grads, axes), joined(x, axes), mask=joined(whole, axes))
            assert same(joined(got, axes), want)
            got = function(x, axis=axes, mask=0.5)
            assert same(got, function(x, axis=axes, mask=np.full_like(x, 0.5)))

    def test_a_number_and_empty_arrays_are_rows_too(self, function):
        one = function(np.zeros(1))[0]
        for x in (2.5, np.array(2.5), np.float64(2.5)):
            got = function(x, axis=None)
            assert type(got) is np.float64
            assert same(got, one)
        assert function(np.ones((0, 3)), axis=None).shape == (0, 3)
        assert function(np.ones((2, 0, 3)), axis=(1, 2)).shape == (2, 0, 3)
        assert same(function(np.ones((2, 3)), axis=()), np.full((2, 3), one))

    def test_outputs_are_written_in_any_layout(self, function):
        x = numbers(np.dtype(np.float64), 3, 4, 5)
        want = function(x, axis=(0, 2))
        for out in (np.empty_like(x), np.empty((5, 4, 3)).T, np.empty((3, 4, 10))[:, :, ::2], x.copy()):
            assert function(out if same(out, x) else x, axis=(0, 2), out=out) is out
            assert same(out, want)
        out = np.empty_like(x, np.float32)
        assert function(x, out, axis=(0, 2)) is out
        assert same(out, want.astype(np.float32))
        assert function(x, axis=None, out=(out,)) is out
        assert function(x, axis=(0, 1), dtype=np.float32).dtype == np.float32
        assert function(x, axis=(0, 1), order="F").flags.f_contiguous
        assert function(x.T, axis=(0, 1), order="C").flags.c_contiguous

    def test_masked_arrays_and_subclasses_are_kept(self, function):
        class Sub(np.ndarray):
            pass

        x = numbers(np.dtype(np.float64), 3, 4)
        masked = np.ma.array(x, mask=x > 1)
        for axes in (None, (1, 0), (0,)):
            got = function(masked, axis=axes)
            assert type(got) is np.ma.MaskedArray
            assert np.array_equal(got.mask, masked.mask)
            assert same(got.data, function(x, axis=axes))
            out = np.ma.array(np.zeros((3, 4)), mask=x < 0)
            assert function(masked, axis=axes, out=out) is out
            assert np.array_equal(out.mask, masked.mask)
            assert type(function(x.view(Sub), axis=axes)) is Sub
            row = np.ma.array(x[0], mask=x[0] > 1)
            got = function.backward(row, x, axis=axes)
            assert np.array_equal(got.mask, np.broadcast_to(row.mask, (3, 4)))

    def test_what_has_array_ufunc_gets_the_axes(self, function):
        class Duck:
            def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
                return ufunc, len(inputs), keywords

        x = np.ones((2, 3))
        assert function(Duck(), axis=None) == (function.ufunc, 1, {"axis": None})
        bound = function.bind(scale=0.5)
        assert function(Duck(), axis=(0, 1), scale=0.5) == (bound, 1, {"axis": (0, 1)})
        assert function(x, axis=(0, 1), mask=Duck())[1:] == (2, {"axis": (0, 1)})
        duck = Duck()
        for out in (duck, (duck,)):
            assert function(x, axis=None, out=out)[2] == {"axis": None, "out": (duck,)}

    def test_bad_axes_and_outputs_are_named(self, function):
        x, fixed = np.ones((2, 3)), np.ones((2, 3))
        fixed.flags.writeable = False
        for error, message, keywords in (
            (np.exceptions.AxisError, "axis 2 is out of bounds", {"axis": (0, 2)}),
            (ValueError, "has one axis twice", {"axis": (0, 0)}),
            (ValueError, "has one axis twice", {"axis": (0, -2)}),
            (TypeError, "integer", {"axis": (0, 1.5)}),
            (TypeError, "integer", {"axis": 1.5}),
            (TypeError, "out must be an array, not list", {"axis": None, "out": [1]}),
            (ValueError, "out is a tuple of 2; there is one result", {"axis": None, "out": (x, x)}),
            (TypeError, "Cannot cast", {"axis": None, "out": np.ones((2, 3), int)}),
            (ValueError, "output array is read-only", {"axis": None, "out": fixed}),
            (ValueError, "broadcast", {"axis": None, "out": np.ones(3)}),
            (TypeError, "unexpected keyword argument 'where'", {"axis": None, "where": True}),
            (TypeError, "both 'axis' and 'axes'", {"axis": None, "axes": [0, 0]}),
            (TypeError, "must not be of dtype bool", {"axis": None, "mask": x > 0}),
            (ValueError, "cannot be broadcast", {"axis": None, "mask": np.ones(4)}),
            (ValueError, "scale is -1", {"axis": None, "scale": -1}),
        ):
            with pytest.raises(error, match=message):
                function(x, **keywords)
        with pytest.raises(TypeError, match="not supported for the input types"):
            function(x + 1j, axis=None)
        with pytest.raises(TypeError, match="positional arguments"):
            function(axis=None)
        with pytest.raises(TypeError, match="more than one output"):
            function(x, x, axis=None, out=x)
        with pytest.raises(TypeError, match="unexpected keyword argument 'mask'"):
            function.backward_from_result(x, x, axis=None, mask=x)
        assert (fixed == 1).all()


class TestMasks:
    @pytest.mark.parametrize("dtype", DTYPES, ids=str)
    def test_one_number_is_a_mask_of_all(self, function, dtype):
        x = numbers(dtype, 4, 6)
        for mask in (np.array(0.5, dtype), dtype.type(0.5)):
            for axis in (0, 1, -1):
                want = function(x, mask=np.full_like(x, 0.5), axis=axis)
                assert same(function(x, mask=mask, axis=axis), want)
                want = function.backward(x[::-1], x, mask=np.full_like(x, 0.5), axis=axis)
                assert same(function.backward(x[::-1], x, mask=mask, axis=axis), want)

    @pytest.mark.parametrize("dtype", DTYPES[:3], ids=str)
    def test_a_number_of_pythons_adapts_to_x(self, function, dtype):
        x = numbers(dtype, 4, 6)
        for mask in (0, 2, 0.0, 0.5, -float("inf")):
            assert same(function(x, mask=mask), function(x, mask=np.full_like(x, mask)))
            got = function.backward(x, x, mask=mask, dtype=np.float32, casting="same_kind")
            assert got.dtype == np.float32
        assert function(x.astype(np.int8), mask=1).dtype == np.float16
        assert function(list(x[0]), mask=0.5).dtype == dtype

    def test_one_number_for_a_row_hides_it_or_not(self, function):
        x = numbers(np.dtype(np.float32), 3, 4, 5)
        for axis in (0, 1, 2, -1):
            one = np.where(numbers(np.dtype(np.float32), 3, 4, 5) > 0, np.float32(-np.inf), np.float32(0))
            one = one.take([1], axis)
            whole = np.repeat(one, x.shape[axis], axis)
            assert same(function(x, mask=one, axis=axis), function(x, mask=whole, axis=axis))
            got = function.backward(x, x[::-1], mask=one, axis=axis)
            assert same(got, function.backward(x, x[::-1], mask=whole, axis=axis))
        assert same(
            function(x, mask=np.zeros((4, 1), np.float32)), function(x, mask=np.zeros((4, 5), np.float32))
        )

    def test_a_masked_mask_masks(self, function):
        x = numbers(np.dtype(np.float64), 3, 4)
        got = function(x, mask=np.ma.array([[0.0], [1.0], [2.0]], mask=[[0], [1], [0]]))
        assert np.array_equal(got.mask, [[0] * 4, [1] * 4, [0] * 4])

    def test_bad_masks_are_named(self, function):
        x = np.ones((2, 3))
        for mask in (True, np.True_, [True, False, True], x > 0):
            for axis in (-1, None):
                with pytest.raises(TypeError, match=f"^{function.__name__}: mask is added"):
                    function(x, mask=mask, axis=axis)
        with pytest.raises(ValueError, match="mismatch in its core dimension 0"):
            function(x, mask=np.ones((2, 2)))
        with pytest.raises(TypeError, match="not supported for the input types"):
            function(x, mask=1j)
        with pytest.raises(np.exceptions.AxisError, match="axis 5 is out of bounds"):
            function(x, mask=np.ones((2, 1)), axis=5)
        with pytest.raises(ValueError, match="does not have enough dimensions"):
            function(1.0, mask=0.0)
