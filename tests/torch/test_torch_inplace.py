# SPDX-License-Identifier: Apache-2.0
"""inplace=True: torch's rules for memory, gradients, leaves and version counters."""

import pytest
import torch
from torch_cases import LAYOUTS, function

from rheobase.torch import nn
from rheobase.torch._forms import FORMS

INPLACE = [form.function for form in FORMS.values() if form.inplace]
OVERLAPPING = ["expanded", "expanded in front", "one element everywhere", "overlapping windows"]


def values(seed=7):
    return torch.randn(4, 6, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", INPLACE)
@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout not in OVERLAPPING])
def test_without_a_gradient_the_tensor_itself_is_overwritten(name, layout):
    x = LAYOUTS[layout].clone(memory_format=torch.preserve_format)
    storage = torch.zeros(4 * x.numel() + 30)
    view = storage.as_strided(x.shape, LAYOUTS[layout].stride()).copy_(x)
    expected, address, version = function(name)(x), view.data_ptr(), view._version
    result = function(name)(view, inplace=True)
    assert result is view
    assert view.data_ptr() == address
    assert torch.equal(view, expected)
    assert view._version > version
    view.zero_()
    assert not storage.any()  # nothing between the elements was touched


@pytest.mark.parametrize("name", INPLACE)
@pytest.mark.parametrize("layout", OVERLAPPING)
def test_a_tensor_that_overlaps_itself_is_refused(name, layout):
    x = LAYOUTS[layout].clone(memory_format=torch.preserve_format)
    before = x.clone()
    overlapping = x.flatten()[:1].expand(3)
    with pytest.raises(RuntimeError, match="overlaps itself"):
        function(name)(overlapping, inplace=True)
    assert torch.equal(x, before)


@pytest.mark.parametrize("name", INPLACE)
def test_the_gradient_is_that_of_the_old_values(name):
    x, y = values().requires_grad_(), values().requires_grad_()
    hidden = x * 1.5
    result = function(name)(hidden, inplace=True)
    assert result is hidden
    (result * 2).sum().backward()
    (function(name)(y * 1.5) * 2).sum().backward()
    assert torch.equal(x.grad, y.grad)


@pytest.mark.parametrize("name", INPLACE)
def test_a_view_passes_the_gradient_on_to_its_base(name):
    x, y = values().requires_grad_(), values().requires_grad_()
    base = x * 1
    function(name)(base[:, ::2], inplace=True)
    base.sum().backward()
    other = y * 1
    torch.stack([function(name)(other[:, ::2]), other[:, 1::2]]).sum().backward()
    assert torch.equal(x.grad, y.grad)


@pytest.mark.parametrize("name", INPLACE)
def test_a_leaf_that_wants_a_gradient_is_refused(name):
    x = values().requires_grad_()
    before = x.detach().clone()
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        function(name)(x, inplace=True)
    assert torch.equal(x, before)
    with torch.no_grad():
        function(name)(x, inplace=True)
    assert torch.equal(x, function(name)(before))


@pytest.mark.parametrize("name", INPLACE)
def test_a_node_that_saved_the_old_values_notices(name):
    x = values().requires_grad_()
    hidden = x * 1
    squared = hidden**2
    function(name)(hidden, inplace=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        squared.sum().backward()
    constant = values()
    product = x * constant
    function(name)(constant, inplace=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()


@pytest.mark.parametrize("name", INPLACE)
def test_an_inference_tensor_may_be_overwritten(name):
    with torch.inference_mode():
        x = values()
        expected = function(name)(x)
        assert torch.equal(function(name)(x, inplace=True), expected)
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside InferenceMode"):
        function(name)(x, inplace=True)


@pytest.mark.parametrize("name", INPLACE)
def test_transforms_see_the_new_values(name):
    def through(x):
        hidden = x * 1
        function(name)(hidden, inplace=True)
        return hidden

    x = values()
    expected = torch.func.grad(lambda x: function(name)(x * 1).sum())(x)
    assert torch.equal(torch.func.grad(lambda x: through(x).sum())(x), expected)
    assert torch.equal(torch.func.vmap(through)(x), function(name)(x))
    assert torch.equal(torch.func.jvp(through, (x,), (torch.ones_like(x),))[1], expected)


def test_compiled_code_keeps_the_meaning():
    torch._dynamo.reset()
    modules = [getattr(nn, FORMS[name].module)(inplace=True) for name in INPLACE]

    def run(x):
        results = []
        for module in modules:
            hidden = x * 1
            module(hidden)
            results.append(hidden)
        return torch.stack(results)

    compiled = torch.compile(run, fullgraph=True, backend="aot_eager")
    plain, traced = values().requires_grad_(), values().requires_grad_()
    assert torch.equal(compiled(traced), run(plain))
    compiled(traced).sum().backward()
    run(plain).sum().backward()
    assert torch.equal(traced.grad, plain.grad)


@pytest.mark.parametrize("name", INPLACE)
def test_the_out_operator_follows_torchs_rule_for_gradients(name):
    op = getattr(torch.ops.rheobase, f"{FORMS[name].callee.operators.name}_out")
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        op(values().requires_grad_(), out=torch.empty(4, 6))
    out = torch.empty(6, 4).t()
    version = out._version
    assert op(values(), out=out) is None
    assert out._version > version
    assert torch.equal(out, getattr(torch.ops.rheobase, FORMS[name].callee.operators.name)(values()))
