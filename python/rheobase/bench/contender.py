# SPDX-License-Identifier: Apache-2.0
"""What takes part in a benchmark, and what a file of bench/peers has to offer. docs/bench.md says more.

A peer is a module with

    NAME                     what the tables call it
    available() -> str       "" when it can run here, else the reason, for a footnote
    version() -> str         of the library; only asked when it is available
    contenders(info, role, dtype, threads) -> list[Contender]
                             for one activation as `rheobase.info` describes it, with the parameters that
                             `parameters(info)` says; raises Unsupported with the reason where it has none

if it takes part in formats beside float32 and float64,

    DTYPES                   all that it takes part in; bfloat16 comes as arrays of uint16

if there are environment variables that limit its instruction set,

    LIMITS                   their names

and, if it can do more than activations,

    form_contenders(case, threads) -> list[Contender]
                             for a form (rheobase.bench.forms.case); their `prepare` takes the case's arrays,
                             and `result` gives a dictionary of outputs
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

# Of a peer that does not say.
DTYPES = ("float32", "float64")


class Unsupported(Exception):
    """The peer lacks this function, role or format; one line, which becomes a footnote."""


@dataclass(frozen=True)
class Buffers:
    """Arrays of one size that a contender reads and writes; y = f(x), f'(x), or grad f'(x)."""

    x: np.ndarray
    grad: np.ndarray | None  # for backward only
    y: np.ndarray


@dataclass(frozen=True)
class Prepared:
    """A contender bound to buffers: all that happens once has happened, what `call` does is timed.

    `result` gives what the last call computed, for a library that insists on memory of its own; without it
    the call fills `Buffers.y`. `keep` is whatever has to stay alive as long as this.
    """

    call: Callable[[], object]
    result: Callable[[], np.ndarray] | None = None
    keep: object = field(default=None, repr=False)


@dataclass(frozen=True)
class Contender:
    """One column of a table. `note` says what a reader has to know about it (a footnote)."""

    name: str
    prepare: Callable[[Buffers], Prepared]
    version: str = ""
    note: str = ""


def parameters(info: dict) -> dict[str, float]:
    """The parameters of a description: as they were set, else the preset's, else their defaults."""
    return {p["name"]: float(p["default"]) for p in info["parameters"]}


def title(info: dict) -> str:
    """What rows and tables call an activation: what was set is a part of it (``elu:alpha=0.5``)."""
    numbers = [f"{key}={repr(value).removesuffix('.0')}" for key, value in info.get("settings", {}).items()]
    return ":".join(filter(None, (info["name"], ",".join(numbers))))
