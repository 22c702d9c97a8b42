# SPDX-License-Identifier: Apache-2.0
"""Activation functions, value and gradient, with proven accuracy. PyTorch's part is ``rheobase.torch``."""

from importlib import import_module

from rheobase._core import info, names, target, version

__all__ = ["analyze", "choose", "info", "names", "plot", "target"]
__version__ = version()

# Public names of modules that need more than the standard library, imported when they are first used.
_LAZY = {
    "analyze": "rheobase.analysis",
    "choose": "rheobase.choosing.choice",
    "gate": "rheobase._numpy",
    "plot": "rheobase.plotting.figure",
}


def _functions() -> list[str]:
    """Each is a function of NumPy's arrays."""
    return [name for kind in ("unary", "rows", "random") for name in names(kind)]


def _of_arrays():
    """The module of NumPy's functions."""
    try:
        return import_module("rheobase._numpy")
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise ImportError("rheobase: functions of arrays need NumPy, which is not installed") from error


def _function(name: str):
    """The function of that name or alias. Raises AttributeError."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _functions():
        try:
            info(name)
        except ValueError as error:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {error}") from None
    return _of_arrays().function(name)


def __getattr__(name: str):
    if name in _LAZY:
        module = _LAZY[name]
        found = getattr(_of_arrays() if module == "rheobase._numpy" else import_module(module), name)
    else:
        found = _function(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_functions()})
