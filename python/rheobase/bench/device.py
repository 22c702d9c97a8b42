# SPDX-License-Identifier: Apache-2.0
"""How long calls take on a GPU: contenders in turns, small ones in a graph of many. PyTorch is needed.

Without a device the same runs on the CPU, to try a benchmark out.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch

import rheobase

ROUNDS = 7
SMALL = 1 << 22
"""Elements up to which calls are timed inside a graph, which leaves out what the host does for a call."""


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Of one call, the mean."""
    if not torch.cuda.is_available():
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        return (time.perf_counter() - start) / repeats
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    for _ in range(repeats):
        call()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1e3 / repeats


def as_graph(call: Callable[[], object], repeats: int) -> Callable[[], object]:
    """One replay is `repeats` calls."""
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(3):
            call()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=side):
        for _ in range(repeats):
            call()
    return graph.replay


def medians(calls: Mapping[str, Callable[[], object]], n: int, graphs: bool = True) -> dict[str, float]:
    """Seconds of each contender, in turns.

    Args:
        calls: by the contender's name
        n: elements of a call
        graphs: whether calls may be captured; autograd's engine for one need not be
    """
    small = n <= SMALL and graphs and torch.cuda.is_available()
    inside = 20 if small else 1
    prepared = {key: as_graph(call, inside) if small else call for key, call in calls.items()}
    for call in prepared.values():
        call()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    times = {key: [] for key in prepared}
    for _ in range(ROUNDS):
        for key, call in prepared.items():
            times[key].append(seconds(call, 3) / inside)
    return {key: statistics.median(values) for key, values in times.items()}


def rows_of(what: dict, times: Mapping[str, float]) -> list[dict]:
    """A row for each contender of what is compared."""
    return [
        what
        | {
            "contender": key,
            "microseconds": f"{value * 1e6:.2f}",
            "speed_of_rheobase_over_it": f"{value / times['rheobase']:.2f}",
        }
        for key, value in times.items()
    ]


def write(path: Path, rows: Sequence[dict]) -> None:
    """As CSV, behind a line about the machine."""
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# {machine()}\n")
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def machine() -> str:
    """GPU, driver, clocks and versions, in a line."""
    query = "name,driver_version,clocks.sm,clocks.mem,power.limit"
    try:
        report = subprocess.run(
            ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        report = torch.cuda.get_device_name() if torch.cuda.is_available() else "no device: the CPU"
    return f"{report}; torch {torch.__version__}; rheobase {rheobase.__version__}"
