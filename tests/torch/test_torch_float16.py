# SPDX-License-Identifier: Apache-2.0
"""16-bit tensors: the float64 result rounded once, whatever the layout; gradients too."""

import pytest
import torch
from torch_cases import NAMES, function

import rheobase
from rheobase.torch import functional, nn

DTYPES = [torch.bfloat16, torch.float16]
# Ordinary numbers of both formats, and a tail.
POINTS = torch.cat([torch.linspace(-9, 9, 4001), torch.tensor([-30.0, 30.0, 1e-6, 0.0, -0.0])])


def rounded(exact: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """float64 to the nearest 16-bit number. torch's own conversion rounds to float32 on the way.

    Cut off at a float32 whose last bit says that something was cut off, so that the second rounding is right.
    """
    single = exact.float()
    bits = single.view(torch.int32)
    bits = torch.where(single.double().abs() > exact.abs(), bits - 1, bits)
    cut = bits.view(torch.float32).double() != exact
    return torch.where(cut & exact.isfinite(), bits | 1, bits).view(torch.float32).to(dtype)


def assert_rounded(found: torch.Tensor, exact: torch.Tensor) -> None:
    """But for ties of float64, which the exact result may lie beside."""
    infinity = torch.tensor(torch.inf, dtype=torch.float64)
    up, down = (rounded(exact.nextafter(side), found.dtype) for side in (infinity, -infinity))
    assert not ((found != rounded(exact, found.dtype)) & (up == down)).any()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_value_derivative_and_gradient_are_those_of_float64_rounded(name, dtype):
    if rheobase.info(name)["parameters"]:
        pytest.skip("its parameters are rounded to float32")
    x = POINTS.to(dtype)
    assert_rounded(function(name)(x), function(name)(x.double()))
    assert_rounded(functional.derivative(name, x), functional.derivative(name, x.double()))
    leaf, wide = x.clone().requires_grad_(), x.double().requires_grad_()
    grad = torch.linspace(-3, 3, len(x)).to(dtype)
    function(name)(leaf).backward(grad)
    function(name)(wide).backward(grad.double())
    assert leaf.grad.dtype == dtype
    assert_rounded(leaf.grad, wide.grad)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_layouts_and_places_do_not_count(name, dtype):
    x = POINTS[:4000].reshape(50, 80).to(dtype)
    expected = function(name)(x)
    assert torch.equal(function(name)(x.t()), expected.t())
    assert torch.equal(function(name)(x[::3, ::7]), expected[::3, ::7])
    assert torch.equal(function(name)(x.reshape(-1)[1:]), expected.reshape(-1)[1:])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_modules_take_16_bit_tensors(name, dtype):
    x = POINTS.to(dtype)
    assert torch.equal(nn.module(name)(x), function(name)(x))
