# SPDX-License-Identifier: Apache-2.0
"""Sharding rules: every operator on parts of tensors against the same on whole ones."""

from __future__ import annotations

import itertools

import torch
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor, init_device_mesh

from rheobase.torch import functional as F  # noqa: N812
from rheobase.torch._gates import GATES, LAYOUTS
from rheobase.torch._learned import LEARNED, channel_sum
from rheobase.torch._ops import OPERATORS
from rheobase.torch._rows import ROWS

PLACEMENTS = (Replicate(), Shard(0), Shard(1))


def same(found: DTensor, expected: torch.Tensor) -> None:
    """Bit by bit, NaN as a class."""
    whole = found.full_tensor()
    assert whole.shape == expected.shape, (whole.shape, expected.shape)
    equal = (whole == expected) & (whole.signbit() == expected.signbit()) | whole.isnan() & expected.isnan()
    assert equal.all(), (found.placements, (whole - expected).abs().max())


def spread(tensor: torch.Tensor, mesh, placement) -> DTensor:
    return distribute_tensor(tensor, mesh, [placement])


def summands(tensor: torch.Tensor, mesh, rank: int) -> DTensor:
    """The tensor as a sum that is still to be added up: all of it on rank 0."""
    local = tensor if rank == 0 else torch.zeros_like(tensor)
    return DTensor.from_local(local, mesh, [Partial()])


def check_each_unary_operator_gives_the_bits_of_the_whole_tensor(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, grad = torch.randn(5, 6) * 3, torch.randn(5, 6)
    for operators in OPERATORS.values():
        for op in (operators.value, operators.derivative):  # all have one rule; one of two is asked all
            for placement in PLACEMENTS if op is operators.value else PLACEMENTS[2:]:
                result = op(spread(x, mesh, placement))
                assert result.placements == (placement,)
                same(result, op(x))
        for op in (operators.backward, operators.second):
            for placement in PLACEMENTS if op is operators.backward else PLACEMENTS[2:]:
                same(op(spread(grad, mesh, placement), spread(x, mesh, placement)), op(grad, x))


def check_a_sum_is_added_up_before_a_function_and_a_gradient_need_not_be(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, grad = torch.randn(4, 8), torch.randn(4, 8)
    for operators in OPERATORS.values():
        result = operators.value(summands(x, mesh, rank))
        assert not result.placements[0].is_partial()
        same(result, operators.value(x))
        result = operators.backward(summands(grad, mesh, rank), spread(x, mesh, Replicate()))
        assert torch.equal(result.full_tensor() + 0, operators.backward(grad, x) + 0)  # -0 + 0 is 0


def check_gradients_reach_a_tensor_in_parts(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    for name, placement in itertools.product(OPERATORS, PLACEMENTS):
        x = torch.randn(5, 6)
        whole = x.clone().requires_grad_()
        getattr(F, name)(whole).square().sum().backward()
        part = spread(x, mesh, placement).requires_grad_()
        getattr(F, name)(part).square().sum().backward()
        same(part.grad, whole.grad)


def check_parameters_per_channel_are_split_with_their_channels(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, grad = torch.randn(5, 6), torch.randn(5, 6)
    for operators in LEARNED.values():
        known = {p.name: p.default for p in OPERATORS[operators.name].parameters}
        for channels, axis in ((6, 1), (1, -1)):
            values = [torch.full((channels,), known[name]) for name in operators.parameters]
            for placement in PLACEMENTS:
                split = Shard(0) if placement == Shard(1) and channels > 1 else Replicate()
                parts = [spread(v, mesh, split) for v in values]
                there = spread(grad, mesh, placement), spread(x, mesh, placement)
                same(operators.value(there[1], *parts, axis), operators.value(x, *values, axis))
                same(operators.backward(*there, *parts, axis), operators.backward(grad, x, *values, axis))
                for i in range(len(values)):
                    given = (*values, axis, i)
                    same(operators.term(*there, *parts, axis, i), operators.term(grad, x, *given))
                    result, expected = operators.sum(*there, *parts, axis, i), operators.sum(grad, x, *given)
                    if split == Shard(0):
                        assert result.placements == (Shard(0),)
                    if result.placements[0].is_partial():
                        # Rounded on each rank, then added: 4 of 2^-24 of at most 30 terms below 40.
                        torch.testing.assert_close(result.full_tensor(), expected, rtol=1e-6, atol=4e-5)
                    else:
                        same(result, expected)


def check_learned_parameters_train_where_ranks_hold_whole_or_split_ones(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    for placement, split in itertools.product(PLACEMENTS, (Replicate(), Shard(0))):
        x, beta = torch.randn(5, 6), torch.rand(6) + 0.5
        whole = beta.clone().requires_grad_()
        F.swish(x, beta=whole).square().sum().backward()
        part = spread(beta, mesh, split).requires_grad_()
        F.swish(spread(x, mesh, placement), beta=part).square().sum().backward()
        torch.testing.assert_close(part.grad.full_tensor(), whole.grad, rtol=1e-6, atol=1e-6)
        F.hardtanh(spread(x, mesh, placement), max_val=part)  # its other parameter is a number


def check_channel_sums_are_split_with_the_channels(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x = torch.randn(5, 6)
    same(channel_sum(spread(x, mesh, Shard(1)), 1), channel_sum(x, 1))
    for placement, axis in itertools.product(PLACEMENTS, (-1, 0, 1)):
        found = channel_sum(spread(x, mesh, placement), axis).full_tensor()
        torch.testing.assert_close(found, channel_sum(x, axis))


def check_gates_of_two_tensors_are_elementwise(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    a, b = torch.randn(5, 6), torch.randn(5, 6)
    for name, gate in GATES.items():
        expected = gate.value(a, b, 1, 0.0, 0.0)
        for placement in PLACEMENTS:
            parts = spread(a, mesh, placement), spread(b, mesh, placement)
            same(gate.value(*parts, 1, 0.0, 0.0), expected)
            if placement == Shard(0):
                parts = [p.requires_grad_() for p in parts]
                F.gated(name, *parts).sum().backward()
                for part, whole in zip(
                    parts, gate.backward(torch.ones(5, 6), a, b, 1, 0.0, 0.0), strict=True
                ):
                    same(part.grad, whole)


def check_gates_of_one_tensor_keep_pairs_together(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    for layout, extent in itertools.product(LAYOUTS, (2 * ranks, 2 * ranks + 2, 2, 6)):
        x = torch.randn(5, extent)
        whole = x.clone().requires_grad_()
        F.gated("silu", whole, layout=layout).sum().backward()
        for placement in PLACEMENTS:
            part = spread(x, mesh, placement).requires_grad_()
            if layout.startswith("halves") and placement == Shard(1):
                try:
                    F.gated("silu", part, layout=layout)
                except RuntimeError as error:
                    assert "split the weight as distributed.PackedLinear does" in str(error)
                    continue
                raise AssertionError("halves of a part were taken for halves of the whole")
            result = F.gated("silu", part, layout=layout)
            if extent == 2 * ranks:
                assert result.placements == (placement,)
            same(result, F.gated("silu", x, layout=layout))
            result.sum().backward()
            same(part.grad, whole.grad)


def check_rows_are_the_bits_of_whole_rows_wherever_they_are_cut(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, weight, mask = torch.randn(5, 6), torch.randn(5, 6), torch.randn(5, 6)
    for rows, axis, placement in itertools.product(ROWS.values(), (0, 1, -1), PLACEMENTS):
        for second in (None, mask):
            whole = x.clone().requires_grad_()
            expected = rows.value(whole, second, axis, 0.5)
            (expected * weight).sum().backward()
            part = spread(x, mesh, placement).requires_grad_()
            cut = None if second is None else spread(second, mesh, placement)
            result = rows.value(part, cut, axis, 0.5)
            if placement in (Shard(0), Shard(1)) and placement.dim != axis % 2:
                assert result.placements == (placement,)
            same(result, expected.detach())
            (result * spread(weight, mesh, placement)).sum().backward()
            same(part.grad, whole.grad)


def check_a_mesh_of_two_dimensions_works_as_one(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks // 2, 2))
    x, beta = torch.randn(5, 8), torch.rand(8) + 0.5
    whole = beta.clone().requires_grad_()
    expected = F.swish(x, beta=whole)
    expected.square().sum().backward()
    part = distribute_tensor(beta, mesh, [Replicate(), Shard(0)]).requires_grad_()
    result = F.swish(distribute_tensor(x, mesh, [Shard(0), Shard(1)]), beta=part)
    assert result.placements == (Shard(0), Shard(1))
    same(result, expected.detach())
    result.square().sum().backward()
    torch.testing.assert_close(part.grad.full_tensor(), whole.grad)
    cut = distribute_tensor(x, mesh, [Shard(1), Shard(1)])
    same(F.gelu(cut), F.gelu(x))
    same(F.softmax(cut, dim=1), F.softmax(x, dim=1))
    same(F.gated("gelu", cut, layout="interleaved"), F.gated("gelu", x, layout="interleaved"))


def check_writing_to_out_writes_each_part(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x = torch.randn(5, 6)
    for operators, placement in itertools.product(OPERATORS.values(), PLACEMENTS):
        out = spread(torch.zeros(5, 6), mesh, placement)
        operators.out(spread(x, mesh, Shard(0)), out=out)
        same(out, operators.value(x))
    part = spread(x, mesh, Shard(0))
    F.relu(part, inplace=True)
    same(part, F.relu(x))
