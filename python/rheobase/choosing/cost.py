# SPDX-License-Identifier: Apache-2.0
"""What activations cost on this machine: timed once and remembered, or read from `rheobase bench`'s table."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import time
from pathlib import Path

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase.bench import records
from rheobase.bench.machine import slug

SIZE = 65_536  # fits the second cache
ROUNDS = 5
# Costs are compared with that of the cheapest; timings on a busy machine are not better than this.
ROUGH = 1.15


def cache_file(dtype: str = "float32") -> Path:
    """Where timings are kept: one file for each format, version, instruction set and machine."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    name = f"cost-{dtype}-{rheobase.__version__}-{rheobase.target().lower()}-{slug()}.json"
    return Path(base) / "rheobase" / name


@functools.cache
def measured(dtype: str = "float32") -> dict[str, float]:
    """Nanoseconds per element of a value and a backward pass, by name: one thread, 65,536 elements.

    dtype: "float32", "bfloat16" or "float16"
    """
    path = cache_file(dtype)
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.keys() >= set(rheobase.names()):
            return found
    found = _time(rheobase.names(), dtype)
    with contextlib.suppress(OSError):  # a home that cannot be written costs a second next time
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(found, indent=1), encoding="utf-8")
        temporary.replace(path)
    return found


def _numbers(x: np.ndarray, dtype: str) -> np.ndarray:
    """float32 numbers in a format; those of bfloat16 are their upper halves, as NumPy has no such numbers."""
    if dtype == "bfloat16":
        return (x.view(np.uint32) >> 16).astype(np.uint16)
    return x.astype(dtype)


def _time(names: list[str], dtype: str) -> dict[str, float]:
    """The best of several rounds, all names in turns, so that a busy moment hits them alike."""
    x = _numbers(np.random.default_rng(0).standard_normal(SIZE).astype(np.float32), dtype)
    grad, y = _numbers(np.ones(SIZE, np.float32), dtype), np.empty_like(x)
    bound = {
        name: [
            calls.activation_call(name, calls.VALUE, dtype, 1, x, y),
            calls.activation_call(name, calls.BACKWARD, dtype, 1, x, y, grad),
        ]
        for name in names
    }
    best = dict.fromkeys(names, float("inf"))
    for _ in range(ROUNDS):
        for name, passes in bound.items():
            start = time.perf_counter()
            for call in passes:
                call()
            best[name] = min(best[name], (time.perf_counter() - start) * 1e9 / SIZE)
    return {name: round(value, 4) for name, value in best.items()}


def from_bench(path: Path) -> dict[str, float]:
    """The same from a table of `rheobase bench`: values in float32, in cache; of each name the newest
    row, one with uniform data and one thread where there is one, so that like is compared with like.

    Raises ValueError where the file cannot be read or has no such rows.
    """
    wanted = {"contender": "rheobase", "role": "value", "dtype": "float32", "size": SIZE}
    # Later rows replace earlier ones.
    rows = sorted(records.read(path), key=lambda row: (row["data"], row["threads"]) == ("uniform", 1))
    found = {
        row["name"]: row["median"] * 1e9 / SIZE
        for row in rows
        if wanted.items() <= row.items() and row["median"]
    }
    if not found:
        raise ValueError(f"{path}: has no row of rheobase's float32 values at {SIZE} elements")
    return found
