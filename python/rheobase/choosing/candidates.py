# SPDX-License-Identifier: Apache-2.0
"""What can be chosen, with everything known about it; each fact can be asked where it is from."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

import rheobase
from rheobase._evaluate import evaluate, evaluate_rows

# Steps of a recorded formula (docs/describe.md) that a device without exponentials does as they are.
ARITHMETIC = {"+", "-", "*", "/", "<", ">", "select", "min", "max", "negate", "input", "number"}
# Where functions are compared with each other.
PROBES = np.concatenate(
    [np.linspace(-4, 4, 161), np.linspace(4, 100, 97)[1:], np.linspace(-100, -4, 97)[:-1]]
)


@dataclass(frozen=True)
class Evidence:
    """Where a fact is from ("analyze", "registry", "measured", "timing", "results", "paper"), its name there,
    and its value."""

    source: str
    field: str
    value: object

    def __str__(self) -> str:
        if self.source == "paper":
            return f"{self.field}, {self.value}"
        value = self.value
        if isinstance(value, (list, tuple)):
            value = (
                ", ".join(f"{one:.4g}" if isinstance(one, float) else str(one) for one in value) or "nothing"
            )
        elif isinstance(value, float):
            value = f"{value:.4g}"
        return f"{self.source}: {self.field} = {value}"


class Candidate:
    """An activation of one number."""

    def __init__(self, name: str):
        self.name = name
        self.info = rheobase.info(name)

    @functools.cached_property
    def names(self) -> list[str]:
        """Its own, and those of activations that are the same function."""
        return [self.name, *distinct().get(self, [])]

    def fact(self, path: str):
        """A field of docs/analyze.md, such as ``moments.mean``."""
        found = analysis(self.name)
        for key in path.split("."):
            found = found[key]
        return float(found) if found in ("inf", "-inf") else found

    def evidence(self, *paths: str) -> list[Evidence]:
        return [Evidence("analyze", path, self.fact(path)) for path in paths]

    @functools.cached_property
    def steps(self) -> list[str]:
        """Operations of the formula, in order."""
        return [step[0] for step in self.info["trace"] if step[0] not in ("input", "number")]

    @property
    def arithmetic(self) -> bool:
        return set(self.steps) <= ARITHMETIC

    @functools.cached_property
    def straight(self) -> bool:
        """Made of straight lines: no curvature anywhere."""
        return not np.any(evaluate(self.name, PROBES + 0.01, "second"))

    @functools.cached_property
    def gate(self) -> tuple[float, float]:
        """Least and largest of f(x) / x."""
        x = np.concatenate([-np.geomspace(1e-3, 1e4, 200), np.geomspace(1e-3, 1e4, 200)])
        ratios = evaluate(self.name, x) / x
        return float(ratios.min()), float(ratios.max())

    @functools.cached_property
    def beside_zero(self) -> float:
        """The larger of abs f' on the two sides of 0."""
        return float(np.abs(evaluate(self.name, np.array([-1e-9, 1e-9]), "derivative")).max())

    @functools.cached_property
    def values(self) -> np.ndarray:
        return evaluate(self.name, PROBES)

    def order(self) -> tuple:
        """Among equals: no presets, what a file is named after, what torch has, then the simplest."""
        preset = self.info["activation"] != self.name
        second = self.info["file"] != self.name
        simple = len(self.info["parameters"]), len(self.steps)
        return preset, second, not self.info["torch"], *simple, self.name


@functools.cache
def analysis(name: str) -> dict:
    """The properties by the field names of docs/analyze.md. Raises ImportError with what to install."""
    return rheobase.analyze(name).as_dict()


class RowCandidate:
    """A function of rows, looked at through its values for a few rows."""

    def __init__(self, name: str):
        self.name = name
        self.info = rheobase.info(name, "rows")
        rows = np.array([[0.0, 1.0, 2.0], [-3.0, 5.0, 4.0], [1.0, 1.0, 1.0]])
        y = evaluate_rows(name, rows)
        self.least = float(y.min())
        self.sums_to_one = bool(np.allclose(y.sum(axis=1), 1, atol=1e-14))
        self.log_sums_to_one = bool(np.allclose(np.exp(y).sum(axis=1), 1, atol=1e-14))
        self.keeps_order = bool(np.all(np.diff(y[0]) > 0) and y[1, 1] > y[1, 2] > y[1, 0])

    def order(self) -> tuple:
        return (not self.info["torch"], self.name)


@functools.cache
def everything() -> tuple[Candidate, ...]:
    """All activations and presets."""
    return tuple(sorted((Candidate(name) for name in rheobase.names()), key=Candidate.order))


@functools.cache
def distinct() -> dict[Candidate, list[str]]:
    """Of each function its first name, by ``Candidate.order``, with the other names of the same."""
    found: dict[Candidate, list[str]] = {}
    for candidate in everything():
        same = (other for other in found if np.array_equal(other.values, candidate.values))
        if first := next(same, None):
            found[first].append(candidate.name)
        else:
            found[candidate] = []
    return found


@functools.cache
def rows() -> tuple[RowCandidate, ...]:
    """All functions of rows."""
    return tuple(RowCandidate(name) for name in rheobase.names("rows"))


def logarithm_of(candidate: Candidate | RowCandidate) -> str | None:
    """The name of a function whose exponential is this one."""
    if isinstance(candidate, RowCandidate):
        x = np.array([[0.0, 1.0, -2.0]])
        y = evaluate_rows(candidate.name, x)
        others = ((name, np.exp(evaluate_rows(name, x))) for name in rheobase.names("rows"))
    else:
        y = candidate.values
        others = ((other.name, np.exp(np.minimum(other.values, 700))) for other in everything())
    return next((name for name, values in others if np.allclose(values, y, rtol=1e-12, atol=0)), None)


def companions(candidate: Candidate) -> list[str]:
    """Functions that draw random numbers from the same paper."""
    urls = {reference["url"] for reference in candidate.info["references"]}
    found = ((name, rheobase.info(name, "random")["references"]) for name in rheobase.names("random"))
    return [name for name, references in found if urls & {reference["url"] for reference in references}]
