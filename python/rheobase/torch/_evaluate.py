# SPDX-License-Identifier: Apache-2.0
"""From checked Python arguments to an operator, by the shortest way that autograd allows."""

from __future__ import annotations

import dataclasses
import functools
import math
import numbers
from typing import NoReturn

import torch
import torch.autograd.forward_ad as forward_ad
from torch import Tensor, is_grad_enabled
from torch.compiler import is_compiling

from rheobase import _core
from rheobase.torch._autograd import FORMULAS, Formulas
from rheobase.torch._dispatch import (
    PRIVATE,
    below_autograd,
    increment_versions,
    is_direct,
    transforming,
)
from rheobase.torch._formula import compiled
from rheobase.torch._ops import DEVICES, OPERATORS, Operators, Parameter
from rheobase.torch._saving import saver, saving

# Per dtype, what rounds to a positive number and to a finite one: above ``low``, and below ``high``.
# Parameters are rounded to the dtype before use, to float32 for 16-bit tensors; the tie at half the smallest
# subnormal goes to 0, the one above the largest float to infinity.
_FLOAT32 = (2.0**-150, float.fromhex("0x1.ffffffp127"))
_LIMITS = {
    torch.float32: _FLOAT32,
    torch.float64: (0.0, math.inf),
    torch.bfloat16: _FLOAT32,
    torch.float16: _FLOAT32,
}
DTYPES = frozenset(_LIMITS)

_DOMAINS = {
    "finite": ("a finite number", lambda value, low, high: -high < value < high),
    "positive": ("a finite number above 0", lambda value, low, high: low < value < high),
    "nonnegative": ("a finite number of at least 0", lambda value, low, high: 0 <= value < high),
    "nonzero": ("a finite number other than 0", lambda value, low, high: low < abs(value) < high),
    "finite_or_infinite": (
        "a number",
        lambda value, low, high: -high < value < high or abs(value) == math.inf,
    ),
}


def domain_text(domain: str) -> str:
    return _DOMAINS[domain][0]


def check_parameter(function: str, parameter: Parameter, value: float, dtype: torch.dtype) -> float | None:
    """The value as the operator takes it: None where that stands for the default.

    Raises:
        TypeError: it is not a Python number.
        ValueError: it is NaN or outside the parameter's domain once rounded to ``dtype``.
    """
    if type(value) is not float:
        if not isinstance(value, numbers.Real):
            raise TypeError(
                f"{function}: {parameter.name} must be a Python number, not {type(value).__name__}"
            )
        value = float(value)
    wanted, holds = _DOMAINS[parameter.domain]
    if not holds(value, *_LIMITS[dtype]):
        (value,) = {value}  # what torch.compile had a symbol for is a constant as the element of a set
        raise ValueError(f"{function}: {parameter.name} must be {wanted} in {dtype}, got {value}")
    return None if parameter.optional and value == parameter.default else value


def device_refusal(device: torch.device) -> str:
    supported = "only the CPU and CUDA are" if "cuda" in DEVICES else "only the CPU is"
    return f"is on device {device}; {supported} supported"


def _refuse_layout(function: str, input: Tensor) -> NoReturn:
    if input.is_nested:
        raise NotImplementedError(f"{function}: input is a nested tensor; give its parts, input.unbind()")
    sparse = "a sparse tensor, " if str(input.layout).startswith("torch.sparse") else ""
    raise NotImplementedError(f"{function}: input is {sparse}of layout {input.layout}; give input.to_dense()")


def check_input(function: str, input: Tensor) -> None:
    """Raises TypeError for what is no float tensor, NotImplementedError for other devices and layouts."""
    if not isinstance(input, Tensor):
        raise TypeError(f"{function}: input must be a torch.Tensor, not {type(input).__name__}")
    if input.dtype not in _LIMITS:
        raise TypeError(
            f"{function}: input has dtype {input.dtype}; "
            "torch.float32, torch.float64, torch.bfloat16 and torch.float16 are supported"
        )
    if input.device.type not in DEVICES:
        raise NotImplementedError(f"{function}: input {device_refusal(input.device)}")
    if input.layout is not torch.strided or input.is_nested:
        _refuse_layout(function, input)


@dataclasses.dataclass(frozen=True)
class Callee:
    """An activation with some of its parameters fixed, as a public function calls it."""

    function: str  # for messages
    operators: Operators
    formulas: Formulas
    constants: tuple[float | None, ...]  # all parameters; those that are free hold their defaults
    free: tuple[tuple[int, Parameter], ...]  # with their positions
    # By the free parameters' values and the dtype, what has been found right.
    packed: dict[tuple, tuple] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def pack(self, values: tuple, dtype: torch.dtype) -> tuple:
        """All parameters for the operator, from the free ones' values."""
        packed = list(self.constants)
        for (index, parameter), value in zip(self.free, values, strict=True):
            packed[index] = check_parameter(self.function, parameter, value, dtype)
        if len(packed) > 1 and not is_compiling():
            _check_together(self.function, self.operators.name, tuple(packed), dtype)
        return tuple(packed)


@functools.lru_cache(maxsize=1024)
def _check_together(function: str, activation: str, packed: tuple, dtype: torch.dtype) -> None:
    """Each may be right by itself and not with the others. What holds is remembered."""
    given = zip(OPERATORS[activation].parameters, packed, strict=True)
    values = {parameter.name: value for parameter, value in given if value is not None}
    try:
        _core.check_parameters(activation, values, dtype == torch.float64)
    except ValueError as error:
        raise ValueError(f"{function}: {error}") from None


@functools.cache
def _no_parameters(parameters: tuple[Parameter, ...]) -> tuple:
    return tuple(None if p.optional else p.default for p in parameters)


def make_callee(function: str, activation: str, fixed: dict[str, float]) -> Callee:
    """The named activation; a fixed parameter is no argument any more."""
    operators = OPERATORS[activation]
    constants = list(_no_parameters(operators.parameters))
    free = []
    for index, parameter in enumerate(operators.parameters):
        if parameter.name in fixed:
            constants[index] = check_parameter(function, parameter, fixed[parameter.name], torch.float64)
        else:
            free.append((index, parameter))
    return Callee(function, operators, FORMULAS[activation], tuple(constants), tuple(free))


def evaluate(callee: Callee, input: Tensor, values: tuple = (), inplace: bool = False) -> Tensor:
    """The activation's value for the free parameters' values."""
    if is_direct(input):
        try:
            parameters = callee.packed[values, input.dtype]
        except (KeyError, TypeError):  # TypeError: a value that cannot be hashed, and is no number
            parameters = _pack(callee, input, values)
        recorded = input.requires_grad and is_grad_enabled()
        if not inplace:
            if not recorded:
                return callee.formulas.cpu(input, *parameters)
            if saving():
                return _recorded(callee, input, parameters)
            return callee.formulas.direct.apply(input, *parameters)
        if not recorded and not input.is_inference():
            callee.formulas.cpu_out(input, *parameters, out=input)
            increment_versions((input,))
            return input
    plain = type(input) is Tensor
    strided = plain and input.layout is torch.strided and not input.is_nested
    if not strided or input.dtype not in _LIMITS or not input.is_cpu:
        check_input(callee.function, input)
    parameters = callee.pack(values, input.dtype) if callee.free else callee.constants
    if not PRIVATE:
        _refuse_tangents(callee.function, input)
    direct = plain and PRIVATE and not is_compiling() and not transforming()
    if inplace:
        return _evaluate_in_place(callee, input, parameters, direct)
    if not direct:
        return _dispatched(callee, input, parameters)
    if input.requires_grad and is_grad_enabled():
        return _recorded(callee, input, parameters)
    with below_autograd():
        return callee.operators.value._op(input, *parameters)


def _pack(callee: Callee, input: Tensor, values: tuple) -> tuple:
    """Checked parameters, remembered unless there are zeros: a dictionary cannot tell their signs."""
    check_input(callee.function, input)
    parameters = _without_defaults(callee.pack(values, input.dtype), callee.operators)
    if 0 not in values:
        if len(callee.packed) >= 256:
            callee.packed.clear()
        callee.packed[values, input.dtype] = parameters
    return parameters


def _without_defaults(parameters: tuple, operators: Operators) -> tuple:
    """Without the last ones that are defaults: the dispatcher adds them faster than it reads them."""
    count = len(parameters)
    while (
        count > 0
        and parameters[count - 1]
        and parameters[count - 1] == operators.parameters[count - 1].default
    ):
        count -= 1
    return parameters[:count]


def _recorded(callee: Callee, input: Tensor, parameters: tuple) -> Tensor:
    """What the kernel on the Autograd key would do, without the dispatcher's detours."""
    if saving() and (found := saver(callee.operators.name, parameters, input, saving())):
        return found.apply(input, *parameters)
    return callee.formulas.value.apply(input, *parameters)


def _dispatched(callee: Callee, input: Tensor, parameters: tuple) -> Tensor:
    if is_compiling():
        return compiled(callee.operators, input, parameters)
    return callee.operators.value(input, *parameters)


def _evaluate_in_place(callee: Callee, input: Tensor, parameters: tuple, direct: bool) -> Tensor:
    recorded = input.requires_grad and is_grad_enabled()
    if not direct or recorded or input.is_inference():
        # The gradient needs the old values. copy_ has autograd's rules for leaves, views, versions and
        # inference tensors, and torch.compile knows how to do without it.
        result = (_recorded if direct and recorded else _dispatched)(callee, input.clone(), parameters)
        return input.copy_(result)
    with below_autograd():
        callee.operators.out(input, *parameters, out=input)
    increment_versions((input,))
    return input


def evaluate_into(callee: Callee, input: Tensor, values: tuple, out: Tensor, inplace: bool = False) -> Tensor:
    """``evaluate`` into a tensor that is there already, which is returned."""
    check_input(callee.function, input)
    _check_out(callee.function, input, out, inplace)
    if not (is_direct(input) and is_direct(out)) or out.is_inference():
        return out.copy_(evaluate(callee, input, values))
    parameters = callee.pack(values, input.dtype) if callee.free else callee.constants
    callee.formulas.cpu_out(input, *parameters, out=out)
    increment_versions((out,))
    return out


def _check_out(function: str, input: Tensor, out: Tensor, inplace: bool) -> None:
    if not isinstance(out, Tensor):
        raise TypeError(f"{function}: out must be a torch.Tensor or None, not {type(out).__name__}")
    if inplace:
        raise ValueError(f"{function}: out and inplace=True exclude each other")
    if out.dtype != input.dtype:
        raise TypeError(f"{function}: out has dtype {out.dtype}; expected {input.dtype}, that of the input")
    if out.shape != input.shape:
        raise ValueError(
            f"{function}: out has shape {tuple(out.shape)}; expected {tuple(input.shape)}, that of the input"
        )
    if out.device != input.device:
        raise ValueError(f"{function}: out is on {out.device}, the input on {input.device}")
    if is_grad_enabled() and (input.requires_grad or out.requires_grad):
        raise RuntimeError(
            f"{function}: functions with out=... arguments don't support automatic differentiation, but one "
            "of the arguments requires grad"
        )


def _refuse_tangents(function: str, input: Tensor) -> None:
    """Without the private interface a tangent would silently become zero."""
    if forward_ad.unpack_dual(input).tangent is not None:
        raise RuntimeError(f"{function}: forward mode is not available with torch {torch.__version__}")
