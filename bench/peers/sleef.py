# SPDX-License-Identifier: Apache-2.0
"""SLEEF: the usual formulas over its vector functions of 1.0 ulp, in loops of our own (sleef.cc)."""

from rheobase.bench.contender import Contender, Unsupported, parameters

from . import _native

NAME = "SLEEF"
_LIBRARY = "rheobase_peer_sleef"
_SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)

_LOOPS = {
    "sigmoid": lambda p: ("sigmoid", 0, 0),
    "tanh": lambda p: ("tanh", 0, 0),
    "swish": lambda p: ("swish", p["beta"], 0),
    "gelu": lambda p: ("gelu", 0, 0),
    "gelu_tanh": lambda p: ("gelu_tanh", 0, 0),
    "gelu_sigmoid": lambda p: ("swish", 1.702, 0),
    # As frameworks do it: from 20 on the result is x.
    "softplus": lambda p: ("softplus", p["beta"], min(p["threshold"], 20)),
    "mish": lambda p: ("mish", 0, 0),
    "elu": lambda p: ("elu", p["alpha"], 1),
    "selu": lambda p: ("elu", *_SELU),
}


def available() -> str:
    return _native.available(_LIBRARY, "the build found no SLEEF (Debian: libsleef-dev)")


def version() -> str:
    return _native.version(_LIBRARY)


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    if role != "value":
        raise Unsupported("elementary functions only; loops are written for values")
    if threads > 1:
        raise Unsupported("its loop has no threads")
    loop = _LOOPS.get(info["activation"])
    if loop is None:
        raise Unsupported("needs no elementary function, or no loop is written")
    return [_native.contender(_LIBRARY, NAME, *loop(parameters(info)), role, dtype, threads)]
