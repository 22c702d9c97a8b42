# SPDX-License-Identifier: Apache-2.0
"""Rectifiers whose slopes depend on the input as a whole: Adaptive and DynamicReLU.

They are made of torch's own operations, and deterministic.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from rheobase.torch._composed import check_channels, check_count, check_float, widened, widened_for_layers
from rheobase.torch._learned import channel_sum, spread_exactly

_FIRST_SLOPE = 0.25


class Adaptive(torch.nn.Module):
    """A leaky rectifier whose slope follows each channel's statistics.

        y = max(x, 0) + a min(x, 0),  a = sigmoid(w1 m + w2 log s + b)

    with m and s the mean and standard deviation of the channel over all other dimensions, s^2 the mean square
    distance plus ``eps``. Training uses the batch's statistics and keeps running ones for evaluation, as
    torch.nn.BatchNorm1d does: the variance that is kept is the unbiased one.

    Args:
        channels: of the input's dimension ``axis``
        axis: the dimension of the channels
        eps: added to the variance, as log s has no limit at 0
        momentum: the new statistics' share of the running ones; None for the mean of all batches
        detach: whether gradients stop at the statistics
        track_running_stats: without them evaluation uses the batch's statistics too
        device, dtype: of parameters and statistics

    Parameters: ``w1`` and ``w2``, at first 0, and ``b``, at first logit(0.25), each of shape ``(channels,)``.
    Buffers: ``running_mean``, ``running_var``, ``num_batches_tracked``. Sums over the channels, gradients of
    the parameters included, are exact and rounded once. Statistics are those of one process; of all after
    ``rheobase.torch.distributed.synchronize``. As training writes to the buffers, ``torch.func.grad`` and
    ``vmap`` refuse it, as they refuse torch.nn.BatchNorm1d: there use evaluation, or no running statistics.

    Shape:
        input and output: the same, with ``channels`` elements in dimension ``axis``

    Raises:
        TypeError: the input is no float tensor, or neither of the parameters' dtype nor of 16 bits
        ValueError: dimension ``axis`` has not ``channels`` elements, or statistics are wanted of none

    >>> rheobase.torch.nn.Adaptive(64)(torch.randn(8, 64, 7, 7))
    """

    _spread = staticmethod(spread_exactly)  # distributed.ExactGradients listens in its place

    def __init__(
        self,
        channels: int,
        axis: int = 1,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        detach: bool = False,
        track_running_stats: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        check_count("Adaptive", "channels", channels)
        if not 0 < eps < math.inf:
            raise ValueError(f"Adaptive: eps must be a positive number, got {eps}")
        self.channels, self.axis, self.eps, self.momentum = channels, axis, eps, momentum
        self.detach, self.track_running_stats = detach, track_running_stats
        for name in ("w1", "w2", "b"):
            empty = torch.empty(channels, device=device, dtype=dtype)
            self.register_parameter(name, torch.nn.Parameter(empty))
        if track_running_stats:
            self.register_buffer("running_mean", torch.zeros(channels, device=device, dtype=dtype))
            self.register_buffer("running_var", torch.ones(channels, device=device, dtype=dtype))
            self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        torch.nn.init.zeros_(self.w1)
        torch.nn.init.zeros_(self.w2)
        torch.nn.init.constant_(self.b, math.log(_FIRST_SLOPE / (1 - _FIRST_SLOPE)))
        self.reset_running_stats()

    def reset_running_stats(self) -> None:
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def _moments(self, x: Tensor, axis: int) -> tuple[Tensor, Tensor, int]:
        """Mean, mean square distance from it, and the number of elements of each channel."""
        count = x.numel() // self.channels
        if count == 0:
            raise ValueError(f"Adaptive: no statistics of an input of shape {tuple(x.shape)}")
        mean = channel_sum(x, axis) / count
        distance = x - spread_exactly(mean, x, axis)
        return mean, channel_sum(distance * distance, axis) / count, count

    def _keep(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Of tensors without a gradient. (A block without gradients cannot be exported.)"""
        self.num_batches_tracked.add_(1)
        share = 1 / self.num_batches_tracked.to(mean.dtype) if self.momentum is None else self.momentum
        unbiased = variance * (count / max(count - 1, 1))
        for running, new in ((self.running_mean, mean), (self.running_var, unbiased)):
            running.copy_(running + (new - running) * share)

    def _slope(self, mean: Tensor, variance: Tensor) -> Tensor:
        spread = torch.log(variance + self.eps) / 2
        return torch.sigmoid(self.w1 * mean + self.w2 * spread + self.b)

    def forward(self, input: Tensor) -> Tensor:
        axis = check_channels("Adaptive", input, self.channels, self.axis)
        x = widened("Adaptive", input, self.b)
        if self.training or not self.track_running_stats:
            mean, variance, count = self._moments(x.detach() if self.detach else x, axis)
            if self.training and self.track_running_stats:
                self._keep(mean.detach(), variance.detach(), count)
        else:
            mean, variance = self.running_mean, self.running_var
        slopes = self._spread(self._slope(mean, variance), x, axis)
        return (torch.clamp(x, min=0) + slopes * torch.clamp(x, max=0)).to(input.dtype)

    def extra_repr(self) -> str:
        return (
            f"{self.channels}, axis={self.axis}, eps={self.eps}, momentum={self.momentum}, "
            f"detach={self.detach}, track_running_stats={self.track_running_stats}"
        )


class DynamicReLU(torch.nn.Module):
    """The largest of ``pieces`` linear functions, whose coefficients come from the pooled input.

        y_c = max_k (a_ck x_c + b_ck)

    Each sample is averaged over all dimensions after the channels; a linear layer to channels / reduction,
    ReLU, a linear layer and 2 sigmoid(.) - 1 make changes d in [-1, 1] of it:
    a_c1 = 1 + d, the other a_ck = d, and b_ck = d / 2.

    Args:
        channels: of dimension 1
        variant: "A", where all channels share their coefficients, or "B", where each has its own
        pieces: linear functions
        reduction: of the channels inside the network
        device, dtype: of the parameters

    16-bit inputs of wider parameters are computed in the parameters' dtype and rounded once. Bits of
    values and gradients are those of torch's means and products, and may depend on layout and threads.

    Shape:
        input and output ``(N, channels, *)``, the same

    Raises:
        TypeError: when called, the input is no float tensor, or neither of the parameters' dtype nor of 16
            bits; under autocast, where only one of both is float64
        ValueError: another variant, a number below 1, or an input without ``channels`` in dimension 1

    Source: Chen, Dai, Liu, Chen, Yuan and Liu 2020, Dynamic ReLU, arXiv 2003.10027, sections 3.1 to 3.3; its
    variant C, with attention over positions, is not here.

    >>> rheobase.torch.nn.DynamicReLU(64, "B")(torch.randn(8, 64, 7, 7))
    """

    def __init__(
        self,
        channels: int,
        variant: str = "B",
        pieces: int = 2,
        reduction: int = 8,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        for name, value in (("channels", channels), ("pieces", pieces), ("reduction", reduction)):
            check_count("DynamicReLU", name, value)
        if variant not in ("A", "B"):
            raise ValueError(f"DynamicReLU: variant must be 'A' or 'B', got {variant!r}")
        self.channels, self.variant, self.pieces, self.reduction = channels, variant, pieces, reduction
        hidden, sets = max(1, channels // reduction), 1 if variant == "A" else channels
        self.squeeze = torch.nn.Linear(channels, hidden, device=device, dtype=dtype)
        self.excite = torch.nn.Linear(hidden, 2 * pieces * sets, device=device, dtype=dtype)

    def coefficients(self, input: Tensor) -> tuple[Tensor, Tensor]:
        """a and b, each of shape (N, channels or 1, pieces), in the parameters' dtype."""
        x = widened_for_layers("DynamicReLU", input, self.excite.weight)
        pooled = x.flatten(2).mean(2) if x.dim() > 2 else x
        changes = 2 * torch.sigmoid(self.excite(torch.relu(self.squeeze(pooled)))) - 1
        changes = changes.unflatten(1, (-1, 2, self.pieces))
        first = torch.zeros(self.pieces, dtype=changes.dtype, device=changes.device)
        first[0] = 1
        return first + changes[:, :, 0], changes[:, :, 1] / 2

    def forward(self, input: Tensor) -> Tensor:
        check_float("DynamicReLU", input)
        if input.dim() < 2 or input.shape[1] != self.channels:
            shape = tuple(input.shape)
            raise ValueError(f"DynamicReLU: expected shape (N, {self.channels}, *), got {shape}")
        x = widened_for_layers("DynamicReLU", input, self.excite.weight)
        slopes, offsets = self.coefficients(x)
        shape = (*slopes.shape[:2], *(1 for _ in x.shape[2:]))
        result = None
        for k in range(self.pieces):
            line = x * slopes[..., k].reshape(shape) + offsets[..., k].reshape(shape)
            result = line if result is None else torch.where(line > result, line, result)
        return result.to(input.dtype)

    def extra_repr(self) -> str:
        return f"{self.channels}, {self.variant!r}, pieces={self.pieces}, reduction={self.reduction}"
