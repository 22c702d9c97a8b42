# SPDX-License-Identifier: Apache-2.0
"""Whether all ranks have the same model: found out together, so that all of them fail, or none."""

from __future__ import annotations

import hashlib
import itertools

import torch
import torch.distributed as dist

__all__ = ["check_same", "gather", "ranks_of"]


def ranks_of(group) -> int:
    """The number of ranks of a group, None being all.

    Raises:
        RuntimeError: torch.distributed has not been initialised
        ValueError: this rank does not belong to the group
    """
    if not dist.is_initialized():
        raise RuntimeError(
            "rheobase.torch.distributed: no process group; call torch.distributed.init_process_group first"
        )
    if dist.get_rank(group) < 0:
        raise ValueError(f"group: rank {dist.get_rank()} is not one of its ranks")
    return dist.get_world_size(group)


def gather(value: object, group) -> list:
    """Each rank's value, in the order of ranks."""
    values = [None] * ranks_of(group)
    dist.all_gather_object(values, value, group=group)
    return values


def describe(model: torch.nn.Module) -> list[str]:
    """A line for each module, parameter and buffer."""
    lines = []
    for name, module in model.named_modules(remove_duplicate=False):
        shown = module.extra_repr() if not any(module.children()) else ""
        lines.append(f"{name or 'the model'} is {type(module).__name__}({shown})")
        for kind, tensors in (("parameter", module._parameters), ("buffer", module._buffers)):
            for key, tensor in tensors.items():
                what = "nothing"
                if tensor is not None:
                    what = f"{tensor.dtype}, {tuple(tensor.shape)}, requires_grad={tensor.requires_grad}"
                lines.append(f"{kind} {name + '.' if name else ''}{key} is {what}")
    return lines


def check_same(model: torch.nn.Module, group=None) -> None:
    """Raises, on every rank, if the ranks' models differ: modules, their arguments, shapes, dtypes, names.

    A collective call. Values of parameters are not compared. Ranks exchange about 100 bytes each, and
    what they hold where these differ.

    Args:
        model: any module
        group: the ranks; None for all

    Raises:
        ValueError: the message names the first difference, what it is on which ranks
        RuntimeError: there is no process group

    >>> rheobase.torch.distributed.check_same(model)
    """
    lines = describe(model)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if len(set(gather(digest, group))) == 1:
        return
    everywhere = gather(lines, group)
    for row in itertools.zip_longest(*everywhere, fillvalue="there is no more"):
        if len(set(row)) > 1:
            other = next(i for i, line in enumerate(row) if line != row[0])
            raise ValueError(
                f"check_same: the models of ranks differ: on rank 0 {row[0]}; on rank {other} {row[other]}"
            )
