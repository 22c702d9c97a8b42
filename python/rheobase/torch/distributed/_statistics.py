# SPDX-License-Identifier: Apache-2.0
"""synchronize: adaptive activations whose statistics are those of all ranks, as in SyncBatchNorm."""

from __future__ import annotations

import torch
from torch import Tensor

from rheobase.torch._adaptive import Adaptive
from rheobase.torch._learned import _channel_sum_backward, spread_exactly
from rheobase.torch.distributed._agree import ranks_of
from rheobase.torch.distributed._sums import Sums

__all__ = ["SyncAdaptive", "synchronize"]


def _exactly(x: Tensor, axis: int, channels: int, count: int, group) -> tuple[Tensor, int]:
    """Sums over all ranks, rounded once as ``channel_sum`` rounds them, and the sum of the counts."""
    wide = x.dtype == torch.float64
    sums = Sums(wide, channels)
    sums.add(x.detach(), axis)
    words, count = sums.everywhere(count, group)
    return sums.result(torch.float64 if wide else torch.float32, words), count


class _Everywhere(torch.autograd.Function):
    """The exact sums of x over all ranks. The incoming gradient is taken for that of all ranks."""

    @staticmethod
    def forward(ctx, x, axis, channels, count, group):
        ctx.axis, ctx.shape, ctx.dtype = axis, x.shape, x.dtype
        sums, count = _exactly(x, axis, channels, count, group)
        return sums, torch.tensor(count)

    @staticmethod
    def backward(ctx, grad, _):
        return *_channel_sum_backward(ctx, grad), *(None,) * 3


class _Together(torch.autograd.Function):
    """What all ranks share: its gradient is the sum of theirs, exact and rounded once."""

    @staticmethod
    def forward(ctx, shared, group):
        ctx.group = group
        return shared.view_as(shared)

    @staticmethod
    def backward(ctx, grad):
        return _exactly(grad, 0, grad.numel(), 0, ctx.group)[0].to(grad.dtype), None


class SyncAdaptive(Adaptive):
    """``Adaptive`` with statistics of the whole batch, which lies on several ranks: see ``synchronize``."""

    process_group = None

    def _moments(self, x: Tensor, axis: int) -> tuple[Tensor, Tensor, int]:
        group, channels = self.process_group, self.channels
        ranks_of(group)
        total, number = _Everywhere.apply(x, axis, channels, x.numel() // channels, group)
        count = int(number)
        if count == 0:
            raise ValueError(f"Adaptive: no statistics of an input of shape {tuple(x.shape)} on every rank")
        mean = _Together.apply(total / count, group)
        distance = x - spread_exactly(mean, x, axis)
        square = _Everywhere.apply(distance * distance, axis, channels, 0, group)[0]
        return mean, _Together.apply(square / count, group), count


def synchronize(model: torch.nn.Module, group=None) -> torch.nn.Module:
    """Lets each ``Adaptive`` of a model use the mean and deviation of all ranks' batches together.

    Without it statistics are those of a rank's own batch. In training (or without running statistics) a
    forward pass then makes two collective calls for each module, and a backward pass two, unless ``detach``
    is set; so all ranks have to run it, those without data with a batch of 0. Sums are exact: mean, deviation
    and the running ones are the same bits for any number of ranks. Modules stay the objects that they were,
    with their state; only their class changes.

    Args:
        model: changed in place, also where it is an ``Adaptive`` itself
        group: the ranks; None for all

    Returns:
        the model

    Raises:
        TypeError: no module
        ValueError: this rank does not belong to the group; when called: no rank has data
        RuntimeError: there is no process group

    >>> model = rheobase.torch.distributed.synchronize(model)          # before DistributedDataParallel
    """
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"synchronize: model must be a torch.nn.Module, not {type(model).__name__}")
    ranks_of(group)
    for module in model.modules():
        if type(module) in (Adaptive, SyncAdaptive):
            module.__class__, module.process_group = SyncAdaptive, group
    return model
