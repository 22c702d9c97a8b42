# SPDX-License-Identifier: Apache-2.0
"""Statistics without rounding: the C ABI's exact sums (sums.h) over a tensor on the CPU, by ctypes."""

from __future__ import annotations

import ctypes
import dataclasses
import functools
import math

import torch
from torch import Tensor

from rheobase import _core

_STATISTICS = 2  # RHEO_SUMS_STATISTICS
_FORMATS = {torch.float32: 1, torch.float64: 2, torch.bfloat16: 3, torch.float16: 4}  # rheo_format

DTYPES = tuple(_FORMATS)
"""Of the tensors whose elements can be added."""


class _Form(ctypes.Structure):
    """rheo_sums_form."""

    _fields_ = (("kind", ctypes.c_uint32), ("format", ctypes.c_uint32), ("channels", ctypes.c_int64))


class _Call(ctypes.Structure):
    """rheo_sums_call."""

    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("threads", ctypes.c_int32),
        ("form", _Form),
        ("rank", ctypes.c_int32),
        ("axis", ctypes.c_int32),
        ("shape", ctypes.c_void_p),
        ("x_strides", ctypes.c_void_p),
        ("grad_strides", ctypes.c_void_p),
        ("x", ctypes.c_void_p),
        ("grad", ctypes.c_void_p),
        ("activation", ctypes.c_void_p),
        ("parameters", ctypes.c_void_p),
        ("parameter_count", ctypes.c_size_t),
        ("with_respect_to", ctypes.c_char_p),
        ("workspace", ctypes.c_void_p),
        ("words", ctypes.c_size_t),
        ("executor", ctypes.c_void_p),
    )


class _Result(ctypes.Structure):
    """rheo_statistics."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in ("count", "nan", "infinite", "minus_infinite")),
        *((name, ctypes.c_int64) for name in ("zeros", "negatives")),
        *((name, ctypes.c_double) for name in ("minimum", "maximum", "sum", "sum_of_squares")),
        *((name, ctypes.c_double) for name in ("mean", "variance", "sample_variance")),
    )


@dataclasses.dataclass(frozen=True)
class Moments:
    """Of all elements that were added; NaN where there is none. Each float is the exact one, rounded once;
    the root mean square is made from the sum of squares, so rounded."""

    count: int
    not_finite: int
    zeros: int  # of either sign
    minimum: float
    maximum: float
    mean: float
    variance: float  # mean square distance from the mean
    root_mean_square: float


@functools.cache
def _function(name: str, *arguments):
    function = getattr(_core._library, name)
    function.argtypes = arguments
    return function


@functools.cache
def _empty(wide: bool) -> tuple[_Form, Tensor]:
    """The form of one channel, of float64 or of all narrower formats, and its workspace of no terms."""
    form, words, size = _Form(_STATISTICS, 2 if wide else 1, 1), ctypes.c_size_t(), ctypes.c_void_p
    reference = ctypes.byref(form)
    _core._check(_function("rheo_sums_size", size, size, size)(reference, ctypes.byref(words), None))
    workspace = torch.empty(words.value, dtype=torch.int64)
    clear = _function("rheo_sums_clear", size, size, ctypes.c_size_t)
    _core._check(clear(reference, workspace.data_ptr(), len(workspace)))
    return form, workspace


@functools.cache
def added_words(wide: bool) -> int:
    """How many of the words of ``Statistics`` are merged by adding; those after them by the maximum."""
    words, added, size = ctypes.c_size_t(), ctypes.c_size_t(), ctypes.c_void_p
    given = (ctypes.byref(argument) for argument in (_Form(_STATISTICS, 2 if wide else 1, 1), words, added))
    _core._check(_function("rheo_sums_size", size, size, size)(*given))
    return added.value


class Statistics:
    """Sums of x and of its squares, counts and extremes, as integers: merged in any order they are the same.

    ``words`` is all there is to them, an int64 tensor; torch.distributed may merge it too (docs/sums.md).
    """

    def __init__(self, wide: bool):
        self.wide = wide
        self.words = _empty(wide)[1].clone()

    def add(self, x: Tensor) -> None:
        """x: on the CPU, strided, float64 where ``wide``, else float32, bfloat16 or float16."""
        integers = ctypes.c_int64 * x.dim()
        shape, strides = integers(*x.shape), integers(*x.stride())
        form = _Form(_STATISTICS, _FORMATS[x.dtype], 1)
        call = _Call(struct_size=ctypes.sizeof(_Call), threads=1, form=form, rank=x.dim(), axis=-1)
        call.shape, call.x_strides = ctypes.addressof(shape), ctypes.addressof(strides)
        call.x, call.workspace, call.words = x.data_ptr(), self.words.data_ptr(), len(self.words)
        _core._check(_function("rheo_sums_add", ctypes.c_void_p)(ctypes.byref(call)))

    def merge(self, words: Tensor) -> None:
        """Adds all that another workspace of the same width holds.

        Raises:
            ValueError: it is no int64 tensor of this one's size.
        """
        if not isinstance(words, Tensor) or words.dtype != torch.int64 or words.shape != self.words.shape:
            raise ValueError(f"state: statistics must be an int64 tensor of {len(self.words)} words")
        pointer, words = ctypes.c_void_p, words.cpu().contiguous()
        merge = _function("rheo_sums_merge", pointer, pointer, pointer, ctypes.c_size_t)
        form = ctypes.byref(_empty(self.wide)[0])
        _core._check(merge(form, self.words.data_ptr(), words.data_ptr(), len(words)))

    def result(self) -> Moments:
        pointer, found = ctypes.c_void_p, _Result()
        statistics = _function("rheo_sums_statistics", pointer, pointer, ctypes.c_size_t, pointer)
        form = ctypes.byref(_empty(self.wide)[0])
        _core._check(statistics(form, self.words.data_ptr(), len(self.words), ctypes.byref(found)))
        mean_square = found.sum_of_squares / found.count if found.count else math.nan
        return Moments(
            found.count,
            found.nan + found.infinite + found.minus_infinite,
            found.zeros,
            found.minimum,
            found.maximum,
            found.mean,
            found.variance,
            math.sqrt(mean_square),
        )
