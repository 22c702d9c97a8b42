# SPDX-License-Identifier: Apache-2.0
"""Speed of learned slopes beside torch.nn's: forward and backward, shared and per channel, several layouts.

    python bench/torch_learned.py [--threads N] [--seconds S]

Prints milliseconds, medians of calls in turns, and the ratio: above 1 we are faster.
"""

import argparse
import sys
from functools import partial

import torch

from rheobase.bench import timing
from rheobase.torch import functional
from rheobase.torch._forms import FORMS, learned_class

SHAPES = {
    "(16, 64, 56, 56)": lambda: torch.randn(16, 64, 56, 56),
    "(16, 64, 56, 56) channels_last": lambda: torch.randn(16, 64, 56, 56).to(
        memory_format=torch.channels_last
    ),
    "(2048, 3072)": lambda: torch.randn(2048, 3072),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1, help="of torch (default: 1)")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement (default: 1)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    for name in (name for name in FORMS if learned_class(name)):
        contenders = (getattr(functional, name), getattr(torch.nn.functional, name))
        for shape, make in SHAPES.items():
            x = make().requires_grad_()
            g = torch.randn_like(x)
            for count in (1, x.shape[1]):
                weight = torch.full((count,), 0.25).requires_grad_()

                def step(call, x=x, weight=weight, g=g):
                    torch.autograd.grad(call(x, weight), (x, weight), g)

                def forward(call, x=x, weight=weight):
                    with torch.no_grad():
                        call(x, weight)

                for what, run in (("forward", forward), ("step", step)):
                    calls = [partial(run, call) for call in contenders]
                    series = timing.race(calls, sys.maxsize, 2 * arguments.seconds)
                    ours, theirs = (1e3 * timing.spread(one.seconds).median for one in series)
                    weights = "shared" if count == 1 else "per channel"
                    print(
                        f"{name:8} {shape:31} {weights:12} {what:8} {ours:8.2f} ms {theirs:8.2f} ms "
                        f"{theirs / ours:6.2f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
