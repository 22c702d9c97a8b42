# SPDX-License-Identifier: Apache-2.0
"""What an activation is wanted for: the questions, their answers, and which answers go together."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Question:
    """A choice among words; `asks` is what the dialogue says, `words` the answers with their meaning."""

    asks: str
    words: dict[str, str]


HIDDEN, OUTPUT = "hidden", "output"
NOTHING = "no"  # no normalisation

QUESTIONS = {
    "place": Question("Where in the network?", {HIDDEN: "between layers", OUTPUT: "after the last layer"}),
    "output": Question(
        "What does the network tell?",
        {
            "binary": "yes or no: one probability",
            "multi-class": "one of several classes: probabilities that sum to 1",
            "multi-label": "any number of labels: a probability for each",
            "regression": "any real number",
            "positive": "a number above 0: counts, scales, rates",
            "bounded": "a number in an interval (--range)",
        },
    ),
    "architecture": Question(
        "Which kind of network?",
        {
            "mlp": "fully connected layers",
            "cnn": "convolutions",
            "transformer": "the feed-forward part of a transformer",
            "rnn": "the state of a recurrent network",
        },
    ),
    "device": Question(
        "Where will it run?",
        {
            "cpu": "a processor",
            "gpu": "a graphics processor",
            "microcontroller": "a device on which exponentials are dear",
        },
    ),
    "precision": Question(
        "In which format?",
        {
            "float32": "single precision",
            "bfloat16": "16 bits, range of float32",
            "float16": "16 bits, up to 65,504",
            "int8": "quantized to 256 codes",
        },
    ),
    "normalisation": Question(
        "Are inputs of the activation normalised?", {NOTHING: "no", "batch": "by batch", "layer": "by layer"}
    ),
}
# What the dialogue asks, and what the answer yes says.
SWITCHES = {
    "smooth": (
        "Must its second derivative be continuous (physics-informed networks, Hessians)?",
        "its second derivative must be continuous",
    ),
    "self_normalising": (
        "Should means and variances settle by themselves?",
        "means and variances must settle by themselves",
    ),
    "learnable": ("May it have parameters that are learned?", "it may have parameters that are learned"),
}
DEEP = 20
MOST_LAYERS = 10_000


@dataclass(frozen=True)
class Scenario:
    """The answers. ``depth`` counts layers with the activation; ``range`` is of a bounded output."""

    place: str = HIDDEN
    output: str | None = None
    range: tuple[float, float] = (-1.0, 1.0)
    architecture: str = "mlp"
    depth: int = 4
    device: str = "cpu"
    precision: str = "float32"
    normalisation: str = NOTHING
    smooth: bool = False
    self_normalising: bool = False
    learnable: bool = False

    @property
    def deep(self) -> bool:
        return self.depth >= DEEP

    @property
    def small(self) -> bool:
        """A device on which an exponential is dear."""
        return self.device == "microcontroller"

    def __str__(self) -> str:
        if self.place == OUTPUT:
            low, high = self.range
            kind = f"{self.output} in [{low:g}, {high:g}]" if self.output == "bounded" else self.output
            words = [f"output layer, {kind}"]
        else:
            words = [f"hidden layer, {self.architecture}, {self.depth} layers"]
            words += [f"{self.normalisation} normalisation"]
            words += [switch.replace("_", "-") for switch in SWITCHES if getattr(self, switch)]
        return ", ".join([*words, self.device, self.precision])


def scenario(**given) -> Scenario:
    """A checked scenario; an output kind makes the place "output".

    Raises:
        ValueError: a word, number or combination that makes no sense; one line that begins with its name.
        TypeError: an unknown argument, or one of another type.
    """
    known = {field.name for field in fields(Scenario)}
    if unknown := sorted(given.keys() - known):
        raise TypeError(f"choose() has no argument {unknown[0]!r}; it has {', '.join(sorted(known))}")
    given = {key: value for key, value in given.items() if value is not None}
    for key, question in QUESTIONS.items():
        if key in given and given[key] not in question.words:
            raise ValueError(f"{key}: expected one of {', '.join(question.words)}, not {given[key]!r}")
    for key in SWITCHES:
        if not isinstance(given.get(key, False), bool):
            raise TypeError(f"{key}: expected True or False, not {given[key]!r}")
    depth = given.get("depth", 1)
    if isinstance(depth, bool) or not isinstance(depth, int):
        raise TypeError(f"depth: expected a whole number of layers, not {depth!r}")
    if not 1 <= depth <= MOST_LAYERS:
        raise ValueError(f"depth: expected 1 to {MOST_LAYERS} layers, not {depth}")
    if "output" in given:
        if given.get("place", OUTPUT) != OUTPUT:
            raise ValueError(
                f"output: {given['output']!r} is of an output layer, and place is {given['place']!r}"
            )
        given["place"] = OUTPUT
    elif given.get("place") == OUTPUT:
        raise ValueError(
            f"output: expected one of {', '.join(QUESTIONS['output'].words)} for an output layer"
        )
    if "range" in given:
        given["range"] = _range(given)
    return replace(Scenario(), **given)


def _range(given: dict) -> tuple[float, float]:
    try:
        low, high = map(float, given["range"])
    except (TypeError, ValueError):
        raise TypeError(f"range: expected two numbers, not {given['range']!r}") from None
    if given.get("output") != "bounded":
        raise ValueError("range: is of a bounded output, so output must be 'bounded'")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"range: expected two finite numbers in order, not {low:g} and {high:g}")
    return low, high
