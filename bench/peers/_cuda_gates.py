# SPDX-License-Identifier: Apache-2.0
"""Gates as others have them on GPUs: PyTorch's two functions, and Liger's kernels where they are installed.

Liger: https://github.com/linkedin/Liger-Kernel (liger-kernel on PyPI). Its GEGLU has the tanh form of GELU.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable

import torch
from torch.nn import functional

_TORCH = {
    "silu": functional.silu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda a: functional.gelu(a, approximate="tanh"),
    "sigmoid": torch.sigmoid,
    "relu": functional.relu,
}
_LIGER = {
    "silu": ("liger_kernel.ops.swiglu", "LigerSiLUMulFunction"),
    "gelu_tanh": ("liger_kernel.ops.geglu", "LigerGELUMulFunction"),
}


def contenders(name: str) -> dict[str, Callable]:
    """Functions of a and b by whose they are; {} where nobody has that gate."""
    found = {}
    if name in _TORCH:
        found["torch"] = lambda a, b: _TORCH[name](a) * b
    if name in _LIGER:
        module, function = _LIGER[name]
        with contextlib.suppress(ImportError, AttributeError):  # not installed, or of another version
            found["Liger"] = getattr(importlib.import_module(module), function).apply
    return found


NAMES = tuple(_LIGER)
"""What is compared unless others are asked for."""
