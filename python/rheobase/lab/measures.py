# SPDX-License-Identifier: Apache-2.0
"""Shares of hidden units that no longer learn: dead and saturated, from f' on the test inputs."""

import torch

# A unit whose mean |f'| over the test inputs is below this passes on less than a thousandth of its gradient.
SATURATED_BELOW = 1e-3


def dead_share(derivatives: torch.Tensor) -> float:
    """Share of units, 0 to 1, whose derivative is exactly 0 on every input; derivatives: (inputs, units)."""
    _check(derivatives)
    return (derivatives == 0).all(dim=0).double().mean().item()


def saturated_share(derivatives: torch.Tensor) -> float:
    """Share of units, 0 to 1, with mean |f'| < SATURATED_BELOW; derivatives: (inputs, units). Dead units
    count."""
    _check(derivatives)
    return (derivatives.double().abs().mean(dim=0) < SATURATED_BELOW).double().mean().item()


def _check(derivatives: torch.Tensor) -> None:
    if derivatives.dim() != 2 or derivatives.numel() == 0:
        raise ValueError(f"derivatives: expected shape (inputs, units), not {tuple(derivatives.shape)}")
