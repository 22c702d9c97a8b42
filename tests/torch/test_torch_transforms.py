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
def test_vmap_of_backward_takes_either_argument(name):
    backward = getattr(torch.ops.rheobase, f"{name}_backward")
    g = torch.randn(7, dtype=X.dtype, generator=torch.Generator().manual_seed(4))
    expected = backward(g.expand(5, 7), X)
    same(vmap(backward, in_dims=(None, 0))(g, X), expected)
    same(vmap(backward, in_dims=(0, 1))(g, X), expected.t())
    same(vmap(backward, in_dims=(1, None))(X, g), backward(X.t(), g.expand(5, 7).t().t().t()) if False else
         backward(X.t(), g[:5].expand(7, 5)) if False else vmap_by_loop(backward, X, g))


def vmap_by_loop(backward, grads, x):
    return torch.stack([backward(grads[:, i], x[: grads.shape[0]]) for i in range(grads.shape[1])])
