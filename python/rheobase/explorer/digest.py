# SPDX-License-Identifier: Apache-2.0
"""The page's self-test, computed by the native library: page/selftest.js says what is hashed."""

from __future__ import annotations

import ctypes
import struct

from rheobase import _core

POINTS = 2048
_ROLES = {"value": 1, "derivative": 2}
# Code, bytes, bits of exponent and fraction, and how struct packs the bits.
_FORMATS = {
    "float64": (2, 8, 11, 52, "Q"),
    "float32": (1, 4, 8, 23, "I"),
    "bfloat16": (3, 2, 8, 7, "H"),
    "float16": (4, 2, 5, 10, "H"),
}


class _Call(ctypes.Structure):
    """rheo_call."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("struct_size", "role", "format", "flags")),
        ("parameters", ctypes.c_void_p),
        ("parameter_count", ctypes.c_size_t),
        ("rank", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        *((name, ctypes.c_void_p) for name in ("shape", "x_strides", "grad_strides", "y_strides")),
        *((name, ctypes.c_void_p) for name in ("x", "grad", "y", "executor", "with_respect_to")),
    )


def _patterns(bytes_each: int) -> list[int]:
    spread = [i * 2654435761 & 0xFFFFFFFF for i in range(POINTS)]
    if bytes_each == 2:
        return [s >> 16 for s in spread]
    if bytes_each == 4:
        return spread
    return [s << 32 | (i * 40503 & 0xFFFFFFFF) for i, s in enumerate(spread)]


def _hash(results: tuple[int, ...], exponent: int, fraction: int) -> str:
    infinity, sign = ((1 << exponent) - 1) << fraction, 1 << (exponent + fraction)
    value = 0xCBF29CE484222325
    for bits in results:
        bits = infinity + 1 if bits & ~sign > infinity else bits
        value = (value ^ bits) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def digest(name: str, format: str, role: str) -> str:
    """The hash of the results of one function, format and role."""
    code, size, exponent, fraction, letter = _FORMATS[format]
    library, handle = _core._library, ctypes.c_void_p()
    _core._check(library.rheo_find(name.encode(), ctypes.byref(handle)))
    x = ctypes.create_string_buffer(struct.pack(f"<{POINTS}{letter}", *_patterns(size)), POINTS * size)
    y, shape = ctypes.create_string_buffer(POINTS * size), ctypes.c_int64(POINTS)
    call = _Call(struct_size=ctypes.sizeof(_Call), role=_ROLES[role], format=code, rank=1, threads=1)
    call.shape, call.x, call.y = (ctypes.addressof(part) for part in (shape, x, y))
    _core._check(library.rheo_run(handle, ctypes.byref(call)))
    return _hash(struct.unpack(f"<{POINTS}{letter}", y.raw), exponent, fraction)


def lines(names: list[str] | None = None) -> list[str]:
    """Those of some functions, or of all, as the page lists them."""
    return [
        f"{name} {format} {role} {digest(name, format, role)}"
        for name in (_core.names() if names is None else names)
        for format in _FORMATS
        for role in _ROLES
    ]
