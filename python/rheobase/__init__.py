# SPDX-License-Identifier: Apache-2.0
"""Activation functions, value and gradient, with proven accuracy. PyTorch's part is ``rheobase.torch``."""

from importlib import import_module

from rheobase._core import info, names, target, version

__all__ = ["analyze", "info", "names", "target"]
__version__ = version()

# Public names of modules that need more than the standard library, imported when they are first used.
_LAZY = {
    "analyze": "rheobase.analysis",
}


def __getattr__(name: str):
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_LAZY[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
