# SPDX-License-Identifier: Apache-2.0
"""What swap costs: calls of small tensors, the mode of functional=True, encoders without their fused path.

    python bench/swap.py [--quick]

One thread, its time on the CPU, the least of all rounds; figures for docs/pytorch.md. With `--quick` each is
measured once, so that it is seen to run.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
import warnings
from collections.abc import Callable

import torch

import rheobase.torch

WIDTH, HEADS, INNER, SHAPE = 256, 4, 1024, (8, 128)  # of an encoder, and its batch and sequence


quick = False  # --quick


def least(run: Callable[[], object], rounds: int, repeats: int) -> float:
    """Microseconds of one run."""
    run()
    taken = []
    for _ in range(1 if quick else rounds):
        start = time.thread_time()
        for _ in range(repeats):
            run()
        taken.append((time.thread_time() - start) / repeats)
    return 1e6 * min(taken)


def numbers_for(module: torch.nn.Module) -> torch.Tensor:
    """16 numbers: in a row, or as channels of an image where the module takes nothing else."""
    x = torch.randn(16)
    try:
        module(x)
    except ValueError:
        return x.reshape(4, 2, 2)
    return x


def steps(x: torch.Tensor, y: torch.Tensor) -> tuple[Callable, ...]:
    """What is timed of a module that makes y of x: without a gradient, forward, and backward as well."""
    leaf, grad = x.clone().requires_grad_(), torch.randn_like(y)

    def step(module):
        module(leaf).backward(grad)
        leaf.grad = None

    return lambda module: module(x), lambda module: module(leaf), step


def calls() -> None:
    """Every activation of torch's that needs no arguments, as a module, on 16 numbers."""
    print("microseconds per call, 16 numbers: torch.nn, rheobase.torch.nn")
    print(f"{'':13} {'no gradient':>15} {'forward':>15} {'and backward':>15}")
    for name in sorted(torch.nn.modules.activation.__all__):
        try:
            theirs = getattr(torch.nn, name)()
        except TypeError:
            continue
        if getattr(theirs, "dim", 0) is None:
            theirs.dim = -1  # to choose one is deprecated, and takes the time of a warning
        ours = copy.deepcopy(theirs)
        if not rheobase.torch.swap(ours).changed:
            continue
        row, x = [], numbers_for(theirs)
        for run in steps(x, theirs(x)):
            row += [least(lambda m=m, run=run: run(m), 200, 40) for m in (theirs, ours)]
        print(f"{name:13}" + "".join(f" {a:7.2f} {b:7.2f}" for a, b in zip(row[::2], row[1::2], strict=True)))


class Additions(torch.nn.Module):
    def forward(self, x):
        for _ in range(100):
            x = torch.add(x, 1)
        return x


def mode() -> None:
    model, x = Additions(), torch.randn(16)
    before = least(lambda: model(x), 50, 5)
    rheobase.torch.swap(model, functional=True)
    more = (least(lambda: model(x), 50, 5) - before) / 100
    print(f"\nfunctional=True: {more:.2f} microseconds more for each of torch's functions")


def encoder() -> None:
    layer = torch.nn.TransformerEncoderLayer(
        WIDTH, HEADS, INNER, 0.0, torch.nn.functional.gelu, batch_first=True
    )
    model = torch.nn.TransformerEncoder(layer, 2).eval()
    x = torch.randn(*SHAPE, WIDTH)
    mask = torch.arange(SHAPE[1]) >= torch.linspace(SHAPE[1], SHAPE[1] // 4, SHAPE[0]).unsqueeze(1)
    print("\nmilliseconds of torch.nn.TransformerEncoder in evaluation: as it was, keep_fused, swapped")
    for name, given in (("all tokens", {}), ("padded", {"src_key_padding_mask": mask})):
        times = []
        for options in (None, {"keep_fused": True}, {}):
            report = None if options is None else rheobase.torch.swap(model, **options)
            with torch.no_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                times.append(least(lambda given=given: model(x, **given), 20, 1) / 1000)
            if report:
                report.undo()
        print(f"{name:10}" + "".join(f" {value:7.1f}" for value in times))


def itself() -> None:
    class Foreign(torch.nn.Module):
        def forward(self, x):
            return x * torch.sigmoid(x)

    for name, make, count in (
        ("one of torch.nn's", torch.nn.SiLU, 1),
        ("a stranger", Foreign, 1),
        ("100 alike", Foreign, 100),
    ):
        model = torch.nn.Sequential(*(make() for _ in range(count)))
        taken = least(lambda model=model: rheobase.torch.swap(model).undo(), 5, 1)
        print(f"to swap {name} and to undo it: {taken / 1000:.2f} milliseconds")


def main() -> int:
    global quick
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="measure once")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    calls()
    mode()
    encoder()
    print()
    itself()
    return 0


if __name__ == "__main__":
    sys.exit(main())
