# SPDX-License-Identifier: Apache-2.0
"""Torch's own check of operators: each kind of operator, with inputs of all kinds."""

import pytest
import torch
from torch_cases import ACTIVATIONS, layouts

from rheobase.torch import _gates, _learned, _masks, _outputs, _random, _rows
from rheobase.torch._ops import OPERATORS
from rheobase.torch._saving import saver

LAYOUTS = ["expanded", "channels_last", "no dimensions", "empty"]
WITH_PARAMETERS = next(iter(_learned.LEARNED))
KEEPS_MASKS, KEEPS_OUTPUTS = (
    next(name for name in ACTIVATIONS if isinstance(saver(name, (), torch.ones(1), "outputs"), kind))
    for kind in (_masks.Mask, _outputs.Output)
)
SEED = torch.tensor([1, 2])


def leaf(x: torch.Tensor) -> torch.Tensor:
    return x.detach().requires_grad_()


def ones(x: torch.Tensor) -> torch.Tensor:
    """A gradient as that of a sum comes."""
    return torch.ones((), dtype=x.dtype).expand(x.shape)


def defaults(name: str) -> list[float]:
    return [p.default for p in OPERATORS[name].parameters]


def elementwise(name: str, x: torch.Tensor) -> dict:
    """By kind: an operator of the activation, and its arguments for x."""
    ops = OPERATORS[name]
    return {
        "value": (ops.value, (leaf(x),)),
        "derivative": (ops.derivative, (leaf(x),)),
        "backward": (ops.backward, (leaf(ones(x)), x)),
        "backward, by x": (ops.backward, (ones(x), leaf(x))),
        "second": (ops.second, (leaf(ones(x)), x)),
        "out": (ops.out, (x,), {"out": torch.empty(x.shape, dtype=x.dtype)}),
    }


def gates(name: str, x: torch.Tensor) -> dict:
    gate, rest = _gates.GATES[name], (0.0, 0.0, *defaults(name))
    other = x.detach().clone()
    kinds = {
        "gate": (gate.value, (leaf(x), leaf(other), _gates.TWO_TENSORS, *rest)),
        "gate, backward": (gate.backward, (leaf(ones(x)), x, other, _gates.TWO_TENSORS, *rest)),
    }
    if x.dim() == 0:
        return kinds
    packed, layout = torch.stack((x, x), -1).flatten(-2), _gates.LAYOUTS["interleaved"]
    return kinds | {
        "gate of one tensor": (gate.value, (leaf(packed), None, layout, *rest)),
        "gate of one tensor, backward": (gate.backward, (leaf(ones(x)), packed, None, layout, *rest)),
    }


def learned(name: str, x: torch.Tensor) -> dict:
    ops = _learned.LEARNED[name]
    axis = 1 if x.dim() > 1 and x.shape[1] else -1
    channels = x.shape[1] if axis == 1 else 1
    parameters = tuple(leaf(torch.full((channels,), value)) for value in defaults(name))
    narrow = tuple(p.detach().to(x.dtype) for p in parameters)
    return {
        "learned": (ops.value, (leaf(x), *parameters, axis)),
        "learned, backward": (ops.backward, (leaf(ones(x)), x, *narrow, axis)),
        "learned, term": (ops.term, (leaf(ones(x)), x, *narrow, axis, 0)),
        "learned, sum": (ops.sum, (leaf(ones(x)), x, *narrow, axis, 0)),
        "channel_sum": (_learned._CHANNEL_SUM, (leaf(x), axis)),
    }


def saving(x: torch.Tensor) -> dict:
    mask, output = _masks.masks()[KEEPS_MASKS], _outputs.outputs()[KEEPS_OUTPUTS]
    y, bits = mask.value(x)
    result = OPERATORS[KEEPS_OUTPUTS].value(x)
    return {
        "mask": (mask.value, (leaf(x),)),
        "mask, backward": (mask.backward, (leaf(ones(y)), bits)),
        "output, backward": (output.backward, (leaf(ones(x)), result)),
    }


def rows(x: torch.Tensor) -> dict:
    row = next(iter(_rows.ROWS.values()))
    if x.dim() == 0:
        return {}
    return {
        "rows": (row.value, (leaf(x), None, -1, 0.5)),
        "rows, masked": (row.value, (leaf(x), leaf(ones(x)), 0, 1.0)),
        "rows, backward": (row.backward, (leaf(ones(x)), leaf(row.value(x, None, -1, 1.0)), -1, 1.0)),
    }


def random(x: torch.Tensor) -> dict:
    drawn = next(iter(_random.RANDOM.values()))
    return {
        "random": (drawn.value, (leaf(x), SEED, True)),
        "random, backward": (drawn.backward, (leaf(ones(x)), x, SEED, True)),
    }


def check(kinds: dict) -> None:
    for kind, (op, arguments, *keywords) in kinds.items():
        results = torch.library.opcheck(op, arguments, *keywords, raise_exception=False)
        assert set(results.values()) == {"SUCCESS"}, (kind, results)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_kind_of_operator_takes_16_bit_numbers_in_any_layout(layout):
    x, name = layouts(torch.bfloat16)[layout], WITH_PARAMETERS
    check(elementwise(name, x) | gates(name, x) | learned(name, x) | saving(x) | rows(x) | random(x))


@pytest.mark.parametrize("name", ACTIVATIONS[1::6])
def test_operators_of_other_activations_are_as_right(name):
    x = layouts(torch.float16)["transposed"][:2]
    check(elementwise(name, x) | gates(name, x))
