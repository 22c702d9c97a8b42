# SPDX-License-Identifier: Apache-2.0
"""Any memory that NumPy can describe gives the bits of a contiguous array."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_cases import DTYPES, NAMES, WITH_PARAMETERS, call, others, points, same

import rheobase

NAME = WITH_PARAMETERS[0]


@pytest.fixture(params=["value", "backward"])
def role(request):
    return request.param


def evaluate(role, x, **keywords):
    """The function, or its gradient for a gradient that differs from element to element."""
    function = call(NAME, role)
    return function(x, **keywords) if role == "value" else function(x[..., ::-1], x, **keywords)


slices = st.builds(
    slice,
    st.none() | st.integers(-9, 9),
    st.none() | st.integers(-9, 9),
    st.sampled_from([1, 2, 3, -1, -2, -3, None]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DTYPES),
    st.tuples(slices, slices, slices),
    st.permutations(range(3)),
    st.sampled_from("CF"),
    st.booleans(),
)
def test_views_of_any_strides_give_the_same_bits(dtype, cut, order, memory, with_parameters):
    x = np.asarray(points(dtype, 7 * 8 * 9).reshape(7, 8, 9), order=memory)[cut].transpose(order)
    parameters = others(NAME) if with_parameters else {}
    for role in ("value", "backward"):
        want = evaluate(role, np.ascontiguousarray(x), **parameters)
        assert same(evaluate(role, x, **parameters), want)
        out = np.empty((x.shape[0], 2 * x.shape[1] + 1, x.shape[2]), dtype)[:, 1::2][:, ::-1]
        assert evaluate(role, x, out=out, **parameters) is out
        assert same(out, want)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_unaligned_arrays_give_the_same_bits(dtype, role):
    want = points(dtype, 1000)
    raw = np.zeros(want.nbytes + 1, np.uint8)
    x = raw[1:].view(dtype)
    x[:] = want
    assert not x.flags.aligned
    assert same(evaluate(role, x), evaluate(role, want))
    fields = np.zeros(1000, [("a", "u1"), ("x", dtype), ("b", "u1")])
    fields["x"] = want
    assert same(evaluate(role, fields["x"]), evaluate(role, want))
    evaluate(role, fields["x"], out=fields["x"])
    assert same(fields["x"], evaluate(role, want))
    assert not fields["a"].any()
    assert not fields["b"].any()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_other_byte_order_gives_the_same_bits(dtype, role):
    x = points(dtype, 20_000)
    other = x.astype(x.dtype.newbyteorder())
    assert same(evaluate(role, other), evaluate(role, x))
    out = np.empty_like(other)
    evaluate(role, x, out=out)
    assert same(out.astype(dtype), evaluate(role, x))


@pytest.mark.parametrize("shift", [-300, -7, -1, 0, 1, 7, 300])
@pytest.mark.parametrize("step", [1, 2, -1])
def test_overlapping_outputs_are_as_if_they_did_not(shift, step, role):
    memory = points(np.float32, 2400)
    first, second = memory[300:2100][::step], memory[300 + shift : 2100 + shift][::step]
    want = evaluate(role, first.copy())
    evaluate(role, first, out=second)
    assert same(second, want)


def test_a_reversed_view_of_itself_is_a_good_output(role):
    x = points(np.float64, 999)
    want = evaluate(role, x.copy())
    evaluate(role, x, out=x[::-1])
    assert same(x[::-1], want)


def test_in_place_gives_the_same_bits(role):
    for dtype in DTYPES:
        for x in (points(dtype, 500), points(dtype, 500)[::2], points(dtype, 400).reshape(20, 20).T):
            want = evaluate(role, x.copy())
            assert evaluate(role, x, out=x) is x
            assert same(x, want)


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 5), (2, 0, 3)])
def test_empty_arrays_give_empty_arrays(shape):
    for name in NAMES:
        assert getattr(rheobase, name)(np.empty(shape, np.float32)).shape == shape
    assert getattr(rheobase, NAME)(np.empty(shape), **{k: np.ones(()) for k in others(NAME)}).shape == shape


def test_operands_are_broadcast():
    function = call(NAME, "backward")
    grad, x = points(np.float32, 30)[:, None], points(np.float32, 40)
    want = function(np.repeat(grad, 40, 1), np.tile(x, (30, 1)))
    assert same(function(grad, x), want)
    assert same(function(1.0, x), function(np.ones_like(x), x))
    assert same(call(NAME, "value")(np.broadcast_to(x, (5, 40))), np.tile(call(NAME, "value")(x), (5, 1)))


def test_shapes_that_do_not_broadcast_are_numpys_value_error():
    with pytest.raises(ValueError, match=r"could not be broadcast together with shapes \(3,\) \(4,\)"):
        call(NAME, "backward")(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="broadcast"):
        call(NAME, "value")(np.ones(3), out=np.ones(4))


def test_a_read_only_output_is_numpys_value_error():
    out = np.ones(3)
    out.flags.writeable = False
    for function in (call(NAME, "value"), rheobase.softmax):
        with pytest.raises(ValueError, match="output array is read-only"):
            function(np.zeros(3), out=out)
    assert (out == 1).all()


def test_where_leaves_other_elements_alone(role):
    x = points(np.float32, 1000)
    mask = np.random.default_rng(1).random(1000) < 0.5
    out = np.full_like(x, 99)
    evaluate(role, x, out=out, where=mask)
    assert same(out[mask], evaluate(role, x)[mask])
    assert (out[~mask] == 99).all()


def test_order_decides_the_results_memory():
    x = points(np.float32, 60).reshape(6, 10)
    assert call(NAME, "value")(x.T).flags.f_contiguous
    assert call(NAME, "value")(x, order="F").flags.f_contiguous


def test_masked_arrays_stay_masked():
    x = np.ma.array([1.0, -2.0, 3.0], mask=[False, True, False])
    got = call(NAME, "value")(x, **others(NAME))
    assert isinstance(got, np.ma.MaskedArray)
    assert got.mask.tolist() == [False, True, False]
    assert same(got.data[[0, 2]], call(NAME, "value")(np.array([1.0, 3.0]), **others(NAME)))


def test_subclasses_and_other_arrays_are_asked():
    class Sub(np.ndarray):
        pass

    class Duck:
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return ufunc, method, len(inputs), keywords

    assert type(call(NAME, "value")(np.ones(3).view(Sub))) is Sub
    assert type(call(NAME, "value")(np.ones(3).view(Sub), subok=False)) is np.ndarray
    function = call(NAME, "value")
    assert function(Duck()) == (function.ufunc, "__call__", 1, {})
    bound = function.bind(**others(NAME))
    assert function(Duck(), dtype=np.float32, **others(NAME)) == (bound, "__call__", 1, {"dtype": np.float32})
    assert function(Duck(), **{k: Duck() for k in others(NAME)})[0] is function.varied


def test_a_reduction_goes_element_by_element():
    """Of no use, but NumPy offers it for two inputs, and its loop's output stands still."""
    x = np.array([0.5, 1.5, -2.5, 3.5], np.float32)
    function = call(NAME, "backward")
    want = x[0]
    for at in x[1:]:
        want = function(want, at)
    assert same(function.reduce(x), want)
    assert same(function.accumulate(x)[-1], want)
    assert function.outer(x, x).shape == (4, 4)


def test_at_changes_chosen_elements():
    x = points(np.float64, 100)
    want = x.copy()
    want[[20, 30]] = call(NAME, "value")(want[[20, 30]])
    call(NAME, "value").at(x, [20, 30])
    assert same(x, want)
