# SPDX-License-Identifier: Apache-2.0
"""Statistics without rounding: the C ABI's exact sums (sums.h) over a tensor on the CPU, by ctypes."""

from __future__ import annotations

import ctypes
import dataclasses
import functools
import math

import torch
from torch import Tensor

from rheobase import _calls as calls
from rheobase import _core

FORMATS = {getattr(torch, name): number for name, number in calls.FORMATS.items()}
"""rheo_format."""

DTYPES = tuple(FORMATS)
"""Of the tensors whose elements can be added."""


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
def _sizes(kind: int, wide: bool) -> tuple[int, int]:
    """The words of one channel, and how many of them are merged by adding."""
    form, words, added = calls.SumsForm(kind, 2 if wide else 1, 1), ctypes.c_size_t(), ctypes.c_size_t()
    given, size = map(ctypes.byref, (form, words, added)), ctypes.c_void_p
    _core._check(calls.typed("rheo_sums_size", size, size, size)(*given))
    return words.value, added.value


def added_words(wide: bool) -> int:
    """How many of the words of ``Statistics`` are merged by adding; those after them by the maximum."""
    return _sizes(calls.STATISTICS, wide)[1]


class Workspace:
    """Accumulators of the C ABI (sums.h), of each channel: of float64 where ``wide``, else of all narrower
    formats.

    ``words`` is all there is to them, an int64 tensor; torch.distributed may merge it too (docs/sums.md).
    """

    def __init__(self, kind: int, wide: bool, channels: int = 1, words: Tensor | None = None):
        """kind: rheo_sums_kind; words: what is known already, of these sums alone."""
        self.kind, self.wide, self.channels, self.words = kind, wide, channels, words
        if words is None:
            self.words = torch.empty(channels * _sizes(kind, wide)[0], dtype=torch.int64)
            self.clear()

    def _form(self) -> calls.SumsForm:
        return calls.SumsForm(self.kind, 2 if self.wide else 1, self.channels)

    def clear(self) -> None:
        """To sums of nothing."""
        clear = calls.typed("rheo_sums_clear", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
        if self.channels:
            _core._check(clear(ctypes.byref(self._form()), self.words.data_ptr(), len(self.words)))

    def add(self, x: Tensor, axis: int = -1, threads: int = 1) -> None:
        """x: on the CPU, strided, float64 where ``wide``, else float32, bfloat16 or float16; the axis is that
        of the channels, -1 for one sum."""
        integers = ctypes.c_int64 * x.dim()
        shape, strides = integers(*x.shape), integers(*x.stride())
        form = calls.SumsForm(self.kind, FORMATS[x.dtype], self.channels)
        call = calls.filled(calls.Sums, threads=threads, form=form, rank=x.dim(), axis=axis)
        call.shape, call.x_strides = ctypes.addressof(shape), ctypes.addressof(strides)
        call.x, call.workspace, call.words = x.data_ptr(), self.words.data_ptr(), len(self.words)
        _core._check(calls.typed("rheo_sums_add", ctypes.c_void_p)(ctypes.byref(call)))


@functools.cache
def _no_statistics(wide: bool) -> Tensor:
    return Workspace(calls.STATISTICS, wide).words


class Statistics(Workspace):
    """Sums of x and of its squares, counts and extremes, as integers: the same when merged in any order."""

    def __init__(self, wide: bool):
        super().__init__(calls.STATISTICS, wide, words=_no_statistics(wide).clone())

    def merge(self, words: Tensor) -> None:
        """Adds all that another workspace of the same width holds.

        Raises:
            ValueError: it is no int64 tensor of this one's size.
        """
        if not isinstance(words, Tensor) or words.dtype != torch.int64 or words.shape != self.words.shape:
            raise ValueError(f"state: statistics must be an int64 tensor of {len(self.words)} words")
        pointer, words = ctypes.c_void_p, words.cpu().contiguous()
        merge = calls.typed("rheo_sums_merge", pointer, pointer, pointer, ctypes.c_size_t)
        form = ctypes.byref(self._form())
        _core._check(merge(form, self.words.data_ptr(), words.data_ptr(), len(words)))

    def result(self) -> Moments:
        pointer, found = ctypes.c_void_p, calls.Statistics()
        statistics = calls.typed("rheo_sums_statistics", pointer, pointer, ctypes.c_size_t, pointer)
        form = ctypes.byref(self._form())
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
