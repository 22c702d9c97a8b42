# SPDX-License-Identifier: Apache-2.0
"""Functions of rows (softmax and its kin): operators that keep their result for backward."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import _dispatch
from rheobase.torch._autograd import register
from rheobase.torch._evaluate import DTYPES, check_input
from rheobase.torch._make import make_function, override_lines
from rheobase.torch._once import made_once
from rheobase.torch._ops import LIBRARY, describe, front
from rheobase.torch._traced import given_as, may_change, with_tensor


class RowFunction:
    """The operators of one function of rows, their gradients, fake tensors and vmap.

    With shares s of a row of ``scale * x + mask``, the value is s or its logarithm. Which of the two, and the
    sign of x, are seen from the operator's own values.

    Args:
        name: the function's
        plain: the same function, where in this one the scale is to be a tensor of float64 without dimensions
    """

    def __init__(self, name: str, plain: RowFunction | None = None):
        self.name = name
        self.value = getattr(torch.ops.rheobase, f"{name}_rows").default
        self.backward = getattr(torch.ops.rheobase, f"{name}_rows_backward").default
        if plain is None:
            small, large = self.value(torch.tensor([0.0, 1.0], device="cpu"), None, 0, 1.0).tolist()
            self.sign, self._logarithm = 1.0 if large > small else -1.0, small < 0
        else:
            self.value, self.backward = with_tensor(self.value), with_tensor(self.backward)
            self.sign, self._logarithm = plain.sign, plain._logarithm
        self._cpu = _dispatch.kernel_on_cpu(self.value) if _dispatch.PRIVATE else None
        self._describe()
        register(self.value, 2, lambda *given: _dispatch.apply(self._function, *given), self._public())
        register(self.backward, 2, lambda *given: _dispatch.apply(self._backward_function, *given))

    def direct(self, x: Tensor, axis: int, scale: float) -> Tensor:
        """The value without a mask, past the dispatcher, where ``_dispatch.is_direct`` allows it."""
        if x.requires_grad and torch.is_grad_enabled():
            return self._direct_function.apply(x, None, axis, scale)
        return self._cpu(x, None, axis, scale)

    def _describe(self) -> None:
        def vmap_value(info, dims, x, mask, axis, scale):
            return self.value(*front(info, dims, x, mask), axis + (axis >= 0), scale), 0

        def vmap_backward(info, dims, grad, result, axis, scale):
            return self.backward(*front(info, dims, grad, result), axis + (axis >= 0), scale), 0

        describe(self.value, lambda x, *rest: torch.empty_like(x), vmap_value)
        describe(self.backward, lambda grad, result, *rest: torch.empty_like(result), vmap_backward)

    def _product(self, vector: Tensor, result: Tensor, axis: int, scale: float, transposed: bool) -> Tensor:
        """The Jacobian by scale x + mask, or its transpose, times a vector; differentiable."""
        if not self._logarithm:  # symmetric
            weighted = vector * result
            product = weighted - result * weighted.sum(axis, keepdim=True)
        elif transposed:
            product = vector - result.exp() * vector.sum(axis, keepdim=True)
        else:
            product = vector - (result.exp() * vector).sum(axis, keepdim=True)
        return self.sign * scale * product

    @functools.cached_property
    def _function(self) -> type:
        return self._make_function()

    @functools.cached_property
    def _direct_function(self) -> type:
        return self._make_function(self._cpu)

    def _make_function(self, at_once: Callable | None = None) -> type:
        """The value's autograd function; ``at_once`` as in _autograd.py."""
        rows = self

        def forward(ctx, x, mask, axis, scale):
            ctx.settings = axis, scale
            if at_once is not None:
                result = at_once(x, mask, axis, scale)
            else:
                result = _dispatch.call_below(rows.value, x, mask, axis, scale)
                ctx.save_for_forward(x, mask)
            ctx.save_for_backward(result)
            return result

        def backward(ctx, grad):
            axis, scale = ctx.settings
            dx = _dispatch.call(rows.backward, grad, *ctx.saved_tensors, axis, scale)
            return dx, dx / scale if ctx.needs_input_grad[1] else None, None, None

        def jvp(ctx, tangent, mask_tangent, *_):
            (x, mask), (axis, scale) = ctx.saved_tensors, ctx.settings
            change = torch.zeros_like(x) if tangent is None else tangent
            if mask_tangent is not None:
                change = change + mask_tangent / scale
            return rows._product(change, rows.value(x, mask, axis, scale), axis, scale, transposed=False)

        return _dispatch.autograd_function(f"rheobase_{self.name}", forward, backward, jvp)

    def _by_result(self, vector: Tensor, grad: Tensor, result: Tensor, axis: int, scale: float) -> Tensor:
        """The derivative of ``vector . backward(grad, result)`` by the result."""
        if self._logarithm:
            change = -result.exp() * vector * grad.sum(axis, keepdim=True)
        else:
            change = vector * (grad - (grad * result).sum(axis, keepdim=True))
            change = change - grad * (vector * result).sum(axis, keepdim=True)
        return self.sign * scale * change

    def _along_result(self, tangent: Tensor, grad: Tensor, result: Tensor, axis: int, scale: float) -> Tensor:
        """The change of ``backward(grad, result)`` along a tangent of the result."""
        if self._logarithm:
            change = -result.exp() * tangent * grad.sum(axis, keepdim=True)
        else:
            change = tangent * (grad - (grad * result).sum(axis, keepdim=True))
            change = change - result * (grad * tangent).sum(axis, keepdim=True)
        return self.sign * scale * change

    @functools.cached_property
    def _backward_function(self) -> type:
        rows = self

        def forward(ctx, grad, result, axis, scale):
            ctx.save_for_backward(grad, result)
            ctx.save_for_forward(grad, result)
            ctx.settings = axis, scale
            return _dispatch.call_below(rows.backward, grad, result, axis, scale)

        def backward(ctx, vector):
            grad, result = ctx.saved_tensors
            by_grad = rows._product(vector, result, *ctx.settings, transposed=False)
            return by_grad, rows._by_result(vector, grad, result, *ctx.settings), None, None

        def jvp(ctx, tangent, result_tangent, *_):
            grad, result = ctx.saved_tensors
            change = torch.zeros_like(result)
            if tangent is not None:
                change = rows._product(tangent, result, *ctx.settings, transposed=True)
            if result_tangent is not None:
                change = change + rows._along_result(result_tangent, grad, result, *ctx.settings)
            return change

        return _dispatch.autograd_function(f"rheobase_{self.name}_backward", forward, backward, jvp)

    def _public(self) -> tuple:
        """First derivatives in reverse mode."""

        def setup(ctx, inputs, output):
            ctx.settings = inputs[2:]
            ctx.save_for_backward(output)

        def backward(ctx, grad):
            dx = self.backward(grad, *ctx.saved_tensors, *ctx.settings)
            return dx, dx / ctx.settings[1] if ctx.needs_input_grad[1] else None, None, None

        return backward, setup


ROWS = {name: RowFunction(name) for name in _core.names("rows")}
"""By the function's name."""


@made_once
def _functions(suffix: str) -> dict[str, RowFunction]:
    """By the function's name; those with a suffix, whose scale is a tensor, are made when first wanted."""
    return {name: RowFunction(name, rows) for name, rows in ROWS.items()} if suffix else ROWS


LIBRARY.define("traced_rows(Tensor x, Tensor? mask, str name, int axis, Scalar scale) -> Tensor")


def _traced_rows(x: Tensor, mask: Tensor | None, name: str, axis: int, scale: float) -> Tensor:
    """As ``traced`` in _traced.py."""
    suffix, (scale,) = given_as(x, [scale])
    if suffix:
        scale = scale.reshape(())  # no say in dtypes
    return _functions(suffix)[name].value(x, mask, axis, scale)


LIBRARY.impl("traced_rows", _traced_rows, "CompositeImplicitAutograd")


def _value(rows: RowFunction, x: Tensor, mask: Tensor | None, axis: int, scale: float) -> Tensor:
    if not may_change(x, mask):
        return rows.value(x, mask, axis, scale)
    scale = scale if type(scale) is float else float(scale)
    return torch.ops.rheobase.traced_rows.default(x, mask, rows.name, axis, scale)


def _implicit_dim(function: str, rank: int, stacklevel: int) -> int:
    """The dimension that torch takes where none is named, with its warning, so that filters for it work."""
    if not torch.compiler.is_compiling():  # which cannot go on after one
        warnings.warn(
            f"Implicit dimension choice for {function} has been deprecated. "
            "Change the call to include dim=X as an argument.",
            stacklevel=stacklevel,
        )
    return 0 if rank in (0, 1, 3) else 1


def _check(function: str, input: Tensor, dim: int, scale: float) -> None:
    rank = max(input.dim(), 1)
    if not isinstance(dim, int):
        raise TypeError(f"{function}: dim must be an int or None, not {type(dim).__name__}")
    if not -rank <= dim < rank:
        raise IndexError(f"{function}: dim must be from {-rank} to {rank - 1}, got {dim}")
    if not 0 < scale < math.inf:
        raise ValueError(f"{function}: scale must be a positive finite number, got {scale}")


def evaluate_rows(
    rows: RowFunction,
    function: str,
    input: Tensor,
    dim: int | None,
    stacklevel: int,
    dtype: torch.dtype | None,
    scale: float,
    mask: Tensor | None,
) -> Tensor:
    if not isinstance(stacklevel, int):  # torch has it where a dtype would be expected
        raise TypeError(f"{function}: _stacklevel must be an int, not {type(stacklevel).__name__}")
    # What is all right, in short; the rest is looked at closer below.
    if mask is None and dtype is None and type(dim) is int and _dispatch.is_direct(input):
        rank = input.dim()
        if input.dtype in DTYPES and -rank <= dim < rank and 0 < scale < math.inf:
            return rows.direct(input, dim, scale)
    input = input if dtype is None else input.to(dtype)
    check_input(function, input)
    if dim is None:
        dim = _implicit_dim(function, input.dim(), stacklevel + 1)
    _check(function, input, dim, scale)
    if mask is not None:
        if mask.device != input.device:
            raise ValueError(f"{function}: mask is on {mask.device}, the input on {input.device}")
        if mask.dtype == torch.bool:
            mask = torch.where(mask, 0.0, -rows.sign * float("inf")).to(input.dtype)
        if mask.dtype != input.dtype:
            raise TypeError(
                f"{function}: mask has dtype {mask.dtype}; torch.bool or {input.dtype} is expected"
            )
        try:
            mask = mask.expand(input.shape)
        except RuntimeError:
            shapes = f"{tuple(mask.shape)} cannot be expanded to {tuple(input.shape)}"
            raise ValueError(f"{function}: mask of shape {shapes}") from None
    if input.dim() == 0:
        mask = None if mask is None else mask.reshape(1)
        return _value(rows, input.reshape(1), mask, 0, scale).reshape(())
    return _value(rows, input, mask, dim, scale)


def _make(name: str) -> Callable[..., Tensor]:
    description = _core.info(name, "rows")
    function = description["torch"][0]["function"] if description["torch"] else name
    made = make_function(
        f"{function}(input: Tensor, dim: 'int | None' = None, _stacklevel: int = 3, "
        "dtype: 'torch.dtype | None' = None, *, scale: float = 1.0, mask: 'Tensor | None' = None) -> Tensor",
        [
            *override_lines(("dim", "_stacklevel", "dtype", "scale", "mask")),
            f"return _evaluate(_rows, {function!r}, input, dim, _stacklevel, dtype, scale, mask)",
        ],
        {},
        {"_evaluate": evaluate_rows, "_rows": ROWS[name]},
        "rheobase.torch.functional",
    )
    made.__doc__ = _TEXT.format(**description)
    return made


_TEXT = """{title}. {summary}

    y_i = {formula} over dimension dim, of scale * input + mask

Args:
    input: a float32, float64, bfloat16 or float16 tensor of any shape and strides, on the CPU
    dim: the dimension of the rows, from the end when negative. None is torch's choice, with its warning: 0
        for tensors of no, one or three dimensions, 1 for others
    _stacklevel: of that warning, as torch has it
    dtype: that input is converted to first; None leaves it
    scale: a positive number
    mask: a tensor that can be expanded to input's shape: of its dtype, to be added to scale * input; or of
        bools, where True takes part and False is hidden

Returns:
    a tensor of the input's shape, laid out as ``torch.empty_like(input)``. Differentiable by input and mask,
    twice and in forward mode. docs/rows.md has the errors, and what infinities and NaN give.

Raises:
    IndexError: there is no dimension dim
    TypeError: no float tensor, a dim that is no int, or a mask of another dtype
    ValueError: a scale that is not positive and finite, a mask of another shape
"""

FUNCTIONS = {function.__name__: function for function in map(_make, ROWS)}
"""By the name in rheobase.torch.functional."""
