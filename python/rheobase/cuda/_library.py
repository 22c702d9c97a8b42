# SPDX-License-Identifier: Apache-2.0
"""librheobase_cuda: where it is, how its functions are called, and what they refuse."""

from __future__ import annotations

import ctypes
import functools

from rheobase import _calls, _core

FORMATS = _calls.FORMATS
ROLES = {"value": 1, "derivative": 2, "backward": 3, "parameter": 4, "second": 5}


class Error(RuntimeError):
    """What the library refused, or the device; ``status`` is the rheo_status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@functools.cache
def library() -> ctypes.CDLL:
    """Raises ImportError where there is none."""
    path = _core.library_path().with_name("librheobase_cuda.so")
    try:
        found = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(
            f"rheobase.cuda: cannot load {path} ({error}); build with -DRHEOBASE_CUDA=ON"
        ) from error
    found.rheo_cuda_last_error.restype = ctypes.c_char_p
    found.rheo_cuda_device.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_int)]
    return found


def start(form: str, name: str, call: ctypes.Structure, host: bool) -> None:
    """Calls what runs that form, with the name of a function."""
    run = getattr(library(), f"rheo_cuda_run{form}{'_host' if host else ''}")
    check(run(name.encode(), ctypes.byref(call)))


def filled(
    kind: type,
    role: str,
    dtype: str,
    stream: int,
    unchecked: bool,
    parameters: dict[str, float] | None,
    **fields,
) -> ctypes.Structure:
    """A descriptor of a function with parameters that are numbers; an address of 0 is none."""
    given = _core.given_parameters(parameters or {})
    return _calls.filled(
        kind,
        role=ROLES[role],
        format=FORMATS[dtype],
        stream=stream,
        flags=int(unchecked),
        parameters=given,
        parameter_count=len(given),
        **fields,
    )


def encoded(name: str | None) -> bytes | None:
    return None if name is None else name.encode()


def check(status: int) -> None:
    if status != 0:
        raise Error(status, library().rheo_cuda_last_error().decode())
