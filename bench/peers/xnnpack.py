# SPDX-License-Identifier: Apache-2.0
"""XNNPACK: the element-wise operators, through xnnpack.cc."""

from rheobase.bench.contender import Contender, Unsupported, parameters

from . import _native

NAME = "XNNPACK"
_LIBRARY = "rheobase_peer_xnnpack"
_INFINITY = float("inf")

# Operator and its two parameters for an activation's parameters; None where no setting is the function.
_OPERATORS = {
    "identity": lambda p: ("copy", 0, 0),
    "relu": lambda p: ("clamp", 0, _INFINITY),
    "clipped_relu": lambda p: ("clamp", 0, p["ceiling"]),
    "hardtanh": lambda p: ("clamp", p["min_val"], p["max_val"]),
    "leaky_relu": lambda p: ("leaky_relu", p["negative_slope"], 0),
    # Its own PReLU, whose slopes are an array, is scalar code on x86.
    "prelu": lambda p: ("leaky_relu", p["alpha"], 0),
    "sigmoid": lambda p: ("sigmoid", 0, 0),
    "tanh": lambda p: ("tanh", 0, 0),
    "elu": lambda p: ("elu", p["alpha"], 0),
    "celu": lambda p: ("elu", 1, 0) if p["alpha"] == 1 else None,
    "gelu": lambda p: ("gelu", 0, 0),
    "gelu_tanh": lambda p: ("approxgelu", 0, 0),
    "hardswish": lambda p: ("hardswish", 0, 0),
}


def available() -> str:
    return _native.available(_LIBRARY, "rheobase bench --xnnpack DIR builds it from XNNPACK's source")


def version() -> str:
    return _native.version(_LIBRARY)


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    if role != "value":
        raise Unsupported("values only")
    if dtype != "float32":
        raise Unsupported(f"no {dtype}")
    operator = _OPERATORS.get(info["activation"], lambda p: None)(parameters(info))
    if operator is None:
        raise Unsupported("no such operator")
    # It has pthreadpool set the processor so. The copy is a memcpy.
    note = "" if operator[0] == "copy" else "subnormals are switched off, as operands and as results"
    return [_native.contender(_LIBRARY, NAME, *operator, role, dtype, threads, note)]
