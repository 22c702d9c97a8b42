# SPDX-License-Identifier: Apache-2.0
"""Random numbers for parts of tensors: an element's number follows from its index in the whole tensor.

So results are the same bits for any number of ranks and any placement (docs/random.md says which numbers).
The C ABI takes the index of a run's first element; a part is run after run of elements that follow each other
in the whole tensor too.
"""

from __future__ import annotations

import ctypes
import itertools
import math

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.tensor import DTensor, Replicate, Shard
from torch.distributed.tensor._utils import compute_local_shape_and_global_offset

from rheobase import _calls as calls
from rheobase import _core
from rheobase.torch import _random
from rheobase.torch._random import RANDOM, RandomFunction
from rheobase.torch._random_slopes import all_parameters
from rheobase.torch.monitor.exact import FORMATS

__all__ = ["contiguous_strides", "register_all", "runs"]


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """In elements, of a tensor whose last dimension is the fastest."""
    return torch.empty(shape, device="meta").stride()


def runs(shape: tuple[int, ...], part: tuple[int, ...], offset: tuple[int, ...]):
    """Where a part of a tensor lies in it.

    Args:
        shape: of the whole tensor
        part, offset: shape of the part, and the index of its first element in the whole tensor

    Returns:
        the length of the runs of elements that follow each other in both, and an iterator over the indices
        in the whole tensor (last dimension fastest) of their first elements.

    >>> length, firsts = runs((4, 6), (4, 3), (0, 3))
    >>> length, list(firsts)
    (3, [3, 9, 15, 21])
    """
    strides = contiguous_strides(shape)
    cut = len(shape)  # of the dimensions from here on all but the first are whole
    while cut > 0 and part[cut - 1] == shape[cut - 1]:
        cut -= 1
    cut = max(cut - 1, 0)
    start = sum(o * s for o, s in zip(offset, strides, strict=True))
    outer = (range(0, n * s, s) for n, s in zip(part[:cut], strides[:cut], strict=True))
    return math.prod(part[cut:]), (start + sum(steps) for steps in itertools.product(*outer))


def _run(
    name: str, grad: Tensor | None, x: Tensor, y: Tensor, call: calls.Random, length: int, firsts
) -> None:
    """Fills y, run after run; all three are contiguous."""
    handle, size = calls.found("rheo_random_find", name), x.element_size() * length
    run = calls.typed("rheo_random_run", ctypes.c_void_p, ctypes.c_void_p)
    one = (ctypes.c_int64 * 1)(length)
    call.rank, call.shape = 1, ctypes.addressof(one)
    at = [x.data_ptr(), 0 if grad is None else grad.data_ptr(), y.data_ptr()]
    reference = ctypes.byref(call)
    for i, first in enumerate(firsts):
        call.first, call.x, call.y = first, at[0] + i * size, at[2] + i * size
        call.grad = at[1] + i * size if grad is not None else None
        _core._check(run(handle, reference))


def _part(
    random: RandomFunction, grad: Tensor | None, x: Tensor, whole: DTensor, seed: Tensor, given
) -> Tensor:
    """The function, or with a gradient its backward, of this rank's part."""
    shape, offset = compute_local_shape_and_global_offset(whole.shape, whole.device_mesh, whole.placements)
    y = torch.empty_like(x, memory_format=torch.contiguous_format)
    if not x.numel():
        return y
    parameters = all_parameters(random.name, tuple(given))
    call = calls.filled(calls.Random, role=calls.VALUE if grad is None else calls.BACKWARD)
    call.format, call.training, call.threads = FORMATS[x.dtype], 1, torch.get_num_threads()
    call.parameters, call.parameter_count = ctypes.addressof(parameters), len(parameters)
    call.seed, call.offset = seed.tolist()
    length, firsts = runs(tuple(whole.shape), tuple(shape), tuple(offset))
    _run(random.name, None if grad is None else grad.contiguous(), x.contiguous(), y, call, length, firsts)
    return y


def _splittable(x: DTensor) -> DTensor:
    """With sums added up, and without placements whose elements' indices are not known."""
    wanted = [p if type(p) in (Shard, Replicate) else Replicate() for p in x.placements]
    return x if list(x.placements) == wanted else x.redistribute(placements=wanted)


def _handler(random: RandomFunction, has_grad: bool):
    op = random.backward if has_grad else random.value

    def handle(op_call, args, kwargs):
        grad, x = (args[0], args[1]) if has_grad else (None, args[0])
        seed, training, *given = args[1 + has_grad :]
        if not isinstance(x, DTensor):
            raise NotImplementedError(f"{random.name}: the gradient is a DTensor, the input is not")
        x = _splittable(x)
        if grad is not None:
            if not isinstance(grad, DTensor) or grad.device_mesh != x.device_mesh:
                raise ValueError(f"{random.name}: the gradient is not a DTensor of the input's mesh")
            grad = grad.redistribute(placements=x.placements).to_local()
        local = x.to_local()
        if training:
            y = _part(random, grad, local, x, seed, given)
        else:
            y = op(*((local,) if grad is None else (grad, local)), seed, training, *given)
        return DTensor.from_local(
            y, x.device_mesh, x.placements, run_check=False, shape=x.shape, stride=contiguous_strides(x.shape)
        )

    return handle


def _agreed(seed: Tensor, mesh) -> Tensor:
    """The seed of the mesh's first rank, on all of its ranks: 16 bytes for each dimension of the mesh."""
    for d in reversed(range(mesh.ndim)):
        group = mesh.get_group(d)
        if dist.get_world_size(group) > 1:
            dist.broadcast(seed, dist.get_global_rank(group, 0), group=group)
    return seed


def _draw(input: DTensor, generator: torch.Generator | None) -> Tensor:
    seed = _random._draw(input, generator)
    return _agreed(seed, input.device_mesh) if generator is None else seed


def register_all() -> None:
    """Tells torch and the functions that draw random numbers what to do with parts of tensors."""
    handlers = DTensor._op_dispatcher._custom_op_handlers
    for random in RANDOM.values():
        handlers[random.value] = _handler(random, has_grad=False)
        handlers[random.backward] = _handler(random, has_grad=True)
    _random.DRAW[DTensor] = _draw
