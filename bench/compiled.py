# SPDX-License-Identifier: Apache-2.0
"""Operators and formulas under torch.compile: error and speed of both, as the tables of docs/compile.md.

    python bench/compiled.py                     # all activations, both tables
    python bench/compiled.py gelu silu --every 997 --speed

Errors: of the compiled formula in float32, on every 61st bit pattern, in ulp of the float64 operator's
result; the operator's own bounds are proven (docs/accuracy.md). Speed: act(scale * x + bias), values and both
passes, on one thread and 2^24 elements (memory) or 2^16 (cache), compiled with either; times take turns,
medians of the rounds. Above 1 the formula is the faster.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import torch

import rheobase
import rheobase.torch
from rheobase.torch import _formula, functional
from rheobase.torch._ops import OPERATORS

CHUNK = 1 << 22
SIZES = {"cache": 1 << 16, "memory": 1 << 24}
ROUNDS = 9


def ulp(exact: torch.Tensor) -> torch.Tensor:
    """Of float32 at that number, 2^-149 among the subnormal ones."""
    exponent = torch.frexp(exact.abs()).exponent.clamp(min=-125)
    return torch.ldexp(torch.ones_like(exact), exponent - 24)


def numbers(every: int):
    """Finite float32 numbers, every so manieth bit pattern of all 2^32, in chunks."""
    for first in range(-(1 << 31), 1 << 31, CHUNK * every):
        last = min(first + CHUNK * every, 1 << 31)
        x = torch.arange(first, last, every).to(torch.int32).view(torch.float32)
        yield x[x.isfinite()]


def errors(name: str, role: str, every: int) -> tuple[float, float]:
    """The largest error of the compiled formula in ulp, and the x it is at."""
    operators, worst, place = OPERATORS[name], -1.0, 0.0
    exact = getattr(operators, role)
    none = [None if p.optional else p.default for p in operators.parameters]
    values = [p.default for p in operators.parameters]
    formula = torch.compile(getattr(_formula.FORMULAS[name], role), dynamic=True)
    for x in numbers(every):
        truth = exact(x.double(), *none)
        found = formula(x, *values)
        overflow = truth.abs() >= torch.finfo(torch.float32).max
        error = (found.double() - truth).abs() / ulp(truth)
        error[overflow | (found == truth)] = 0
        at = int(error.nan_to_num(nan=torch.inf).argmax()) if len(x) else 0
        if len(x) and not error[at] <= worst:
            worst, place = float(error[at]), float(x[at])
    return worst, place


def seconds(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def calls_of(name: str, form: str, n: int) -> dict[str, object]:
    act = getattr(functional, name)
    with rheobase.torch.compile_as(form):
        compiled = torch.compile(lambda x, scale, bias: act(scale * x + bias), fullgraph=True)
        x = torch.linspace(-8, 8, n)[torch.randperm(n, generator=torch.Generator().manual_seed(1))]
        leaf, scale, bias = x.clone().requires_grad_(), torch.tensor(1.25), torch.tensor(0.5)
        grad = torch.ones_like(x)

        def both() -> None:
            leaf.grad = None
            compiled(leaf, scale, bias).backward(grad)

        def value() -> None:
            with torch.no_grad():
                compiled(x, scale, bias)

        for _ in range(2):
            value(), both()
    return {"value": value, "both": both}


def speed(name: str, size: str) -> dict[str, float]:
    """How many times as fast the formula is."""
    n = SIZES[size]
    torch.compiler.reset()
    forms = {form: calls_of(name, form, n) for form in ("operator", "formula")}
    ratios = {}
    for what in ("value", "both"):
        times: dict[str, list[float]] = {form: [] for form in forms}
        for _ in range(ROUNDS):
            for form, calls in forms.items():
                with rheobase.torch.compile_as(form):
                    repeats = range(max(1, (1 << 21) // n))
                    times[form].append(seconds(lambda: [calls[what]() for _ in repeats]))  # noqa: B023
        ratios[what] = statistics.median(times["operator"]) / statistics.median(times["formula"])
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="activations; all without any")
    parser.add_argument("--every", type=int, default=61, help="bit patterns from one to the next (61)")
    parser.add_argument("--errors", action="store_true", help="errors only")
    parser.add_argument("--speed", action="store_true", help="speed only")
    arguments = parser.parse_args()
    if arguments.every < 1:
        parser.error(f"argument --every: {arguments.every} is not a positive number")
    for name in arguments.names:
        if name not in OPERATORS:
            parser.error(f"argument NAME: no activation {name!r}, or it is a preset of one")
    torch.set_num_threads(1)
    rheobase.torch.compile_as("formula")
    names = arguments.names or list(OPERATORS)
    heads = ["activation"]
    heads += [] if arguments.speed else ["value, ulp", "derivative, ulp"]
    heads += (
        [] if arguments.errors else [f"{what}, {size}" for size in SIZES for what in ("value", "both passes")]
    )
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads), flush=True)
    for done, name in enumerate(names):
        print(f"{done + 1}/{len(names)} {name}", file=sys.stderr)
        cells = [name]
        if not arguments.speed:
            for role in ("value", "derivative"):
                worst, place = errors(name, role, arguments.every)
                cells.append(f"{worst:.3g} at {place:.6g}")
        if not arguments.errors:
            cells += [f"{ratio:.2f}" for size in SIZES for ratio in speed(name, size).values()]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
