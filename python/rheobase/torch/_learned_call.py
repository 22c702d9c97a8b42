# SPDX-License-Identifier: Apache-2.0
"""From tensors as parameters to a learned operator: what fits, and what is said of what does not."""

from __future__ import annotations

from typing import NoReturn

import torch
from torch import Tensor
from torch.compiler import is_compiling

from rheobase.torch._dispatch import is_direct, is_plain_memory
from rheobase.torch._evaluate import DTYPES, Callee, check_input, check_parameter
from rheobase.torch._learned import FORMULAS, PLAIN

_NARROW = (torch.bfloat16, torch.float16)


def is_learned(values: tuple) -> bool:
    """Whether any is a tensor with dimensions; a parameter may have one. With none it is no number to us."""
    for value in values:  # noqa: SIM110  (a generator takes longer than all else here)
        if isinstance(value, Tensor) and value.dim() > 0:
            return True
    return False


def as_vector(weight: Tensor | float) -> Tensor | float:
    """Torch's weight may be a tensor of no dimension too."""
    return weight.reshape(1) if isinstance(weight, Tensor) and weight.dim() == 0 else weight


def _check_tensor(function: str, name: str, parameter: Tensor, input: Tensor, axis: int) -> None:
    if parameter.device != input.device:
        raise ValueError(f"{function}: {name} is on {parameter.device}, the input on {input.device}")
    mixed = input.dtype in _NARROW and parameter.dtype == torch.float32
    if parameter.dtype != input.dtype and not mixed:
        also = " or torch.float32" if input.dtype in _NARROW else ""
        raise TypeError(f"{function}: {name} has dtype {parameter.dtype}; expected {input.dtype}{also}")
    if parameter.dim() > 1:
        raise ValueError(f"{function}: {name} must have one dimension, got {parameter.dim()}")
    n = parameter.numel()
    if n == 1:
        return
    if not -input.dim() <= axis < input.dim():
        raise ValueError(
            f"{function}: {name} has {n} elements; expected 1, as the input has {input.dim()} dimensions and "
            f"channels are dimension {axis}"
        )
    if n != input.shape[axis]:
        raise ValueError(
            f"{function}: {name} has {n} elements; expected 1 or {input.shape[axis]}, the extent of the "
            f"input's dimension {axis}"
        )


def bind(callee: Callee, input: Tensor, values: tuple, axis: int) -> tuple[list[Tensor], int]:
    """All parameters as the learned operators take them, checked, and the axis: -1 where all are shared."""
    function = callee.function
    wide = torch.float64 if input.dtype == torch.float64 else torch.float32
    given = list(callee.constants)
    for (index, parameter), value in zip(callee.free, values, strict=True):
        given[index] = value
        if isinstance(value, Tensor):
            _check_tensor(function, parameter.name, value, input, axis)
        else:
            given[index] = check_parameter(function, parameter, value, input.dtype)
    tensors = []
    for parameter, value in zip(callee.operators.parameters, given, strict=True):
        value = parameter.default if value is None else value
        is_tensor = isinstance(value, Tensor)
        tensors.append(value if is_tensor else _number(input, value, wide))
    many = any(t.numel() != 1 for t in tensors)
    return tensors, axis % input.dim() if many else -1


def _is_one_direct(callee: Callee, input: Tensor, values: tuple) -> bool:
    """Whether the only parameter is a tensor like the input, which may go to the CPU's kernel at once."""
    if len(callee.constants) != 1 or len(values) != 1 or type(values[0]) not in PLAIN:
        return False
    weight, dtype = values[0], input.dtype
    return weight.dtype is dtype and dtype in DTYPES and is_direct(input) and is_plain_memory(weight)


def _position(weight: Tensor, input: Tensor, axis: int) -> int | None:
    """The axis as the learned operators take it; None where the weight does not fit."""
    shape, extents = weight.shape, input.shape
    if len(shape) != 1:
        return None
    if shape[0] == 1:
        return -1
    rank = len(extents)
    return axis % rank if -rank <= axis < rank and extents[axis] == shape[0] else None


def refuse_out(function: str) -> NoReturn:
    raise TypeError(f"{function}: out is for parameters that are numbers, not tensors")


def evaluate_learned(
    callee: Callee, input: Tensor, values: tuple, inplace: bool = False, axis: int = 1
) -> Tensor:
    """The activation's value; values of the free parameters are Python numbers or tensors."""
    if not inplace and _is_one_direct(callee, input, values):
        (weight,) = values
        # What is all right, in short; the rest is looked at closer below.
        position = _position(weight, input, axis)
        if position is not None:
            recorded = input.requires_grad or weight.requires_grad
            return FORMULAS[callee.operators.name].direct(recorded, input, weight, position)
    function = callee.function
    check_input(function, input)
    tensors, position = bind(callee, input, values, axis)
    result = FORMULAS[callee.operators.name].evaluate(input, tensors, position)
    return input.copy_(result) if inplace else result


def _number(input: Tensor, value: float, dtype: torch.dtype) -> Tensor:
    """A parameter that is not learned; of the input's own kind where that is spread over processes."""
    if type(input) is Tensor:
        return torch.full((1,), value, dtype=dtype, device=input.device)
    return input.detach().new_full((1,), value, dtype=dtype)


def refuse_out_of_domain(callee: Callee, values: dict[str, float]) -> None:
    """Raises ValueError where a parameter's first value is none of its domain."""
    if not is_compiling():
        given = {parameter.name: parameter.default for _, parameter in callee.free} | values
        callee.pack(tuple(given.values()), torch.float64)
