# SPDX-License-Identifier: Apache-2.0
"""What is kept of a layer: integers, and extremes, that merge to the same result in any order."""

from __future__ import annotations

import dataclasses
import math

import torch
from torch import Tensor

from rheobase.torch.monitor.exact import Moments, Statistics

_COUNTS = ("steps", "elements", "backward_steps", "backward_elements")
_STATISTICS = ("inputs", "outputs", "gradients")


class Tally:
    """Counts of one layer over some steps.

    Of each unit: the largest abs f' (``peak``) and the number of elements where it is at least the threshold
    (``steep``), if f' is known; if it is not, the extremes of the output. Of all elements together:
    exact statistics of inputs, outputs and gradients.
    """

    def __init__(self, units: int, slopes: bool, wide: bool):
        self.units, self.slopes, self.wide = units, slopes, wide
        self.steps = 0  # sampled forward passes
        self.elements = 0  # of each unit, that were looked at
        self.backward_steps = 0
        self.backward_elements = 0  # of the whole gradients, of which a part was looked at
        if slopes:
            self.peak = torch.zeros(units, dtype=torch.float64)
            self.steep = torch.zeros(units, dtype=torch.int64)
        else:
            self.low = torch.full((units,), math.inf, dtype=torch.float64)
            self.high = torch.full((units,), -math.inf, dtype=torch.float64)
        self.inputs, self.outputs, self.gradients = (Statistics(wide) for _ in _STATISTICS)

    def like(self) -> Tally:
        """An empty one of the same form."""
        return Tally(self.units, self.slopes, self.wide)

    def form(self) -> tuple:
        return self.units, self.slopes, self.wide

    def count_slopes(self, slopes: Tensor, unit: int, least: float) -> None:
        """slopes: f'(x) with the units in dimension ``unit``."""
        sizes = slopes.abs().movedim(unit, -1).reshape(-1, self.units)
        self.peak = torch.maximum(self.peak, sizes.amax(0))
        self.steep += torch.count_nonzero(sizes >= least, 0)
        self.elements += slopes.numel() // self.units

    def count_outputs(self, outputs: Tensor, unit: int) -> None:
        """Where f' is unknown: whether a unit's output changes at all."""
        rows = outputs.double().movedim(unit, 0).reshape(self.units, -1)
        self.low = torch.minimum(self.low, rows.amin(1))
        self.high = torch.maximum(self.high, rows.amax(1))
        self.elements += rows.shape[1]

    def merge(self, other: Tally) -> None:
        """Adds what another of the same form has counted."""
        self._merge(vars(other) | {name: getattr(other, name).words for name in _STATISTICS})

    def _merge(self, other: dict) -> None:
        for name in _STATISTICS:
            getattr(self, name).merge(other[name])
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + other[name])
        if self.slopes:
            self.peak = torch.maximum(self.peak, other["peak"])
            self.steep += other["steep"]
        else:
            self.low = torch.minimum(self.low, other["low"])
            self.high = torch.maximum(self.high, other["high"])

    def state(self) -> dict:
        """Integers and tensors: torch.save and torch.distributed take them."""
        units = ("peak", "steep") if self.slopes else ("low", "high")
        state = {name: getattr(self, name) for name in ("units", "slopes", "wide", *_COUNTS)}
        state |= {name: getattr(self, name).clone() for name in units}
        return state | {name: getattr(self, name).words.clone() for name in _STATISTICS}

    @classmethod
    def read(cls, state: dict) -> Tally:
        """The tally of a state.

        Raises:
            ValueError: it is no state, or its parts do not fit together.
        """
        try:
            tally = cls(_count(state, "units"), bool(state["slopes"]), bool(state["wide"]))
            for name in _COUNTS:
                _count(state, name)
            for name in ("peak", "steep") if tally.slopes else ("low", "high"):
                if state[name].shape != (tally.units,) or state[name].dtype != getattr(tally, name).dtype:
                    raise ValueError(f"state: {name} must have {tally.units} elements")
            tally._merge(state)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"state: not what Watch.state() returns ({error!r})") from None
        return tally

    def summary(self, saturated_unit: float) -> Summary:
        moments = [getattr(self, name).result() for name in _STATISTICS]
        inputs, outputs, gradients = moments
        return Summary(
            steps=self.steps,
            units=self.units,
            elements=self.elements,
            **self._units(saturated_unit),
            sparsity=outputs.zeros / outputs.count if outputs.count else math.nan,
            inputs=inputs,
            outputs=outputs,
            gradients=gradients,
            gradient_norm=self._gradient_norm(gradients),
        )

    def _units(self, saturated_unit: float) -> dict[str, float]:
        unknown = dict.fromkeys(("dead", "saturated", "flat"), math.nan)
        if not self.elements:
            return unknown
        if not self.slopes:
            return unknown | {"dead": (self.low == self.high).double().mean().item()}
        return {
            "dead": (self.peak == 0).double().mean().item(),
            "saturated": (self.elements - self.steep >= saturated_unit * self.elements)
            .double()
            .mean()
            .item(),
            "flat": 1 - self.steep.sum().item() / (self.elements * self.units),
        }

    def _gradient_norm(self, gradients: Moments) -> float:
        """Of one step, from the root mean square of those elements that were looked at."""
        if not self.backward_steps:
            return math.nan
        return gradients.root_mean_square * math.sqrt(self.backward_elements / self.backward_steps)


def _count(state: dict, name: str) -> int:
    value = state[name]
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"state: {name} must be a whole number of at least 0, got {value!r}")
    return value


@dataclasses.dataclass(frozen=True)
class Summary:
    """A layer over the window. Shares are from 0 to 1; NaN stands for what is not known."""

    steps: int  # sampled
    units: int
    elements: int  # of each unit
    dead: float  # share of units with f' = 0 at all elements (f' unknown: with an output that never changed)
    saturated: float  # share of units that are flat nearly everywhere, dead ones included
    flat: float  # share of elements with abs f' below the threshold
    sparsity: float  # share of outputs that are 0
    inputs: Moments
    outputs: Moments
    gradients: Moments  # of the loss with respect to the outputs
    gradient_norm: float  # Euclidean, of one step's whole gradient

    def record(self) -> dict:
        """All numbers under plain names; None for what is not known (JSON has no NaN)."""
        flat = dataclasses.asdict(self)
        for name in _STATISTICS:
            flat |= {f"{name}_{key}": value for key, value in flat.pop(name).items()}
        return {key: _json(value) for key, value in flat.items()}


def _json(value: int | float) -> int | float | str | None:
    """Infinities as text, as `rheobase list --json` has them."""
    if isinstance(value, int) or math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)
