# SPDX-License-Identifier: Apache-2.0
"""Activation functions, value and gradient, with proven accuracy. PyTorch's part is ``rheobase.torch``."""

from importlib import import_module
from importlib.util import find_spec

from rheobase._core import info, names, target, version

__all__ = ["analyze", "choose", "info", "names", "plot", "target"]
__version__ = version()

# Public names of modules that are imported when they are first used, and the packages that some of them need.
_LAZY = {
    "analyze": "rheobase.analysis",
    "choose": "rheobase.choosing.choice",
    "gate": "rheobase._numpy",
    "get_num_threads": "rheobase._numpy",
    "plot": "rheobase.plotting.figure",
    "set_num_threads": "rheobase._numpy",
}
_NEEDS = {"choose": ("numpy",), "plot": ("numpy", "matplotlib")}
_NEEDS |= {name: ("numpy",) for name, module in _LAZY.items() if module == "rheobase._numpy"}


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
        raise ImportError("rheobase: functions of arrays need NumPy: pip install numpy") from error


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


def _lazy(name: str):
    """What _LAZY has of that name. Raises ImportError, which says what to install."""
    module = _LAZY[name]
    if module == "rheobase._numpy":
        return getattr(_of_arrays(), name)
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("rheobase"):
            raise
        package = error.name.partition(".")[0]
        raise ImportError(f"rheobase.{name} needs {package}: pip install 'rheobase[lab]'") from error


def __getattr__(name: str):
    if name in _LAZY:
        found = _lazy(name)
    else:
        found = _function(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """What can be used here: help() and editors read every name, and end at one that is an ImportError."""
    lazy = [name for name in _LAZY if all(map(find_spec, _NEEDS.get(name, ())))]
    return sorted({*globals(), *lazy, *(_functions() if find_spec("numpy") else ())})
