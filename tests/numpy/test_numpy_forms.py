# SPDX-License-Identifier: Apache-2.0
"""Gates and functions of rows, of NumPy's arrays."""

import mpmath
import numpy as np
import pytest
from numpy_cases import BFLOAT16, DTYPES, NAMES, WITH_PARAMETERS, exact, others, points, same

import rheobase

ROWS = rheobase.names("rows")
NAME = WITH_PARAMETERS[0]


def ulps(got, want) -> float:
    """The largest distance, in units of the last place of what is exact."""
    want = np.asarray(want, np.float64)
    return float(
        np.max(np.abs(np.asarray(got, np.float64) - want) / np.spacing(np.abs(want)).clip(2.0**-1074))
    )


class TestGates:
    @pytest.mark.parametrize("name", NAMES)
    def test_the_product_and_its_gradients_are_right(self, name):
        rng = np.random.default_rng(3)
        a, b, grad = rng.normal(0, 2, (3, 50))
        gate, act = rheobase.gate(name), getattr(rheobase, name)
        assert isinstance(gate.ufunc, np.ufunc)
        assert (gate.nin, gate.nout, gate.backward.nin, gate.backward.nout) == (2, 1, 3, 2)
        for parameters in ({}, others(name)):
            with mpmath.workdps(40):
                want = [
                    float(exact(name, x, **parameters) * mpmath.mpf(y)) for x, y in zip(a, b, strict=True)
                ]
            assert ulps(gate(a, b, **parameters), want) <= 2
            da, db = gate.backward(grad, a, b, **parameters)
            assert same(da, act.backward(grad * b, a, **parameters))
            assert same(db, gate(a, grad, **parameters))

    @pytest.mark.parametrize("dtype", DTYPES, ids=str)
    def test_formats_strides_and_places_give_the_same_bits(self, dtype):
        gate, parameters = rheobase.gate(NAME), others(NAME)
        packed = points(dtype, 800).reshape(20, 40)
        for a, b in (
            (packed[:, :20], packed[:, 20:]),
            (packed[:, ::2], packed[:, 1::2]),
            (packed[:, 0], packed[::-1, 5]),
        ):
            dense = np.ascontiguousarray(a), np.ascontiguousarray(b)
            want, wanted = gate(*dense, **parameters), gate.backward(dense[0], *dense, **parameters)
            assert want.dtype == dtype
            assert same(gate(a, b, **parameters), want)
            copies = a.copy(), b.copy()
            assert same(gate(*copies, out=copies[1], **parameters), want)
            copies = a.copy(), b.copy()
            got = gate.backward(copies[0], *copies, out=(copies[1], copies[0]), **parameters)
            assert got[1] is copies[0]
            for one, other in zip(got, wanted, strict=True):
                assert same(one, other)

    def test_limit_and_offset_are_those_of_the_forms(self):
        a, b = np.array([-9.0, -1.0, 0.5, 9.0]), np.array([2.0, -9.0, 9.0, 0.5])
        act = getattr(rheobase, NAME)
        got = rheobase.gate(NAME)(a, b, limit=3, offset=1)
        assert got == pytest.approx(act(np.minimum(a, 3)) * (np.clip(b, -3, 3) + 1), rel=1e-15)
        da, db = rheobase.gate(NAME).backward(np.ones(4), a, b, limit=3)
        assert (da[3], db[1], db[2]) == (0, 0, 0)

    def test_bad_keywords_are_named(self):
        gate, one = rheobase.gate(NAME), np.ones(3)
        for limit in (-1.0, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="^limit is "):
                gate(one, one, limit=limit)
        with pytest.raises(ValueError, match="^offset is inf"):
            gate(one, one, offset=float("inf"))
        with pytest.raises(TypeError, match="must be a real number, not numpy.ndarray"):
            gate(one, one, limit=one)
        for key in others(NAME):
            with pytest.raises(TypeError, match=f"{key} must be a real number, not numpy.ndarray"):
                gate(one, one, **{key: one})
        with pytest.raises(ValueError, match="no activation named 'nothing like it'"):
            rheobase.gate("nothing like it")
        with pytest.raises(TypeError, match="name must be a str, not int"):
            rheobase.gate(3)

    def test_a_gate_is_made_once_and_found_by_aliases(self):
        for name in NAMES:
            assert rheobase.gate(name) is rheobase.gate(name)
            for alias in rheobase.info(name)["aliases"]:
                try:
                    assert rheobase.gate(alias) is rheobase.gate(rheobase.info(alias)["name"])
                except ValueError as error:
                    assert "is ambiguous" in str(error)


class TestRows:
    @pytest.fixture(params=ROWS)
    def function(self, request):
        return getattr(rheobase, request.param)

    def shares(self, function, x):
        """exp(sign x) / sum, and whether the function gives its logarithm, seen from two elements."""
        small, large = function(np.array([0.0, 1.0]))
        x = np.asarray(x, np.float64) * (1 if large > small else -1)
        shares = np.exp(x - x.max(-1, keepdims=True))
        return shares / shares.sum(-1, keepdims=True), small < 0, 1 if large > small else -1

    @pytest.mark.parametrize("dtype", DTYPES, ids=str)
    def test_values_and_gradients_are_right(self, function, dtype):
        """Against float64 formulas, of an error of some 2^-50; the margins are eight units of the format."""
        rng = np.random.default_rng(5)
        x, grad = rng.normal(0, 2, (2, 6, 33)).astype(dtype)
        shares, logarithm, sign = self.shares(function, x)
        eps = 2.0**-5 if dtype in BFLOAT16 else 8 * float(np.finfo(dtype).eps)
        want = np.log(shares) if logarithm else shares
        got = function(x)
        assert got.dtype == dtype
        assert got.astype(float) == pytest.approx(want, rel=eps, abs=eps * 1e-3)
        g = grad.astype(float)
        total = g.sum(-1, keepdims=True) if logarithm else (g * shares).sum(-1, keepdims=True)
        want = sign * (g - shares * total if logarithm else shares * (g - total))
        scale = eps * (np.abs(g).sum(-1).max() if logarithm else 1)
        assert function.backward(grad, x).astype(float) == pytest.approx(want, rel=eps, abs=scale)
        assert function.backward_from_result(grad, got).astype(float) == pytest.approx(
            want, rel=4 * eps, abs=4 * scale
        )

    def test_any_axis_and_strides_give_the_same_bits(self, function):
        for dtype in DTYPES:
            x = points(dtype, 840)[:840].reshape(5, 6, 28)
            x = np.where(np.isfinite(x), x, dtype.type(1))
            for axis in (0, 1, 2, -1, -3):
                want = np.moveaxis(function(np.ascontiguousarray(np.moveaxis(x, axis, -1))), -1, axis)
                for view in (x, np.asfortranarray(x), x[::-1, :, ::-1][::-1, :, ::-1]):
                    assert same(function(view, axis=axis), want), (dtype, axis)
                    grad = view[::-1]
                    got = function.backward(grad, view, axis=axis)
                    dense = [np.ascontiguousarray(np.moveaxis(a, axis, -1)) for a in (grad, view)]
                    assert same(got, np.moveaxis(function.backward(*dense), -1, axis))
            copy = x.copy()
            assert function(copy, out=copy) is copy
            assert same(copy, function(x))

    @pytest.mark.parametrize("dtype", DTYPES, ids=str)
    def test_gradients_may_take_the_memory_of_any_input(self, function, dtype):
        """From x, the library refuses that of grad, where it keeps the values meanwhile."""
        x = np.nan_to_num(points(dtype, 200)[20:].reshape(5, 36), posinf=9, neginf=-9)
        mask = x[::-1] * dtype.type(0.5)
        for axis in (0, 1):
            for keywords in ({}, {"mask": mask}):
                want = function.backward(x[:, ::-1].copy(), x, axis=axis, **keywords)
                for order in "CF":
                    grad = x[:, ::-1].copy(order)
                    assert function.backward(grad, x, axis=axis, out=grad, **keywords) is grad
                    assert same(grad, want)
                    copy = x.copy(order)
                    function.backward(x[:, ::-1].copy(), copy, axis=axis, out=copy, **keywords)
                    assert same(copy, want)

    def test_scale_and_mask_are_applied_before(self, function):
        x = points(np.float64, 200)[15:].reshape(5, 37)
        mask = np.linspace(-1, 1, 37)
        got = function(x, scale=0.5, mask=mask)
        assert got == pytest.approx(function(0.5 * x + mask), rel=1e-12)
        assert function(x, mask=None, scale=0.5) == pytest.approx(function(0.5 * x), rel=1e-12)
        grad = x[::-1]
        want = 0.5 * function.backward(grad, 0.5 * x + mask)
        assert function.backward(grad, x, scale=0.5, mask=mask) == pytest.approx(want, rel=1e-9, abs=1e-12)
        want = function.backward_from_result(grad, got, scale=0.5)
        assert function.backward(grad, x, scale=0.5, mask=mask) == pytest.approx(want, rel=1e-9, abs=1e-12)

    def test_bad_input_is_named(self, function):
        x = np.ones((2, 3))
        with pytest.raises(ValueError, match="^scale is -1"):
            function(x, scale=-1)
        with pytest.raises(TypeError, match="scale must be a real number, not numpy.ndarray"):
            function(x, scale=x)
        with pytest.raises(TypeError, match="mask is added, so it must not be of dtype bool"):
            function(x, mask=x > 0)
        with pytest.raises(ValueError, match="mismatch in its core dimension 0"):
            function(x, mask=np.ones(4))
        with pytest.raises(ValueError, match="does not have enough dimensions"):
            function(1.0)
        with pytest.raises(np.exceptions.AxisError, match="axis 2 is out of bounds"):
            function(x, axis=2)
        with pytest.raises(TypeError, match="not supported for the input types"):
            function(x + 1j)

    def test_empty_and_integer_rows_are_as_numpys(self, function):
        assert function(np.ones((3, 0))).shape == (3, 0)
        assert function(np.ones((0, 3))).shape == (0, 3)
        assert function(np.ones((2, 3), np.int8)).dtype == np.float16
        with np.errstate(all="raise"):
            function(np.array([[1e4, -1e4, np.inf], [np.nan, 0, 0]], np.float32))
