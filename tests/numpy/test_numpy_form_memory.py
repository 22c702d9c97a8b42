# SPDX-License-Identifier: Apache-2.0
"""Gates, rows, arrays of parameters, derivatives by them: any memory, masks, subclasses, others' arrays."""

import numpy as np
import pytest
from numpy_cases import DTYPES, WITH_PARAMETERS, others, points, same

import rheobase

NAME = WITH_PARAMETERS[0]
KEY = next(iter(others(NAME)))
BY = getattr(rheobase, NAME).derivative_by[KEY]


def form(function, *names, **keywords):
    """A call of arrays alone, some of which go by keyword, with the number of results."""

    def call(*arrays, **more):
        count = len(arrays) - len(names)
        return function(*arrays[:count], **dict(zip(names, arrays[count:], strict=True)), **keywords, **more)

    return call, function.nin + len(names), function.nout


FORMS = {
    "gate": form(rheobase.gate(NAME), limit=2.0, offset=1.0),
    "gate backward": form(rheobase.gate(NAME).backward),
    "rows": form(rheobase.softmax),
    "rows with a mask": form(rheobase.log_softmax, "mask", scale=0.5),
    "rows backward": form(rheobase.softmin.backward),
    "rows backward with a mask": form(rheobase.softmax.backward, "mask"),
    "rows from result": form(rheobase.softmax.backward_from_result),
    "parameters": form(getattr(rheobase, NAME), KEY),
    "parameters backward": form(getattr(rheobase, NAME).backward, KEY),
    "by parameter": form(BY),
    "by parameter, in arrays": form(BY, KEY),
}


@pytest.fixture(params=FORMS)
def case(request):
    return FORMS[request.param]


def arrays(dtype, count):
    """Moderate numbers, that parameters may be as well: the last ones are not 0, and mostly alike."""
    x = points(dtype, 120).reshape(6, 20)
    x = np.where(np.isfinite(x), x, dtype.type(9))
    found = [np.roll(x, k) for k in range(count - 1)]
    return [*found, np.abs(np.round(x)) + dtype.type(1)]


def results(got) -> list:
    return list(got) if isinstance(got, tuple) else [got]


def alike(got, want) -> bool:
    return all(same(one, other) for one, other in zip(results(got), results(want), strict=True))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
class TestMemory:
    """Results are those of dense, aligned arrays of the machine's byte order."""

    def test_strides_of_any_kind(self, case, dtype):
        call, count, _ = case
        given = arrays(dtype, count)
        for cut in (np.s_[::2], np.s_[::-1, ::3], np.s_[:, :1], np.s_[3], np.s_[:0], np.s_[:, ::-1]):
            views = [array[cut] for array in given]
            assert alike(call(*views), call(*[view.copy() for view in views]))
        assert alike(call(*[array.T for array in given]), call(*[array.T.copy() for array in given]))

    def test_unaligned_arrays(self, case, dtype):
        call, count, outputs = case
        given = arrays(dtype, count)
        want = call(*given)
        fields = np.zeros((6, 20), [("a", "u1"), *((f"x{i}", dtype) for i in range(count + outputs))])
        for i, array in enumerate(given):
            fields[f"x{i}"] = array
        views = [fields[f"x{i}"] for i in range(count + outputs)]
        assert not any(view.flags.aligned for view in views)
        assert alike(call(*views[:count]), want)
        out = tuple(views[count:])
        call(*views[:count], out=out)
        assert alike(out, tuple(results(want)))
        assert not fields["a"].any()

    def test_outputs_are_as_if_they_overlapped_no_input(self, case, dtype):
        call, count, outputs = case
        want = call(*arrays(dtype, count))
        for at in range(count):
            given = arrays(dtype, count)
            out = (given[at], given[at - 1].copy())[:outputs]
            call(*given, out=out)
            assert alike(out, tuple(results(want))), at
        for shift in (-20, -1, 1, 20):
            given, memory = arrays(dtype, count), np.zeros(200, dtype)
            memory[40:160] = given[0].ravel()
            given[0] = memory[40:160].reshape(6, 20)
            out = (memory[40 + shift : 160 + shift].reshape(6, 20), np.empty((6, 20), dtype))[:outputs]
            call(*given, out=out)
            assert alike(out, tuple(results(want))), shift

    def test_no_flag_of_the_processor_is_left_up(self, case, dtype):
        call, count, _ = case
        x = points(dtype, 120).reshape(6, 20)
        given = [*(np.roll(x, k) for k in range(count - 1)), arrays(dtype, 1)[0]]
        with np.errstate(all="raise"):
            for cut in (np.s_[:], np.s_[:, ::2], np.s_[:1]):
                call(*[array[cut] for array in given])
                np.add(np.ones(3), 1)

    def test_masked_arrays_stay_masked(self, case, dtype):
        call, count, _ = case
        given = arrays(dtype, count)
        for at in range(count):
            mask = np.zeros((6, 20), bool)
            mask[at, at::3] = True
            masked = [np.ma.array(array, mask=mask) if i == at else array for i, array in enumerate(given)]
            got = call(*masked)
            for one in results(got):
                assert type(one) is np.ma.MaskedArray
                assert np.array_equal(one.mask, mask)
            assert alike(tuple(one.data for one in results(got)), tuple(results(call(*given))))
        both = [np.ma.array(array, mask=np.eye(6, 20, i)) for i, array in enumerate(given)]
        want = np.any([one.mask for one in both], axis=0)
        assert all(np.array_equal(one.mask, want) for one in results(call(*both)))


@pytest.mark.parametrize("dtype", DTYPES[:3], ids=str)  # NumPy's own; the other has one byte order
def test_the_other_byte_order_gives_the_same_bits(case, dtype):
    call, count, outputs = case
    given = arrays(dtype, count)
    want, other = call(*given), dtype.newbyteorder()
    assert alike(call(*[array.astype(other) for array in given]), want)
    out = tuple(np.empty((6, 20), other) for _ in range(outputs))
    call(*given, out=out)
    assert alike(tuple(one.astype(dtype) for one in out), tuple(results(want)))


class Sub(np.ndarray):
    pass


class Duck:
    """Says what it was asked."""

    def __init__(self, dtype=None):
        if dtype is not None:
            self.dtype = np.dtype(dtype)

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return ufunc, method, len(inputs), keywords


def test_subclasses_are_kept(case):
    call, count, _ = case
    given = arrays(np.dtype(np.float32), count)
    for at in range(count):
        some = [array.view(Sub) if i == at else array for i, array in enumerate(given)]
        assert [type(one) for one in results(call(*some))] == [Sub] * len(results(call(*given)))
        assert alike(call(*some), call(*given))


def test_what_has_array_ufunc_gets_a_ufunc_with_all_arrays_as_inputs(case):
    call, count, _ = case
    given = arrays(np.dtype(np.float32), count)
    for at in range(count):
        for duck in (Duck(), Duck(np.float32)):
            ufunc, method, inputs, keywords = call(*[duck if i == at else a for i, a in enumerate(given)])
            assert isinstance(ufunc, np.ufunc)
            assert (method, inputs, keywords) == ("__call__", ufunc.nin, {})
            got = ufunc(*given, *[0.75] * (ufunc.nin - count))  # parameters that are at their defaults
            assert [one.dtype for one in results(got)] == [np.float32] * len(results(got))


def test_outputs_that_have_array_ufunc_are_asked(case):
    call, count, outputs = case
    out = (Duck(),) * outputs
    ufunc, method, inputs, keywords = call(*arrays(np.dtype(np.float32), count), out=out)
    assert (method, inputs, keywords) == ("__call__", ufunc.nin, {"out": out})


def test_what_is_no_real_number_is_a_type_error(case):
    call, count, _ = case
    given = arrays(np.dtype(np.float64), count)
    for wrong in (given[0] + 1j, given[0].astype(object), np.full((6, 20), "1")):
        for at in range(count):
            with pytest.raises(TypeError, match="not supported for the input types|must be real, not"):
                call(*[wrong if i == at else array for i, array in enumerate(given)])
