# SPDX-License-Identifier: Apache-2.0
"""PyTorch's own samples of arguments, references and errors, from the test metadata in its wheel (OpInfo)."""

from __future__ import annotations

import warnings

import numpy
import pytest
import torch
from torch_cases import function

import rheobase
from rheobase.torch import functional

pytest.importorskip("expecttest", reason="torch.testing._internal needs it: requirements/dev.txt")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db


def base(op) -> str:
    return op.name.rpartition(".")[2]


def ours(op):
    return function(base(op))


def key(op) -> str:
    return base(op) + ("-" + op.variant_test_name if op.variant_test_name else "")


# Of torch's two lists of arguments for complex numbers and for masks there are no counterparts.
FOUND = {
    key(op): op
    for op in op_db
    if hasattr(functional, base(op))
    and not op.name.startswith("masked.")
    and op.variant_test_name != "complex"
}
RANDOM = rheobase.names("random")
WITH_REFERENCE = [name for name, op in FOUND.items() if callable(op.ref)]
WITH_ERRORS = [name for name, op in FOUND.items() if op.error_inputs_func]

# In float32 a parameter is rounded, and the result. Torch's float64 formulas lose some 2^-51 absolutely.
# A 16-bit result is half an ulp of its format away; torch is asked with the same 16-bit numbers, widened.
TOLERANCE = {
    torch.float64: {"rtol": 2**-49, "atol": 4e-15},
    torch.float32: {"rtol": 2**-22, "atol": 2**-50},
    torch.bfloat16: {"rtol": 2**-8, "atol": 2**-50},
    torch.float16: {"rtol": 2**-11, "atol": 2**-25},
}
# Torch keeps the slope 1/6 in float32, in float64 too.
SIXTH = {("hardsigmoid", torch.float64): {"rtol": 2**-23, "atol": 4e-15}}
# A gradient of a row is a difference: docs/rows.md bounds its absolute error by 4 eps s (|g| + sum of s |g|),
# and |g| <= 2.
ROWS = rheobase.names("rows")
# What torch computes and we refuse, with the reason that the message gives.
REFUSED = {
    ("hardshrink", "lambd must be a finite number of at least 0"),  # with -0.5, torch's is the identity
    ("hardtanh", "expected min_val below max_val"),  # with both 0, torch's is 0
    ("alpha_dropout", "expected p at least 0 and below 1"),  # with 1, torch's has a variance of 0
}


def samples(op, dtype):
    """Those that draw no random numbers."""
    for sample in op.sample_inputs("cpu", dtype, requires_grad=True):
        if key(op) not in RANDOM or not sample.kwargs.get("training", False):
            yield sample


def widened(value):
    return value.detach().double() if isinstance(value, torch.Tensor) else value


def value_and_gradient(call, x, sample, wide: bool):
    """The result, and the gradient of a sum whose terms have different weights."""
    arguments = [widened(a) if wide else a for a in sample.args]
    keywords = {name: widened(a) if wide else a for name, a in sample.kwargs.items()}
    if wide and isinstance(keywords.get("dtype"), torch.dtype):
        keywords["dtype"] = torch.float64
    x = x.detach().clone().requires_grad_()
    y = call(x, *arguments, **keywords)
    weights = torch.linspace(-2, 2, y.numel(), dtype=torch.float64).reshape(y.shape)
    y.backward(weights.to(torch.bfloat16).to(y.dtype))
    return y.detach(), x.grad


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", FOUND)
def test_torchs_samples_give_torchs_values_and_gradients(name, dtype):
    op, compared = FOUND[name], 0
    for sample in samples(op, dtype):
        try:
            mine, gradient = value_and_gradient(ours(op), sample.input, sample, wide=False)
        except ValueError as error:
            assert any(name == refused and reason in str(error) for refused, reason in REFUSED)
            continue
        expected, slope = value_and_gradient(op.op, sample.input.detach().double(), sample, wide=True)
        shaped = op.op(sample.input, *sample.args, **sample.kwargs)
        assert (mine.shape, mine.dtype) == (shaped.shape, shaped.dtype)
        tolerance = SIXTH.get((name, dtype), TOLERANCE[dtype])
        torch.testing.assert_close(mine.double(), expected, **tolerance)
        if base(op) in ROWS:
            tolerance = tolerance | {"atol": 16 * torch.finfo(dtype).eps}
        torch.testing.assert_close(gradient.double(), slope, **tolerance)
        compared += 1
    assert compared


def as_numpy(value):
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize("name", WITH_REFERENCE)
def test_torchs_references_agree(name):
    op, compared = FOUND[name], 0
    for sample in op.reference_inputs("cpu", torch.float64):
        x, arguments = sample.input, sample.args
        if not isinstance(x, torch.Tensor):
            continue
        with numpy.errstate(all="ignore"):
            expected = op.ref(
                x.numpy(), *map(as_numpy, arguments), **{k: as_numpy(v) for k, v in sample.kwargs.items()}
            )
        expected = torch.as_tensor(expected, dtype=x.dtype)
        found = ours(op)(x, *arguments, **sample.kwargs)
        # At infinities the references' formulas are often NaN, where ours has the limit.
        defined = ~expected.isnan() | x.isnan()
        assert defined[x.isfinite()].all()
        tolerance = SIXTH.get((name, x.dtype), TOLERANCE[x.dtype])
        torch.testing.assert_close(found[defined], expected[defined], equal_nan=True, **tolerance)
        compared += 1
    assert compared


@pytest.mark.parametrize("name", WITH_ERRORS)
def test_what_torch_refuses_we_refuse(name):
    op = FOUND[name]
    for error in op.error_inputs("cpu"):
        sample = error.sample_input
        with pytest.raises((error.error_type, ValueError, TypeError)):
            ours(op)(sample.input, *sample.args, **sample.kwargs)


def test_torch_has_samples_for_most_of_its_activations():
    assert len(FOUND) > 25
