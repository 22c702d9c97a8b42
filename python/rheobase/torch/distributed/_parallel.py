# SPDX-License-Identifier: Apache-2.0
"""Activations whose input lies on several ranks: split along its features, or as parts of one batch."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.tensor import DTensor, Replicate, Shard, distribute_tensor
from torch.distributed.tensor.parallel import ParallelStyle

from rheobase.torch._form_modules import RandomModule
from rheobase.torch.distributed._random_parts import contiguous_strides

__all__ = ["ActivationParallel", "WholeBatch"]

_MOST_DIMENSIONS = 64


def _part(x: Tensor, mesh, dim: int, extent: int) -> DTensor:
    """This rank's part as one of a tensor of that extent in all."""
    shape = (*x.shape[:dim], extent, *x.shape[dim + 1 :])
    given = {"shape": shape, "stride": contiguous_strides(shape)}
    return DTensor.from_local(x.contiguous(), mesh, [Shard(dim)], run_check=False, **given)


def _chunks(extent: int, ranks: int) -> list[int]:
    """As torch splits: all parts but the last ones are equal."""
    chunk = -(-extent // ranks)
    return [max(0, min(chunk, extent - r * chunk)) for r in range(ranks)]


class ActivationParallel(ParallelStyle):
    """An activation between layers that split features over ranks, for torch's ``parallelize_module``.

    Parameters that are one for each channel are split along with the channels, others are on every rank, with
    gradients that are added up (4 bytes each) in backward. Random numbers are those of the whole tensor. A
    gate of one tensor whose halves lie on different ranks is refused.

    Args:
        dim: the input's dimension that is split, -1 after a ColwiseParallel layer
        extent: of that dimension over all ranks; None where the module's ``channels`` say it, or where all
            ranks have the same number
        use_local_output: give a plain tensor, this rank's part; else a DTensor

    Raises:
        ValueError: when called, a rank has another part of ``extent`` than torch splits off, or a tensor on
            another mesh

    >>> plan = {"up": ColwiseParallel(), "act": ActivationParallel(), "down": RowwiseParallel()}
    """

    def __init__(self, dim: int = -1, extent: int | None = None, use_local_output: bool = True):
        self.dim, self.extent, self.use_local_output = dim, extent, use_local_output

    def _apply(self, module: torch.nn.Module, device_mesh) -> torch.nn.Module:
        for child in module.modules():
            _split_tensors(child, device_mesh)
        channels = _channels(module)
        extent = self.extent or (channels if channels > 1 else None)

        def parts(_, inputs):
            return tuple(self._input(x, device_mesh, extent) for x in inputs)

        def back(_, __, output):
            output = output.redistribute(placements=[Shard(self.dim % output.dim())])
            return output.to_local() if self.use_local_output else output

        module.register_forward_pre_hook(parts)
        module.register_forward_hook(back)
        return module

    def _input(self, x: object, mesh, extent: int | None) -> object:
        if not isinstance(x, Tensor):
            return x
        if isinstance(x, DTensor):
            if x.device_mesh != mesh:
                raise ValueError(f"ActivationParallel: the input is on {x.device_mesh}, not on {mesh}")
            return x
        if not -x.dim() <= self.dim < x.dim():
            raise ValueError(f"ActivationParallel: dim is {self.dim}, the input has {x.dim()} dimensions")
        dim = self.dim % x.dim()
        extent = extent or x.shape[dim] * mesh.size()
        expected = _chunks(extent, mesh.size())[mesh.get_local_rank()]
        if x.shape[dim] != expected:
            raise ValueError(
                f"ActivationParallel: this rank has {x.shape[dim]} of {extent} in dimension {dim}; torch "
                f"splits off {expected}"
            )
        return _part(x, mesh, dim, extent)


def _channels(module: torch.nn.Module) -> int:
    return getattr(module, "channels", getattr(module, "num_parameters", 1))


def _split_tensors(module: torch.nn.Module, mesh) -> None:
    for tensors in (module._parameters, module._buffers):
        for name, tensor in list(tensors.items()):
            if tensor is None or isinstance(tensor, DTensor):
                continue
            per_channel = tensor.dim() == 1 and 1 < tensor.numel() == _channels(module)
            spread = distribute_tensor(tensor, mesh, [Shard(0) if per_channel else Replicate()])
            if tensors is module._parameters:
                spread = torch.nn.Parameter(spread, tensor.requires_grad)
                if tensor.requires_grad and not per_channel:
                    spread.register_hook(_whole_gradient)
            tensors[name] = spread


def _whole_gradient(grad: DTensor) -> DTensor:
    return grad.redistribute(placements=[Replicate()] * grad.device_mesh.ndim)


class WholeBatch(torch.nn.Module):
    """A module whose input is this rank's part of a batch, which lies on all ranks of a mesh.

    What it computes is what it would compute of the whole batch. So functions that draw random numbers draw
    the same for each sample on any number of ranks, given that rank 0 has the same seed. Parts lie in the
    order of ranks, cut as torch.chunk cuts: all but the last ones have the same number of samples; those may
    have fewer, or none.

    Args:
        module: an activation without parameters and buffers
        mesh: of one dimension, from torch.distributed.device_mesh.init_device_mesh
        dim: the dimension of the samples

    A call sends 520 bytes to each other rank, to agree on shapes, and 16 bytes, the seed, from the first; in
    evaluation functions that draw random numbers in training send nothing.

    Raises:
        ValueError: the module has parameters, the mesh more dimensions; when called, on every rank: the parts
            differ in another dimension, or in a way that torch does not cut

    >>> model.noise = rheobase.torch.distributed.WholeBatch(rheobase.torch.nn.RReLU(), mesh)
    """

    def __init__(self, module: torch.nn.Module, mesh, dim: int = 0):
        super().__init__()
        if next(module.parameters(), None) is not None or next(module.buffers(), None) is not None:
            raise ValueError("WholeBatch: module must have no parameters and no buffers")
        if mesh.ndim != 1:
            raise ValueError(f"WholeBatch: mesh must have one dimension, got {mesh.ndim}")
        self.module, self.mesh, self.dim = module, mesh, dim

    def _shapes(self, input: Tensor) -> list[tuple[int, ...]]:
        own = torch.zeros(_MOST_DIMENSIONS + 1, dtype=torch.int64)
        own[: input.dim() + 1] = torch.tensor([input.dim(), *input.shape])
        everywhere = [torch.empty_like(own) for _ in range(self.mesh.size())]
        dist.all_gather(everywhere, own, group=self.mesh.get_group())
        return [tuple(given[1 : given[0] + 1].tolist()) for given in everywhere]

    def forward(self, input: Tensor) -> Tensor:
        if isinstance(self.module, RandomModule) and not self.module.training:
            return self.module(input)  # elementwise then, and a rank may evaluate alone
        shapes, dim = self._shapes(input), self.dim
        if len({(len(s), *s[:dim], *s[dim + 1 :]) for s in shapes}) > 1 or not 0 <= dim < len(shapes[0]):
            raise ValueError(f"WholeBatch: parts of one batch differ beside dimension {dim}: {shapes}")
        extents = [shape[dim] for shape in shapes]
        if extents != _chunks(sum(extents), len(extents)):
            raise ValueError(
                f"WholeBatch: ranks have {extents} samples; torch.chunk would give them "
                f"{_chunks(sum(extents), len(extents))}"
            )
        result = self.module(_part(input, self.mesh, dim, sum(extents)))
        return result.redistribute(placements=[Shard(dim)]).to_local()
