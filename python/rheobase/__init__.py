# SPDX-License-Identifier: Apache-2.0
"""Activation functions, value and gradient, with proven accuracy. PyTorch's part is ``rheobase.torch``."""

import importlib

from rheobase._core import info, names, target, version

__all__ = ["info", "names", "target"]
__version__ = version()

# Names that other modules bring, imported when they are first used.
_LAZY = {"gate": "rheobase._numpy"}


def _functions() -> list[str]:
    """What has a function of NumPy's arrays."""
    return [name for kind in ("unary", "rows", "random") for name in names(kind)]


def __getattr__(name: str):
    if name in _LAZY:
        found = getattr(importlib.import_module(_LAZY[name]), name)
    elif name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    else:
        if name not in _functions():
            try:
                info(name)
            except ValueError as error:
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {error}") from None
        found = importlib.import_module("rheobase._numpy").function(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_functions()})
