# SPDX-License-Identifier: Apache-2.0
"""Models that the tests of swap share."""

from __future__ import annotations

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Gelu(torch.nn.Module):
    """A class of somebody's, by the usual formula."""

    def forward(self, x):
        return 0.5 * x * (1 + torch.erf(x / 2**0.5))


class Vocal(torch.nn.Module):
    """An activation that no one else has."""

    def forward(self, x):
        return torch.sin(x) + 0.5 * x


class Net(torch.nn.Module):
    """Activations as a module, a function, a method, and a helper's function."""

    def __init__(self):
        super().__init__()
        self.wide, self.narrow = torch.nn.Linear(8, 16), torch.nn.Linear(16, 8)
        self.act = torch.nn.SiLU()

    def gate(self, x):
        return torch.sigmoid(self.narrow(x))

    def forward(self, x):
        return self.gate(torch.nn.functional.gelu(self.wide(x))) * x.tanh() + self.act(x)


def encoder() -> torch.nn.TransformerEncoder:
    """Two layers whose activation is a function in an attribute."""
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", dropout=0.0)
    return torch.nn.TransformerEncoder(layer, 2)


class _Names(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen: set[str] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.namespace == "rheobase":
            self.seen.add(func._opname)
        return func(*args, **(kwargs or {}))


def used(run) -> set[str]:
    """Our operators that ``run`` calls."""
    with _Names() as names:
        run()
    return names.seen
