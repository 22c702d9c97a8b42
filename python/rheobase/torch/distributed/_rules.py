# SPDX-License-Identifier: Apache-2.0
"""How each operator is computed on parts of tensors (DTensor): one loop over the registry.

A rule lists, for one dimension of the mesh, which placements of the inputs give which placement of the
result without any communication. What is asked for beside that torch brings about first, by the cheapest
way. So a sum that is still to be added up (``Partial``) is added before a function that is not linear.
"""

from __future__ import annotations

import math

from torch.distributed.tensor import Partial, Replicate, Shard
from torch.distributed.tensor.experimental import register_sharding

from rheobase.torch._gates import GATES, LAYOUTS
from rheobase.torch._learned import _CHANNEL_SUM, LEARNED
from rheobase.torch._masks import masks
from rheobase.torch._ops import OPERATORS
from rheobase.torch._rows import ROWS

__all__ = ["register_all"]


def _nothing(count: int) -> list[None]:
    """In the place of arguments that are no tensors."""
    return [None] * count


def _anywhere(x) -> tuple:
    """Where an elementwise function may have x: what it gives lies there too."""
    return (Replicate(), *map(Shard, range(x.ndim)))


def _unary(x, *rest):
    """f(x) for each element: any part of x gives that part of the result."""
    none = _nothing(len(rest))
    return [([p], [p, *none]) for p in _anywhere(x)]


def _binary(grad, x, *rest):
    """grad times what x says. Linear in grad, so a gradient that is still to be added up may stay so."""
    none = _nothing(len(rest))
    equal = [([p], [p, p, *none]) for p in _anywhere(x)]
    return [*equal, ([Partial()], [Partial(), Replicate(), *none])]


def _parameter_placements(parameters: tuple, placement, axis: int) -> list:
    """What parameters with one element or one for each channel have to be where x is placed so."""
    split = isinstance(placement, Shard) and placement.dim == axis
    return [Shard(0) if split and p.shape[0] != 1 else Replicate() for p in parameters]


def _learned(leading: int, count: int):
    """``leading`` tensors of x's shape, ``count`` parameters, the axis of the channels, and what follows."""

    def rule(*arguments):
        x, parameters = arguments[leading - 1], arguments[leading : leading + count]
        axis, rest = arguments[leading + count], _nothing(len(arguments) - leading - count)
        rules = []
        for placement in _anywhere(x):
            wanted = _parameter_placements(parameters, placement, axis)
            rules.append(([placement], [*[placement] * leading, *wanted, *rest]))
        if leading == 2:
            replicated = [Replicate()] * (count + 1)
            rules.append(([Partial()], [Partial(), *replicated, *rest]))
        return rules

    return rule


def _learned_sum(count: int):
    """The gradient of a parameter: complete where the channels are split, else still to be added up."""

    def rule(*arguments):
        x, parameters = arguments[1], arguments[2 : 2 + count]
        axis, which, rest = arguments[2 + count], arguments[3 + count], _nothing(len(arguments) - 2 - count)
        rules = [([Replicate()], [*[Replicate()] * (count + 2), *rest])]
        for d in range(x.ndim):
            wanted = _parameter_placements(parameters, Shard(d), axis)
            result = wanted[which] if isinstance(wanted[which], Shard) else Partial()
            rules.append(([result], [Shard(d), Shard(d), *wanted, *rest]))
        rules.append(([Partial()], [Partial(), *[Replicate()] * (count + 1), *rest]))
        return rules

    return rule


def _channel_sum(x, axis):
    rules = [([p], [p, None]) for p in (Replicate(), Partial())]
    return rules + [([Shard(0) if d == axis else Partial()], [Shard(d), None]) for d in range(x.ndim)]


def _rows(x, second, axis, scale):
    """Rows are whole: parts along their axis are gathered first. A mask, or the result, lies as x does."""
    axis %= max(x.ndim, 1)
    placements = (Replicate(), *(Shard(d) for d in range(x.ndim) if d != axis))
    return [([p], [p, None if second is None else p, None, None]) for p in placements]


def _refuse_halves(layout: int) -> None:
    names = {number: name for name, number in LAYOUTS.items()}
    raise ValueError(
        f"gated: layout={names[layout]!r} with the last dimension split over ranks: a part of it holds other "
        "factors than those that belong together; split the weight as distributed.PackedLinear does, or use "
        "layout='interleaved'"
    )


def _packed_placements(a, layout: int) -> list:
    """Of one tensor that holds both factors in its last dimension."""
    last = a.ndim - 1
    placements = [Replicate(), *map(Shard, range(last))]
    split = [n for n, p in zip(a.mesh.shape, a.placements, strict=True) if p.is_shard(last)]
    if not split:
        return placements
    if layout < LAYOUTS["interleaved"]:
        _refuse_halves(layout)
    parts = math.prod(split)
    # Pairs stay together where all parts are even; with several dimensions of the mesh on the last one only
    # whole pairs for all of them do.
    even = -(-a.shape[last] // parts) % 2 == 0 if len(split) == 1 else a.shape[last] % (2 * parts) == 0
    return [*placements, Shard(last)] if even else placements


def _gate(a, b, layout, *rest):
    none = _nothing(1 + len(rest))
    if b is not None:
        return [([p], [p, p, *none]) for p in _anywhere(a)]
    return [([p], [p, None, *none]) for p in _packed_placements(a, layout)]


def _gate_backward(grad, a, b, layout, *rest):
    none = _nothing(1 + len(rest))
    if b is not None:
        rules = [([p, p], [p, p, p, *none]) for p in _anywhere(a)]
        return [*rules, ([Partial(), Partial()], [Partial(), Replicate(), Replicate(), *none])]
    # The second result has no elements.
    return [([p, Replicate()], [p, p, None, *none]) for p in _packed_placements(a, layout)]


def _whole(results: int, tensors: int):
    """A mask's bits lie in the order of the whole tensor's elements, so no part will do."""
    return lambda *arguments: [
        ([Replicate()] * results, [*[Replicate()] * tensors, *_nothing(len(arguments) - tensors)])
    ]


def register_all() -> None:
    """Tells torch the rule of every operator but those that draw random numbers, and ``out=``."""
    for operators in OPERATORS.values():
        register_sharding([operators.value, operators.derivative])(_unary)
        register_sharding([operators.backward, operators.second])(_binary)
    for operators in LEARNED.values():
        count = len(operators.parameters)
        register_sharding(operators.value)(_learned(1, count))
        register_sharding([operators.backward, operators.term])(_learned(2, count))
        register_sharding(operators.sum)(_learned_sum(count))
    register_sharding(_CHANNEL_SUM)(_channel_sum)
    for rows in ROWS.values():
        register_sharding([rows.value, rows.backward])(_rows)
    for gate in GATES.values():
        register_sharding(gate.value)(_gate)
        register_sharding(gate.backward)(_gate_backward)
    for mask in masks().values():
        register_sharding(mask.value)(_whole(2, 1))
        register_sharding(mask.backward)(_whole(1, 2))
