# SPDX-License-Identifier: Apache-2.0
"""Measures of hidden units: dead and saturated, from f' on the test inputs, and how much gradient arrives."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

# A unit whose mean |f'| over the test inputs is below this passes on less than a thousandth of its gradient.
SATURATED_BELOW = 1e-3


class Units:
    """Counts dead and saturated units over any number of batches of derivatives, each (inputs, units)."""

    def __init__(self):
        self._zero: Tensor | None = None  # whether f' was 0 on all inputs so far
        self._sum: Tensor | None = None  # of |f'|, float64
        self._inputs = 0

    def add(self, derivatives: Tensor) -> None:
        if derivatives.dim() != 2 or derivatives.numel() == 0:
            raise ValueError(f"derivatives: expected shape (inputs, units), not {tuple(derivatives.shape)}")
        zero, total = (derivatives == 0).all(dim=0), derivatives.double().abs().sum(dim=0)
        self._zero = zero if self._zero is None else self._zero & zero
        self._sum = total if self._sum is None else self._sum + total
        self._inputs += len(derivatives)

    @property
    def count(self) -> int:
        return 0 if self._zero is None else len(self._zero)

    def dead(self) -> float:
        """Share of units, 0 to 1, whose derivative is exactly 0 on every input."""
        return self._zero.double().mean().item()

    def saturated(self) -> float:
        """Share of units, 0 to 1, with mean |f'| < SATURATED_BELOW. Dead units count."""
        return (self._sum / self._inputs < SATURATED_BELOW).double().mean().item()


def by_unit(x: Tensor) -> Tensor:
    """(examples, units, ...) as (inputs, units): dimension 1 has the units, all others are inputs."""
    return x.reshape(len(x), -1) if x.dim() < 2 else x.movedim(1, -1).flatten(0, -2)


class Watching:
    """While entered, each call of the modules hands (number of the module, its input) to `look`."""

    def __init__(self, modules: Sequence[torch.nn.Module], look):
        self._modules, self._look, self._handles = modules, look, []

    def __enter__(self) -> Watching:
        for number, module in enumerate(self._modules):
            self._handles.append(
                module.register_forward_pre_hook(lambda _, given, number=number: self._look(number, given[0]))
            )
        return self

    def __exit__(self, *_) -> None:
        for handle in self._handles:
            handle.remove()


def gradients(
    model: torch.nn.Module, activations: Sequence[torch.nn.Module], inputs: Tensor, labels: Tensor
) -> list[float | None]:
    """For each activation the root mean square of the loss's gradient at its input, over that at the model's
    output; in evaluation mode, so that nothing is drawn or counted. None where no gradient arrives or a
    number is not finite."""
    reached: dict[int, Tensor] = {}

    def keep(number: int, x: Tensor) -> None:
        if x.requires_grad:
            x.retain_grad()
            reached[number] = x

    was_training = model.training
    model.eval()
    with torch.enable_grad(), Watching(activations, keep):
        outputs = model(inputs)
        outputs.retain_grad()
        torch.nn.functional.cross_entropy(outputs, labels).backward()
    model.train(was_training)
    model.zero_grad()
    whole = _root_mean_square(outputs.grad)
    sizes = (reached[n].grad if n in reached else None for n in range(len(activations)))
    return [_finite(_root_mean_square(g) / whole) if g is not None and whole > 0 else None for g in sizes]


def _root_mean_square(x: Tensor) -> float:
    return x.double().square().mean().sqrt().item()


def _finite(value: float) -> float | None:
    return value if value - value == 0 else None
