# SPDX-License-Identifier: Apache-2.0
"""Linear layers in front of gates, whose weight holds both factors and can be split over ranks."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor
from torch.distributed.tensor.parallel import ParallelStyle

from rheobase.torch._gates import LAYOUTS, _join, _split, refuse_layout

__all__ = ["PackedColwiseParallel", "PackedLinear", "pack_per_rank", "unpack_per_rank"]


def _check(function: str, weight: Tensor, layout: str, ranks: int = 1) -> int:
    """Half the extent of dimension 0."""
    if layout not in LAYOUTS:
        refuse_layout(function, layout)
    if ranks < 1 or weight.dim() == 0 or weight.shape[0] % (2 * ranks):
        rows = weight.shape[0] if weight.dim() else "missing"
        raise ValueError(
            f"{function}: dimension 0 holds both factors for {ranks} rank(s), so it must be a multiple of "
            f"{2 * ranks}; it is {rows}"
        )
    return weight.shape[0] // 2


def _apart(weight: Tensor, layout: str) -> Tensor:
    """(2 d, ...) as (2, d, ...), the factor that is activated first."""
    return torch.stack(_split(weight.movedim(0, -1), None, LAYOUTS[layout])).movedim(-1, 1)


def _joined(pair: Tensor, layout: str) -> Tensor:
    """The inverse of ``_apart``."""
    return _join(*pair.movedim(1, -1), LAYOUTS[layout]).movedim(-1, 0)


def pack_per_rank(weight: Tensor, ranks: int, layout: str = "halves") -> Tensor:
    """A packed weight in the order that ranks with equal consecutive parts of it need.

    Each of ``ranks`` parts of dimension 0 then holds first its rows of the activated factor, then those of
    the other one, so that a gate of layout "halves" is right on what a rank computes.

    Args:
        weight: (2 d, ...), of a weight or bias; d is a multiple of ``ranks``
        ranks: that will each hold 2 d / ranks consecutive rows
        layout: of ``weight`` now, as in ``rheobase.torch.functional.gated``

    Raises:
        ValueError: another layout, or an extent that does not divide

    >>> pack_per_rank(torch.arange(8), ranks=2)       # gates 0 to 3, the others 4 to 7
    tensor([0, 1, 4, 5, 2, 3, 6, 7])
    """
    _check("pack_per_rank", weight, layout, ranks)
    return _apart(weight, layout).unflatten(1, (ranks, -1)).transpose(0, 1).flatten(0, 2).contiguous()


def unpack_per_rank(weight: Tensor, ranks: int, layout: str = "halves") -> Tensor:
    """The inverse of ``pack_per_rank``, with the same arguments and errors."""
    _check("unpack_per_rank", weight, layout, ranks)
    pair = weight.unflatten(0, (ranks, 2, -1)).transpose(0, 1).flatten(1, 2)
    return _joined(pair, layout).contiguous()


class PackedLinear(torch.nn.Module):
    """Two linear layers of one input as one matrix product: both factors of a gate.

    ``weight`` has shape (2, out_features, in_features) and ``bias``, if any, (2, out_features), index 0 being
    the factor that is activated. So the parameters may be split along the features, and each rank's part
    holds both factors of the same features; a checkpoint of it is read by any number of ranks.

    Shape:
        input (*, in_features); output: two of (*, out_features), as ``rheobase.torch.nn.Gated`` takes them

    >>> up = PackedLinear(64, 256)
    >>> rheobase.torch.nn.Gated("silu")(*up(torch.randn(8, 64))).shape
    torch.Size([8, 256])
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        keywords = {"device": device, "dtype": dtype}
        self.weight = torch.nn.Parameter(torch.empty(2, out_features, in_features, **keywords))
        self.bias = torch.nn.Parameter(torch.empty(2, out_features, **keywords)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """As torch.nn.Linear."""
        reach = 1 / math.sqrt(self.in_features) if self.in_features else 0
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -reach, reach)

    @classmethod
    def from_linear(cls, linear: torch.nn.Linear, layout: str = "halves") -> PackedLinear:
        """From a layer whose output holds both factors in that layout of ``rheobase.torch.nn.Gated``.

        Raises:
            TypeError: no torch.nn.Linear
            ValueError: another layout, or an odd number of outputs
        """
        if not isinstance(linear, torch.nn.Linear):
            raise TypeError(f"from_linear: expected a torch.nn.Linear, not {type(linear).__name__}")
        half, weight = _check("from_linear", linear.weight, layout), linear.weight
        made = cls(linear.in_features, half, linear.bias is not None, weight.device, weight.dtype)
        with torch.no_grad():
            made.weight.copy_(_apart(weight, layout))
            if linear.bias is not None:
                made.bias.copy_(_apart(linear.bias, layout))
        return made

    def to_linear(self, layout: str = "halves") -> torch.nn.Linear:
        """The layer whose output holds both factors in that layout; the inverse of ``from_linear``."""
        _check("to_linear", self.weight.flatten(0, 1), layout)
        keywords = {"device": self.weight.device, "dtype": self.weight.dtype}
        made = torch.nn.Linear(self.in_features, 2 * self.out_features, self.bias is not None, **keywords)
        with torch.no_grad():
            made.weight.copy_(_joined(self.weight, layout))
            if self.bias is not None:
                made.bias.copy_(_joined(self.bias, layout))
        return made

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        weight, bias = _local(self.weight), _local(self.bias)
        result = F.linear(input, weight.flatten(0, 1), None if bias is None else bias.flatten())
        first, second = result.chunk(2, dim=-1)
        return first, second

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}, bias={self.bias is not None}"


def _local(parameter: Tensor | None) -> Tensor | None:
    return parameter.to_local() if isinstance(parameter, DTensor) else parameter


class PackedColwiseParallel(ParallelStyle):
    """Splits a ``PackedLinear`` along its features, as torch's ColwiseParallel does a Linear.

    Takes the whole input on each rank, gives this rank's features of both factors as plain tensors; a
    ``RowwiseParallel`` layer follows the gate. Backward adds up the input's gradient over the ranks.

    >>> plan = {"up": PackedColwiseParallel(), "down": RowwiseParallel()}
    >>> torch.distributed.tensor.parallel.parallelize_module(block, mesh, plan)
    """

    def _apply(self, module: torch.nn.Module, device_mesh) -> torch.nn.Module:
        if not isinstance(module, PackedLinear):
            raise TypeError(
                f"PackedColwiseParallel: expected a PackedLinear, not {type(module).__name__}; "
                "PackedLinear.from_linear converts a Linear whose weight holds both factors"
            )
        for name, parameter in list(module.named_parameters(recurse=False)):
            if parameter.device.type == "meta" or not isinstance(parameter, DTensor):
                split = distribute_tensor(parameter, device_mesh, [Shard(1)])
                module.register_parameter(name, torch.nn.Parameter(split, parameter.requires_grad))

        def whole(_, inputs):
            (x,) = inputs
            if not isinstance(x, DTensor):
                x = DTensor.from_local(x, device_mesh, [Replicate()], run_check=False)
            elif x.device_mesh != device_mesh:
                raise ValueError(
                    f"PackedColwiseParallel: the input is on {x.device_mesh}, not on {device_mesh}"
                )
            x = x.redistribute(placements=[Replicate()])
            return (x.to_local(grad_placements=[Partial()]),)

        module.register_forward_pre_hook(whole)
        return module
