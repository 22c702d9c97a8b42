# SPDX-License-Identifier: Apache-2.0
"""Whole training steps with torch.nn's activations and with ours: time, and memory.

    python bench/torch_block.py            # the table of docs/pytorch.md
    python bench/torch_block.py --threads 2 --only swiglu
    python bench/torch_block.py --only bfloat16 --no-csv

The block is a transformer's: 768 -> 3072 -> 768 on 2,048 tokens, forward and backward, with GELU, or gated
with SiLU (SwiGLU; 768 -> 2 x 3072 -> 768). The digits network is 64 -> 256 -> 256 -> 10 on a batch of 128,
with an optimizer's step. Contenders take turns; medians. Kept is what autograd keeps of a forward
pass beside parameters; peak is the resident memory of a process of its own, less that before its first step,
the median of three. Rows go to bench/results/steps/<machine>.csv, which is only ever appended to.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import statistics
import subprocess
import sys
from pathlib import Path

import torch

import rheobase.torch as rt
from rheobase.bench import machine, records, timing

TOKENS, WIDTH, HIDDEN = 2048, 768, 3072
GATE = torch.nn.functional.silu


class TorchGate(torch.nn.Module):
    """SwiGLU as it is written with torch alone."""

    def forward(self, x):
        a, b = x.chunk(2, dim=-1)
        return GATE(a) * b


def block(activation: torch.nn.Module, factors: int, dtype: torch.dtype, compiled: bool = False):
    torch.manual_seed(1)
    model = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, factors * HIDDEN), activation, torch.nn.Linear(HIDDEN, WIDTH)
    ).to(dtype)
    if compiled:
        model = torch.compile(model, fullgraph=True)
    x = torch.randn(TOKENS, WIDTH).to(dtype)

    def step() -> None:
        model.zero_grad()
        model(x).backward(torch.ones_like(x))

    return step, lambda: model(x)


def digits(activation):
    torch.manual_seed(1)
    layers = [torch.nn.Linear(64, 256), activation(), torch.nn.Linear(256, 256), activation()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(256, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    x, target = torch.rand(128, 64), torch.randint(10, (128,))

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), target).backward()
        optimizer.step()

    return step, lambda: model(x)


def masked(pair):
    """The same, with bits kept in place of inputs."""
    step, forward = pair

    def saving(call):
        with rt.save_memory():
            return call()

    return (lambda: saving(step)), (lambda: saving(forward))


F32, BF16 = torch.float32, torch.bfloat16
CASES = {
    "gelu float32": {
        "torch.nn": lambda: block(torch.nn.GELU(), 1, F32),
        "rheobase": lambda: block(rt.nn.GELU(), 1, F32),
    },
    "gelu bfloat16": {
        "torch.nn": lambda: block(torch.nn.GELU(), 1, BF16),
        "rheobase": lambda: block(rt.nn.GELU(), 1, BF16),
    },
    "swiglu float32": {
        "torch.nn": lambda: block(TorchGate(), 2, F32),
        "rheobase": lambda: block(rt.nn.Gated(GATE.__name__), 2, F32),
    },
    "swiglu bfloat16": {
        "torch.nn": lambda: block(TorchGate(), 2, BF16),
        "rheobase": lambda: block(rt.nn.Gated(GATE.__name__), 2, BF16),
    },
    "relu float32": {
        "torch.nn": lambda: block(torch.nn.ReLU(), 1, F32),
        "rheobase": lambda: block(rt.nn.ReLU(), 1, F32),
        "rheobase, masks": lambda: masked(block(rt.nn.ReLU(), 1, F32)),
    },
    "hardtanh float32": {
        "torch.nn": lambda: block(torch.nn.Hardtanh(), 1, F32),
        "rheobase": lambda: block(rt.nn.Hardtanh(), 1, F32),
        "rheobase, masks": lambda: masked(block(rt.nn.Hardtanh(), 1, F32)),
    },
    "hardtanh float32 compiled": {
        "torch.nn": lambda: block(torch.nn.Hardtanh(), 1, F32, compiled=True),
        "rheobase": lambda: block(rt.nn.Hardtanh(), 1, F32, compiled=True),
        "rheobase, masks": lambda: masked(block(rt.nn.Hardtanh(), 1, F32, compiled=True)),
    },
    "digits relu": {"torch.nn": lambda: digits(torch.nn.ReLU), "rheobase": lambda: digits(rt.nn.ReLU)},
    "digits gelu": {"torch.nn": lambda: digits(torch.nn.GELU), "rheobase": lambda: digits(rt.nn.GELU)},
    "digits mish": {"torch.nn": lambda: digits(torch.nn.Mish), "rheobase": lambda: digits(rt.nn.Mish)},
}


COLUMNS = [
    *machine.CONDITIONS,
    *["torch", "name", "contender", "rounds", "median_ms", "low_ms", "high_ms"],
    *["median_ratio", "low_ratio", "high_ratio", "processor_ms", "processor_ratio", "kept_mib", "peak_mib"],
]


def kept_bytes(forward) -> int:
    """What autograd keeps of one forward pass: whole storages, those of parameters left out."""
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if not isinstance(tensor, torch.nn.Parameter) and not isinstance(tensor._base, torch.nn.Parameter):
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = forward()
    del result
    return sum(kept.values())


def peak_mib(case: str, contender: str, threads: int) -> float:
    command = [sys.executable, __file__, "--peak", case, contender, "--threads", str(threads)]
    runs = (subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(3))
    return statistics.median(float(run.stdout) for run in runs)


def resident(field: str) -> float:
    """VmRSS or VmHWM, the highest of it since it was set back, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def print_peak(case: str, contender: str) -> None:
    step, _ = CASES[case][contender]()
    if case.endswith("compiled"):
        step()  # the compiler's memory is not the step's
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    for _ in range(3):
        step()
    print(resident("VmHWM") - before)


def measure(case: str, rounds: int, threads: int) -> list[dict]:
    """One row for each contender; its ratio is that of torch.nn's time to its own, within rounds.

    Times of the processor are beside those of the clock: other programs disturb them less.
    """
    made = {contender: make() for contender, make in CASES[case].items()}
    rounds *= 100 if case.startswith("digits") else 1  # those steps are short
    series = dict(zip(made, timing.race([step for step, _ in made.values()], rounds, math.inf), strict=True))
    rows = []
    processor = {
        c: timing.Series(seconds=[t * b for t, b in zip(s.seconds, s.busy, strict=True)])
        for c, s in series.items()
    }
    for contender, (_, forward) in made.items():
        taken = timing.spread(series[contender].seconds)
        ratio = timing.ratios(series["torch.nn"], series[contender])
        busy = timing.spread(processor[contender].seconds)
        busy_ratio = timing.ratios(processor["torch.nn"], processor[contender])
        rows.append(
            {
                "name": case,
                "contender": contender,
                "rounds": rounds,
                **{f"{key}_ms": 1e3 * value for key, value in vars(taken).items()},
                **{f"{key}_ratio": value for key, value in vars(ratio).items()},
                "processor_ms": 1e3 * busy.median,
                "processor_ratio": busy_ratio.median,
                "kept_mib": kept_bytes(forward) / 2**20,
                "peak_mib": peak_mib(case, contender, threads),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name contains it")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-csv", action="store_true", help="record nothing")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.peak:
        return print_peak(*arguments.peak)
    cases = [name for name in CASES if arguments.only in name]
    if not cases:
        parser.error(f"argument --only: no case contains {arguments.only!r}; there are {', '.join(CASES)}")
    path = Path(__file__).resolve().parent / f"results/steps/{machine.slug()}.csv"
    results = contextlib.nullcontext() if arguments.no_csv else records.Results(path, COLUMNS)
    print("| step | contender | ms | times as fast | kept, MiB | peak, MiB |\n|---|---|---|---|---|---|")
    with results as file:
        for name in cases:
            where = machine.conditions(arguments.threads, "normal") | {"torch": torch.__version__}
            rows = measure(name, arguments.rounds, arguments.threads)
            if file is not None:
                file.append([where | row for row in rows])
            for row in rows:
                times = f"{row['median_ms']:.3g} | {row['median_ratio']:.2f}"
                memory = f"{row['kept_mib']:.1f} | {row['peak_mib']:.0f}"
                print(f"| {name} | {row['contender']} | {times} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
