# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime: a model of one node, its input and output bound to the arrays beforehand."""

from importlib.util import find_spec

import numpy as np

from rheobase.bench.contender import Buffers, Contender, Prepared, Unsupported, parameters

NAME = "ONNX Runtime"
_INFINITY = float("inf")
_SELU = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
_OPSET = 22
_CONTRIBUTED = "com.microsoft"

# Operator, attributes, domain.
_NODES = {
    "relu": lambda p: ("Relu", {}, ""),
    "leaky_relu": lambda p: ("LeakyRelu", {"alpha": p["negative_slope"]}, ""),
    "clipped_relu": lambda p: ("Clip", {"inputs": (0.0, p["ceiling"])}, ""),
    "hardtanh": lambda p: ("Clip", {"inputs": (p["min_val"], p["max_val"])}, ""),
    "sigmoid": lambda p: ("Sigmoid", {}, ""),
    "hardsigmoid": lambda p: ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, ""),
    "hardsigmoid_onnx": lambda p: ("HardSigmoid", {"alpha": p["alpha"], "beta": p["beta"]}, ""),
    "tanh": lambda p: ("Tanh", {}, ""),
    "swish": lambda p: ("QuickGelu", {"alpha": p["beta"]}, _CONTRIBUTED),
    "gelu": lambda p: ("Gelu", {"approximate": "none"}, ""),
    "gelu_tanh": lambda p: ("Gelu", {"approximate": "tanh"}, ""),
    "gelu_sigmoid": lambda p: ("QuickGelu", {"alpha": 1.702}, _CONTRIBUTED),
    "softplus": lambda p: ("Softplus", {}, "") if p == {"beta": 1, "threshold": _INFINITY} else None,
    "softsign": lambda p: ("Softsign", {}, ""),
    "mish": lambda p: ("Mish", {}, ""),
    "elu": lambda p: ("Elu", {"alpha": p["alpha"]}, ""),
    "selu": lambda p: ("Selu", {"alpha": _SELU[0], "gamma": _SELU[1]}, ""),
    "celu": lambda p: ("Celu", {"alpha": p["alpha"]}, ""),
    "hardswish": lambda p: ("HardSwish", {}, ""),
    "identity": lambda p: ("Identity", {}, ""),
}


def available() -> str:
    missing = [name for name in ("onnxruntime", "onnx") if find_spec(name) is None]
    return f"{' and '.join(missing)}: not installed" if missing else ""


def version() -> str:
    import onnxruntime

    return onnxruntime.__version__


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    if role != "value":
        raise Unsupported("inference only")
    node = _NODES.get(info["activation"], lambda p: None)(parameters(info))
    if node is None:
        raise Unsupported("no such operator")
    session = _session(_model(*node, dtype), threads)

    def prepare(buffers: Buffers) -> Prepared:
        binding = session.io_binding()
        for bind, name, array in (
            (binding.bind_input, "x", buffers.x),
            (binding.bind_output, "y", buffers.y),
        ):
            bind(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        return Prepared(lambda: session.run_with_iobinding(binding), keep=(binding, session, buffers))

    return [Contender(NAME, prepare)]


def _model(operator: str, attributes: dict, domain: str, dtype: str) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    kind = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}[dtype]
    attributes = dict(attributes)
    constants = [
        numpy_helper.from_array(np.array(value, dtype), f"c{i}")
        for i, value in enumerate(attributes.pop("inputs", ()))
    ]
    inputs = ["x", *(constant.name for constant in constants)]
    node = helper.make_node(operator, inputs, ["y"], domain=domain, **attributes)
    tensors = [helper.make_tensor_value_info(name, kind, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph([node], "one_node", tensors[:1], tensors[1:], constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIBUTED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def _session(model: bytes, threads: int):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no common base
        raise Unsupported(" ".join(str(error).split())[:120]) from None
