# SPDX-License-Identifier: Apache-2.0
"""Loads the extension module that makes ufuncs, and hands it the library that the package uses."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

from rheobase import _core

_NAME = "_rheobase_numpy"


def _places() -> list[Path]:
    folders = dict.fromkeys([_core.library_path().parent, Path(_core.__file__).parent / "_lib"])
    return [folder / (_NAME + end) for folder in folders for end in importlib.machinery.EXTENSION_SUFFIXES]


def _bfloat16_number() -> int:
    """NumPy's number of ml_dtypes' bfloat16; -1 where that package is not installed.

    Loops have to be there before a ufunc first meets the dtype, since NumPy remembers what it chose.
    """
    try:
        import ml_dtypes
    except ImportError:
        return -1
    import numpy as np

    return np.dtype(ml_dtypes.bfloat16).num


def _load() -> ModuleType:
    path = next((place for place in _places() if place.is_file()), None)
    if path is None:
        raise ImportError(
            f"rheobase: no {_NAME} beside {_core.library_path()} for this Python; it is built where "
            "RHEOBASE_PYTHON has NumPy's headers"
        )
    loader = importlib.machinery.ExtensionFileLoader(_NAME, str(path))
    spec = importlib.util.spec_from_file_location(_NAME, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    _core.target()  # a bad RHEOBASE_TARGET or RHEOBASE_NUM_THREADS is an error here, not in a loop
    addresses = {symbol: _core.address(symbol) for symbol in module.SYMBOLS}
    module.start(addresses, _bfloat16_number())
    return module


MODULE = _load()
Function = MODULE.Function
