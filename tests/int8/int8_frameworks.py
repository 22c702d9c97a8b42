# SPDX-License-Identifier: Apache-2.0
"""Tables of 256 codes as three frameworks make them, by running an operator of theirs on all codes.

Each framework is a class with `convention`, `version`, `functions` (the activations it has) and
`table(case)`, which gives the results' bytes in the order of the codes. Without its package, making one
raises ImportError.
"""

from __future__ import annotations

from int8_cases import Case


class Torch:
    """torch.fake_quantize_per_tensor_affine, whose arithmetic torch.ops.quantized_decomposed (PT2E) shares.

    torch.quantize_per_tensor is another one: it adds the zero point before it rounds, and in one rounding
    with the product where the processor can.
    """

    convention = "torch"
    functions = (
        *("identity", "relu", "relu6", "leaky_relu", "elu", "sigmoid", "tanh"),
        *("gelu", "gelu_tanh", "silu", "hardswish"),
    )

    def __init__(self):
        import torch

        self.torch, self.version = torch, torch.__version__

    def function(self, case: Case):
        f = self.torch.nn.functional
        return {
            "identity": lambda x: x,
            "relu": f.relu,
            "relu6": f.relu6,
            "leaky_relu": lambda x: f.leaky_relu(x, case.parameter(0.01)),
            "elu": lambda x: f.elu(x, case.parameter(1.0)),
            "sigmoid": f.sigmoid,
            "tanh": f.tanh,
            "gelu": f.gelu,
            "gelu_tanh": lambda x: f.gelu(x, approximate="tanh"),
            "silu": f.silu,
            "hardswish": f.hardswish,
        }[case.name]

    def table(self, case: Case) -> bytes:
        torch = self.torch
        signed = case.type == "int8"
        low, high = (-128, 127) if signed else (0, 255)
        x = (torch.arange(low, high + 1) - case.in_zero).float() * torch.tensor(case.in_scale)
        y = self.function(case)(x)
        faked = torch.fake_quantize_per_tensor_affine(y, case.out_scale, case.out_zero, low, high)
        # Back to codes: the quotient is within an ulp of a whole number.
        codes = torch.round(faked.double() / torch.tensor(case.out_scale).double()).int() + case.out_zero
        return bytes(int(code) & 255 for code in codes)


class Onnx:
    """ONNX Runtime: DequantizeLinear, the operator, QuantizeLinear, without fusion."""

    convention = "onnx"
    functions = (
        *("identity", "relu", "relu6", "leaky_relu", "elu", "sigmoid", "tanh"),
        *("gelu", "gelu_tanh", "hardswish"),
    )

    def __init__(self, fused: bool = False):
        import onnx
        import onnxruntime

        self.onnx, self.runtime, self.fused = onnx, onnxruntime, fused
        self.version = onnxruntime.__version__

    def nodes(self, case: Case):
        node = self.onnx.helper.make_node
        if case.name == "relu6":
            return [node("Clip", ["f", "zero", "six"], ["g"])]
        operator, attributes = {
            "identity": ("Identity", {}),
            "relu": ("Relu", {}),
            "leaky_relu": ("LeakyRelu", {"alpha": case.parameter(0.01)}),
            "elu": ("Elu", {"alpha": case.parameter(1.0)}),
            "sigmoid": ("Sigmoid", {}),
            "tanh": ("Tanh", {}),
            "gelu": ("Gelu", {"approximate": "none"}),
            "gelu_tanh": ("Gelu", {"approximate": "tanh"}),
            "hardswish": ("HardSwish", {}),
        }[case.name]
        return [node(operator, ["f"], ["g"], **attributes)]

    def table(self, case: Case) -> bytes:
        import numpy

        helper, kinds = self.onnx.helper, self.onnx.TensorProto
        signed = case.type == "int8"
        kind = kinds.INT8 if signed else kinds.UINT8
        constants = {
            "in_scale": (kinds.FLOAT, case.in_scale),
            "out_scale": (kinds.FLOAT, case.out_scale),
            "in_zero": (kind, case.in_zero),
            "out_zero": (kind, case.out_zero),
            "zero": (kinds.FLOAT, 0.0),
            "six": (kinds.FLOAT, 6.0),
        }
        graph = helper.make_graph(
            [
                helper.make_node("DequantizeLinear", ["x", "in_scale", "in_zero"], ["f"]),
                *self.nodes(case),
                helper.make_node("QuantizeLinear", ["g", "out_scale", "out_zero"], ["y"]),
            ],
            "table",
            [helper.make_tensor_value_info("x", kind, [256])],
            [helper.make_tensor_value_info("y", kind, [256])],
            [helper.make_tensor(name, of, [], [value]) for name, (of, value) in constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
        options = self.runtime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        levels = self.runtime.GraphOptimizationLevel
        options.graph_optimization_level = levels.ORT_ENABLE_ALL if self.fused else levels.ORT_DISABLE_ALL
        session = self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        x = numpy.arange(-128, 128).astype(numpy.int8) if signed else numpy.arange(256).astype(numpy.uint8)
        return session.run(None, {"x": x})[0].tobytes()


class LiteRt:
    """LiteRT's built-in kernels, without delegates."""

    convention = "tflite"
    functions = ("tanh", "sigmoid", "elu", "gelu", "gelu_tanh", "leaky_relu", "relu", "relu6", "hardswish")

    def __init__(self):
        from importlib.metadata import version

        from ai_edge_litert import interpreter, schema_py_generated

        self.schema, self.interpreter = schema_py_generated, interpreter
        self.version = version("ai-edge-litert")

    def operator(self, case: Case):
        """The operator's number, version, and options."""
        schema, kinds = self.schema, self.schema.BuiltinOperator
        options = schema.BuiltinOptions

        def with_options(kind, of, **fields):
            made = getattr(schema, f"{of}T")()
            for key, value in fields.items():
                setattr(made, key, value)
            return kind, 2, getattr(options, of), made

        if case.name in ("gelu", "gelu_tanh"):
            return with_options(kinds.GELU, "GeluOptions", approximate=case.name == "gelu_tanh")
        if case.name == "leaky_relu":
            return with_options(kinds.LEAKY_RELU, "LeakyReluOptions", alpha=case.parameter(0.01))
        number, version = {
            "tanh": (kinds.TANH, 2),
            "sigmoid": (kinds.LOGISTIC, 2),
            "elu": (kinds.ELU, 1),
            "relu": (kinds.RELU, 2),
            "relu6": (kinds.RELU6, 2),
            "hardswish": (kinds.HARD_SWISH, 1),
        }[case.name]
        return number, version, options.NONE, None

    def model(self, case: Case) -> bytes:
        import flatbuffers

        schema = self.schema
        kind = schema.TensorType.INT8 if case.type == "int8" else schema.TensorType.UINT8

        def tensor(name, scale, zero):
            made = schema.TensorT()
            made.name, made.shape, made.type, made.buffer = name, [256], kind, 0
            made.quantization = schema.QuantizationParametersT()
            made.quantization.scale, made.quantization.zeroPoint = [scale], [zero]
            return made

        code, operator, graph, model = (
            schema.OperatorCodeT(),
            schema.OperatorT(),
            schema.SubGraphT(),
            schema.ModelT(),
        )
        code.builtinCode, code.version, operator.builtinOptionsType, operator.builtinOptions = self.operator(
            case
        )
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        operator.opcodeIndex, operator.inputs, operator.outputs = 0, [0], [1]
        graph.tensors = [
            tensor("x", case.in_scale, case.in_zero),
            tensor("y", case.out_scale, case.out_zero),
        ]
        graph.inputs, graph.outputs, graph.operators = [0], [1], [operator]
        model.version, model.buffers = 3, [schema.BufferT()]
        model.subgraphs, model.operatorCodes = [graph], [code]
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def table(self, case: Case) -> bytes:
        import numpy

        kind = self.interpreter.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        runner = self.interpreter.Interpreter(
            model_content=self.model(case), experimental_op_resolver_type=kind, num_threads=1
        )
        runner.allocate_tensors()
        signed = case.type == "int8"
        x = numpy.arange(-128, 128).astype(numpy.int8) if signed else numpy.arange(256).astype(numpy.uint8)
        runner.set_tensor(runner.get_input_details()[0]["index"], x)
        runner.invoke()
        return runner.get_tensor(runner.get_output_details()[0]["index"]).tobytes()
