# SPDX-License-Identifier: Apache-2.0
"""Speed of second derivatives: nanoseconds an element, beside first derivatives and torch's double backward.

    python bench/second.py                      # all activations
    python bench/second.py gelu silu --elements 1048576

On one thread. `second` and `backward` are grad f''(x) and grad f'(x), the operators alone; `ours` and `torch`
a whole double backward of the function (value, gradient with a graph, gradient of that), torch's where
torch.nn.functional has the name. Medians of rounds that take turns. Standard normal x, 2^16 elements.
"""

from __future__ import annotations

import argparse
import math
import sys

import torch

import rheobase
from rheobase.bench import timing
from rheobase.torch import functional

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float64": torch.float64}
ROUNDS = 11


def medians(calls: dict, elements: int) -> dict[str, float]:
    """Of each call, in nanoseconds an element."""
    times = timing.race(list(calls.values()), ROUNDS, math.inf)
    return {
        name: timing.spread(one.seconds).median * 1e9 / elements
        for name, one in zip(calls, times, strict=True)
    }


def double_backward(f, x):
    x = x.requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return torch.autograd.grad(first.sum(), x)[0]


def calls_of(name: str, dtype: torch.dtype, elements: int) -> dict:
    form = functional.FORMS[name]
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(elements, generator=generator).to(dtype)
    grad = torch.randn(elements, generator=generator).to(dtype)
    parameters = form.callee.pack(tuple(form.arguments.values()), dtype)
    calls = {
        "second": lambda: form.callee.operators.second(grad, x, *parameters),
        "backward": lambda: form.callee.operators.backward(grad, x, *parameters),
        "ours": lambda: double_backward(getattr(functional, name), x.detach()),
    }
    theirs = getattr(torch.nn.functional, name, None)
    if theirs is None:
        return calls
    try:
        double_backward(theirs, x.detach())
    except (TypeError, RuntimeError):  # other arguments, or no second derivative
        return calls
    return calls | {"torch": lambda: double_backward(theirs, x.detach())}


def main() -> int:
    names = rheobase.names()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="activations (default: all)")
    parser.add_argument("--elements", type=int, default=1 << 16, help="of each tensor (default: 65536)")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in names:
            parser.error(f"no activation {name!r}; there are {', '.join(names)}")
    if arguments.elements < 1:
        parser.error(f"--elements is {arguments.elements}; expected at least 1")
    torch.set_num_threads(1)
    print(f"{'name':<20} {'dtype':<9} {'second':>8} {'backward':>8} {'ours':>8} {'torch':>8}")
    for name in arguments.names or names:
        for text, dtype in DTYPES.items():
            found = medians(calls_of(name, dtype, arguments.elements), arguments.elements)
            cells = " ".join(
                f"{found[k]:8.2f}" if k in found else f"{'':>8}"
                for k in ("second", "backward", "ours", "torch")
            )
            print(f"{name:<20} {text:<9} {cells}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
