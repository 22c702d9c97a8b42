# SPDX-License-Identifier: Apache-2.0
"""Gates, act(a) b: operators with both gradients in one pass, which keep a and b and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NoReturn

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_unary, has_torch_function_variadic

from rheobase.torch import _dispatch
from rheobase.torch._autograd import keep, kept, register
from rheobase.torch._evaluate import DTYPES, check_input
from rheobase.torch._names import named, packed
from rheobase.torch._once import made_once
from rheobase.torch._ops import LIBRARY, OPERATORS, Operators, describe, front
from rheobase.torch._traced import filled, given_as, may_change

LAYOUTS = {"halves": 2, "halves_swapped": 3, "interleaved": 4, "interleaved_swapped": 5}
"""Of one tensor that holds both factors: rheo_layout (forms.h)."""
TWO_TENSORS = 1


def refuse_layout(function: str, layout: object) -> NoReturn:
    raise ValueError(f"{function}: layout must be one of {', '.join(map(repr, LAYOUTS))}, got {layout!r}")


def _split(a: Tensor, b: Tensor | None, layout: int) -> tuple[Tensor, Tensor]:
    if b is not None:
        return a, b
    if layout >= LAYOUTS["interleaved"]:
        first, second = a[..., 0::2], a[..., 1::2]
    else:
        first, second = a.chunk(2, dim=-1)
    return (first, second) if layout % 2 == 0 else (second, first)


def _join(da: Tensor, db: Tensor, layout: int) -> Tensor:
    first, second = (da, db) if layout % 2 == 0 else (db, da)
    if layout >= LAYOUTS["interleaved"]:
        return torch.stack((first, second), dim=-1).flatten(-2)
    return torch.cat((first, second), dim=-1)


class Gate:
    """The gate of one activation: its operators, their gradients, fake tensors and vmap.

    With the suffix "_with", limit, offset and parameters are one tensor of float64.
    """

    def __init__(self, operators: Operators, suffix: str = ""):
        self.activation, self._suffix = operators, suffix
        name = operators.name
        self.value = getattr(torch.ops.rheobase, f"{name}_gate{suffix}").default
        self.backward = getattr(torch.ops.rheobase, f"{name}_gate_backward{suffix}").default
        self._cpu = _dispatch.kernel_on_cpu(self.value) if _dispatch.PRIVATE else None
        self._describe()
        register(self.value, 2, lambda *given: _dispatch.apply(self._function, *given), self._public())
        register(self.backward, 3, self._composed_backward)

    def _describe(self) -> None:
        def fake_value(a, b, layout, *rest):
            return torch.empty_like(a) if b is not None else a.new_empty(*a.shape[:-1], a.shape[-1] // 2)

        def fake_backward(grad, a, b, *rest):
            return torch.empty_like(a), torch.empty_like(b) if b is not None else a.new_empty(0)

        def vmap_value(info, dims, a, b, *rest):
            return self.value(*front(info, dims, a, b), *rest), 0

        def vmap_backward(info, dims, grad, a, b, *rest):
            result = self.backward(*front(info, dims, grad, a, b), *rest)
            return result, (0, None if b is None else 0)

        describe(self.value, fake_value, vmap_value)
        describe(self.backward, fake_backward, vmap_backward)

    def __call__(self, a: Tensor, b: Tensor | None, *rest) -> Tensor:
        """The value, by the shortest way that autograd allows."""
        if not (
            _dispatch.is_direct(a) and (b is None or (type(b) is Tensor and _dispatch.is_plain_memory(b)))
        ):
            return self.value(a, b, *rest)
        return self.direct(a, b, *rest)

    def direct(self, a: Tensor, b: Tensor | None, *rest) -> Tensor:
        """The value past the dispatcher, where ``_dispatch.is_direct`` allows it."""
        if torch.is_grad_enabled() and (a.requires_grad or (b is not None and b.requires_grad)):
            return self._direct_function.apply(a, b, *rest)
        return self._cpu(a, b, *rest)

    # Both directions in differentiable operators, for second derivatives and forward mode.

    def _numbers(self, layout=TWO_TENSORS, limit=0.0, offset=0.0, *parameters):
        """Layout, limit, offset and parameters; the dispatcher drops those at the end that are defaults."""
        return (layout, *limit.tolist()) if self._suffix else (layout, limit, offset, *parameters)

    def _held(self, a, b, layout, limit, offset):
        """The factors as they are multiplied, and where a gradient passes."""
        a, b = _split(a, b, layout)
        if limit == 0:
            return a, b + offset if offset else b, None, None
        return a.clamp(max=limit), b.clamp(-limit, limit) + offset, ~(a > limit), ~(b.abs() > limit)

    def _composed_backward(self, grad, a, b, *rest):
        layout, limit, offset, *parameters = self._numbers(*rest)
        first, second, first_passes, second_passes = self._held(a, b, layout, limit, offset)
        da = self.activation.backward(grad * second, first, *parameters)
        db = grad * self.activation.value(first, *parameters)
        if limit != 0:
            da, db = torch.where(first_passes, da, 0.0), torch.where(second_passes, db, 0.0)
        return (da, db) if b is not None else (_join(da, db, layout), a.new_empty(0))

    def _tangent(self, a, b, ta, tb, *rest):
        layout, limit, offset, *parameters = self._numbers(*rest)
        if b is not None:  # where only one of the two has a tangent, that of the other is None
            ta, tb = (torch.zeros_like(x) if t is None else t for t, x in ((ta, a), (tb, b)))
        else:
            ta, tb = _split(ta, None, layout)
        first, second, first_passes, second_passes = self._held(a, b, layout, limit, offset)
        if limit != 0:
            ta, tb = torch.where(first_passes, ta, 0.0), torch.where(second_passes, tb, 0.0)
        change = self.activation.backward(ta * second, first, *parameters)
        return change + tb * self.activation.value(first, *parameters)

    @functools.cached_property
    def _function(self) -> type:
        return self._make_function()

    @functools.cached_property
    def _direct_function(self) -> type:
        return self._make_function(self._cpu)

    def _make_function(self, at_once: Callable | None = None) -> type:
        """The value's autograd function; ``at_once`` as in _autograd.py."""
        gate = self

        def forward(ctx, a, b, *rest):
            keep(ctx, a, b, rest=rest, forward=at_once is None)
            return _dispatch.call_below(gate.value, a, b, *rest) if at_once is None else at_once(a, b, *rest)

        def backward(ctx, grad):
            (a, b), rest = kept(ctx)
            da, db = _dispatch.call(gate.backward, grad, a, b, *rest)
            return da, db if b is not None else None, *(None for _ in rest)

        def jvp(ctx, ta, tb, *_):
            factors, rest = kept(ctx)
            return gate._tangent(*factors, ta, tb, *rest)

        name = f"rheobase_{self.activation.name}_gate{self._suffix}"
        return _dispatch.autograd_function(name, forward, backward, jvp)

    def _public(self) -> tuple:
        """First derivatives in reverse mode."""

        def setup(ctx, inputs, output):
            a, b, *ctx.rest = inputs
            ctx.save_for_backward(a, b)

        def backward(ctx, grad):
            a, b = ctx.saved_tensors
            da, db = self.backward(grad, a, b, *ctx.rest)
            return da, db if b is not None else None, *(None for _ in ctx.rest)

        return backward, setup


GATES = {name: Gate(operators) for name, operators in OPERATORS.items()}
"""By the activation's name."""


@made_once
def gates(suffix: str = "") -> dict[str, Gate]:
    """By the activation's name; those with a suffix are made when first wanted."""
    if not suffix:
        return GATES
    return {name: Gate(operators, suffix) for name, operators in OPERATORS.items()}


LIBRARY.define("traced_gate(Tensor a, Tensor? b, str name, int layout, Scalar[] numbers) -> Tensor")


def _traced_gate(a: Tensor, b: Tensor | None, name: str, layout: int, numbers: list) -> Tensor:
    """As ``traced`` in _traced.py."""
    suffix, numbers = given_as(a, numbers)
    return gates(suffix)[name].value(a, b, layout, *numbers)


LIBRARY.impl("traced_gate", _traced_gate, "CompositeImplicitAutograd")


def _are_plain(a: Tensor, b: Tensor | None) -> bool:
    return type(a) is Tensor and type(b) in (Tensor, type(None))


def _gate(operators: Operators, a: Tensor, b: Tensor | None, layout: int, *numbers: float | None) -> Tensor:
    if not may_change(a, b):
        return GATES[operators.name](a, b, layout, *numbers)
    given = filled(operators, numbers[2:])
    return torch.ops.rheobase.traced_gate.default(a, b, operators.name, layout, [*numbers[:2], *given])


def _promoted(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the dtype that torch gives a b, as torch.result_type has it. Raises TypeError."""
    check_input("gated", a)
    # Beside a tensor with dimensions one without counts as a number. result_type itself breaks a graph.
    alike = bool(a.dim()) == bool(b.dim())
    dtype = torch.promote_types(a.dtype, b.dtype) if alike else (a if a.dim() else b).dtype
    return a.to(dtype), b.to(dtype)


def gated(
    name: str,
    a: Tensor,
    b: Tensor | None = None,
    /,
    layout: str = "halves",
    limit: float | None = None,
    offset: float = 0.0,
    **parameters: float,
) -> Tensor:
    """act(a) b, for any activation: GLU with sigmoid, SwiGLU with silu, GEGLU with gelu, and so on.

    One rounding, both gradients in one pass, and nothing but a and b is kept for them. With a limit it is
    ``act(min(a, limit)) (clamp(b, -limit, limit) + offset)``, as in gpt-oss.

    Args:
        name: an activation, a preset or an alias
        a: a float32, float64, bfloat16 or float16 tensor of any strides on the CPU; without b its last
            dimension holds both factors and has an even extent
        b: likewise, of a shape that goes with a's; of two dtypes torch.result_type tells the one of both
        layout: where both lie in one tensor: "halves" (a0 a1 .. b0 b1 ..), "halves_swapped" (b's half first,
            as in ``torch.nn.functional.glu``), "interleaved" (a0 b0 a1 b1 ..) or "interleaved_swapped"
        limit: a positive number, or None
        offset: what is added to b
        parameters: the activation's, by keyword; the defaults are those in ``rheobase.info(name)``

    Returns:
        a tensor of the shape of a b, or of a's with half the last dimension.

    Raises:
        ValueError: an unknown name or layout, a limit or parameter outside its domain, an odd last dimension
        TypeError: no float tensor

    >>> rheobase.torch.functional.gated("silu", torch.randn(4, 128), torch.randn(4, 128))
    """
    if not _are_plain(a, b) and has_torch_function_variadic(a, b):
        given = {"layout": layout, "limit": limit, "offset": offset} | parameters
        return handle_torch_function(gated, (a, b), name, a, b, **given)
    if b is not None:
        check_input("gated", b)
        if getattr(a, "dtype", None) != b.dtype:  # _promoted refuses what has none
            a, b = _promoted(a, b)
    callee, values = packed("gated", name, parameters, a)
    if layout not in LAYOUTS:
        refuse_layout("gated", layout)
    if limit is not None and not 0 < limit < float("inf"):
        raise ValueError(f"gated: limit must be a positive finite number or None, got {limit}")
    if b is None:
        if a.dim() == 0 or a.shape[-1] % 2:
            extent = a.shape[-1] if a.dim() else "missing"
            raise ValueError(f"gated: the last dimension holds a and b, so it must be even; it is {extent}")
    elif a.device != b.device:
        raise ValueError(f"gated: b is on {b.device}, a on {a.device}")
    else:
        a, b = torch.broadcast_tensors(a, b)
    number = LAYOUTS[layout] if b is None else TWO_TENSORS
    return _gate(callee.operators, a, b, number, 0.0 if limit is None else limit, offset, *values)


def _find_glu() -> str | None:
    """The activation in torch's gated linear unit, known by its values; None where no file has it."""
    points = torch.linspace(-4, 4, 9, dtype=torch.float64, device="cpu")
    wanted = torch.nn.functional.glu(torch.stack((torch.ones_like(points), points)), 0)[0]
    same = (
        name
        for name, operators in OPERATORS.items()
        if torch.allclose(operators.value(points), wanted, rtol=1e-12, atol=0)
    )
    return next(same, None)


_GLU = _find_glu()
_GLU_REST = (LAYOUTS["halves_swapped"], 0.0, 0.0, *named(_GLU)[0].constants) if _GLU else ()


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Torch's gated linear unit: the first half of a dimension, gated by the second one.

    Args:
        input: a float32, float64, bfloat16 or float16 tensor of any strides on the CPU
        dim: the dimension that holds both factors, of an even extent

    Returns:
        a tensor of the input's dtype and shape, but for half the extent of ``dim``. It is ``gated`` with the
        activation that is in torch's function.

    Raises:
        IndexError: there is no dimension dim
        ValueError: its extent is odd, or the input has no dimensions
        TypeError: no float tensor, or a dim that is no int

    >>> rheobase.torch.functional.glu(torch.randn(8, 64, 7, 7), dim=1).shape
    torch.Size([8, 32, 7, 7])
    """
    if type(input) is not Tensor and has_torch_function_unary(input):
        return handle_torch_function(glu, (input,), input, dim=dim)
    if _dispatch.is_direct(input):  # what is all right, in short; the rest is looked at closer below
        shape = input.shape
        rank = len(shape)
        last = type(dim) is int and rank and dim in (-1, rank - 1)
        if last and shape[-1] % 2 == 0 and input.dtype in DTYPES:
            return GATES[_GLU].direct(input, None, *_GLU_REST)
    check_input("glu", input)
    rank = input.dim()
    if not isinstance(dim, int):
        raise TypeError(f"glu: dim must be an int, not {type(dim).__name__}")
    if rank and not -rank <= dim < rank:
        raise IndexError(f"glu: dim must be from {-rank} to {rank - 1}, got {dim}")
    if rank == 0 or input.shape[dim] % 2:
        extent = input.shape[dim] if rank else "missing"
        raise ValueError(f"glu: dimension {dim} holds both factors, so it must be even; it is {extent}")
    if dim in (-1, rank - 1):
        return _gate(OPERATORS[_GLU], input, None, *_GLU_REST)
    second, first = input.chunk(2, dim)
    return gated(_GLU, first, second)


TORCHS = {"glu": glu} if _GLU else {}
"""Torch's own gates, by the name in rheobase.torch.functional."""
