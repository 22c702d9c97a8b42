# SPDX-License-Identifier: Apache-2.0
"""PyTorch's eager operators for forms: what one writes there for a gate, a row, a sum."""

import warnings
from collections.abc import Callable

import numpy as np

from rheobase.bench.contender import Contender, Prepared, Unsupported
from rheobase.bench.formats import array, tensor
from rheobase.bench.forms.case import Arrays, Case

from . import _aten

NAME = "PyTorch"
_ALLOCATES = "allocates its result in each call"


def contenders(case: Case, threads: int) -> list[Contender]:
    import torch

    torch.set_num_threads(threads)
    prepare, note = _FORMS[case.form](case)
    return [Contender(NAME, prepare, torch.__version__, note)]


def _tensors(arrays: Arrays, dtype: str) -> dict:
    return {key: tensor(array, dtype) for key, array in arrays.items() if array.dtype != np.uint8}


def _activation(info: dict) -> Callable:
    """f(x, y): y = f(x), through memory of its own where there is no form that writes."""
    op = _aten.operator(info, "value")
    out, plain, named = op.writing("value"), op.overload("default"), dict(op.named)
    if out is not None:
        return lambda x, y: out(x, *op.arguments, **named, out=y)
    return lambda x, y: y.copy_(plain(x, *op.arguments, **named))


def _backward(info: dict) -> Callable:
    """f(grad, x, f(x), dx)."""
    op = _aten.operator(info, "backward")
    out, plain, named = op.writing("backward"), op.overload("default"), dict(op.named)

    def run(grad, x, value, dx):
        kept = value if op.from_result else x
        inputs = (grad, *op.arguments, kept) if op.last else (grad, kept, *op.arguments)
        return out(*inputs, **named, grad_input=dx) if out is not None else dx.copy_(plain(*inputs, **named))

    return run


def _gate(case: Case):
    import torch

    act = _activation(case.info)
    if case.variant == "backward":
        back = _backward(case.info)

        def both(arrays: Arrays) -> Prepared:
            t = _tensors(arrays, case.dtype)
            spare = torch.empty_like(t["t"])

            def run():
                act(t["a"], t["t"])
                torch.mul(t["t"], t["grad"], out=t["db"])
                torch.mul(t["grad"], t["b"], out=spare)
                back(spare, t["a"], t["t"], t["da"])

            return Prepared(run, keep=arrays)

        return both, ""

    def value(arrays: Arrays) -> Prepared:
        t = _tensors(arrays, case.dtype)
        a, b, spare, y = t["a"], t["b"], t["t"], t["y"]
        if case.variant:
            packed = t["packed"].view(-1, 2, 1024) if case.variant == "halves" else t["packed"].view(-1, 2)
            a, b = packed[:, 0], packed[:, 1]
            spare, y = spare.view(a.shape), y.view(a.shape)

        def run():
            act(a, spare)
            torch.mul(spare, b, out=y)

        return Prepared(run, keep=arrays)

    return value, ""


def _fused(case: Case):
    import torch

    act = _activation(case.info)

    def prepare(arrays: Arrays) -> Prepared:
        t = _tensors(arrays, case.dtype)
        bias = t.get("bias", torch.tensor(case.facts["bias"]))
        columns = bias.numel() if bias.dim() else 1
        x, spare = t["x"].view(-1, columns), t["t"].view(-1, columns)

        def run():
            torch.add(bias, x, alpha=case.facts["scale"], out=spare)
            act(t["t"], t["y"])

        return Prepared(run, keep=arrays)

    return prepare, ""


def _rows(case: Case):
    import torch

    logarithm, negated = case.name == "log_softmax", case.name == "softmin"
    if case.name not in ("softmax", "log_softmax", "softmin"):
        raise Unsupported("no operator")
    axis = case.facts["axis"]
    value = torch._log_softmax if logarithm else torch._softmax
    slope = torch.ops.aten._log_softmax_backward_data if logarithm else torch.ops.aten._softmax_backward_data

    def prepare(arrays: Arrays) -> Prepared:
        extents = case.facts["extents"](arrays["y"].size)
        t = {key: one.view(extents) for key, one in _tensors(arrays, case.dtype).items()}
        y = t["y"]
        if case.facts["backward"]:

            def back():
                slope.out(t["grad"], t["result"], axis, y.dtype, **{"out" if logarithm else "grad_input": y})
                return y.neg_() if negated else y

            return Prepared(back, keep=arrays)
        if negated:
            return Prepared(lambda: value(torch.neg(t["x"]), axis, False, out=y), keep=arrays)
        return Prepared(lambda: value(t["x"], axis, False, out=y), keep=arrays)

    return prepare, "softmax of -x, in two passes" if negated else ""


def _random(case: Case):
    import torch
    from torch.nn import functional

    torch.manual_seed(1)
    if case.variant == "numbers":
        makers = {"uniforms": torch.rand, "normals": torch.randn}
        if case.name not in makers:
            raise Unsupported("no words without conversion")
        make = makers[case.name]

        def numbers(arrays: Arrays) -> Prepared:
            y = tensor(arrays["y"], case.dtype)
            return Prepared(lambda: make(y.numel(), out=y), keep=arrays)

        return numbers, "another generator, of 53 bits"
    functions = {
        "rrelu": lambda x: functional.rrelu(x, training=True),
        "alpha_dropout": lambda x: functional.alpha_dropout(x, 0.5, True),
        "noisy_relu": lambda x: torch.relu(x + torch.randn_like(x) * torch.sigmoid(x).sqrt()),
    }
    if case.variant != "training" or case.name not in functions:
        raise Unsupported("no operator for it alone")
    function = functions[case.name]

    def prepare(arrays: Arrays) -> Prepared:
        x, last = tensor(arrays["x"], case.dtype), {}

        def run():
            last["y"] = function(x)

        return Prepared(run, lambda: {"y": array(last["y"])}, keep=arrays)

    return prepare, _ALLOCATES


def _sums(case: Case):
    import torch

    channels, axis = case.facts["channels"], case.facts["axis"]

    def prepare(arrays: Arrays) -> Prepared:
        x, last = tensor(arrays["x"], case.dtype), {}
        grid = x.view(channels, -1) if axis <= 0 else x.view(-1, channels)
        into = torch.float64 if arrays["y"].dtype == np.float64 else torch.float32

        def run():
            last["y"] = grid.sum(0 if axis == 1 else 1, dtype=into)

        def statistics():
            variance, mean = torch.var_mean(x, correction=0)
            last["y"] = torch.stack([mean, variance]).double()

        call = statistics if case.facts["statistics"] else run
        return Prepared(call, lambda: {"y": last["y"].numpy()}, keep=arrays)

    return prepare, ""


def _mask(case: Case):
    if not case.variant:
        act = _activation(case.info)

        def value(arrays: Arrays) -> Prepared:
            t = _tensors(arrays, case.dtype)
            return Prepared(lambda: act(t["x"], t["y"]), keep=arrays)

        return value, "keeps x"
    back = _backward(case.info)

    def slope(arrays: Arrays) -> Prepared:
        t = _tensors(arrays, case.dtype)
        value = t["x"].clone()
        _activation(case.info)(t["x"], value)
        return Prepared(lambda: back(t["grad"], t["x"], value, t["y"]), keep=arrays)

    return slope, "keeps x"


def _int8(case: Case):
    import torch

    warnings.filterwarnings("ignore", message=".*quantiz.*")
    in_scale, in_zero, out_scale, out_zero = case.facts["quantization"]
    op = _aten.operator(case.info, "value")
    plain, named = op.overload("default"), dict(op.named)

    def prepare(arrays: Arrays) -> Prepared:
        q = torch._make_per_tensor_quantized_tensor(torch.from_numpy(arrays["x"]), in_scale, in_zero)
        last = {}

        def run():
            y = plain(q.dequantize(), *op.arguments, **named)
            last["y"] = torch.quantize_per_tensor(y, out_scale, out_zero, torch.qint8)

        return Prepared(run, lambda: {"y": last["y"].int_repr().numpy()}, keep=arrays)

    return prepare, f"dequantized, evaluated and quantized; {_ALLOCATES}"


_FORMS = {
    "gate": _gate, "fused": _fused, "rows": _rows, "random": _random, "sums": _sums, "mask": _mask,
    "int8": _int8,
}  # fmt: skip
