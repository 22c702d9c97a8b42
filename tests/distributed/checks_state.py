# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that another number of ranks reads, and what all ranks have seen of a model."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import re
import tempfile
from pathlib import Path

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from checks_training import activations, data, network, part, plain, step
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import init_device_mesh
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module
from torch.nn.parallel import DistributedDataParallel

import rheobase.torch as rt
import rheobase.torch.distributed as rd


def everything(sharded: DeviceMesh | None, change: float) -> torch.nn.Module:
    """All activations, and a packed layer, with parameters moved away from what they are at first."""
    torch.manual_seed(8)
    model = torch.nn.Sequential(*activations().values(), rd.PackedLinear(5, 6))
    with torch.no_grad():
        for p in model.parameters():
            p.add_(change * torch.rand_like(p))
        for b in model.buffers():
            b.add_(3 if change else 0)
    return fully_shard(model, mesh=sharded) if sharded is not None else model


def folder() -> str:
    made = [tempfile.mkdtemp() if dist.get_rank() == 0 else None]
    dist.broadcast_object_list(made)
    return made[0]


def check_a_checkpoint_of_all_ranks_is_read_by_two_and_by_one(rank, ranks):
    place, expected = folder(), plain(everything(None, 0.5).state_dict())
    dcp.save(everything(init_device_mesh("cpu", (ranks,)), 0.5).state_dict(), checkpoint_id=place)
    two = dist.new_group([0, 1])
    if rank < 2:
        model = everything(DeviceMesh.from_group(two, "cpu"), 0)
        state = model.state_dict()
        dcp.load(state, checkpoint_id=place, process_group=two)
        model.load_state_dict(state)
        assert all(torch.equal(v, expected[k]) for k, v in plain(model.state_dict()).items())
    if rank == 0:
        state = everything(None, 0).state_dict()
        dcp.load(state, checkpoint_id=place, no_dist=True)
        assert all(torch.equal(state[k], v) for k, v in expected.items())


def check_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(rank, ranks):
    mesh, place = init_device_mesh("cpu", (ranks,)), folder()
    x, y = data(8)
    here = part(8, rank, ranks)

    def made():
        model = fully_shard(network(rt.nn.Learned("swish", channels=6)), mesh=mesh)
        return model, torch.optim.AdamW(model.parameters(), lr=0.1)

    def trained(model, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x[here]), y[here]).backward()
            optimizer.step()

    model, optimizer = made()
    trained(model, optimizer, 2)
    dcp.save(
        dict(zip(("model", "optimizer"), get_state_dict(model, optimizer), strict=True)), checkpoint_id=place
    )
    trained(model, optimizer, 2)
    other, other_optimizer = made()
    state = dict(zip(("model", "optimizer"), get_state_dict(other, other_optimizer), strict=True))
    dcp.load(state, checkpoint_id=place)
    set_state_dict(
        other, other_optimizer, model_state_dict=state["model"], optim_state_dict=state["optimizer"]
    )
    trained(other, other_optimizer, 2)
    found, expected = plain(other.state_dict()), plain(model.state_dict())
    assert all(torch.equal(found[key], value) for key, value in expected.items())


def check_a_tensor_parallel_state_is_that_of_whole_layers(rank, ranks):
    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(5)
            self.up, self.act = torch.nn.Linear(5, 12), rt.nn.Learned("swish", channels=12, axis=-1)
            self.down = torch.nn.Linear(12, 3)

    place, plan = (
        folder(),
        {"up": ColwiseParallel(), "act": rd.ActivationParallel(), "down": RowwiseParallel()},
    )
    model = parallelize_module(Block(), init_device_mesh("cpu", (ranks,)), plan)
    dcp.save(model.state_dict(), checkpoint_id=place)
    if rank == 0:
        state = {name: torch.zeros_like(value) for name, value in Block().state_dict().items()}
        dcp.load(state, checkpoint_id=place, no_dist=True)
        assert all(torch.equal(state[name], value) for name, value in Block().state_dict().items())


def watched(model: torch.nn.Module, x: torch.Tensor) -> rt.monitor.Watch:
    watch = rt.watch(model, every=1, window=8)
    for piece in x.split(2):
        model(piece).square().mean().backward()
    watch.close()
    return watch


def check_statistics_of_all_ranks_merge_exactly(rank, ranks):
    x = torch.randn(8 * ranks, 5) * 10 ** torch.randn(8 * ranks, 1)
    x[3, 2] = float("nan")
    model = torch.nn.Sequential(torch.nn.Linear(5, 6), rt.nn.ReLU(), torch.nn.Linear(6, 6), torch.nn.Mish())
    for p in model.parameters():
        dist.broadcast(p.data, 0)
    watch = watched(model, x[8 * rank : 8 * rank + 8])
    before = json.dumps(watch.records(), sort_keys=True)
    report = rd.merge_watch(watch)
    assert json.dumps(watch.records(), sort_keys=True) == before
    together = watched(copy.deepcopy(model), x[:8]).report()
    for r in range(1, ranks):
        together.merge(watched(copy.deepcopy(model), x[8 * r : 8 * r + 8]).state())
    assert json.dumps(report.records(), sort_keys=True) == json.dumps(together.records(), sort_keys=True)
    assert report.steps == 4 * ranks
    for name, layer in together.state()["layers"].items():
        found = report.state()["layers"][name]["tally"]
        for key, value in layer["tally"].items():
            if isinstance(value, torch.Tensor):
                torch.testing.assert_close(found[key], value, rtol=0, atol=0, equal_nan=True)


def check_layers_that_only_some_ranks_have_seen_are_merged(rank, ranks):
    model = torch.nn.Sequential(rt.nn.ReLU(), rt.nn.GELU())
    watch = rt.watch(model, every=1)
    if rank:  # the first rank has no data
        model(torch.full((4, 3), float(rank)))
    report = rd.merge_watch(watch)
    assert report.layers()["0"].inputs.count == 12 * (ranks - 1)
    assert report.layers()["0"].inputs.maximum == ranks - 1
    if rank == 0:
        assert watch.report().layers() == {}


def check_a_model_in_ddp_is_watched_as_it_is(rank, ranks):
    model = DistributedDataParallel(network(rt.nn.ReLU()))
    with rt.watch(model, every=1) as watch:
        x, y = data(8)
        step(model, x[part(8, rank, ranks)], y[part(8, rank, ranks)], 8, ranks)
    (layer,) = rd.merge_watch(watch).layers().values()
    assert layer.inputs.count == 8 * 6


def check_the_code_of_the_page_runs(rank, ranks):
    page = Path(__file__).resolve().parents[2] / "docs/distributed.md"
    namespace = {"__name__": "page"}
    with contextlib.redirect_stdout(io.StringIO()):
        for block in re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
            exec(compile(block, str(page), "exec"), namespace)
