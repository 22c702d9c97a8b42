# SPDX-License-Identifier: Apache-2.0
"""Accumulators of exact sums (sums.h) that ranks add to each other: the same bits in any order."""

from __future__ import annotations

import ctypes

import torch
import torch.distributed as dist
from torch import Tensor

from rheobase import _calls as calls
from rheobase import _core
from rheobase.torch.monitor.exact import FORMATS, Workspace

__all__ = ["Sums"]


class Sums(Workspace):
    """Sums side by side, one for each channel. ``words`` has 13 of each, 70 where wide; those of several
    ranks are merged by adding them up (docs/sums.md), of up to 2^31 ranks.
    """

    def __init__(self, wide: bool, channels: int):
        super().__init__(calls.TERMS, wide, channels)

    def add(self, x: Tensor, axis: int) -> None:
        """Adds all of x, on the CPU, of any strides; the axis is that of the channels, -1 for one sum."""
        if x.numel():
            super().add(x, axis, torch.get_num_threads())

    def result(self, dtype: torch.dtype, words: Tensor | None = None) -> Tensor:
        """The sums, of these or of merged words, each rounded once; shape (channels,)."""
        words = self.words if words is None else words.contiguous()
        result = torch.empty(self.channels, dtype=dtype)
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        finish = calls.typed("rheo_sums_finish", pointer, pointer, size, ctypes.c_uint32, pointer)
        form, place = ctypes.byref(self._form()), result.data_ptr()
        if self.channels:
            _core._check(finish(form, words.data_ptr(), len(words), FORMATS[dtype], place))
        return result

    def everywhere(self, count: int, group) -> tuple[Tensor, int]:
        """Words and a count, added up over the ranks of the group."""
        both = torch.cat((self.words, torch.tensor([count])))
        dist.all_reduce(both, group=group)
        return both[:-1], int(both[-1])
