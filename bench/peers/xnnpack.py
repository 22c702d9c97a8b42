# SPDX-License-Identifier: Apache-2.0
"""XNNPACK: the unary element-wise operators, through xnnpack.cc."""

from rheobase.bench.contender import Contender, Unsupported, parameters

from . import _native

NAME = "XNNPACK"
_LIBRARY = "rheobase_peer_xnnpack"
_INFINITY = float("inf")

_OPERATORS = {
    "relu": lambda p: ("clamp", 0, _INFINITY),
    "clipped_relu": lambda p: ("clamp", 0, p["ceiling"]),
    "hardtanh": lambda p: ("clamp", p["min_val"], p["max_val"]),
    "leaky_relu": lambda p: ("leaky_relu", p["negative_slope"], 0),
    "sigmoid": lambda p: ("sigmoid", 0, 0),
    "tanh": lambda p: ("tanh", 0, 0),
    "elu": lambda p: ("elu", p["alpha"], 0),
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
    operator = _OPERATORS.get(info["activation"])
    if operator is None:
        raise Unsupported("no such operator")
    return [_native.contender(_LIBRARY, NAME, *operator(parameters(info)), role, dtype, threads)]
