# SPDX-License-Identifier: Apache-2.0
"""Parameters that are arrays in device memory, and exact sums there (rheobase/cuda_learned.h)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from rheobase import _calls
from rheobase.cuda._library import FORMATS, ROLES, check, encoded, library, start

_Numbers = _calls.structure("rheo_cuda_numbers", "p data", "l count")
_Learned = _calls.structure(
    "rheo_cuda_learned", "u struct_size role format parameter_format flags reserved",
    "l outer channels inner", "p parameters", "z parameter_count", "s with_respect_to", "p x grad y stream",
)  # fmt: skip


def _call(role, dtype, shape, x, grad, y, parameters, parameter_dtype, with_respect_to, stream, unchecked):
    outer, channels, inner = shape
    numbers = (_Numbers * len(parameters))(*((address, count) for address, count in parameters))
    return _calls.filled(
        _Learned,
        role=ROLES[role],
        format=FORMATS[dtype],
        parameter_format=FORMATS[parameter_dtype or dtype],
        flags=int(unchecked),
        outer=outer,
        channels=channels,
        inner=inner,
        parameters=numbers if parameters else None,
        parameter_count=len(parameters),
        with_respect_to=encoded(with_respect_to),
        x=x,
        grad=grad,
        y=y,
        stream=stream,
    )


def _form(dtype: str, sums: int) -> ctypes.Structure:
    return _calls.SumsForm(kind=_calls.TERMS, format=FORMATS[dtype], channels=sums)


def learned(
    name: str,
    role: str,
    dtype: str,
    shape: tuple[int, int, int],
    x: int,
    y: int,
    parameters: Sequence[tuple[int, int]],
    *,
    parameter_dtype: str | None = None,
    grad: int = 0,
    with_respect_to: str | None = None,
    stream: int = 0,
    unchecked: bool = False,
    host: bool = False,
) -> None:
    """Starts y = f(x), grad f'(x) or grad df/dp(x), with parameters in device memory; does not wait.

    Args:
        name: an activation, a preset or an alias, with parameters.
        role: "value", "backward" or "parameter".
        dtype: a key of FORMATS.
        shape: outer, channels, inner: x[outer][channels][inner] is contiguous, as are grad and y.
        x, y, grad: addresses; y may be x or grad.
        parameters: address and count (1, or the number of channels) of each of the activation's, in order.
        parameter_dtype: theirs: dtype, or for 16 bits "float32".
        with_respect_to: the parameter of the role "parameter".
        stream, unchecked, host: as of ``rheobase.cuda.run``.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    call = _call(
        role, dtype, shape, x, grad, y, parameters, parameter_dtype, with_respect_to, stream, unchecked
    )
    start("_learned", name, call, host)


def sums_add(
    name: str | None,
    dtype: str,
    shape: tuple[int, int, int],
    x: int,
    workspace: int,
    words: int,
    *,
    sums: int,
    parameters: Sequence[tuple[int, int]] = (),
    parameter_dtype: str | None = None,
    grad: int = 0,
    with_respect_to: str | None = None,
    stream: int = 0,
    unchecked: bool = False,
) -> None:
    """Adds the terms grad df/dp(x), or x itself where ``name`` is None, to exact sums; does not wait.

    Args:
        workspace: address of ``words`` int64: 13 for each sum, of float64 70. Zeros at first.
        sums: 1, or the number of channels.
        dtype, shape, x, parameters, parameter_dtype, grad, with_respect_to, stream, unchecked: as of
            ``learned``.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    role = "value" if name is None else "parameter"
    call = _call(
        role, dtype, shape, x, grad, 0, parameters, parameter_dtype, with_respect_to, stream, unchecked
    )
    given = ctypes.byref(call), ctypes.byref(_form(dtype, sums))
    add = library().rheo_cuda_sums_add
    where = ctypes.c_void_p(workspace), ctypes.c_size_t(words)
    check(add(encoded(name), *given, *where))


def sums_finish(
    dtype: str,
    sums: int,
    workspace: int,
    words: int,
    result: int,
    result_dtype: str,
    *,
    stream: int = 0,
    unchecked: bool = False,
) -> None:
    """Starts result[i] = sum i, rounded once to ``result_dtype``; does not wait.

    Args:
        dtype: that of what was added.
        sums, workspace, words: as of ``sums_add``.
        result: address.
        stream, unchecked: as of ``rheobase.cuda.run``.

    Raises:
        Error: one line that names the argument and the value; nothing was started.
    """
    form = _form(dtype, sums)
    check(
        library().rheo_cuda_sums_finish(
            ctypes.byref(form),
            ctypes.c_void_p(workspace),
            ctypes.c_size_t(words),
            ctypes.c_uint32(FORMATS[result_dtype]),
            ctypes.c_void_p(result),
            ctypes.c_uint32(int(unchecked)),
            ctypes.c_void_p(stream),
        )
    )
