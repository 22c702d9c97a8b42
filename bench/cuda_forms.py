# SPDX-License-Identifier: Apache-2.0
"""Gates, softmax and its kin, sums, learned parameters and random functions on this GPU, beside others.

    python bench/cuda_forms.py -o bench/results/forms/NAME.csv
    python bench/cuda_forms.py --forms gate rows --dtypes bfloat16
    python bench/cuda_forms.py --elements 65536        # on the CPU too, to try it out

Contenders take turns; medians. "backward" is a whole call of autograd's engine for the gradients of one
result, for each contender; forward has run before. Beside ours: PyTorch's functions, and Liger's kernels for
the gates they have, where liger-kernel is installed. Sums are of 1,024 channels side by side.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from peers import _cuda_gates
from torch.nn import functional

import rheobase
import rheobase.torch as rt
from rheobase.bench import device
from rheobase.torch._learned import LEARNED, channel_sum

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
DTYPES = {name: getattr(torch, name) for name in ("float32", "bfloat16", "float16", "float64")}
CHANNELS = 1024
LENGTHS = (64, 1024, 32768)

Case = tuple[str, str, dict[str, Callable[[], object]]]  # what it is, "value" or "backward", contenders


def normal(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device=DEVICE).normal_()


def gradients(function: Callable, inputs: list[torch.Tensor], grad: torch.Tensor) -> Callable[[], object]:
    """Those of the inputs, by autograd's engine."""
    leaves = [x.detach().requires_grad_() for x in inputs]
    result = function(*leaves)
    return lambda: torch.autograd.grad(result, leaves, grad, retain_graph=True)


def both_ways(what: str, functions: dict[str, Callable], inputs: list[torch.Tensor]) -> Iterator[Case]:
    yield what, "value", {key: lambda f=f: f(*inputs) for key, f in functions.items()}
    grad = torch.randn_like(functions["rheobase"](*inputs))
    yield what, "backward", {key: gradients(f, inputs, grad) for key, f in functions.items()}


def gate_cases(dtype: torch.dtype, n: int, names: list[str]) -> Iterator[Case]:
    inputs = [normal((n,), dtype) for _ in range(2)]
    for name in names:
        ours = {"rheobase": lambda a, b, name=name: rt.functional.gated(name, a, b)}
        yield from both_ways(f"gate {name}", ours | _cuda_gates.contenders(name), inputs)


def rows_cases(dtype: torch.dtype, n: int, _) -> Iterator[Case]:
    for name in rheobase.names("rows"):
        for length in LENGTHS:
            if length > n:
                continue
            functions = {"rheobase": getattr(rt.functional, name)}
            if peer := getattr(functional, name, None):
                functions["torch"] = peer
            inputs = [normal((n // length, length), dtype)]
            bound = {key: lambda x, f=f: f(x, dim=-1) for key, f in functions.items()}
            yield from both_ways(f"{name}, rows of {length}", bound, inputs)


def sums_cases(dtype: torch.dtype, n: int, _) -> Iterator[Case]:
    x = normal((max(1, n // CHANNELS), CHANNELS), dtype)
    yield "sums", "value", {"rheobase": lambda: channel_sum(x, 1), "torch": lambda: x.sum(0)}


def learned_cases(dtype: torch.dtype, n: int, _) -> Iterator[Case]:
    x = normal((max(1, n // CHANNELS), CHANNELS), dtype)
    for name, operators in LEARNED.items():
        defaults = {p["name"]: float(p["default"]) for p in rheobase.info(name)["parameters"]}
        weights = [
            torch.full((CHANNELS,), defaults[p], dtype=dtype, device=DEVICE) for p in operators.parameters
        ]
        functions = {"rheobase": lambda x, *p, op=operators: op.value(x, *p, 1)}
        if peer := getattr(functional, name, None) if len(weights) == 1 else None:
            try:
                peer(x[:1], weights[0])
                functions["torch"] = peer
            except (TypeError, RuntimeError, ValueError):
                pass  # its parameter is a number
        yield from both_ways(f"learned {name}", functions, [x, *weights])


def random_cases(dtype: torch.dtype, n: int, _) -> Iterator[Case]:
    for name in rheobase.names("random"):
        functions = {"rheobase": getattr(rt.functional, name)}
        if peer := getattr(functional, name, None):
            functions["torch"] = peer
        bound = {key: lambda x, f=f: f(x, training=True) for key, f in functions.items()}
        yield from both_ways(f"random {name}", bound, [normal((n,), dtype)])


FORMS = {
    "gate": gate_cases,
    "rows": rows_cases,
    "sums": sums_cases,
    "learned": learned_cases,
    "random": random_cases,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, help="CSV file")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--dtypes", nargs="+", choices=DTYPES, default=["float32", "bfloat16"])
    parser.add_argument("--elements", nargs="+", type=int, default=[1 << 16, 1 << 26], metavar="N")
    parser.add_argument("--gates", nargs="+", default=list(_cuda_gates.NAMES), metavar="NAME")
    o = parser.parse_args()
    for name in o.gates:
        if name not in rheobase.names():
            parser.error(f"no activation is named {name!r}")
    if min(o.elements) < 1:
        parser.error(f"--elements is {min(o.elements)}; expected 1 or more")
    rows = []
    for dtype in o.dtypes:
        for n in o.elements:
            for form in o.forms:
                for what, role, calls in FORMS[form](DTYPES[dtype], n, o.gates):
                    graphs = role == "value" and form != "random"
                    times = device.medians(calls, n, graphs)
                    rows += device.rows_of({"what": what, "role": role, "dtype": dtype, "n": n}, times)
                    line = "  ".join(f"{key} {value * 1e6:.2f} us" for key, value in times.items())
                    print(f"{what} {role} {dtype} {n}: {line}", flush=True)
    if o.output:
        device.write(o.output, rows)


if __name__ == "__main__":
    sys.exit(main())
