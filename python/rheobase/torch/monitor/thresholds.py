# SPDX-License-Identifier: Apache-2.0
"""The limits beyond which something is a finding, in one place."""

from __future__ import annotations

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """When a layer is worth a word. Shares are from 0 to 1.

    >>> rheobase.torch.watch(model, thresholds=Thresholds(dead=0.5))
    """

    slope: float = 1e-3
    """An element is flat where abs f'(x) is below this: a thousandth of its gradient passes (as in
    `rheobase compare`)."""
    saturated_unit: float = 0.99
    """A unit is saturated when at least this share of its elements is flat. Dead units are, too."""
    dead: float = 0.2
    """Share of dead units of a layer."""
    saturated: float = 0.2
    """Share of saturated units that are not dead."""
    flat: float = 0.5
    """Where f' is 0 at both infinities: share of flat elements, of those that would not be flat for standard
    normal inputs."""
    seen: int = 256
    """No layer's units are judged before each had this many elements: one that fires at 2 % of them is missed
    in 0.6 % of all cases."""
    gradient_ratio: float = 1e3
    """The first layer's gradients against the last one's (root mean squares): beyond this they explode, below
    its inverse they vanish."""
    large: float = 1e4
    """Root mean square of a layer's inputs."""
    constant: float = 1e-6
    """Variance of a layer's outputs over their mean square; below, they carry next to nothing."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                raise TypeError(f"thresholds: {field.name} must be a number, not {type(value).__name__}")
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"thresholds: {field.name} must be a finite number above 0, got {value}")
