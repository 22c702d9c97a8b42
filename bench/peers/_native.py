# SPDX-License-Identifier: Apache-2.0
"""Peers written in C++: shared libraries with the interface of peer.h."""

import ctypes
import functools

from rheobase.bench.contender import Buffers, Contender, Prepared, Unsupported
from rheobase.bench.places import native_library


class _Job(ctypes.Structure):
    _fields_ = [
        ("function", ctypes.c_char_p),
        ("alpha", ctypes.c_double),
        ("beta", ctypes.c_double),
        ("backward", ctypes.c_int32),
        ("float64", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        ("n", ctypes.c_int64),
        ("x", ctypes.c_void_p),
        ("grad", ctypes.c_void_p),
        ("y", ctypes.c_void_p),
    ]


@functools.cache
def _library(name: str) -> ctypes.CDLL:
    library = ctypes.CDLL(str(native_library(name)))
    library.peer_version.restype = library.peer_error.restype = ctypes.c_char_p
    library.peer_open.argtypes, library.peer_open.restype = [ctypes.POINTER(_Job)], ctypes.c_void_p
    for function in (library.peer_run, library.peer_close):
        function.argtypes, function.restype = [ctypes.c_void_p], None
    return library


def available(name: str, needs: str) -> str:
    """ "" when the library was built and loads, else why not; `needs` says what the build looks for."""
    if native_library(name) is None:
        return f"not built: {needs}"
    try:
        _library(name)
    except OSError as error:
        return " ".join(str(error).split())
    return ""


def version(name: str) -> str:
    return _library(name).peer_version().decode()


class _Open:
    """A job of the library, closed with its last reference."""

    def __init__(self, library: ctypes.CDLL, job: _Job):
        self._library = library
        self.pointer = library.peer_open(ctypes.byref(job))
        if not self.pointer:
            raise Unsupported(library.peer_error().decode())

    def __del__(self):
        if self.pointer:
            self._library.peer_close(self.pointer)


def contender(
    name: str,
    title: str,
    function: str,
    alpha: float,
    beta: float,
    role: str,
    dtype: str,
    threads: int,
    note: str = "",
) -> Contender:
    """The library's `function` with its two parameters. Raises Unsupported when it refuses."""
    library = _library(name)

    def prepare(buffers: Buffers) -> Prepared:
        job = _Job(function.encode(), alpha, beta, role == "backward", dtype == "float64", threads)
        job.n, job.x, job.y = buffers.x.size, buffers.x.ctypes.data, buffers.y.ctypes.data
        job.grad = buffers.grad.ctypes.data if buffers.grad is not None else None
        opened = _Open(library, job)
        run, pointer = library.peer_run, ctypes.c_void_p(opened.pointer)
        return Prepared(lambda: run(pointer), keep=(opened, buffers))

    return Contender(title, prepare, note=note)
