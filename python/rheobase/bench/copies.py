# SPDX-License-Identifier: Apache-2.0
"""What memory allows: memcpy and a vector load-store loop, contenders that copy x to y."""

import ctypes

from rheobase.bench.contender import Buffers, Contender, Prepared
from rheobase.bench.places import native_library

# Sizes in bytes that the loop takes.
GRAIN = 256


def contenders() -> list[Contender]:
    """One or two: the loop has to have been built (bench/CMakeLists.txt)."""
    found = [Contender("memcpy", lambda buffers: _bound(ctypes.CDLL(None).memcpy, buffers))]
    path = native_library("rheobase_copy")
    if path is not None:
        loop = ctypes.CDLL(str(path)).rheobase_copy
        found.append(Contender("load-store loop", lambda buffers: _bound(loop, buffers)))
    return found


def _bound(function, buffers: Buffers) -> Prepared:
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    function.restype = None
    to, origin = ctypes.c_void_p(buffers.y.ctypes.data), ctypes.c_void_p(buffers.x.ctypes.data)
    size = ctypes.c_size_t(buffers.x.nbytes // GRAIN * GRAIN)
    return Prepared(lambda: function(to, origin, size), keep=buffers)
