# SPDX-License-Identifier: Apache-2.0
"""Accumulators of exact sums (sums.h) that ranks add to each other: the same bits in any order."""

from __future__ import annotations

import ctypes
import functools

import torch
import torch.distributed as dist
from torch import Tensor

from rheobase import _core
from rheobase.torch.monitor.exact import _FORMATS, _Call, _Form, _function

__all__ = ["Sums"]

_TERMS = 1  # RHEO_SUMS_TERMS


@functools.cache
def _words(wide: bool) -> int:
    """Of one channel."""
    form, words = _Form(_TERMS, 2 if wide else 1, 1), ctypes.c_size_t()
    size = _function("rheo_sums_size", *[ctypes.c_void_p] * 3)
    _core._check(size(ctypes.byref(form), ctypes.byref(words), None))
    return words.value


class Sums:
    """Sums side by side, one for each channel, of float64 where ``wide``, else of all narrower formats.

    ``words`` is all there is to them: int64, 13 for a channel, 70 where wide. Words of several ranks are
    merged by adding them up (docs/sums.md), of up to 2^31 ranks.
    """

    def __init__(self, channels: int, wide: bool):
        self.channels, self.wide = channels, wide
        self.words = torch.empty(channels * _words(wide), dtype=torch.int64)
        self.clear()

    def clear(self) -> None:
        """To sums of nothing."""
        clear = _function("rheo_sums_clear", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
        form = self._form()
        if self.channels:
            _core._check(clear(ctypes.byref(form), self.words.data_ptr(), len(self.words)))

    def _form(self, dtype: torch.dtype | None = None) -> _Form:
        number = _FORMATS[dtype] if dtype else 2 if self.wide else 1
        return _Form(_TERMS, number, self.channels)

    def add(self, x: Tensor, axis: int) -> None:
        """Adds all of x, on the CPU, of any strides; the axis is that of the channels, -1 for one sum."""
        if not x.numel():
            return
        integers = ctypes.c_int64 * x.dim()
        shape, strides = integers(*x.shape), integers(*x.stride())
        call = _Call(struct_size=ctypes.sizeof(_Call), form=self._form(x.dtype))
        call.threads = torch.get_num_threads()
        call.rank, call.axis = x.dim(), axis
        call.shape, call.x_strides = ctypes.addressof(shape), ctypes.addressof(strides)
        call.x, call.workspace, call.words = x.data_ptr(), self.words.data_ptr(), len(self.words)
        _core._check(_function("rheo_sums_add", ctypes.c_void_p)(ctypes.byref(call)))

    def result(self, dtype: torch.dtype, words: Tensor | None = None) -> Tensor:
        """The sums, of these or of merged words, each rounded once; shape (channels,)."""
        words = self.words if words is None else words.contiguous()
        result = torch.empty(self.channels, dtype=dtype)
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        finish = _function("rheo_sums_finish", pointer, pointer, size, ctypes.c_uint32, pointer)
        form = self._form()
        if self.channels:
            _core._check(
                finish(ctypes.byref(form), words.data_ptr(), len(words), _FORMATS[dtype], result.data_ptr())
            )
        return result

    def everywhere(self, count: int, group) -> tuple[Tensor, int]:
        """Words and a count, added up over the ranks of the group."""
        both = torch.cat((self.words, torch.tensor([count])))
        dist.all_reduce(both, group=group)
        return both[:-1], int(both[-1])
