# SPDX-License-Identifier: Apache-2.0
"""oneDNN: the element-wise primitive, forward and backward, through onednn.cc."""

from rheobase.bench.contender import Contender, Unsupported, parameters

from . import _native

NAME = "oneDNN"
LIMITS = ("DNNL_MAX_CPU_ISA",)
_LIBRARY = "rheobase_peer_onednn"
_INFINITY = float("inf")

# Algorithm, alpha and beta for an activation's parameters; None where no setting is the function.
_ALGORITHMS = {
    "relu": lambda p: ("relu", 0, 0),
    "leaky_relu": lambda p: ("relu", p["negative_slope"], 0),
    "clipped_relu": lambda p: ("clip", 0, p["ceiling"]),
    "sigmoid": lambda p: ("logistic", 0, 0),
    "hardsigmoid": lambda p: ("hardsigmoid", 1 / 6, 0.5),
    "hardsigmoid_onnx": lambda p: ("hardsigmoid", p["alpha"], p["beta"]),
    "tanh": lambda p: ("tanh", 0, 0),
    "hardtanh": lambda p: ("clip", p["min_val"], p["max_val"]),
    "elu": lambda p: ("elu", p["alpha"], 0),
    "gelu": lambda p: ("gelu_erf", 0, 0),
    "gelu_tanh": lambda p: ("gelu_tanh", 0, 0),
    "gelu_sigmoid": lambda p: ("swish", 1.702, 0),
    "swish": lambda p: ("swish", p["beta"], 0),
    # Its threshold is fixed, and the softplus without one differs from it by less than rounding.
    "softplus": lambda p: ("soft_relu", 1, 0) if p["beta"] == 1 and p["threshold"] == _INFINITY else None,
    "mish": lambda p: ("mish", 0, 0),
    "hardswish": lambda p: ("hardswish", 0, 0),
    "identity": lambda p: ("linear", 1, 0),
}


def available() -> str:
    return _native.available(_LIBRARY, "the build found no oneDNN (Debian: libdnnl-dev)")


def version() -> str:
    return _native.version(_LIBRARY)


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    if role == "derivative":
        raise Unsupported("no derivative on its own, only backward")
    if dtype != "float32":
        raise Unsupported(f"no {dtype} on a CPU")
    algorithm = _ALGORITHMS.get(info["activation"], lambda p: None)(parameters(info))
    if algorithm is None:
        raise Unsupported("no such element-wise algorithm")
    return [_native.contender(_LIBRARY, NAME, *algorithm, role, dtype, threads)]
