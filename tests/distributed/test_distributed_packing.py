# SPDX-License-Identifier: Apache-2.0
"""Packed weights in other orders: what each rank computes of them, and the way back."""

from __future__ import annotations

import pytest
import torch

import rheobase.torch as rt
import rheobase.torch.distributed as rd
from rheobase.torch._gates import LAYOUTS


def linear(bias: bool = True) -> torch.nn.Linear:
    torch.manual_seed(0)
    return torch.nn.Linear(5, 24, bias)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
def test_gates_of_each_ranks_rows_are_the_parts_of_the_whole_gate(layout, ranks):
    whole, x = linear(), torch.randn(7, 5)
    weight, bias = (rd.pack_per_rank(t.detach(), ranks, layout) for t in (whole.weight, whole.bias))
    parts = [
        rt.functional.gated("silu", torch.nn.functional.linear(x, w, b))
        for w, b in zip(weight.chunk(ranks), bias.chunk(ranks), strict=True)
    ]
    # Matrix products of other shapes may round otherwise.
    torch.testing.assert_close(torch.cat(parts, -1), rt.functional.gated("silu", whole(x), layout=layout))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ranks", [1, 2, 3, 4, 12])
def test_unpacking_gives_the_weight_back(layout, ranks):
    weight = torch.arange(48).reshape(24, 2)
    assert torch.equal(rd.unpack_per_rank(rd.pack_per_rank(weight, ranks, layout), ranks, layout), weight)


def test_the_order_of_halves_for_two_ranks_is_that_of_the_page():
    assert rd.pack_per_rank(torch.arange(8), 2).tolist() == [0, 1, 4, 5, 2, 3, 6, 7]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("bias", [False, True])
def test_a_packed_layer_is_the_linear_layer_and_converts_back(layout, bias):
    whole, x = linear(bias), torch.randn(3, 5)
    packed = rd.PackedLinear.from_linear(whole, layout)
    expected = rt.functional.gated("gelu", whole(x), layout=layout)
    torch.testing.assert_close(rt.functional.gated("gelu", *packed(x)), expected)
    back = packed.to_linear(layout)
    assert torch.equal(back.weight, whole.weight)
    assert torch.equal(back.bias, whole.bias) if bias else back.bias is None


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: rd.pack_per_rank(torch.ones(6), 2), ValueError, "a multiple of 4; it is 6"),
        (lambda: rd.pack_per_rank(torch.ones(()), 1), ValueError, "it is missing"),
        (lambda: rd.unpack_per_rank(torch.ones(8), 0), ValueError, "for 0 rank"),
        (lambda: rd.pack_per_rank(torch.ones(8), 2, "half"), ValueError, "layout must be one of"),
        (lambda: rd.PackedLinear.from_linear(torch.nn.Linear(2, 3)), ValueError, "a multiple of 2; it is 3"),
        (lambda: rd.PackedLinear.from_linear(torch.nn.ReLU()), TypeError, "not ReLU"),
        (lambda: rd.check_same(torch.nn.ReLU()), RuntimeError, "init_process_group first"),
        (lambda: rd.synchronize(torch.nn.ReLU()), RuntimeError, "init_process_group first"),
        (lambda: rd.synchronize(3), TypeError, "not int"),
        (lambda: rd.merge_watch(3), TypeError, "not int"),
    ],
)
def test_bad_input_is_named(call, error, text):
    with pytest.raises(error, match=text):
        call()
