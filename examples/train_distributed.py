#!/usr/bin/env python
# SPDX-License-Identifier: Apache-2.0
"""Training on many processes and machines: a digits network and a small transformer, with any activation."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import os
import shutil
import signal
import sys
from pathlib import Path

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
import torch.nn.functional as F  # noqa: N812
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, init_device_mesh
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module
from torch.nn.parallel import DistributedDataParallel

import rheobase
import rheobase.torch as rt
import rheobase.torch.distributed as rd
from rheobase._arguments import USAGE, Parser, UsageError, complain, positive, whole
from rheobase._files import write_whole

DESCRIPTION = """\
Train a classifier of handwritten digits (8 x 8, bundled with scikit-learn) on
as many processes as torchrun starts, on the CPU (gloo):

  digits        64-256-10, as `rheobase compare` trains it
  transformer   reads a digit row by row: 8 tokens, width 64, 2 blocks

A step sees the same images, and makes the same change but for rounding,
on any number of processes. A checkpoint is read by any number, too."""
EPILOG = """\
examples:
  torchrun --standalone --nproc-per-node=4 examples/train_distributed.py
  torchrun --standalone --nproc-per-node=2 examples/train_distributed.py \\
      --model transformer --parallel tensor --gate
  torchrun --standalone --nproc-per-node=4 examples/train_distributed.py \\
      --learn --activation swish --exact --checkpoint run --every 50
  torchrun --nnodes=2 --nproc-per-node=8 --node-rank=0 --master-addr=HOST0 \\
      --master-port=29500 examples/train_distributed.py    # on the second: 1

With --checkpoint the same command goes on where the last checkpoint was made.
Exit code 0; 2 on bad use; 3 when another process was lost (torchrun's own is
1 then). After that, start again with the same command."""

# What errors of collectives say when another process is gone, or late.
SIGNS_OF_LOSS = ("gloo", "onnection", "imed out", "timeout", "Broken pipe")
WIDTH, HIDDEN, HEADS, BLOCKS, ROWS = 64, 256, 4, 2, 8


class FeedForward(torch.nn.Module):
    """up, activation, down: what tensor parallelism splits."""

    def __init__(self, options: argparse.Namespace, inputs: int, outputs: int):
        super().__init__()
        self.up = (rd.PackedLinear if options.gate else torch.nn.Linear)(inputs, HIDDEN)
        self.act = activation(options)
        self.down = torch.nn.Linear(HIDDEN, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        up = self.up(x)
        return self.down(self.act(*up) if isinstance(up, tuple) else self.act(up))


class Block(torch.nn.Module):
    """A transformer's, with normalisation before each half."""

    def __init__(self, options: argparse.Namespace):
        super().__init__()
        self.before, self.between = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.mix, self.out = torch.nn.Linear(WIDTH, 3 * WIDTH), torch.nn.Linear(WIDTH, WIDTH)
        self.feed = FeedForward(options, WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = self.mix(self.before(x)).unflatten(-1, (3, HEADS, -1)).movedim(-3, 0).transpose(-3, -2)
        mixed = F.scaled_dot_product_attention(*parts).transpose(-3, -2).flatten(-2)
        x = x + self.out(mixed)
        return x + self.feed(self.between(x))


class Transformer(torch.nn.Module):
    def __init__(self, options: argparse.Namespace):
        super().__init__()
        self.embed = torch.nn.Linear(64 // ROWS, WIDTH)
        self.place = torch.nn.Parameter(torch.randn(ROWS, WIDTH) / 8)
        self.blocks = torch.nn.Sequential(*(Block(options) for _ in range(BLOCKS)))
        self.last = torch.nn.Linear(WIDTH, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.blocks(self.embed(x.unflatten(1, (ROWS, -1))) + self.place).mean(1))


def activation(options: argparse.Namespace) -> torch.nn.Module:
    if options.gate:
        return rt.nn.Gated(options.activation)
    if options.learn:
        return rt.nn.Learned(options.activation, channels=HIDDEN, axis=-1)
    return rt.nn.module(options.activation)


def build(options: argparse.Namespace) -> torch.nn.Module:
    """The model, the same on all ranks, and spread over them as asked."""
    torch.manual_seed(options.seed)
    model = FeedForward(options, 64, 10) if options.model == "digits" else Transformer(options)
    rd.check_same(model)
    if options.parallel == "ddp":
        return DistributedDataParallel(model)
    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    if options.parallel == "fsdp":
        for block in getattr(model, "blocks", ()):
            fully_shard(block, mesh=mesh)
        return fully_shard(model, mesh=mesh)
    up = rd.PackedColwiseParallel() if options.gate else ColwiseParallel()
    for module in model.modules():
        if isinstance(module, FeedForward):
            plan = {"up": up, "down": RowwiseParallel()}
            parallelize_module(
                module, mesh, plan if options.gate else plan | {"act": rd.ActivationParallel()}
            )
    return model


class Run:
    """A model, what it is trained on, and where it is."""

    def __init__(self, options: argparse.Namespace):
        from rheobase.lab import data

        self.options, self.step = options, 0
        self.model = build(options)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=options.rate)
        self.exact = rd.ExactGradients(self.model) if options.exact else None
        self.digits = data.load(0.25)
        split = options.parallel != "tensor"  # else each rank sees the whole batch
        self.rank, self.ranks = (dist.get_rank(), dist.get_world_size()) if split else (0, 1)

    def part(self, rows: torch.Tensor) -> torch.Tensor:
        """This rank's of some rows; it may be empty."""
        each = -(-len(rows) // self.ranks)
        return rows[self.rank * each : (self.rank + 1) * each]

    def batch(self) -> torch.Tensor:
        """The indices of this step's images, on all ranks together."""
        images, size = len(self.digits.train_labels), self.options.batch
        epoch, at = divmod(self.step, images // size)
        order = torch.randperm(images, generator=torch.Generator().manual_seed(epoch))
        return order[at * size : (at + 1) * size]

    def train_step(self) -> torch.Tensor:
        """This rank's share of the batch's loss. Gradients are averaged over ranks, hence the factor."""
        rows = self.batch()
        part = self.part(rows)
        self.optimizer.zero_grad()
        scores = self.model(self.digits.train_inputs[part])
        loss = F.cross_entropy(scores, self.digits.train_labels[part], reduction="sum") / len(rows)
        (loss * self.ranks).backward()
        if self.exact:
            self.exact.sync()
        self.optimizer.step()
        self.step += 1
        return loss.detach()

    @torch.no_grad()
    def accuracy(self) -> float:
        part = self.part(torch.arange(len(self.digits.test_labels)))
        right = self.model(self.digits.test_inputs[part]).argmax(1) == self.digits.test_labels[part]
        return self.over_ranks(right.sum().double()) / len(self.digits.test_labels)

    def over_ranks(self, value: torch.Tensor) -> float:
        if self.ranks > 1:
            dist.all_reduce(value)
        return value.item()

    def state(self) -> dict:
        model, optimizer = get_state_dict(self.model, self.optimizer)
        return {"model": model, "optimizer": optimizer, "step": torch.tensor(self.step)}

    def save(self) -> None:
        """A folder for each checkpoint; `latest` names one that is whole."""
        folder, name = self.options.checkpoint, f"step-{self.step:08}"
        dcp.save(self.state(), checkpoint_id=folder / name)
        if dist.get_rank() == 0:
            write_whole({folder / "latest": name.encode()})
            for old in sorted(folder.glob("step-*"))[:-2]:
                shutil.rmtree(old)

    def resume(self) -> None:
        latest = self.options.checkpoint / "latest"
        names = [latest.read_text() if dist.get_rank() == 0 and latest.exists() else None]
        dist.broadcast_object_list(names)
        if names[0] is None:
            return
        state = self.state()
        dcp.load(state, checkpoint_id=self.options.checkpoint / names[0])
        set_state_dict(
            self.model,
            self.optimizer,
            model_state_dict=state["model"],
            optim_state_dict=state["optimizer"],
        )
        self.step = int(state["step"])
        say(f"goes on from step {self.step}, {self.options.checkpoint / names[0]}")

    def digest(self) -> str:
        """Of all parameters' bits."""
        found = hashlib.sha256()
        for tensor in self.model.state_dict().values():
            whole_tensor = tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
            found.update(whole_tensor.contiguous().numpy().tobytes())
        return found.hexdigest()[:16]


def say(text: str) -> None:
    if dist.get_rank() == 0:
        print(text, flush=True)


def train(run: Run) -> None:
    options = run.options
    if options.checkpoint:
        run.resume()
    watch = rt.watch(run.model, every=50) if options.watch else None
    while run.step < options.steps:
        loss = run.train_step()
        if run.step % options.lines == 0 or run.step == options.steps:
            say(f"step {run.step:6}  loss {run.over_ranks(loss):.6f}")
        if options.checkpoint and (run.step % options.every == 0 or run.step == options.steps):
            run.save()
    if watch:
        report = rd.merge_watch(watch)
        say("\n".join(map(str, report.advice())) or "watch: nothing is wrong with the activations")
    accuracy, digest = run.accuracy(), run.digest()
    say(f"test accuracy {accuracy:.4f}, digest of the parameters {digest}")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="train_distributed.py",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("--model", choices=("digits", "transformer"), default="digits")
    parser.add_argument(
        "--activation",
        metavar="NAME",
        default=rt.nn.SiLU.form.description["name"],
        help="any that `rheobase list` shows (default: %(default)s)",
    )
    parser.add_argument("--learn", action="store_true", help="its parameters, one for each hidden unit")
    parser.add_argument("--gate", action="store_true", help="act(a) b, with one packed weight for a and b")
    parser.add_argument("--parallel", choices=("ddp", "fsdp", "tensor"), default="ddp")
    parser.add_argument("--exact", action="store_true", help="exact sums of learned parameters' gradients")
    parser.add_argument("--watch", action="store_true", help="watch the activations; merged at the end")
    parser.add_argument("--steps", type=whole(1, 10**9), default=300, help="(default: %(default)s)")
    parser.add_argument(
        "--batch", type=whole(1, 1000), default=64, help="of all ranks (default: %(default)s)"
    )
    parser.add_argument("--rate", type=positive, default=1e-3, help="of learning (default: %(default)s)")
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, help="(default: %(default)s)")
    parser.add_argument("--lines", type=whole(1, 10**9), default=100, help="steps between lines")
    parser.add_argument("--checkpoint", type=Path, metavar="DIR", help="on a file system that all ranks see")
    parser.add_argument("--every", type=whole(1, 10**9), default=100, help="steps between checkpoints")
    parser.add_argument(
        "--timeout", type=whole(1, 86400), default=120, metavar="S", help="seconds to wait for another rank"
    )
    options = parser.parse_args(arguments)
    check(options)
    return options


def check(options: argparse.Namespace) -> None:
    """Raises UsageError for what does not go together."""
    try:
        rheobase.info(options.activation)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if options.learn and options.gate:
        raise UsageError("--learn and --gate do not go together: a gate's parameters are numbers")
    if options.learn and not rheobase.info(options.activation)["parameters"]:
        raise UsageError(f"--learn: {options.activation} has no parameters")
    if options.exact and not options.learn:
        raise UsageError("--exact is about learned parameters; it needs --learn")
    if options.exact and options.parallel == "tensor":
        raise UsageError(
            "--exact: with --parallel tensor no gradient of an activation is added up over ranks"
        )


def start(options: argparse.Namespace) -> None:
    """The process group: torchrun's, or one of this process alone."""
    timeout = datetime.timedelta(seconds=options.timeout)
    if "RANK" in os.environ:
        dist.init_process_group("gloo", timeout=timeout)
    else:
        dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)


def lost(run: Run | None, why: str) -> None:
    """Ends the process at once: groups of gloo may wait for each other when they are taken down."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    again = ""
    if run is not None and run.options.checkpoint:
        latest = run.options.checkpoint / "latest"
        place = latest.read_text() if latest.exists() else "the beginning"
        again = f"; the same command goes on from {place} in {run.options.checkpoint}"
    step = "" if run is None else f" in step {run.step}"
    print(
        f"train_distributed.py: rank {dist.get_rank()} stops{step}: {why}{again}", file=sys.stderr, flush=True
    )
    os._exit(3)


def main(arguments: list[str] | None = None) -> int:
    try:
        options = parse(arguments)
    except UsageError as error:
        return complain("train_distributed.py", str(error), USAGE)
    start(options)
    run = None
    signal.signal(signal.SIGTERM, lambda *_: lost(run, "told to by torchrun, as another process failed"))
    try:
        run = Run(options)
        train(run)
    except (RuntimeError, CheckpointException) as error:
        lines = [line.strip() for line in str(error).splitlines()]
        found = [line for line in lines if any(sign in line for sign in SIGNS_OF_LOSS)]
        if not found:
            raise
        lost(run, f"another process was lost ({found[0]})")
    dist.barrier()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
