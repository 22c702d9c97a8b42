# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers: the same ones whatever the ranks and the placement."""

from __future__ import annotations

import itertools

import torch
from checks_rules import same
from torch.distributed.tensor import Replicate, Shard, distribute_tensor, init_device_mesh

from rheobase.torch._random import FUNCTIONS
from rheobase.torch.distributed._random_parts import runs

SHAPES = ((5, 6, 7), (3, 8, 4), (2, 3, 5), (16, 1, 3))
DTYPES = (torch.float32, torch.bfloat16, torch.float64, torch.float16)


def check_the_runs_of_a_part_are_its_elements(rank, ranks):
    for shape in SHAPES:
        index = torch.arange(torch.Size(shape).numel()).reshape(shape)
        for corner in itertools.product(*(range(0, n, 2) for n in shape)):
            part = tuple(n - c for n, c in zip(shape, corner, strict=True))
            slices = tuple(slice(c, None) for c in corner)
            length, firsts = runs(shape, part, corner)
            found = torch.cat([torch.arange(first, first + length) for first in firsts])
            assert torch.equal(found, index[slices].flatten())


def check_random_numbers_follow_the_index_in_the_whole_tensor(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    for name, function in FUNCTIONS.items():
        for shape, dtype in zip(SHAPES, DTYPES, strict=True):
            torch.manual_seed(1)
            x, weight = torch.randn(shape).to(dtype), torch.randn(shape).to(dtype)
            torch.manual_seed(7)
            whole = x.clone().requires_grad_()
            expected = function(whole, training=True)
            (expected * weight).sum().backward()
            for placement in (Replicate(), Shard(0), Shard(1), Shard(2)):
                torch.manual_seed(7 if rank == 0 else 100 + rank)  # that of the first rank counts
                part = distribute_tensor(x, mesh, [placement]).requires_grad_()
                result = function(part, training=True)
                assert result.placements == (placement,), name
                same(result, expected.detach())
                (result * distribute_tensor(weight, mesh, [placement])).sum().backward()
                same(part.grad, whole.grad)
            same(function(distribute_tensor(x, mesh, [Shard(0)])), function(x))


def check_random_numbers_on_a_mesh_of_two_dimensions(rank, ranks):
    mesh = init_device_mesh("cpu", (2, ranks // 2))
    x = torch.randn(5, 6, 7)
    for function in FUNCTIONS.values():
        for first, second in itertools.product((Replicate(), Shard(0), Shard(1), Shard(2)), repeat=2):
            torch.manual_seed(3)
            expected = function(x, training=True)
            torch.manual_seed(3 + rank)
            same(function(distribute_tensor(x, mesh, [first, second]), training=True), expected)


def check_a_generator_is_taken_as_it_is(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x = torch.randn(8, 3)
    for function in FUNCTIONS.values():
        expected = function(x, training=True, generator=torch.Generator().manual_seed(5))
        part = distribute_tensor(x, mesh, [Shard(0)])
        same(function(part, training=True, generator=torch.Generator().manual_seed(5)), expected)
