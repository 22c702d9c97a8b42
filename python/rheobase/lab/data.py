# SPDX-License-Identifier: Apache-2.0
"""What is trained and tested on: examples as tensors, and the handwritten digits that scikit-learn brings."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from rheobase.lab import sets


@dataclass(frozen=True)
class Examples:
    """Inputs are float32 of shape (examples, inputs), labels int64 of shape (examples,), from 0."""

    train_inputs: torch.Tensor
    train_labels: torch.Tensor
    test_inputs: torch.Tensor
    test_labels: torch.Tensor


def as_tensors(data: sets.Data) -> Examples:
    """The same memory as tensors."""
    return Examples(
        *map(torch.from_numpy, (data.train_inputs, data.train_labels, data.test_inputs, data.test_labels))
    )


def load(test_share: float) -> Examples:
    """The bundled digits, split and scaled; reads files of the installed scikit-learn, no network."""
    return as_tensors(sets.prepare(sets.digits(), test_share))
