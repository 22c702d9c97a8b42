# SPDX-License-Identifier: Apache-2.0
"""out=: values into memory that is there already, and torch's rules for it."""

import pytest
import torch
from torch_cases import LAYOUTS, function

import rheobase.torch as rt
from rheobase.torch._forms import FORMS

FUNCTIONS = [form.function for form in FORMS.values()]
DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]


def values(dtype=torch.float32):
    return torch.randn(4, 6, generator=torch.Generator().manual_seed(7)).to(dtype)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_out_gets_the_values_and_is_returned(name, dtype):
    x = values(dtype)
    expected, out = function(name)(x), torch.full_like(x, 9.0)
    version = out._version
    assert function(name)(x, out=out) is out
    assert torch.equal(out, expected)
    assert out._version > version
    assert function(name)(x, out=x) is x  # the input itself
    assert torch.equal(x, expected)


@pytest.mark.parametrize("layout", ["transposed", "sliced", "rows with gaps", "channels_last", "empty"])
def test_any_strides_are_written_in_place(layout):
    x = LAYOUTS[layout].clone(memory_format=torch.preserve_format)
    storage = torch.zeros(4 * x.numel() + 30)
    view = storage.as_strided(x.shape, LAYOUTS[layout].stride())
    rt.functional.gelu(x, out=view)
    assert torch.equal(view, rt.functional.gelu(x))
    view.zero_()
    assert not storage.any()  # nothing between the elements was touched


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_that_wants_a_gradient_is_taken(name):
    x, out = values(), values()
    for given in ((x.clone().requires_grad_(), out), (x, out.clone().requires_grad_())):
        with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
            function(name)(given[0], out=given[1])
        with torch.no_grad():
            assert torch.equal(function(name)(given[0], out=given[1]), function(name)(x))


def test_a_node_that_saved_the_old_values_notices():
    x, saved = values().requires_grad_(), values()
    product = (x * saved).sum()
    rt.functional.silu(values(), out=saved)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.backward()


@pytest.mark.parametrize(
    "given, error, said",
    [
        ({"out": [1.0]}, TypeError, "elu: out must be a torch.Tensor or None, not list"),
        (
            {"out": values(torch.float64)},
            TypeError,
            "elu: out has dtype torch.float64; expected torch.float32",
        ),
        ({"out": values()[:3]}, ValueError, r"elu: out has shape \(3, 6\); expected \(4, 6\)"),
        ({"out": values().to("meta")}, ValueError, "elu: out is on meta, the input on cpu"),
        ({"out": values(), "inplace": True}, ValueError, "elu: out and inplace=True exclude each other"),
        ({"out": values(), "alpha": torch.ones(6)}, TypeError, "elu: out is for parameters that are numbers"),
        ({"out": torch.zeros(1, 6).expand(4, 6)}, RuntimeError, "overlaps itself"),
    ],
)
def test_bad_outputs_are_refused_before_anything_is_written(given, error, said):
    before = given["out"].clone() if isinstance(given["out"], torch.Tensor) else None
    with pytest.raises(error, match=said):
        rt.functional.elu(values(), **given)
    if before is not None and not before.is_meta:
        assert torch.equal(given["out"], before)


def test_a_shifted_view_of_the_input_is_refused():
    x = torch.randn(20)
    with pytest.raises(RuntimeError, match="overlap"):
        rt.functional.tanh(x[:-1], out=x[1:])


def test_it_is_right_where_others_listen_and_in_inference_mode():
    x, out = values(), values()
    expected = rt.functional.mish(x)
    with torch.profiler.profile():
        rt.functional.mish(x, out=out)
    assert torch.equal(out, expected)
    with torch.inference_mode():
        other = torch.empty_like(x)
        assert torch.equal(rt.functional.mish(x, out=other), expected)
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode"):
        rt.functional.mish(x, out=other)


def test_compiled_code_keeps_the_meaning():
    torch._dynamo.reset()

    def through(x, out):
        return rt.functional.softplus(x, out=out) + 1

    x, out = values(), torch.empty(4, 6)
    result = torch.compile(through, backend="aot_eager", fullgraph=True)(x, out)
    assert torch.equal(out, rt.functional.softplus(x)) and torch.equal(result, out + 1)
