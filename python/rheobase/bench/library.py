# SPDX-License-Identifier: Apache-2.0
"""This library as a contender: one call of rheo_run (rheobase.h) through ctypes, on buffers bound before."""

import ctypes

from rheobase import _core
from rheobase.bench.contender import Buffers, Contender, Prepared

NAME = "rheobase"
ROLES = {"value": 1, "derivative": 2, "backward": 3}
_FORMATS = {"float32": 1, "float64": 2}
_OK, _ERROR_UNSUPPORTED = 0, 8


class _Call(ctypes.Structure):
    """rheo_call. A version with further fields at its end takes this one for an older descriptor."""

    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("role", ctypes.c_uint32),
        ("format", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("parameters", ctypes.c_void_p),
        ("parameter_count", ctypes.c_size_t),
        ("rank", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("x_strides", ctypes.c_void_p),
        ("grad_strides", ctypes.c_void_p),
        ("y_strides", ctypes.c_void_p),
        ("x", ctypes.c_void_p),
        ("grad", ctypes.c_void_p),
        ("y", ctypes.c_void_p),
        ("executor", ctypes.c_void_p),
        ("with_respect_to", ctypes.c_char_p),
    ]


def handle(name: str) -> ctypes.c_void_p:
    """The activation of that name or alias, for `bound_call`. Raises ValueError."""
    found = ctypes.c_void_p()
    _core._check(_core._library.rheo_find(name.encode(), ctypes.byref(found)))
    return found


def contender(info: dict, role: str, dtype: str, threads: int) -> Contender:
    """The activation of `info` on so many threads; on one, with a note, where the library brings no pool."""
    activation = handle(info["name"])
    pooled = _takes_threads(activation, threads)
    note = "" if pooled or threads == 1 else "runs on one thread: this version has no pool of its own"

    def prepare(buffers: Buffers) -> Prepared:
        call = _describe(buffers, role, dtype, threads if pooled else 0)
        run, pointer = _core._library.rheo_run, ctypes.byref(call)
        _core._check(run(activation, pointer))
        return Prepared(lambda: run(activation, pointer), keep=(call, buffers))

    return Contender(NAME, prepare, f"{_core.version()} {_core.target()}", note)


def _describe(buffers: Buffers, role: str, dtype: str, threads: int) -> _Call:
    shape = (ctypes.c_int64 * 1)(buffers.x.size)
    call = _Call(ctypes.sizeof(_Call), ROLES[role], _FORMATS[dtype])
    call.rank, call.shape, call.threads = 1, shape, threads
    call.x, call.y = buffers.x.ctypes.data, buffers.y.ctypes.data
    if role == "backward":
        call.grad = buffers.grad.ctypes.data
    return call


def _takes_threads(activation: ctypes.c_void_p, threads: int) -> bool:
    """Whether the field `threads` means something yet; while it is reserved, setting it is refused."""
    call = _Call(ctypes.sizeof(_Call), ROLES["value"], _FORMATS["float32"])
    call.rank, call.threads = 1, threads
    call.shape = (ctypes.c_int64 * 1)(0)
    status = _core._library.rheo_run(activation, ctypes.byref(call))
    if status == _ERROR_UNSUPPORTED:
        return False
    _core._check(status)
    return True


_core._library.rheo_run.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
_core._library.rheo_run.restype = ctypes.c_int
