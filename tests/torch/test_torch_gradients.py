# SPDX-License-Identifier: Apache-2.0
"""Autograd in reverse and forward mode, and what it says to requests that it cannot meet."""

import pytest
import torch
import torch.autograd.forward_ad as forward_ad
from torch_cases import CASES, NAMES, case_id, function, smooth_points

from rheobase.torch import functional

# torch's own vmap of forward mode calls torch.jit.script.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=case_id)
def test_gradcheck_passes_in_both_modes(name, arguments):
    x = smooth_points(name, arguments).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: function(name)(x, **arguments),
        (x,),
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
        check_undefined_grad=True,
    )


@pytest.mark.parametrize("name", NAMES)
def test_backward_is_linear_in_the_gradient(name):
    x = smooth_points(name, {})
    grad = torch.randn(x.shape, dtype=x.dtype, generator=torch.Generator().manual_seed(1)).requires_grad_()
    backward = getattr(torch.ops.rheobase, f"{functional.FORMS[name].callee.operators.name}_backward")
    assert torch.autograd.gradcheck(lambda grad: backward(grad, x), (grad,), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda grad: backward(grad, x), (grad,))


@pytest.mark.parametrize("name", NAMES)
def test_the_double_backward_trick_works(name):
    x = smooth_points(name, {})
    v = torch.linspace(-1, 1, len(x), dtype=x.dtype)
    value, product = torch.autograd.functional.jvp(function(name), x, v)
    x.requires_grad_()
    y = function(name)(x)
    torch.testing.assert_close(value, y.detach(), rtol=0, atol=0)
    torch.testing.assert_close(product, torch.autograd.grad(y, x, v)[0], rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_dual_tensor_carries_the_tangent(name):
    x = smooth_points(name, {})
    tangent = torch.linspace(-3, 2, len(x), dtype=x.dtype)
    with forward_ad.dual_level():
        result = forward_ad.unpack_dual(function(name)(forward_ad.make_dual(x, tangent)))
    x.requires_grad_()
    y = function(name)(x)
    torch.testing.assert_close(result.primal, y.detach(), rtol=0, atol=0)
    torch.testing.assert_close(result.tangent, torch.autograd.grad(y, x, tangent)[0], rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_graph_is_recorded_only_when_a_gradient_is_wanted(name):
    x = smooth_points(name, {})
    wanting = x.clone().requires_grad_()
    assert not function(name)(x).requires_grad
    recorded = function(name)(wanting)
    assert recorded.requires_grad
    assert not recorded.is_leaf
    assert functional.FORMS[name].callee.operators.name in recorded.grad_fn.name()
    with torch.no_grad():
        assert not function(name)(wanting).requires_grad
    with torch.inference_mode():
        assert function(name)(wanting).is_inference()
    parameter = torch.nn.Parameter(x)
    function(name)(parameter).sum().backward()
    assert torch.equal(parameter.grad, functional.derivative(name, x)) or functional.FORMS[name].arguments


def test_an_input_that_was_changed_since_is_noticed():
    x = torch.randn(5).requires_grad_()
    hidden = x * 2
    y = function(NAMES[0])(hidden)
    hidden.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_autocast_leaves_the_dtype_alone():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert function(NAMES[0])(torch.randn(3)).dtype == torch.float32
