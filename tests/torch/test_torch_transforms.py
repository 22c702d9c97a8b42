# SPDX-License-Identifier: Apache-2.0
"""torch.func, torch.compile, torch.export, checkpoints and torch.fx."""

import io

import pytest
import torch
from torch.func import grad, jacfwd, jacrev, jvp, vjp, vmap
from torch_cases import ACTIVATIONS, NAMES, function

from rheobase.torch import functional, nn

X = torch.randn(5, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


def same(found, expected):
    """The transforms only rearrange calls of one kernel: no bit may change."""
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def derivative_of(name):
    """The derivative by way of plain autograd, with the function's own defaults."""
    x = X.clone().requires_grad_()
    return torch.autograd.grad(function(name)(x).sum(), x)[0]


@pytest.mark.parametrize("name", NAMES)
def test_reverse_transforms_agree_with_autograd(name):
    f, expected = function(name), derivative_of(name)
    same(grad(lambda x: f(x).sum())(X), expected)
    same(vmap(grad(lambda x: f(x).sum()))(X), expected)
    same(grad(lambda x: vmap(f)(x).sum())(X), expected)
    same(vmap(grad(f))(X.flatten()).reshape(X.shape), expected)
    same(jacrev(f)(X[0]), torch.diag(expected[0]))
    same(vjp(f, X)[1](torch.ones_like(X))[0], expected)
    same(vmap(vjp(f, X)[1])(torch.ones(3, 5, 7, dtype=X.dtype))[0], expected.expand(3, 5, 7))


@pytest.mark.parametrize("name", NAMES)
def test_forward_transforms_agree_with_autograd(name):
    f, expected = function(name), derivative_of(name)
    value, tangent = jvp(f, (X,), (torch.ones_like(X),))
    same(value, f(X))
    same(tangent, expected)
    same(jacfwd(f)(X[0]), torch.diag(expected[0]))
    same(vmap(lambda x: jvp(f, (x,), (torch.ones_like(x),))[1])(X), expected)
    same(grad(lambda v: jvp(f, (X,), (v,))[1].sum())(torch.ones_like(X)), expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dim", [0, 1])
def test_vmap_maps_over_any_dimension(name, dim):
    same(vmap(function(name), in_dims=dim, out_dims=dim)(X), function(name)(X))
    same(vmap(vmap(function(name), in_dims=0), in_dims=1, out_dims=1)(X), function(name)(X))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_vmap_of_backward_takes_batches_on_either_side(name):
    backward = getattr(torch.ops.rheobase, f"{name}_backward")
    g = torch.linspace(-2, 2, 7, dtype=X.dtype)
    same(vmap(backward, in_dims=(None, 0))(g, X), backward(g.expand(5, 7), X))
    same(vmap(backward, in_dims=(0, None))(X, g), backward(X, g.expand(5, 7)))
    same(vmap(backward, in_dims=(0, 1))(X, X.t()), backward(X, X))


class AllActivations(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.activations = torch.nn.ModuleList([nn.module(name) for name in NAMES])

    def forward(self, x):
        return torch.stack([activation(x * 2) for activation in self.activations])


def test_compiled_code_computes_and_differentiates_the_same():
    torch._dynamo.reset()
    model = AllActivations()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    for x in (X, X[:3]):  # the second shape makes it compile again, for any number of rows
        plain, traced = x.clone().requires_grad_(), x.clone().requires_grad_()
        y = compiled(traced)
        same(y, model(plain))
        y.sum().backward()
        model(plain).sum().backward()
        same(traced.grad, plain.grad)
        with torch.no_grad():
            same(compiled(x), model(x))


def test_compiled_code_may_use_transforms():
    torch._dynamo.reset()
    f = function(NAMES[0])
    same(
        torch.compile(grad(lambda x: f(x).sum()), fullgraph=True, backend="aot_eager")(X),
        derivative_of(NAMES[0]),
    )
    tangents = torch.compile(
        lambda x: jvp(f, (x,), (torch.ones_like(x),))[1], fullgraph=True, backend="aot_eager"
    )
    same(tangents(X), derivative_of(NAMES[0]))


def test_compiled_autograd_takes_the_graph():
    torch._dynamo.reset()
    x = X.clone().requires_grad_()
    y = function(NAMES[0])(x)
    with torch._dynamo.compiled_autograd._enable(torch.compile(backend="aot_eager")):
        y.sum().backward()
    same(x.grad, derivative_of(NAMES[0]))


def test_an_exported_model_is_saved_and_loaded():
    model, file = AllActivations(), io.BytesIO()
    torch.export.save(torch.export.export(model, (X,), dynamic_shapes=({0: torch.export.Dim("rows")},)), file)
    file.seek(0)
    loaded = torch.export.load(file)
    same(loaded.module()(X[:2]), model(X[:2]))
    operators = {str(node.target) for node in loaded.graph.nodes if "rheobase" in str(node.target)}
    assert operators == {f"rheobase.{name}.default" for name in ACTIVATIONS}


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints_recompute_the_same(name):
    x = X.clone().requires_grad_()
    torch.utils.checkpoint.checkpoint(function(name), x, use_reentrant=False).sum().backward()
    same(x.grad, derivative_of(name))


def test_fx_records_calls_of_the_public_functions():
    traced = torch.fx.symbolic_trace(AllActivations())
    same(traced(X), AllActivations()(X))
    called = {node.target for node in traced.graph.nodes if node.op == "call_function"}
    assert functional.__dict__[NAMES[0]] in called


def test_a_subclass_of_tensor_stays_one():
    class Marked(torch.Tensor):
        pass

    assert type(function(NAMES[0])(X.as_subclass(Marked))) is Marked
