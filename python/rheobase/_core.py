# SPDX-License-Identifier: Apache-2.0
"""The library's registry, seen through its C ABI (rheobase.h). Needs nothing but the standard library."""

from __future__ import annotations

import ctypes
import functools
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

_OK, _ERROR_NAME, _ERROR_PARAMETER, _ERROR_FORMAT = 0, 2, 3, 4
_EXCEPTIONS = {_ERROR_NAME: ValueError, _ERROR_PARAMETER: ValueError, _ERROR_FORMAT: TypeError}

_LIBRARY = {"darwin": "librheobase.0.dylib", "win32": "rheobase.dll"}.get(sys.platform, "librheobase.so.0")

# What the C ABI's functions for each kind of file begin with.
_PREFIXES = {"unary": "rheo_", "rows": "rheo_rows_", "random": "rheo_random_"}


def library_path() -> Path:
    """Where the core library is: the environment variable RHEOBASE_LIBRARY, else beside this package."""
    chosen = os.environ.get("RHEOBASE_LIBRARY")
    # The name that the operators ask for as well, so that a process has one of them; a wheel has no other.
    return Path(chosen) if chosen else Path(__file__).parent / "_lib" / _LIBRARY


def _load() -> ctypes.CDLL:
    path = library_path()
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(
            f"rheobase: cannot load {path} ({error}); install the package, or let RHEOBASE_LIBRARY name it"
        ) from error
    text, handle = ctypes.c_char_p, ctypes.c_void_p
    library.rheo_version.restype = text
    library.rheo_last_error.restype = text
    for prefix in _PREFIXES.values():
        names, find, describe = (getattr(library, prefix + verb) for verb in ("names", "find", "describe"))
        names.argtypes = [ctypes.POINTER(ctypes.POINTER(text)), ctypes.POINTER(ctypes.c_size_t)]
        find.argtypes = [text, ctypes.POINTER(handle)]
        describe.argtypes = [handle, ctypes.POINTER(text)]
    library.rheo_check_parameters.argtypes = [handle, ctypes.c_uint32, handle, ctypes.c_size_t]
    library.rheo_target.argtypes = [ctypes.POINTER(text)]
    return library


class _Parameter(ctypes.Structure):
    """rheo_parameter."""

    _fields_ = (("name", ctypes.c_char_p), ("value", ctypes.c_double))


_library = _load()


def _check(status: int) -> None:
    if status != _OK:
        raise _EXCEPTIONS.get(status, RuntimeError)(_library.rheo_last_error().decode())


def address(symbol: str) -> int:
    """Where a function of the C ABI is, for those who call it without ctypes."""
    return ctypes.cast(getattr(_library, symbol), ctypes.c_void_p).value


def version() -> str:
    """The version of the library, for example ``"0.1.0"``."""
    return _library.rheo_version().decode()


def names(kind: str = "unary") -> list[str]:
    """All activations and presets, sorted. Aliases are not listed, though they are found.

    Args:
        kind: "unary"; "rows" lists functions of rows, "random" those that draw random numbers
    """
    found, count = ctypes.POINTER(ctypes.c_char_p)(), ctypes.c_size_t()
    _check(_function(kind, "names")(ctypes.byref(found), ctypes.byref(count)))
    return [found[i].decode() for i in range(count.value)]


def _function(kind: str, verb: str):
    if kind not in _PREFIXES:
        raise ValueError(f"kind must be one of {', '.join(map(repr, _PREFIXES))}, got {kind!r}")
    return getattr(_library, _PREFIXES[kind] + verb)


@functools.cache
def _description(name: str, kind: str) -> str:
    handle, text = ctypes.c_void_p(), ctypes.c_char_p()
    _check(_function(kind, "find")(name.encode(), ctypes.byref(handle)))
    _check(_function(kind, "describe")(handle, ctypes.byref(text)))
    return text.value.decode()


def info(name: str, kind: str = "unary") -> dict:
    """What the file of an activation declares: title, formula, parameters, bounds, facts, references ...

    Args:
        name: an activation, a preset or an alias.
        kind: as for ``names``

    Returns:
        a dictionary of its own for each call; docs/describe.md lists the fields. Numbers that are not finite
        are the strings ``"inf"``, ``"-inf"`` and ``"nan"``, which ``float()`` reads.

    Raises:
        ValueError: there is no such name; the message suggests the nearest. Or no such kind.
        TypeError: ``name`` is not a string.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a str, not {type(name).__name__}")
    if "\0" in name:  # C would read the part before it
        raise ValueError(f"no activation is named {name!r}")
    return json.loads(_description(name, kind))


def given_parameters(values: Mapping[str, float]) -> ctypes.Array:
    """An array of rheo_parameter."""
    return (_Parameter * len(values))(*((key.encode(), value) for key, value in values.items()))


def check_parameters(name: str, values: dict[str, float], double: bool) -> None:
    """Raises ValueError where parameters do not make sense together, rounded to float64 or float32."""
    activation = ctypes.c_void_p()
    _check(_library.rheo_find(name.encode(), ctypes.byref(activation)))
    parameters = given_parameters(values)
    _check(_library.rheo_check_parameters(activation, 2 if double else 1, parameters, len(values)))


_FORMATS = {"float32": 1, "float64": 2, "bfloat16": 3, "float16": 4}  # rheo_format


def mask_supported(name: str, values: dict[str, float], dtype: str) -> bool:
    """Whether one bit per element tells the derivative, for these parameters (rheo_mask_supported)."""
    return _supported(_library.rheo_mask_supported, name, values, dtype)


def output_supported(name: str, values: dict[str, float], dtype: str) -> bool:
    """Whether f(x) tells the derivative, for these parameters (rheo_output_supported)."""
    return _supported(_library.rheo_output_supported, name, values, dtype)


def _supported(function, name: str, values: dict[str, float], dtype: str) -> bool:
    activation, found = ctypes.c_void_p(), ctypes.c_int32()
    _check(_library.rheo_find(name.encode(), ctypes.byref(activation)))
    function.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_void_p,
        ctypes.c_size_t,
        *[ctypes.c_void_p] * 2,
    ]
    parameters = given_parameters(values)
    _check(function(activation, _FORMATS[dtype], parameters, len(values), ctypes.byref(found), None))
    return found.value != 0


def targets() -> list[str]:
    """The instruction sets that this machine can run, best first."""
    found, count = ctypes.POINTER(ctypes.c_char_p)(), ctypes.c_size_t()
    _check(_library.rheo_targets(ctypes.byref(found), ctypes.byref(count)))
    return [found[i].decode() for i in range(count.value)]


def target() -> str:
    """The instruction set in use, for example ``"AVX3"``; RHEOBASE_TARGET in the environment forces one."""
    found = ctypes.c_char_p()
    _check(_library.rheo_target(ctypes.byref(found)))
    return found.value.decode()
