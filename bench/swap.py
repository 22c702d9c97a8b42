# SPDX-License-Identifier: Apache-2.0
"""What swap costs: the mode of functional=True, encoders without their fused path, swap itself.

    python bench/swap.py [--rounds 50]

One thread, its time on the CPU, the least of all rounds; figures for docs/pytorch.md.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable

import torch

import rheobase.torch
from rheobase._arguments import whole

WIDTH, HEADS, INNER, SHAPE = 256, 4, 1024, (8, 128)  # of an encoder, and its batch and sequence


def least(run: Callable[[], object], rounds: int, repeats: int) -> float:
    """Microseconds of one run."""
    run()
    taken = []
    for _ in range(rounds):
        start = time.thread_time()
        for _ in range(repeats):
            run()
        taken.append((time.thread_time() - start) / repeats)
    return 1e6 * min(taken)


class Additions(torch.nn.Module):
    def forward(self, x):
        for _ in range(100):
            x = torch.add(x, 1)
        return x


def mode(rounds: int) -> None:
    model, x = Additions(), torch.randn(16)
    before = least(lambda: model(x), rounds, 5)
    rheobase.torch.swap(model, functional=True)
    more = (least(lambda: model(x), rounds, 5) - before) / 100
    print(f"functional=True: {more:.2f} microseconds more for each of torch's functions")


def encoder(rounds: int) -> None:
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
                times.append(least(lambda given=given: model(x, **given), rounds, 1) / 1000)
            if report:
                report.undo()
        print(f"{name:10}" + "".join(f" {value:7.1f}" for value in times))


def itself(rounds: int) -> None:
    class Foreign(torch.nn.Module):
        def forward(self, x):
            return x * torch.sigmoid(x)

    for name, make, count in (
        ("one of torch.nn's", torch.nn.SiLU, 1),
        ("a stranger", Foreign, 1),
        ("100 alike", Foreign, 100),
    ):
        model = torch.nn.Sequential(*(make() for _ in range(count)))
        taken = least(lambda model=model: rheobase.torch.swap(model).undo(), rounds, 1)
        print(f"to swap {name} and to undo it: {taken / 1000:.2f} milliseconds")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=whole(1, 1000), default=50, help="default: %(default)s")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    mode(rounds)
    encoder(-(-rounds // 3))
    print()
    itself(-(-rounds // 10))
    return 0


if __name__ == "__main__":
    sys.exit(main())
