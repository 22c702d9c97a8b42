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

from rheobase import _core
from rheobase.torch import _random
from rheobase.torch._random import RANDOM, RandomFunction
from rheobase.torch.monitor.exact import _FORMATS, _function

__all__ = ["agreed_seed", "register_all", "runs"]

_VALUE, _BACKWARD = 1, 3  # rheo_role


class _Call(ctypes.Structure):
    """rheo_random_call."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("struct_size", "role", "format", "training")),
        ("parameters", ctypes.c_void_p),
        ("parameter_count", ctypes.c_size_t),
        ("rank", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        *((name, ctypes.c_void_p) for name in ("shape", "x_strides", "grad_strides", "y_strides")),
        *((name, ctypes.c_void_p) for name in ("x", "grad", "y", "executor")),
        *((name, ctypes.c_uint64) for name in ("seed", "offset", "first")),
    )


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
    strides = [math.prod(shape[d + 1 :]) for d in range(len(shape))]
    cut = len(shape)  # of the dimensions from here on all but the first are whole
    while cut > 0 and part[cut - 1] == shape[cut - 1]:
        cut -= 1
    cut = max(cut - 1, 0)
    start = sum(o * s for o, s in zip(offset, strides, strict=True))
    outer = (range(0, n * s, s) for n, s in zip(part[:cut], strides[:cut], strict=True))
    return math.prod(part[cut:]), (start + sum(steps) for steps in itertools.product(*outer))


def _parameters(name: str, given: tuple) -> ctypes.Array:
    """All parameters; the dispatcher leaves out last ones that are defaults."""
    described = _core.info(name, "random")["parameters"]
    values = [*given, *(float(p["default"]) for p in described[len(given) :])]
    return (_core._Parameter * len(values))(
        *((p["name"].encode(), value) for p, value in zip(described, values, strict=True))
    )


def _run(name: str, grad: Tensor | None, x: Tensor, y: Tensor, call: _Call, length: int, firsts) -> None:
    """Fills y, run after run; all three are contiguous."""
    handle, size = ctypes.c_void_p(), x.element_size() * length
    _core._check(_core._function("random", "find")(name.encode(), ctypes.byref(handle)))
    run = _function("rheo_random_run", ctypes.c_void_p, ctypes.c_void_p)
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
    parameters = _parameters(random.name, given)
    words = seed.tolist()
    call = _Call(struct_size=ctypes.sizeof(_Call), role=_VALUE if grad is None else _BACKWARD)
    call.format, call.training, call.threads = _FORMATS[x.dtype], 1, torch.get_num_threads()
    call.parameters, call.parameter_count = ctypes.addressof(parameters), len(parameters)
    call.seed, call.offset = words
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
            y, x.device_mesh, x.placements, run_check=False, shape=x.shape, stride=_strides(x.shape)
        )

    return handle


def _strides(shape) -> tuple[int, ...]:
    return tuple(math.prod(shape[d + 1 :]) for d in range(len(shape)))


def agreed_seed(seed: Tensor, mesh) -> Tensor:
    """The seed of the mesh's first rank, on all of its ranks: 16 bytes for each dimension of the mesh."""
    for d in reversed(range(mesh.ndim)):
        group = mesh.get_group(d)
        if dist.get_world_size(group) > 1:
            dist.broadcast(seed, dist.get_global_rank(group, 0), group=group)
    return seed


def _draw(input: DTensor, generator: torch.Generator | None) -> Tensor:
    seed = torch.randint(2**63 - 1, (2,), dtype=torch.int64, generator=generator)
    return agreed_seed(seed, input.device_mesh) if generator is None else seed


def register_all() -> None:
    """Tells torch and the functions that draw random numbers what to do with parts of tensors."""
    handlers = DTensor._op_dispatcher._custom_op_handlers
    for random in RANDOM.values():
        handlers[random.value] = _handler(random, has_grad=False)
        handlers[random.backward] = _handler(random, has_grad=True)
    _random.DRAW[DTensor] = _draw
