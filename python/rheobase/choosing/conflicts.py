# SPDX-License-Identifier: Apache-2.0
"""Wishes that contradict each other whatever the function, and what to know beside the choice."""

from __future__ import annotations

from rheobase.choosing.candidates import Candidate, RowCandidate, companions, logarithm_of
from rheobase.choosing.scenario import HIDDEN, NOTHING, Scenario


def conflicts_of(s: Scenario) -> list[str]:
    """In words, the important ones first."""
    found = []
    if s.place != HIDDEN:
        if s.self_normalising:
            found.append(
                "Self-normalising is of hidden layers: no layer follows an output, so it has no effect here."
            )
        return found
    if s.self_normalising and s.normalisation != NOTHING:
        found.append(
            f"Self-normalising units and {s.normalisation} normalisation do the same work twice: the "
            "units hold mean 0 and variance 1 by their own fixed point, and normalisation moves their "
            "inputs away from what its proof assumes. Take one of the two; this answer keeps the first."
        )
    if s.self_normalising and s.architecture != "mlp":
        found.append(
            "The fixed point of self-normalising units is proven for fully connected layers of "
            f"independent inputs; in a network of kind '{s.architecture}' shared weights, attention or "
            "recurrence break that assumption."
        )
    if s.self_normalising and s.learnable:
        found.append(
            "Learned parameters move the fixed point, so units that learn them stop normalising themselves."
        )
    if s.small and s.precision in ("bfloat16", "float16"):
        found.append(
            f"Microcontrollers rarely calculate in {s.precision}: expect int8 or float32 there. The "
            "ranking is that of a device without exponentials."
        )
    if s.smooth and s.precision == "int8":
        found.append(
            "Smoothness is lost in int8: outputs are 256 codes, and what trains is the format before "
            "quantization. It counts for training only."
        )
    if s.architecture == "rnn" and s.deep:
        found.append(
            f"A state that is fed back {s.depth} times needs a bounded function, and bounded functions "
            "shrink gradients: gates (LSTM, GRU) are the usual way out, not another activation."
        )
    return found


def notes_of(s: Scenario, best: Candidate | RowCandidate) -> list[str]:
    """What to do with the best answer."""
    found = []
    if s.place == HIDDEN:
        for name in companions(best) if s.self_normalising else ():
            found.append(
                f"Initialise weights with variance 1 / inputs, and drop units with {name} (same paper), "
                "which keeps mean and variance."
            )
        if s.architecture == "transformer":
            found.append(
                f"As a gated unit, {best.name}(a) b of two projections: rheobase.torch.functional.gated "
                "(docs/forms.md)."
            )
        if s.learnable and best.info["parameters"]:
            found.append("Learned per layer or channel: rheobase.torch.nn.Learned (docs/learnable.md).")
    logarithm = logarithm_of(best)
    if logarithm and s.output in ("binary", "multi-label", "multi-class"):
        found.append(
            f"Train on the scores before {best.name}: a cross-entropy loss on logits takes {logarithm} "
            f"itself and loses no digits. {best.name} is for reading the result."
        )
    if s.precision == "int8":
        found.append(
            "In int8 every function of one number is a table of 256 codes at the same cost: rheobase "
            "lut (docs/int8.md)."
        )
    if s.precision in ("bfloat16", "float16") and isinstance(best, Candidate):
        bounds = best.info["bounds"][s.precision]
        if set(bounds.values()) == {0.5}:
            found.append(
                f"In {s.precision} its values and derivatives are correctly rounded (docs/accuracy.md)."
            )
    if s.device == "gpu":
        found.append("Costs were not compared: they are measured on processors only.")
    return found
