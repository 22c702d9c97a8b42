# SPDX-License-Identifier: Apache-2.0
"""The device kernels of librheobase_cuda through its C ABI (rheobase/cuda.h), on pointers.

Arrays belong to others: PyTorch's, CuPy's, Numba's. ``rheobase.torch`` needs none of this: its operators take
CUDA tensors themselves.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

from rheobase import _calls
from rheobase.cuda._learned import learned, sums_add, sums_finish
from rheobase.cuda._library import FORMATS, ROLES, Error, check, encoded, filled, library, start

__all__ = [
    "FORMATS", "LAYOUTS", "ROLES", "WORKSPACE", "Error", "device", "gate", "learned", "random", "rows", "run",
    "sums_add", "sums_finish",
]  # fmt: skip

LAYOUTS = {"two_arrays": 1, "halves": 2, "halves_swapped": 3, "interleaved": 4, "interleaved_swapped": 5}
"""Where a gate's factors lie (docs/forms.md)."""
WORKSPACE = 262144
"""Bytes that 16-bit values of a million elements and more may use."""


_Call = _calls.structure(
    "rheo_cuda_call", "u struct_size role format flags", "p parameters", "z parameter_count", "l count",
    "p x grad y", "s with_respect_to", "p stream workspace", "z workspace_bytes",
)  # fmt: skip
_Gate = _calls.structure(
    "rheo_cuda_gate", "u struct_size role format layout flags reserved", "p parameters", "z parameter_count",
    "d limit offset", "l count width", "p a b grad y da db stream",
)  # fmt: skip
_Random = _calls.structure(
    "rheo_cuda_random", "u struct_size role format training flags reserved", "p parameters",
    "z parameter_count", "l count", "p x grad y stream", "q seed offset first",
)  # fmt: skip
_Rows = _calls.structure("rheo_cuda_rows", "u struct_size flags", "p rows stream")


def device() -> tuple[str, int]:
    """Name and compute capability (90 for 9.0) of the current device. Raises Error where there is none."""
    name, capability = ctypes.create_string_buffer(256), ctypes.c_int()
    check(library().rheo_cuda_device(name, len(name), ctypes.byref(capability)))
    return name.value.decode(), capability.value


def run(
    name: str,
    role: str,
    dtype: str,
    count: int,
    x: int,
    y: int,
    *,
    grad: int = 0,
    parameters: dict[str, float] | None = None,
    with_respect_to: str | None = None,
    stream: int = 0,
    workspace: int = 0,
    unchecked: bool = False,
    host: bool = False,
) -> None:
    """Starts y = f(x), f'(x), grad f'(x) or f''(x) for ``count`` elements at device addresses; does not wait.

    Args:
        name: an activation, a preset or an alias.
        role: a key of ROLES.
        dtype: a key of FORMATS.
        count: elements, contiguous.
        x, y, grad: addresses; y may be x or grad. The roles "parameter" and "second" do without grad too.
        parameters: those that differ from their defaults.
        with_respect_to: the parameter of the role "parameter".
        stream: a cudaStream_t, 0 for the default stream.
        workspace: address of WORKSPACE bytes of device memory, or 0.
        unchecked: the addresses are known to be of the current device.
        host: x, y and grad are in host memory; copies, runs and waits.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    call = filled(
        _Call,
        role,
        dtype,
        stream,
        unchecked,
        parameters,
        count=count,
        x=x,
        grad=grad,
        y=y,
        with_respect_to=encoded(with_respect_to),
        workspace=workspace,
        workspace_bytes=WORKSPACE if workspace else 0,
    )
    start("", name, call, host)


def gate(
    name: str,
    role: str,
    dtype: str,
    count: int,
    a: int,
    b: int = 0,
    *,
    layout: str = "two_arrays",
    width: int = 0,
    y: int = 0,
    grad: int = 0,
    da: int = 0,
    db: int = 0,
    limit: float = 0.0,
    offset: float = 0.0,
    parameters: dict[str, float] | None = None,
    stream: int = 0,
    unchecked: bool = False,
    host: bool = False,
) -> None:
    """Starts y = act(a) b, or both gradients, for ``count`` results at device addresses; does not wait.

    Args:
        name: an activation, a preset or an alias.
        role: "value" or "backward".
        dtype: a key of FORMATS.
        count: elements of the result, contiguous; an array that holds both factors has twice as many.
        a, b: addresses of the factors; a of the array that holds both, where one does.
        layout: a key of LAYOUTS.
        width: of halves, the elements of a row of the result.
        y: address of the value.
        grad, da, db: addresses of the result's gradient and of the factors'; da of what holds both.
        limit, offset: as in docs/forms.md; a limit of 0 is none.
        parameters, stream, unchecked, host: as of ``run``.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    numbers = {"limit": limit, "offset": offset, "count": count, "width": width}
    arrays = {"a": a, "b": b, "grad": grad, "y": y, "da": da, "db": db}
    call = filled(
        _Gate, role, dtype, stream, unchecked, parameters, layout=LAYOUTS[layout], **numbers, **arrays
    )
    start("_gate", name, call, host)


def random(
    name: str,
    role: str,
    dtype: str,
    count: int,
    x: int,
    y: int,
    *,
    seed: int = 0,
    offset: int = 0,
    first: int = 0,
    training: bool = True,
    grad: int = 0,
    parameters: dict[str, float] | None = None,
    stream: int = 0,
    unchecked: bool = False,
    host: bool = False,
) -> None:
    """Starts a function that draws random numbers for ``count`` elements at device addresses; does not wait.

    Args:
        name: one of ``rheobase.names("random")``, or an alias.
        role: "value", "derivative" or "backward".
        dtype: a key of FORMATS.
        count: elements, contiguous.
        x, y, grad: addresses; y may be x or grad.
        seed, offset, first: which numbers are drawn (docs/random.md).
        training: whether any are.
        parameters, stream, unchecked, host: as of ``run``.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    drawn = {"training": int(training), "seed": seed, "offset": offset, "first": first}
    call = filled(
        _Random, role, dtype, stream, unchecked, parameters, count=count, x=x, grad=grad, y=y, **drawn
    )
    start("_random", name, call, host)


def rows(
    name: str,
    role: str,
    dtype: str,
    shape: Sequence[int],
    x: int,
    y: int,
    *,
    axis: int = -1,
    scale: float = 1.0,
    mask: int = 0,
    grad: int = 0,
    result: int = 0,
    strides: Mapping[str, Sequence[int]] | None = None,
    stream: int = 0,
    unchecked: bool = False,
    host: bool = False,
) -> None:
    """Starts a function of rows, of ``scale * x + mask`` at device addresses; does not wait.

    Args:
        name: a function of rows or an alias.
        role: "value", or "backward" from the value in ``result`` or from x and the mask.
        dtype: a key of FORMATS.
        shape: the extents of all operands.
        x, y, mask, grad, result: addresses; 0 for what the role does not take. y may be any of the others,
            but grad where x is given.
        axis: the dimension of the rows.
        scale: a positive number.
        strides: by an operand's name, in elements; others are contiguous.
        stream: a cudaStream_t, 0 for the default stream.
        unchecked: the addresses are known to be of the current device.
        host: the operands are in host memory; copies, runs and waits.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    given = {f"{operand}_strides": _calls.shape(*steps) for operand, steps in (strides or {}).items()}
    call = _calls.filled(
        _calls.Rows,
        role=ROLES[role],
        format=FORMATS[dtype],
        rank=len(shape),
        axis=axis,
        scale=scale,
        shape=_calls.shape(*shape),
        x=x,
        mask=mask,
        grad=grad,
        result=result,
        y=y,
        **given,
    )
    on_device = _calls.filled(_Rows, flags=int(unchecked), rows=call, stream=stream)
    start("_rows", name, on_device, host)
