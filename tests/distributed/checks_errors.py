# SPDX-License-Identifier: Apache-2.0
"""Bad input: an error on every rank, and no rank that waits for another one."""

from __future__ import annotations

import datetime
import re
import time

import torch
import torch.distributed as dist
from torch.distributed.tensor import Replicate, Shard, distribute_tensor, init_device_mesh
from torch.distributed.tensor.parallel import ColwiseParallel, parallelize_module

import rheobase.torch as rt
import rheobase.torch.distributed as rd
from rheobase.torch import functional as F  # noqa: N812


def refused(call, error: type[Exception], text: str) -> None:
    """On this rank; that all ranks say so is what running the check on all of them tells."""
    try:
        call()
    except error as caught:
        assert re.search(text, str(caught)), str(caught)
        return
    raise AssertionError(f"nothing was refused; expected {error.__name__}: {text}")


def check_models_that_differ_are_found_on_every_rank(rank, ranks):
    odd = rank == ranks - 1
    for make in (
        lambda: torch.nn.Sequential(rt.nn.ELU(alpha=2.0 if odd else 1.0)),
        lambda: torch.nn.Sequential(rt.nn.Learned("swish", channels=3 if odd else 4)),
        lambda: torch.nn.Sequential(rt.nn.GELU() if odd else rt.nn.ReLU()),
        lambda: torch.nn.Sequential(*[rt.nn.ReLU()] * (3 if odd else 2)),
        lambda: torch.nn.Sequential(rt.nn.Learned("swish", dtype=torch.float64 if odd else torch.float32)),
    ):
        refused(lambda make=make: rd.check_same(make()), ValueError, f"on rank 0 .*; on rank {ranks - 1} ")
    rd.check_same(torch.nn.Sequential(rt.nn.ReLU()))
    model = rt.nn.Learned("swish", channels=3 if odd else 4)
    refused(lambda: rd.ExactGradients(model), ValueError, "channels=4.*channels=3")


def check_tensors_on_different_meshes_are_refused(rank, ranks):
    one, two = init_device_mesh("cpu", (ranks,)), init_device_mesh("cpu", (2, ranks // 2))
    x = torch.randn(8, 8)
    a, b = distribute_tensor(x, one, [Shard(0)]), distribute_tensor(x, two, [Shard(0), Replicate()])
    beta = distribute_tensor(torch.ones(8), two, [Replicate(), Replicate()])
    refused(lambda: F.gated("silu", a, b), RuntimeError, "mesh")
    refused(lambda: F.swish(a, beta=beta), RuntimeError, "mesh")
    refused(lambda: rt.functional.softmax(a, dim=1, mask=b), RuntimeError, "mesh")
    act = rd.ActivationParallel()._apply(rt.nn.GELU(), one)
    refused(lambda: act(b), ValueError, "the input is on DeviceMesh")
    up = rd.PackedColwiseParallel()._apply(rd.PackedLinear(8, 8), one)
    refused(lambda: up(b), ValueError, "the input is on DeviceMesh")
    refused(lambda: rd.WholeBatch(rt.nn.RReLU(), two), ValueError, "mesh must have one dimension, got 2")


def check_packed_weights_that_are_split_wrongly_are_refused(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))

    def model():
        return torch.nn.Sequential(torch.nn.Linear(5, 8 * ranks), rt.nn.Gated("silu"))

    plan = {"0": ColwiseParallel(), "1": rd.ActivationParallel()}
    wrong = parallelize_module(model(), mesh, plan)
    refused(lambda: wrong(torch.randn(3, 5)), RuntimeError, "split the weight as distributed.PackedLinear")
    plan = {"0": rd.PackedColwiseParallel()}
    refused(
        lambda: parallelize_module(model(), mesh, plan), TypeError, "not Linear; PackedLinear.from_linear"
    )
    packed = torch.nn.Sequential(rd.PackedLinear(5, 8))
    refused(lambda: parallelize_module(packed, mesh, {"0": ColwiseParallel()}), NotImplementedError, "Linear")
    refused(lambda: rd.pack_per_rank(torch.ones(6, 2), 2), ValueError, "a multiple of 4; it is 6")


def check_parts_of_another_size_are_refused(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    parts = rd.WholeBatch(rt.nn.RReLU(), mesh)
    refused(lambda: parts(torch.ones(1 + rank, 3)), ValueError, r"ranks have \[1, 2.*torch.chunk would give")
    refused(lambda: parts(torch.ones(1, 3 + rank)), ValueError, "differ beside dimension 0")
    refused(lambda: parts(torch.ones((1,) * (1 + rank))), ValueError, "differ beside dimension 0")
    act = rd.ActivationParallel(extent=100)._apply(rt.nn.GELU(), mesh)
    refused(lambda: act(torch.ones(2, 3)), ValueError, "has 3 of 100 in dimension 1; torch splits off 25")
    refused(lambda: rd.WholeBatch(torch.nn.BatchNorm1d(3), mesh), ValueError, "no parameters")


def check_mixed_tensors_and_wrong_parameters_are_refused(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x = distribute_tensor(torch.randn(4, 8), mesh, [Shard(0)])
    refused(lambda: F.swish(x, beta=torch.ones(8)), RuntimeError, "mixed torch.Tensor and DTensor")
    refused(lambda: F.swish(x, beta=torch.ones(7)), ValueError, "beta has 7 elements; expected 1 or 8")
    refused(lambda: F.elu(x, alpha=float("nan")), ValueError, "alpha")
    exact = rd.ExactGradients(torch.nn.ModuleList([rt.nn.Learned("swish", channels=8)]))
    refused(lambda: exact.owned[0].source.module(x), NotImplementedError, "is a DTensor")
    refused(lambda: rd.ExactGradients(rt.nn.GELU()), ValueError, "no activation whose parameters are learned")


def check_thresholds_and_layers_that_differ_are_refused_on_every_rank(rank, ranks):
    model = torch.nn.Sequential(rt.nn.ReLU())
    watch = rt.watch(model, thresholds=rt.monitor.Thresholds(dead=0.5 if rank == 1 else 0.2))
    refused(lambda: rd.merge_watch(watch), ValueError, "thresholds on rank 1 are")
    watch = rt.watch(model, every=1)
    model(torch.ones(4, 3 + (rank == 1)))
    refused(lambda: rd.merge_watch(watch), ValueError, "layer '0' is .* on rank 1")
    refused(lambda: rd.merge_watch(model), TypeError, "expected a Watch or a Report, not Sequential")


def check_a_rank_outside_the_group_is_told_so(rank, ranks):
    group = dist.new_group([0])
    model = rt.nn.Learned("swish")
    if rank == 0:
        rd.ExactGradients(model, group)
        rd.synchronize(rt.nn.Adaptive(3), group)
        return
    refused(lambda: rd.ExactGradients(model, group), ValueError, f"rank {rank} is not one of its ranks")
    refused(lambda: rd.synchronize(rt.nn.Adaptive(3), group), ValueError, "is not one of its ranks")


def check_no_data_anywhere_is_an_error_everywhere(rank, ranks):
    act = rd.synchronize(rt.nn.Adaptive(3))
    refused(lambda: act(torch.ones(0, 3)), ValueError, "no statistics .* on every rank")
    act(torch.ones(1 if rank == 0 else 0, 3)).sum().backward()  # one rank with data is enough


def check_a_rank_that_does_not_come_is_an_error_in_time_for_all_others(rank, ranks):
    seconds = 2
    group = dist.new_group(timeout=datetime.timedelta(seconds=seconds))
    model = rt.nn.Learned("swish", channels=3)
    exact, watch = rd.ExactGradients(model, group), rt.watch(model)
    act = rd.synchronize(rt.nn.Adaptive(3), group)
    calls = (exact.sync, lambda: rd.merge_watch(watch, group), lambda: act(torch.ones(2, 3)))
    if rank:  # the first one never calls
        start = time.monotonic()
        for call in calls:
            refused(call, RuntimeError, "imed out|timeout|onnection")
        assert time.monotonic() - start < seconds * len(calls) + 10
