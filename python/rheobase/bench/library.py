# SPDX-License-Identifier: Apache-2.0
"""This library as a contender: one call of rheo_run (rheobase.h) through ctypes, on buffers bound before."""

from rheobase import _calls as calls
from rheobase import _core
from rheobase.bench.contender import Buffers, Contender, Prepared

NAME = "rheobase"
ROLES = {"value": calls.VALUE, "derivative": calls.DERIVATIVE, "backward": calls.BACKWARD}


def contender(info: dict, role: str, dtype: str, threads: int) -> Contender:
    """The activation of `info` on so many threads."""

    def prepare(buffers: Buffers) -> Prepared:
        grad = buffers.grad if role == "backward" else None
        run = calls.activation_call(
            info["name"], ROLES[role], dtype, threads, buffers.x, buffers.y, grad, info.get("settings", {})
        )
        return Prepared(run, keep=buffers)

    return Contender(NAME, prepare, f"{_core.version()} {_core.target()}")
