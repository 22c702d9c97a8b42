# SPDX-License-Identifier: Apache-2.0
"""What rheobase.torch.distributed costs beside torch.nn: training steps on some gloo ranks of this machine.

    python bench/distributed.py [--ranks N] [--rounds N] [--steps N] [--tokens N]
    python bench/distributed.py --model [--channels N] [--layers N]

The first trains a block 256-1024-256 on all ranks at once, with each activation in turns, and prints how many
times as long a step takes as with the first one of its group: median and quartiles over the rounds. Time is
rank 0's CPU time, which waiting for other ranks does not count in, and the clock's. Ranks that share cores
make the clock's a rough figure.

The second prints a model of communication at 8 to 1,024 GPUs, from the numbers below: nothing is measured.
"""

from __future__ import annotations

import argparse
import functools
import math
import multiprocessing
import os
import statistics
import tempfile
import time

from rheobase._arguments import whole

# The model's assumptions, for an all-reduce of S bytes over n GPUs by rings: 2 (n - 1) / n S / B, and
# 2 log2(n) hops of a message that is small.
GPUS_IN_A_NODE = 8
BYTES_PER_SECOND = {"node": 400e9, "network": 50e9}  # of one GPU, as collectives reach them
SECONDS_PER_HOP = {"node": 3e-6, "network": 10e-6}
WORDS, STATISTICS = 104, 296  # bytes of accumulators (docs/sums.md)


def all_reduce(size: float, gpus: int) -> float:
    """Seconds."""
    where = "node" if gpus <= GPUS_IN_A_NODE else "network"
    time_of_bytes = 2 * (gpus - 1) / gpus * size / BYTES_PER_SECOND[where]
    return time_of_bytes + 2 * math.log2(gpus) * SECONDS_PER_HOP[where]


def print_model(channels: int, layers: int) -> None:
    parameters = channels * layers
    rows = {
        "rounded gradients of learned parameters, float32": 4 * parameters,
        "their accumulators: ExactGradients": (WORDS + 8 / channels) * parameters,
        "one synchronised Adaptive, forward and backward": 4 * (WORDS * channels + 8),
        "a seed of a random function": 16,
        "merge_watch, all layers": layers * (17 * channels + 3 * STATISTICS + 32),
    }
    counts = [8 * 2**i for i in range(8)]
    print(f"| {layers} layers of {channels} channels: milliseconds at | bytes |", *counts, "|", sep=" ")
    for name, size in rows.items():
        calls = 4 if "Adaptive" in name else 1
        cells = (f"{1e3 * calls * all_reduce(size / calls, gpus):.3f}" for gpus in counts)
        print(f"| {name} | {size:,.0f} | {' | '.join(cells)} |")


def cases(ranks: int, tokens: int) -> dict[str, list[tuple[str, object]]]:
    """Groups of (name, step); the first of each group is what the others are compared with."""
    import torch
    from torch.distributed.tensor import init_device_mesh
    from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module
    from torch.nn.parallel import DistributedDataParallel

    import rheobase.torch as rt
    import rheobase.torch.distributed as rd
    from rheobase.torch._learned_modules import TORCH_LEARNED

    (learned,) = TORCH_LEARNED.values()
    x = torch.randn(tokens, 256)
    mesh = init_device_mesh("cpu", (ranks,))

    class Block(torch.nn.Module):
        def __init__(self, act):
            super().__init__()
            torch.manual_seed(0)
            self.up, self.act, self.down = torch.nn.Linear(256, 1024), act, torch.nn.Linear(1024, 256)

        def forward(self, x):
            return self.down(self.act(self.up(x)))

    def stepping(model, exact=None):
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)

        def step():
            optimizer.zero_grad()
            model(x).square().mean().backward()
            if exact is not None:
                exact.sync()
            optimizer.step()

        return step

    def ddp(act):
        return stepping(DistributedDataParallel(Block(act)))

    def exactly(act, hooked):
        model = DistributedDataParallel(Block(act))
        exact = rd.ExactGradients(model)
        if hooked:
            model.register_comm_hook(exact, type(exact).hook)
        return stepping(model, None if hooked else exact)

    def tensor(act, style):
        plan = {"up": ColwiseParallel(), "down": RowwiseParallel()} | ({"act": style} if style else {})
        return stepping(parallelize_module(Block(act), mesh, plan))

    per_channel = functools.partial(learned, 1024)
    silu = rt.nn.SiLU
    return {
        "DistributedDataParallel, no parameters": [
            ("torch.nn.SiLU", ddp(torch.nn.SiLU())),
            ("rheobase's SiLU", ddp(silu())),
        ],
        "DistributedDataParallel, a parameter per channel": [
            (f"torch.nn.{learned.__name__}", ddp(learned.__base__(1024))),
            (f"rheobase's {learned.__name__}", ddp(per_channel())),
            ("the same, ExactGradients, its hook", exactly(per_channel(), True)),
            ("the same, ExactGradients, sync()", exactly(per_channel(), False)),
        ],
        "statistics": [
            ("Adaptive, of each rank", ddp(rt.nn.Adaptive(1024))),
            ("Adaptive, synchronised", ddp(rd.synchronize(rt.nn.Adaptive(1024)))),
        ],
        "tensor parallel": [
            ("torch.nn.SiLU on plain tensors", tensor(torch.nn.SiLU(), None)),
            ("rheobase's SiLU on plain tensors", tensor(silu(), None)),
            ("torch.nn.RReLU on plain tensors", tensor(torch.nn.RReLU(), None)),
            ("rheobase's SiLU, ActivationParallel", tensor(silu(), rd.ActivationParallel())),
            ("rheobase's RReLU, ActivationParallel", tensor(rt.nn.RReLU(), rd.ActivationParallel())),
        ],
    }


def measure(step, steps: int) -> tuple[float, float]:
    """CPU seconds of this rank, and seconds on the clock."""
    start = time.process_time(), time.perf_counter()
    for _ in range(steps):
        step()
    return time.process_time() - start[0], time.perf_counter() - start[1]


def quotients(values: list[float], base: list[float]) -> str:
    low, middle, high = statistics.quantiles([v / b for v, b in zip(values, base, strict=True)], n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def run(rank: int, given: argparse.Namespace, folder: str) -> None:
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=given.ranks)
    for group, entries in cases(given.ranks, given.tokens).items():
        times = [([], []) for _ in entries]
        for i in range(given.rounds + 1):
            for (_, step), (cpu, clock) in zip(entries, times, strict=True):
                dist.barrier()
                found = measure(step, given.steps)
                if i:  # the first round warms up
                    cpu.append(found[0]), clock.append(found[1])
        if rank == 0:
            print(f"\n{group}: ms of CPU, times as long by CPU time, by the clock")
            for (name, _), (cpu, clock) in zip(entries, times, strict=True):
                milliseconds = 1e3 * statistics.median(cpu) / given.steps
                ratios = f"{quotients(cpu, times[0][0])}  {quotients(clock, times[0][1])}"
                print(f"  {name:40} {milliseconds:8.2f}  {ratios}", flush=True)
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ranks", type=whole(1, 64), default=2, help="(default: %(default)s)")
    parser.add_argument("--rounds", type=whole(2, 10000), default=20, help="(default: %(default)s)")
    parser.add_argument("--steps", type=whole(1, 10000), default=5, help="of a round (default: %(default)s)")
    parser.add_argument(
        "--tokens", type=whole(1, 2**20), default=256, help="rows of each rank (default: %(default)s)"
    )
    parser.add_argument("--model", action="store_true", help="print the model instead")
    parser.add_argument("--channels", type=whole(1, 2**24), default=14336, help="of the model")
    parser.add_argument("--layers", type=whole(1, 4096), default=32, help="of the model")
    given = parser.parse_args()
    if given.model:
        return print_model(given.channels, given.layers)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=run, args=(r, given, folder)) for r in range(given.ranks)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
    return None


if __name__ == "__main__":
    main()
