# SPDX-License-Identifier: Apache-2.0
"""PyTorch's operators for activations: what its eager mode and torch.compile are timed on."""

from collections.abc import Callable
from dataclasses import dataclass

from rheobase.bench.contender import Unsupported, parameters

_INFINITY = float("inf")
_SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)


@dataclass(frozen=True)
class Operator:
    """An operator of torch.ops.aten: `x`, further arguments by position, then those by name.

    For backward the gradient comes first, then x or, where `from_result`, f(x), which autograd keeps.
    """

    name: str
    arguments: tuple = ()
    named: tuple[tuple[str, object], ...] = ()
    from_result: bool = False
    last: bool = False  # backward of elu takes x after its other arguments

    def overload(self, kind: str):
        """The overload of that name ("default", "out", "grad_input"), or None."""
        import torch

        packet = getattr(torch.ops.aten, self.name)
        return getattr(packet, kind, None)

    def writing(self, role: str) -> Callable | None:
        """The quickest way to the form that writes where it is told, f(..., out=y) or, for backward,
        f(..., grad_input=y); None where there is none.

        A binding of its own (torch.sigmoid, or the one that torch.nn.functional calls) has less overhead than
        torch.ops. Forms that PyTorch generates from others compute elsewhere and copy: they are none.
        """
        import torch

        form = self.overload("grad_input" if role == "backward" else "out")
        if form is None or torch.Tag.generated in form.tags:
            return None
        if role == "backward":
            return form
        for module in (torch, torch._C._nn):
            bound = getattr(module, self.name, None)
            try:
                bound(torch.zeros(1), *self.arguments, **dict(self.named), out=torch.empty(1))
                return bound
            except TypeError:  # None, or one without `out`
                continue
        return form


# Value, then backward; a place without an operator is None.
_TABLE: dict[str, Callable[[dict], tuple[Operator | None, Operator | None]]] = {
    # relu itself calls clamp_min, whose form with `out` is a real one.
    "relu": lambda p: (Operator("clamp_min", (0,)), Operator("threshold_backward", (0,))),
    "leaky_relu": lambda p: _leaky(p["negative_slope"]),
    # Its PReLU has an array of slopes, and allocates its result.
    "prelu": lambda p: _leaky(p["alpha"]),
    "clipped_relu": lambda p: _hardtanh(0.0, p["ceiling"]),
    "hardtanh": lambda p: _hardtanh(p["min_val"], p["max_val"]),
    "sigmoid": lambda p: (Operator("sigmoid"), Operator("sigmoid_backward", from_result=True)),
    "hardsigmoid": lambda p: (Operator("hardsigmoid"), Operator("hardsigmoid_backward")),
    "tanh": lambda p: (Operator("tanh"), Operator("tanh_backward", from_result=True)),
    "swish": lambda p: (Operator("silu"), Operator("silu_backward")) if p["beta"] == 1 else (None, None),
    "gelu": lambda p: _gelu("none"),
    "gelu_tanh": lambda p: _gelu("tanh"),
    "softplus": lambda p: (
        Operator("softplus", (p["beta"], p["threshold"])),
        Operator("softplus_backward", (p["beta"], p["threshold"])),
    ),
    "mish": lambda p: (Operator("mish"), Operator("mish_backward")),
    "elu": lambda p: _elu(p["alpha"], 1.0, 1.0),
    "selu": lambda p: _elu(*_SELU, 1.0),
    "celu": lambda p: _elu(p["alpha"], 1.0, 1 / p["alpha"]),
    "hardswish": lambda p: (Operator("hardswish"), Operator("hardswish_backward")),
    "logsigmoid": lambda p: (Operator("log_sigmoid"), None),
    "hardshrink": lambda p: _shrink("hardshrink", p["lambd"]),
    "softshrink": lambda p: _shrink("softshrink", p["lambd"]),
    "threshold": lambda p: (
        Operator("threshold", (p["threshold"], p["value"])),
        Operator("threshold_backward", (p["threshold"],)),
    ),
}


def _leaky(slope: float):
    return Operator("leaky_relu", (slope,)), Operator("leaky_relu_backward", (slope, False))


def _shrink(name: str, width: float):
    return Operator(name, (width,)), Operator(f"{name}_backward", (width,))


def _hardtanh(low: float, high: float):
    return Operator("hardtanh", (low, high)), Operator("hardtanh_backward", (low, high))


def _gelu(approximate: str):
    named = (("approximate", approximate),)
    return Operator("gelu", named=named), Operator("gelu_backward", named=named)


def _elu(alpha: float, scale: float, input_scale: float):
    arguments = (alpha, scale, input_scale)
    return Operator("elu", arguments), Operator("elu_backward", (*arguments, False), last=True)


def operator(info: dict, role: str) -> Operator:
    """The operator of an activation in a role. Raises Unsupported."""
    if role == "derivative":
        raise Unsupported("no derivative on its own, only backward")
    value, backward = _TABLE.get(info["activation"], lambda p: (None, None))(parameters(info))
    found = value if role == "value" else backward
    if found is None:
        raise Unsupported("no single operator")
    return found


def function(info: dict, role: str) -> Callable:
    """f(x) for value, f(grad, x) for backward (f(grad, f(x)) where the operator wants that): not in place."""
    op = operator(info, role)
    run, named = op.overload("default"), dict(op.named)
    if role == "value":
        return lambda x: run(x, *op.arguments, **named)
    if op.last:
        return lambda grad, x: run(grad, *op.arguments, x, **named)
    return lambda grad, x: run(grad, x, *op.arguments, **named)
