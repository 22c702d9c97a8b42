# SPDX-License-Identifier: Apache-2.0
"""What is looked at in a sampled step: a part of a tensor, and which of its dimensions counts units."""

from __future__ import annotations

import torch
from torch import Tensor

from rheobase.torch.monitor.exact import DTYPES


def can_be_read(x: object) -> bool:
    """Whether it is a plain tensor with data, of floats."""
    return (
        type(x) in (Tensor, torch.nn.Parameter)
        and x.dtype in DTYPES
        and x.layout == torch.strided
        and x.device.type != "meta"
        and x.numel() > 0
    )


def part(x: Tensor, unit: int, most: int) -> Tensor:
    """At most about ``most`` elements of x, on the CPU, all units among them: every k-th index of the longest
    other dimension. A number is taken for a row of one."""
    x = x.detach() if x.dim() else x.detach().reshape(1)
    others = [d for d in range(x.dim()) if d != unit]
    while x.numel() > most and others:
        longest = max(others, key=lambda d: x.shape[d])
        stride = min(-(-x.numel() // most), x.shape[longest])
        if stride < 2:
            break
        x = x[(slice(None),) * longest + (slice(None, None, stride),)]
    return x if x.device.type == "cpu" else x.cpu()


def declared_sizes(model: torch.nn.Module) -> dict[torch.nn.Module, list[tuple[int, int]]]:
    """For each module the dimensions and sizes of what may feed it, nearest first: layers before it in the
    order of registration. Convolutions and batch norms have their channels in dimension 1, others last."""
    found, before = {}, []
    for module in model.modules():
        for name, dimension in (("out_channels", 1), ("num_features", 1), ("out_features", -1)):
            size = getattr(module, name, None)
            if isinstance(size, int):
                before.insert(0, (dimension, size))
                del before[4:]
        found[module] = list(before)
    return found


def unit_dimension(x: Tensor, fed_by: list[tuple[int, int]]) -> int:
    """The dimension of the units, from 0: that of the nearest layer before whose size fits; else the second
    of images (4 and 5 dimensions), the last of all others."""
    rank = max(1, x.dim())
    for dimension, size in fed_by:
        at = dimension % rank
        if x.dim() > at and x.shape[at] == size:
            return at
    return 1 if rank in (4, 5) else rank - 1
