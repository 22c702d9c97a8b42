# SPDX-License-Identifier: Apache-2.0
"""The page's self-test, computed by the native library: page/selftest.js says what is hashed."""

from __future__ import annotations

import ctypes
import struct

from rheobase import _calls as calls
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
    x = ctypes.create_string_buffer(struct.pack(f"<{POINTS}{letter}", *_patterns(size)), POINTS * size)
    y, shape = ctypes.create_string_buffer(POINTS * size), calls.shape(POINTS)
    call = calls.filled(calls.Call, role=_ROLES[role], format=code, rank=1, threads=1, shape=shape, x=x, y=y)
    _core._check(_core._library.rheo_run(calls.found("rheo_find", name), ctypes.byref(call)))
    return _hash(struct.unpack(f"<{POINTS}{letter}", y.raw), exponent, fraction)


def lines(names: list[str] | None = None) -> list[str]:
    """Those of some functions, or of all, as the page lists them."""
    return [
        f"{name} {format} {role} {digest(name, format, role)}"
        for name in (_core.names() if names is None else names)
        for format in _FORMATS
        for role in _ROLES
    ]
