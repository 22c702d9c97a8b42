# SPDX-License-Identifier: Apache-2.0
"""Training on several ranks against one process: DistributedDataParallel, fully_shard, tensor parallel."""

from __future__ import annotations

import copy
import itertools

import torch
import torch.distributed as dist
import torch.nn.functional as F  # noqa: N812
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor, Replicate, Shard, init_device_mesh
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module
from torch.nn.parallel import DistributedDataParallel

import rheobase.torch as rt
import rheobase.torch.distributed as rd
from rheobase.torch._form_modules import MODULES, RandomModule
from rheobase.torch._learned_modules import TORCH_LEARNED

# Sums of products in other orders: 2^-24 for each of some hundred terms, relative to the largest.
CLOSE = {"rtol": 2e-5, "atol": 2e-6}
(TORCH_CLASS,) = TORCH_LEARNED.values()


def activations() -> dict[str, torch.nn.Module]:
    """Fixed, learned, adaptive; with 6 channels."""
    return {
        "fixed": rt.nn.GELU(),
        "learned": rt.nn.Learned("swish", channels=6),
        "shared": rt.nn.Learned("hardtanh", "max_val", max_val=1.5),
        "torch": TORCH_CLASS(6),
        "cubic": rt.nn.Learnable(6),
        "ratio": rt.nn.Rational("tanh"),
        "adaptive": rt.nn.Adaptive(6),
    }


def learning() -> dict[str, torch.nn.Module]:
    """Those whose gradients are summed exactly over ranks; names as keys of a ModuleDict."""
    return {name: module for name, module in activations().items() if name not in ("fixed", "adaptive")}


def adaptive() -> torch.nn.Module:
    """With parameters that are no zeros."""
    module = rt.nn.Adaptive(6)
    with torch.no_grad():
        module.w1.copy_(torch.linspace(-1, 1, 6))
        module.w2.copy_(torch.linspace(0.5, 2, 6))
    return module


def network(activation: torch.nn.Module) -> torch.nn.Sequential:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(5, 6), activation, torch.nn.Linear(6, 3))


def data(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(2)
    return torch.randn(rows, 5, generator=generator), torch.randn(rows, 3, generator=generator)


def part(rows: int, rank: int, ranks: int) -> slice:
    each = -(-rows // ranks)
    return slice(min(rank * each, rows), min((rank + 1) * each, rows))


def step(model: torch.nn.Module, x, y, rows: int, ranks: int = 1, exact=None) -> dict[str, torch.Tensor]:
    """One optimizer step; the loss is the whole batch's mean where ranks' gradients are averaged."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    loss = F.mse_loss(model(x), y, reduction="sum") * (ranks / (3 * rows))
    loss.backward()
    if exact is not None:
        exact.sync()
    grads = {name: whole(p.grad) for name, p in model.named_parameters()}
    optimizer.step()
    return grads


def whole(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor.clone()


def plain(state: dict) -> dict:
    return {name.removeprefix("module."): whole(value).detach() for name, value in state.items()}


def compare(found: dict, expected: dict) -> None:
    found, expected = plain(found), plain(expected)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, msg=lambda text, name=name: f"{name}: {text}", **CLOSE)


def check_ddp_and_fully_shard_make_the_step_of_one_process(rank, ranks):
    for rows, (name, activation) in zip((8, 7, 5, 7, 7, 3, 7), activations().items(), strict=True):
        if name == "adaptive":
            rd.synchronize(activation)  # else its statistics are those of each rank's part
        alone = network(rt.nn.Adaptive(6) if name == "adaptive" else copy.deepcopy(activation))
        x, y = data(rows)
        expected = step(alone, x, y, rows)
        here = part(rows, rank, ranks)
        for kind in ("ddp", "fsdp"):
            model = network(copy.deepcopy(activation))
            model = DistributedDataParallel(model) if kind == "ddp" else fully_shard(model)
            compare(step(model, x[here], y[here], rows, ranks), expected)
            compare(model.state_dict(), alone.state_dict())


def check_exact_gradients_are_the_same_bits_for_any_number_of_ranks(rank, ranks):
    rows, grads = 64, {}
    groups = {n: dist.new_group(list(range(n))) for n in (1, 2, ranks)}
    torch.manual_seed(3)
    x, incoming = torch.randn(rows, 6) * 3, torch.randn(rows, 6) * 10 ** torch.randn(rows, 1)
    for n, group in groups.items():
        if rank >= n:
            continue
        model = torch.nn.ModuleDict(learning() | {"global": rd.synchronize(adaptive(), group)})
        exact = rd.ExactGradients(model, group, average=False)
        here = part(rows, rank, n)
        for module in model.values():
            if module is model["global"]:
                continue
            for piece, grad in zip(x[here].split(5), incoming[here].split(5), strict=True):
                module(piece).backward(grad)
        model["global"](x[here]).backward(incoming[here])
        model["global"](x[here] * 2).backward(incoming[here])
        exact.sync()
        grads[n] = {name: p.grad for name, p in model.named_parameters()}
        exact.close()
    for n in grads:
        for name, value in grads[1].items() if rank == 0 else ():
            assert torch.equal(grads[n][name], value), (n, name)
    if rank == 0:  # and they are right
        for key, activation in (learning() | {"global": adaptive()}).items():
            activation(x).backward(incoming)
            if key == "global":
                activation(2 * x).backward(incoming)
            for name, p in activation.named_parameters():
                found = grads[ranks][f"{key}.{name}"]
                torch.testing.assert_close(found, p.grad, rtol=1e-6, atol=0)


def check_the_communication_hook_and_sync_give_the_same_bits(rank, ranks):
    rows = 16
    x, y = data(rows)
    here = part(rows, rank, ranks)
    for activation in (*learning().values(), adaptive()):
        alone = network(copy.deepcopy(activation))
        expected = step(alone, x, y, rows)
        found = {}
        rd.synchronize(activation)
        for kind in ("hook", "sync", "fsdp", "alone"):
            model = network(copy.deepcopy(activation))
            if kind == "alone":
                fully_shard(model[1])  # gathered and freed around the activation
            model = DistributedDataParallel(model) if kind in ("hook", "sync") else fully_shard(model)
            exact = rd.ExactGradients(model)
            if kind == "hook":
                model.register_comm_hook(exact, type(exact).hook)
            found[kind] = plain(step(model, x[here], y[here], rows, ranks, None if kind == "hook" else exact))
            compare(found[kind], expected)
        for other in ("sync", "fsdp", "alone"):
            for key, value in found["hook"].items():
                if key.startswith("1."):
                    assert torch.equal(found[other][key], value), (other, key)


def check_other_uses_of_a_parameter_keep_their_gradient(rank, ranks):
    x, y = data(8)
    here = part(8, rank, ranks)

    def penalised(model, x, y, exact=None):
        activation = next(m for m in model.modules() if isinstance(m, rt.nn.Learnable))
        (F.mse_loss(model(x), y) + activation.regularization_loss()).backward()
        if exact:
            exact.sync()
        return {name: p.grad for name, p in model.named_parameters()}

    given, frozen = rt.nn.Learnable(6), rt.nn.Learnable(6).requires_grad_(False)
    exact = rd.ExactGradients(torch.nn.ModuleList([given, frozen]))
    given(torch.randn(3, 6)).sum().backward()
    exact.clear()
    exact.sync()  # nothing is left to be added
    assert not any(p.grad.any() for p in given.parameters())
    expected = penalised(network(rt.nn.Learnable(6)), x, y)
    model = DistributedDataParallel(network(rt.nn.Learnable(6)))
    compare(plain(penalised(model, x[here], y[here], rd.ExactGradients(model))), expected)


def check_a_rank_without_data_and_unused_parameters_are_no_harm(rank, ranks):
    class Sometimes(torch.nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(4)
            self.first, self.act = torch.nn.Linear(5, 6), rt.nn.Learned("swish", channels=6)
            self.never, self.last = rt.nn.Learned("elu", channels=6), torch.nn.Linear(6, 3)

        def forward(self, x):
            return self.last(self.act(self.first(x)) if len(x) else self.first(x))

    x, y = data(3)  # 1, 1, 1, 0 for four ranks
    alone = Sometimes()
    F.mse_loss(alone(x), y, reduction="sum").backward()
    for hooked in (False, True):
        model = DistributedDataParallel(Sometimes(), find_unused_parameters=True)
        exact = rd.ExactGradients(model, average=True)
        if hooked:
            model.register_comm_hook(exact, type(exact).hook)
        here = part(3, rank, ranks)
        (F.mse_loss(model(x[here]), y[here], reduction="sum") * ranks).backward()
        if not hooked:
            exact.sync()
        assert alone.never.alpha.grad is None
        for (name, found), expected in zip(model.named_parameters(), alone.parameters(), strict=True):
            if expected.grad is not None:
                torch.testing.assert_close(found.grad, expected.grad, msg=name, **CLOSE)
            else:
                assert found.grad is None or not found.grad.any()


def check_fully_shard_takes_parameters_with_fewer_elements_than_ranks(rank, ranks):
    model = fully_shard(torch.nn.Sequential(rt.nn.Learned("swish", channels=3), rt.nn.Learned("elu")))
    alone = torch.nn.Sequential(rt.nn.Learned("swish", channels=3), rt.nn.Learned("elu"))
    x = torch.randn(8, 3)
    for m, rows, scale in ((alone, x, 1), (model, x[part(8, rank, ranks)], ranks)):
        optimizer = torch.optim.SGD(m.parameters(), lr=0.1)
        (m(rows).square().sum() * scale).backward()
        optimizer.step()
    assert any(p.to_local().numel() == 0 for p in model.parameters()) == (rank > 0)
    compare(model.state_dict(), alone.state_dict())


class Block(torch.nn.Module):
    def __init__(self, activation: torch.nn.Module, hidden: int = 12):
        super().__init__()
        torch.manual_seed(5)
        self.up, self.act = torch.nn.Linear(5, hidden), activation
        self.down = torch.nn.Linear(hidden, 3)

    def forward(self, x):
        return self.down(self.act(self.up(x)))


class Gate(torch.nn.Module):
    def __init__(self, split: bool):
        super().__init__()
        torch.manual_seed(6)
        self.up, self.down = torch.nn.Linear(5, 24), torch.nn.Linear(12, 3)
        self.act = rt.nn.Gated("silu")
        if split:
            self.up = rd.PackedLinear.from_linear(self.up)

    def forward(self, x):
        up = self.up(x)
        return self.down(self.act(*up) if isinstance(up, tuple) else self.act(up))


def check_tensor_parallel_blocks_make_the_step_of_one_process(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, y = data(6)
    kinds = {
        "fixed": lambda: rt.nn.GELU(),
        "learned": lambda: rt.nn.Learned("swish", channels=12, axis=-1),
        "shared": lambda: rt.nn.Learned("swish"),
        "torch": lambda: TORCH_CLASS(12),
        "cubic": lambda: rt.nn.Learnable(12),
        "ratio": lambda: rt.nn.Rational("tanh"),
        "adaptive": lambda: rt.nn.Adaptive(12, axis=1),
    }
    plan = {"up": ColwiseParallel(), "act": rd.ActivationParallel(), "down": RowwiseParallel()}
    for make in kinds.values():
        alone, model = Block(make()), Block(make())
        parallelize_module(model, mesh, plan)
        for p in model.act.parameters():
            assert p.placements[0] == (Shard(0) if p.numel() == 12 else Replicate())
        compare(step(model, x, y, 6), step(alone, x, y, 6))
        assert not any(p.grad.placements[0].is_partial() for p in model.act.parameters())
        compare(model.state_dict(), alone.state_dict())
        compare({"y": model.eval()(x)}, {"y": alone.eval()(x)})


def check_data_and_tensor_parallel_together(rank, ranks):
    mesh = init_device_mesh("cpu", (2, ranks // 2), mesh_dim_names=("data", "tensor"))
    x, y = data(6)
    here = part(6, mesh.get_local_rank("data"), 2)
    plan = {"up": ColwiseParallel(), "act": rd.ActivationParallel(), "down": RowwiseParallel()}
    alone = Block(rt.nn.Learned("swish", channels=12, axis=-1))
    model = parallelize_module(Block(rt.nn.Learned("swish", channels=12, axis=-1)), mesh["tensor"], plan)
    model = fully_shard(model, mesh=mesh["data"])
    compare(step(model, x[here], y[here], 6, 2), step(alone, x, y, 6))
    compare(model.state_dict(), alone.state_dict())


def check_tensor_parallel_gates_with_packed_weights(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, y = data(6)
    alone, model = Gate(split=False), Gate(split=True)
    parallelize_module(model, mesh, {"up": rd.PackedColwiseParallel(), "down": RowwiseParallel()})
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    expected, found = step(alone, inputs[0], y, 6), step(model, inputs[1], y, 6)
    torch.testing.assert_close(inputs[1].grad, inputs[0].grad, **CLOSE)
    found["up.weight"], found["up.bias"] = found["up.weight"].flatten(0, 1), found["up.bias"].flatten()
    compare(found, expected)


def check_tensor_parallel_with_odd_features_and_random_numbers(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    x, y = data(6)
    plan = {"up": ColwiseParallel(), "down": RowwiseParallel()}
    alone, model = Block(rt.nn.RReLU(), 10), Block(rt.nn.RReLU(), 10)
    parallelize_module(model, mesh, plan | {"act": rd.ActivationParallel(extent=10, use_local_output=False)})
    torch.manual_seed(9)
    expected = step(alone, x, y, 6)
    torch.manual_seed(9 + rank)
    compare(step(model, x, y, 6), expected)


def check_a_batch_in_parts_draws_the_numbers_of_the_whole(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    for name, rows in itertools.product(_random_modules(), (8, 7, 2)):
        module = getattr(rt.nn, name)()
        parts, x = (
            rd.WholeBatch(module, mesh),
            torch.randn(rows, 5, generator=torch.Generator().manual_seed(1)),
        )
        torch.manual_seed(11)
        expected = module(x)
        torch.manual_seed(11 + rank)
        here = part(rows, rank, ranks)
        assert torch.equal(parts(x[here]), expected[here])
        if rank == 0:  # alone, without waiting for the others
            assert torch.equal(parts.eval()(x), module.eval()(x))


def _random_modules() -> list[str]:
    return [name for name, made in MODULES.items() if issubclass(made, RandomModule)]


def check_global_statistics_are_the_same_bits_as_those_of_one_process(rank, ranks):
    torch.manual_seed(12)
    x, weight = torch.randn(9, 6, 4), torch.randn(9, 6, 4)
    here = part(9, rank, ranks)
    for detach, axis in itertools.product((False, True), (1,)):
        alone = rt.nn.Adaptive(6, axis=axis, detach=detach)
        with torch.no_grad():
            for p in alone.parameters():
                p.copy_(torch.randn(6, generator=torch.Generator().manual_seed(1)))
        together = rd.synchronize(copy.deepcopy(alone))
        whole_x, part_x = x.clone().requires_grad_(), x[here].clone().requires_grad_()
        (alone(whole_x) * weight).sum().backward()
        (together(part_x) * weight[here]).sum().backward()
        assert torch.equal(together.running_mean, alone.running_mean)
        assert torch.equal(together.running_var, alone.running_var)
        torch.testing.assert_close(part_x.grad, whole_x.grad[here], rtol=1e-5, atol=1e-6)
        for found, expected in zip(together.parameters(), alone.parameters(), strict=True):
            dist.all_reduce(found.grad)
            torch.testing.assert_close(found.grad, expected.grad, rtol=1e-5, atol=1e-5)


def check_local_statistics_are_those_of_each_rank(rank, ranks):
    x, y = data(8)
    parts = [part(8, r, ranks) for r in range(ranks)]
    alone = [network(rt.nn.Adaptive(6)) for _ in parts]
    for model, rows in zip(alone, parts, strict=True):
        F.mse_loss(model(x[rows]), y[rows]).backward()
    model = DistributedDataParallel(network(rt.nn.Adaptive(6)))
    F.mse_loss(model(x[parts[rank]]), y[parts[rank]]).backward()
    for found, *each in zip(*(m.parameters() for m in (model, *alone)), strict=True):
        torch.testing.assert_close(found.grad, sum(p.grad for p in each) / ranks, **CLOSE)
    assert torch.equal(model.module[1].running_mean, alone[rank][1].running_mean)


def check_a_run_with_random_numbers_is_the_same_for_any_number_of_ranks(rank, ranks):
    mesh = init_device_mesh("cpu", (ranks,))
    for rows in (8, 7):
        x, y = data(rows)
        here = part(rows, rank, ranks)
        alone = network(rt.nn.RReLU())
        torch.manual_seed(13)
        expected = step(alone, x, y, rows)
        for wrap in (DistributedDataParallel, fully_shard):
            model = wrap(network(rd.WholeBatch(rt.nn.RReLU(), mesh)))
            torch.manual_seed(13 + rank)
            compare(step(model, x[here], y[here], rows, ranks), expected)


def check_mixed_precision_takes_exact_gradients(rank, ranks):
    x, y = data(8)
    here = part(8, rank, ranks)
    expected = step(network(rt.nn.Learned("swish", channels=6)), x, y, 8)
    policy = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
    model = fully_shard(network(rt.nn.Learned("swish", channels=6)), mp_policy=policy)
    found = step(model, x[here], y[here], 8, ranks, rd.ExactGradients(model))
    for name, value in expected.items():
        assert found[name].dtype == torch.float32
        torch.testing.assert_close(found[name], value, rtol=0.1, atol=0.02)  # 2^-8 for each step on the way
