# SPDX-License-Identifier: Apache-2.0
"""Peers made up for tests, and a way to run the whole program with them in this process."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from rheobase.bench import __main__ as program
from rheobase.bench import places
from rheobase.bench.contender import Contender, Prepared

CONDITIONS = {
    "date": "2026-11-21T12:00:00+00:00",
    "commit": "",
    "machine": "test",
    "cores": 1,
    "instruction_set": "test",
    "compiler": "",
    "threads": 1,
    "data": "uniform",
    "load": 0.0,
}


def peer(name: str, compute: Callable[[np.ndarray, np.ndarray], None], **members):
    """A module whose only contender calls compute(x, y)."""
    contender = Contender(name, lambda b: Prepared(lambda: compute(b.x, b.y)))
    defaults = {
        "NAME": name,
        "available": lambda: "",
        "version": lambda: "1.0",
        "contenders": lambda info, role, dtype, threads: [contender],
    }
    return SimpleNamespace(**(defaults | members))


def right(x: np.ndarray, y: np.ndarray) -> None:
    """relu, as everyone computes it."""
    np.maximum(x, 0, out=y)


def wrong(x: np.ndarray, y: np.ndarray) -> None:
    """relu that is off by 1 % and turns infinity into a number."""
    np.maximum(x, 0, out=y)
    with np.errstate(over="ignore"):
        y *= np.float32(1.01)
    y[np.isinf(x)] = 0


def run(monkeypatch, fakes: dict, *arguments: str) -> int:
    """`rheobase bench relu`, quick, with these peers only; its exit code."""
    monkeypatch.setattr(places, "peers", lambda: fakes)
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    quick = ["--sizes", "1024", "--rounds", "3", "--seconds", "0.1", "--no-progress"]
    return program.main(["relu", *quick, *arguments])
