# SPDX-License-Identifier: Apache-2.0
"""Rows, gates and random functions: any strides and dtype in, the same bits out, gradients too."""

import pytest
import torch
from torch_cases import ACTIVATIONS, DTYPES, by_autograd, function, gradients_of, layouts

from rheobase.torch import _gates, _random, _rows, functional

PACKED = ACTIVATIONS[::14]  # one array for both factors is read in the same way for all


def assert_strides_do_not_count(call, inputs, of):
    """``of`` says what is tested. The result lies as the first input does, unless its shape is another."""
    dense = [x.contiguous() for x in inputs]
    y = call(*inputs)
    assert y.dtype == inputs[0].dtype, of
    if y.shape == inputs[0].shape:
        assert y.stride() == torch.empty_like(inputs[0]).stride(), of
    for strides, grad in gradients_of(y.shape, y.dtype).items():
        if strides in ("dense", "stride 0"):  # the others have the numbers of the first
            expected = by_autograd(call, dense, grad.contiguous())
        found = by_autograd(call, inputs, grad)
        assert all(map(torch.equal, found, expected)), (of, strides)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", _rows.FUNCTIONS)
def test_rows_lie_along_any_dimension_of_any_layout(name, dtype):
    for layout, x in layouts(dtype).items():
        for dim in range(max(x.dim(), 1)):
            assert_strides_do_not_count(lambda x, dim=dim: function(name)(x, dim), (x,), (layout, dim))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", _rows.FUNCTIONS)
def test_masks_have_strides_of_their_own(name, dtype):
    def call(x, mask):
        return function(name)(x, -1, scale=0.5, mask=mask)

    for layout, x in layouts(dtype).items():
        for strides, mask in gradients_of(x.shape, dtype).items():
            assert_strides_do_not_count(call, (x, mask), (layout, strides))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_factors_of_a_gate_have_strides_of_their_own(name, dtype):
    for layout, x in layouts(dtype).items():
        inputs = x, gradients_of(x.shape, dtype)["strided"]
        for given in (inputs, inputs[::-1]):
            assert_strides_do_not_count(lambda a, b: functional.gated(name, a, b), given, layout)


def even(x: torch.Tensor) -> torch.Tensor:
    """A view whose last dimension holds two factors."""
    return x[..., : x.shape[-1] // 2 * 2]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", PACKED)
def test_a_tensor_of_both_factors_has_any_strides(name, dtype):
    for layout, x in layouts(dtype).items():
        for order in _gates.LAYOUTS if x.dim() else ():
            assert_strides_do_not_count(
                lambda x, order=order: functional.gated(name, x, layout=order), (even(x),), (layout, order)
            )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_glu_takes_any_dimension_of_any_layout(dtype):
    for layout, x in layouts(dtype).items():
        for dim in range(x.dim()):
            halved = even(x.movedim(dim, -1)).movedim(-1, dim)
            assert_strides_do_not_count(lambda x, dim=dim: functional.glu(x, dim), (halved,), (layout, dim))


@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", _random.FUNCTIONS)
def test_numbers_are_drawn_by_place_in_any_layout(name, dtype, training):
    def call(x):
        return function(name)(x, training=training, generator=torch.Generator().manual_seed(1))

    for layout, x in layouts(dtype).items():
        assert_strides_do_not_count(call, (x,), layout)
