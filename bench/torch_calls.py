# SPDX-License-Identifier: Apache-2.0
"""Functions of rheobase.torch.functional beside torch.nn.functional's: small calls, and large fresh results.

    python bench/torch_calls.py                  # all: 10 minutes
    python bench/torch_calls.py gelu softmax --only small
    python bench/torch_calls.py --only fresh --dtype bfloat16 --no-csv

Small: 16 numbers, microseconds of a call without a gradient, of one that records it, of this and backward,
and in place. Fresh: 32 and 256 MiB of values into a result that each call asks the system for; ours asks for
huge pages, which a system in madvise mode then gives. One thread. Contenders take turns; medians, and the
median of torch's time over ours. Rows go to bench/results/calls/<machine>.csv, which is only appended to.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import math
from collections.abc import Callable
from pathlib import Path

import torch

import rheobase.torch
from rheobase.bench import machine, records, timing

OURS, TORCHS = rheobase.torch.functional, torch.nn.functional
SMALL, FRESH_MIB = 16, (32, 256)
COLUMNS = [
    *machine.CONDITIONS,
    *["torch", "name", "mode", "dtype", "elements", "rounds", "ours_us", "torch_us"],
    *["median_ratio", "low_ratio", "high_ratio"],
]
Calls = tuple[Callable[[], object], Callable[[], object]]


def arguments_for(name: str, x: torch.Tensor) -> tuple[tuple, dict] | None:
    """What both take after x, all defaults where that will do; None where nothing simple does."""
    ours, torchs = getattr(OURS, name), getattr(TORCHS, name, None)
    if torchs is None:
        return None
    named = {"dim": -1} if "dim" in inspect.signature(ours).parameters else {}
    for given in ((), (torch.full((1,), 0.25, dtype=x.dtype),)):
        try:
            ours(x, *given, **named), torchs(x, *given, **named)
        except TypeError:
            continue
        return given, named
    return None


def known_names() -> list[str]:
    x = torch.randn(SMALL)
    return [name for name in OURS.__all__ if arguments_for(name, x) is not None]


def small_calls(name: str) -> dict[str, Calls]:
    """By the mode: ours, torch's."""
    x = torch.randn(SMALL)
    given, named = arguments_for(name, x)
    leaf, both = x.clone().requires_grad_(), (getattr(OURS, name), getattr(TORCHS, name))
    grad = torch.randn_like(both[0](x, *given, **named))

    def step(function):
        function(leaf, *given, **named).backward(grad)
        leaf.grad = None

    calls = {
        "no gradient": tuple(lambda f=f: f(x, *given, **named) for f in both),
        "forward": tuple(lambda f=f: f(leaf, *given, **named) for f in both),
        "forward and backward": tuple(lambda f=f: step(f) for f in both),
    }
    if "inplace" in inspect.signature(both[0]).parameters:
        y = x.clone()
        calls["in place"] = tuple(lambda f=f: f(y, *given, inplace=True, **named) for f in both)
    return calls


def fresh_calls(name: str, dtype: torch.dtype, mib: int) -> Calls:
    few = torch.zeros(SMALL, dtype=dtype)
    given, named = arguments_for(name, few)
    inputs = SMALL // getattr(OURS, name)(few, *given, **named).numel()  # elements for one of the result
    x = torch.empty(inputs * mib * 2**20 // dtype.itemsize, dtype=dtype).normal_()
    return tuple(lambda f=f: f(x, *given, **named) for f in (getattr(OURS, name), getattr(TORCHS, name)))


def cases(name: str, only: str, dtype: torch.dtype):
    """Mode, elements, dtype and calls of each case; arrays live as long as they are asked for."""
    if only in ("small", "all") and dtype == torch.float32:
        for mode, calls in small_calls(name).items():
            yield mode, SMALL, dtype, calls
    if only in ("fresh", "all"):
        for mib in FRESH_MIB:
            yield f"fresh, {mib} MiB", mib * 2**20 // dtype.itemsize, dtype, fresh_calls(name, dtype, mib)


def measure(calls: Calls, rounds: int) -> dict:
    ours, torchs = timing.race(calls, rounds, math.inf)
    ratio = timing.ratios(torchs, ours)
    return {
        "rounds": rounds,
        "ours_us": 1e6 * timing.spread(ours.seconds).median,
        "torch_us": 1e6 * timing.spread(torchs.seconds).median,
        **{f"{key}_ratio": value for key, value in vars(ratio).items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions (default: all that both have)")
    parser.add_argument("--only", choices=("small", "fresh", "all"), default="all")
    parser.add_argument(
        "--dtype", choices=("float32", "bfloat16"), default="float32", help="of fresh results"
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-csv", action="store_true", help="record nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    known = known_names()
    for name in arguments.names:
        if name not in known:
            parser.error(f"argument NAME: '{name}' is not in {', '.join(known)}")
    path = Path(__file__).resolve().parent / f"results/calls/{machine.slug()}.csv"
    results = contextlib.nullcontext() if arguments.no_csv else records.Results(path, COLUMNS)
    print("| function | mode | ours, µs | torch, µs | times as fast |\n|---|---|---:|---:|---:|")
    with results as file:
        for name in arguments.names or known:
            for mode, elements, dtype, calls in cases(name, arguments.only, getattr(torch, arguments.dtype)):
                where = machine.conditions(1, "normal") | {"torch": torch.__version__}
                about = {"name": name, "mode": mode, "dtype": str(dtype).removeprefix("torch.")}
                row = about | {"elements": elements} | measure(calls, arguments.rounds)
                if file is not None:
                    file.append([where | row])
                times = f"{row['ours_us']:.4g} | {row['torch_us']:.4g} | {row['median_ratio']:.2f}"
                print(f"| {name} | {mode} | {times} |", flush=True)


if __name__ == "__main__":
    main()
