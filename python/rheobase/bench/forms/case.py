# SPDX-License-Identifier: Apache-2.0
"""One thing to measure: a form, a variant of it, a function and a format."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rheobase.bench.contender import Contender

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Truth:
    """Exact values of some elements of an output, given by their flat `positions`. An error is counted in ulp
    of the exact value, or in `unit`, where a result may cancel."""

    output: str
    positions: np.ndarray
    exact: np.ndarray  # long double
    unit: np.ndarray | None = None


@dataclass(frozen=True)
class Case:
    """`arrays(size, random, data)` makes inputs and outputs; `exact(arrays, at)` the truth of the elements
    `at`, or of more, or of all of a sum. `own` are rheobase's contenders: the form itself first, then what
    does the same in separate passes. Peers read `facts`: what the calls have to be told.

    A contender's `prepare` takes Arrays; its `result`, if it has one, gives a dictionary of outputs.
    """

    form: str
    variant: str  # "" for the form as such
    name: str
    dtype: str
    arrays: Callable[[int, np.random.Generator, str], Arrays]
    exact: Callable[[Arrays, np.ndarray], list[Truth]]
    own: list[Contender]
    info: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)

    @property
    def role(self) -> str:
        """What the column `role` of the tables says."""
        return f"{self.form} {self.variant}".strip()
