# SPDX-License-Identifier: Apache-2.0
"""How fast the device kernels are beside a copy of the same bytes and PyTorch's own functions, on this GPU.

    python bench/cuda.py -o bench/results/NAME.csv --names gelu silu --sweep gelu --compile gelu

Share of copy: bytes moved per second over those of a device-to-device copy of the same arrays, measured
in the same run. Arrays of 2^28 elements lie far beyond the L2 cache. Small sizes are timed inside a graph of
many calls, which leaves out what the host does for a call. All contenders of a row take turns; medians.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

import rheobase
from rheobase import cuda
from rheobase.bench import device

DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float64": torch.float64,
}
LARGE = 1 << 28


def ours(name: str, role: str, dtype: str, x, grad, y, workspace):
    def call() -> None:
        cuda.run(
            name,
            role,
            dtype,
            x.numel(),
            x.data_ptr(),
            y.data_ptr(),
            grad=grad.data_ptr() if role == "backward" else 0,
            stream=torch.cuda.current_stream().cuda_stream,
            workspace=workspace.data_ptr(),
            unchecked=True,
        )

    return call


def torch_function(name: str):
    """torch.nn.functional's function for the name with its defaults, or None."""
    for entry in rheobase.info(name)["torch"]:
        function = getattr(torch.nn.functional, entry["function"], None)
        if function is None:
            continue
        keywords = {entry["choice"]["argument"]: entry["choice"]["value"]} if entry["choice"] else {}
        try:
            function(torch.zeros(2), **keywords)
        except (TypeError, RuntimeError, ValueError):
            continue
        return lambda x: function(x, **keywords)
    return None


def torch_call(function, role: str, x, grad):
    """For backward the gradient alone, through autograd's engine: forward has run before."""
    if role == "value":
        return lambda: function(x)
    leaf = x.detach().requires_grad_()
    result = function(leaf)
    return lambda: torch.autograd.grad(result, leaf, grad, retain_graph=True)


class Arrays:
    """x, grad and y of one type; normal data."""

    def __init__(self, dtype: str, n: int) -> None:
        make = lambda: torch.empty(n, dtype=DTYPES[dtype], device="cuda").normal_()  # noqa: E731
        self.x, self.grad = make(), make()
        self.y = torch.empty_like(self.x)
        self.workspace = torch.empty(cuda.WORKSPACE, dtype=torch.uint8, device="cuda")


def rows_of(name: str, role: str, dtype: str, n: int, arrays: Arrays, peers: dict) -> list[dict]:
    x, grad, y = arrays.x[:n], arrays.grad[:n], arrays.y[:n]
    calls = {"copy": lambda: y.copy_(x), "rheobase": ours(name, role, dtype, x, grad, y, arrays.workspace)}
    for peer, function in peers.items():
        calls[peer] = torch_call(function, role, x, grad)
    times = device.medians(calls, n)
    what = {"name": name, "role": role, "dtype": dtype, "n": n}
    rows = device.rows_of(what, times)
    size, streams = x.element_size(), 3 if role == "backward" else 2
    for row in rows:
        moved = (2 if row["contender"] == "copy" else streams) * size * n / times[row["contender"]]
        row["gigabytes_per_second"] = f"{moved / 1e9:.0f}"
        row["share_of_copy"] = f"{moved * times['copy'] / (2 * size * n):.3f}"
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, help="CSV file")
    parser.add_argument("--names", nargs="+", help="activations and presets; all when none is given")
    parser.add_argument("--dtypes", nargs="+", choices=DTYPES, default=["float32", "bfloat16"])
    parser.add_argument(
        "--roles", nargs="+", choices=["value", "derivative", "backward"], default=["value", "backward"]
    )
    parser.add_argument(
        "--sweep", nargs="*", help="names that are also timed at 2^10, 2^12, ... 2^26 elements"
    )
    parser.add_argument(
        "--compile", nargs="*", help="names whose torch function is also compiled by Inductor"
    )
    o = parser.parse_args()
    known = rheobase.names()
    for name in (o.names or []) + (o.sweep or []) + (o.compile or []):
        if name not in known:
            parser.error(f"no activation is named {name!r}")
    rows = []
    for dtype in o.dtypes:
        arrays = Arrays(dtype, LARGE)
        for name in o.names or known:
            function = torch_function(name)
            peers = {} if function is None else {"torch": function}
            if peers and name in (o.compile or []):
                peers["inductor"] = torch.compile(peers["torch"], dynamic=True)
            sizes = [LARGE] + ([1 << k for k in range(10, 28, 2)] if name in (o.sweep or []) else [])
            for role in o.roles:
                for n in sizes:
                    new = rows_of(name, role, dtype, n, arrays, peers if role != "derivative" else {})
                    rows += new
                    line = "  ".join(
                        f"{r['contender']} {r['microseconds']} us {r['share_of_copy']}" for r in new
                    )
                    print(f"{name} {role} {dtype} {n}: {line}", flush=True)
        del arrays
        torch.cuda.empty_cache()
    if o.output:
        device.write(o.output, rows)


if __name__ == "__main__":
    sys.exit(main())
