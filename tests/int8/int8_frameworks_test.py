# SPDX-License-Identifier: Apache-2.0
"""Where the frameworks are installed: the record of their tables is what they give here."""

import pytest
from int8_cases import Case, cases
from int8_frameworks import LiteRt, Onnx, Torch


def made(framework):
    """The framework, or a skipped test that says which package is missing."""
    try:
        return framework()
    except ImportError as missing:
        pytest.skip(f"{missing.name} is not installed; golden.json stands for it (record_golden.py)")


@pytest.mark.parametrize("framework", [LiteRt, Onnx, Torch], ids=lambda f: f.convention)
def test_the_record_is_what_the_framework_gives(golden, framework):
    framework = made(framework)
    content = golden[framework.convention]
    rows = iter(content["tables"])
    for name in framework.functions:
        for case in cases(framework.convention, name):
            row = next(rows)
            assert framework.table(case).hex() == row["table"], (case, content["version"], framework.version)


def test_onnx_runtimes_fused_operators_give_the_same(golden):
    try:
        fused = Onnx(fused=True)
    except ImportError as missing:
        pytest.skip(f"{missing.name} is not installed")
    rows = iter(golden["onnx"]["tables"])
    for name in fused.functions:
        for case in cases("onnx", name):
            assert fused.table(case).hex() == next(rows)["table"], case


def test_torchs_decomposed_operators_give_what_fake_quantize_gives():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    decomposed = pytest.importorskip("torch.ao.quantization.fx._decomposed", reason="this torch has none")
    del decomposed  # its import registers the operators
    framework = made(Torch)
    for case in [case for name in ("relu", "tanh", "identity") for case in cases("torch", name)]:
        low, kind = case.low, torch.int8 if case.type == "int8" else torch.uint8
        codes = torch.arange(low, low + 256).to(kind)
        ends = (low, low + 255, kind)
        operators = torch.ops.quantized_decomposed
        x = operators.dequantize_per_tensor(codes, case.in_scale, case.in_zero, *ends)
        y = framework.function(case)(x)
        result = operators.quantize_per_tensor(y, case.out_scale, case.out_zero, *ends)
        assert bytes(int(code) & 255 for code in result) == framework.table(case), case


def test_onnx_runtimes_own_quantized_operators_give_the_same(lut):
    """QLinearSigmoid and QLinearLeakyRelu of its domain com.microsoft."""
    onnx = made(Onnx)
    helper, kinds = onnx.onnx.helper, onnx.onnx.TensorProto
    import numpy

    for operator, name, attributes in (
        ("QLinearSigmoid", "sigmoid", {}),
        ("QLinearLeakyRelu", "leaky_relu", {"alpha": 0.01}),
    ):
        case = Case(name, (), "int8", 0.0625, 3, 0.0078125, -7)
        names = ("in_scale", "in_zero", "out_scale", "out_zero")
        graph = helper.make_graph(
            [helper.make_node(operator, ["x", *names], ["y"], domain="com.microsoft", **attributes)],
            "table",
            [helper.make_tensor_value_info("x", kinds.INT8, [256])],
            [helper.make_tensor_value_info("y", kinds.INT8, [256])],
            [
                helper.make_tensor(n, kinds.FLOAT if "scale" in n else kinds.INT8, [], [getattr(case, n)])
                for n in names
            ],
        )
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        session = onnx.runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        y = session.run(None, {"x": numpy.arange(-128, 128).astype(numpy.int8)})[0]
        assert y.tolist() == lut(case, "onnx"), operator
