# SPDX-License-Identifier: Apache-2.0
"""Second derivatives: double backward, forward over reverse, and all else that torch has for them."""

import itertools

import pytest
import second_truth
import torch
import torch.autograd.forward_ad as forward_ad
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
from torch_cases import ACTIVATIONS, CASES, LAYOUTS, NAMES, case_id, function, smooth_points

from rheobase.torch import functional, nn

# torch's own vmap of forward mode calls torch.jit.script.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")

NOT_AVAILABLE = "third derivatives are not available"
X = torch.randn(3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
# Two ulp are at most 2^-51; of 60 digits the truth's differences leave 36 behind the point.
CLOSE = {"rtol": 2**-51, "atol": 1e-34}


def second(name, x, arguments=None):
    """f''(x) by way of the operator alone, with the function's own arguments."""
    form, arguments = functional.FORMS[name], arguments or {}
    chosen = arguments.get(form.choice.argument, form.choice.default) if form.choice else None
    callee = form.choice[chosen] if form.choice else form.callee
    values = tuple(arguments.get(argument, default) for argument, default in form.arguments.items())
    return callee.operators.second(torch.ones_like(x), x, *callee.pack(values, x.dtype))


def double_backward(f, x):
    x = x.detach().clone().requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return torch.autograd.grad(first.sum(), x)[0]


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=case_id)
def test_double_backward_is_the_second_derivative(name, arguments):
    x = smooth_points(name, arguments)
    expected = torch.tensor(second_truth.second(name, arguments, x), dtype=x.dtype)
    found = double_backward(lambda x: function(name)(x, **arguments), x)
    torch.testing.assert_close(found, expected, **CLOSE)
    torch.testing.assert_close(second(name, x, arguments), expected, **CLOSE)


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=case_id)
def test_gradgradcheck_passes_in_every_order(name, arguments):
    x = smooth_points(name, arguments)[::3].requires_grad_()
    assert torch.autograd.gradgradcheck(
        lambda x: function(name)(x, **arguments),
        (x,),
        check_fwd_over_rev=True,
        check_rev_over_rev=True,
        check_batched_grad=True,
        check_undefined_grad=True,
    )


def nestings(f):
    """Every way of asking for the diagonal of the Hessian of sum f(x), for x of one dimension."""

    def total(x):
        return f(x).sum()

    def tangent(function):
        return lambda x: jvp(function, (x,), (torch.ones_like(x),))[1]

    for outer, inner in itertools.product((jacfwd, jacrev), repeat=2):
        yield f"{outer.__name__} of {inner.__name__}", lambda x, o=outer, i=inner: o(i(total))(x).diagonal()
    yield "hessian", lambda x: hessian(total)(x).diagonal()
    yield "jvp of grad", tangent(grad(total))
    yield "jvp of jvp", tangent(tangent(f))
    yield "grad of grad", grad(lambda x: grad(total)(x).sum())
    yield "grad of jvp", grad(lambda x: tangent(f)(x).sum())
    yield (
        "vjp of vjp",
        lambda x: vjp(lambda x: vjp(f, x)[1](torch.ones_like(x))[0], x)[1](torch.ones_like(x))[0],
    )
    yield "vmap of grad of grad", vmap(grad(grad(f)))
    yield "vmap of jvp of jvp", vmap(tangent(tangent(f)))
    yield "vmap of hessian", vmap(hessian(f))


@pytest.mark.parametrize("name", NAMES)
def test_the_nestings_of_torch_func_all_give_it(name):
    f, expected = function(name), second(name, X[0])
    for way, transform in nestings(f):
        torch.testing.assert_close(transform(X[0]), expected, rtol=0, atol=0, msg=way)
    rows = vmap(lambda x: hessian(lambda x: f(x).sum())(x).diagonal())(X)
    torch.testing.assert_close(rows, second(name, X), rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_dual_tensor_carries_it_through_a_backward_pass(name):
    x = X[0].clone().requires_grad_()
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, torch.full_like(x, 2.0))
        (first,) = torch.autograd.grad(function(name)(dual).sum(), dual, create_graph=True)
        found = forward_ad.unpack_dual(first).tangent
    torch.testing.assert_close(found.detach(), 2 * second(name, X[0]), rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_the_derivative_itself_can_be_differentiated(name):
    x = X.clone()
    if functional.FORMS[name].arguments:
        return  # whose defaults may be torch's
    for found in (
        grad(lambda x: functional.derivative(name, x).sum())(x),
        jvp(lambda x: functional.derivative(name, x), (x,), (torch.ones_like(x),))[1],
        vmap(vmap(grad(lambda x: functional.derivative(name, x))))(x),
    ):
        torch.testing.assert_close(found, second(name, x), rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_smaller_dtypes_are_the_rounded_float64(name, dtype):
    x = smooth_points(name, {}).to(dtype)
    expected = second(name, x.double()).to(dtype)
    found = double_backward(function(name), x)
    assert found.dtype == dtype
    # Parameters are rounded to float32; two roundings may differ from one by an ulp.
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(found, expected, rtol=eps, atol=torch.finfo(dtype).smallest_normal * eps)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NAMES)
def test_layouts_and_expanded_gradients_make_no_difference(name, layout):
    x = LAYOUTS[layout].double()
    expected = second(name, x.contiguous())
    torch.testing.assert_close(double_backward(function(name), x), expected, rtol=0, atol=0)
    operators = functional.FORMS[name].callee.operators
    spread = LAYOUTS[layout]
    for grad_like in (
        torch.tensor(2.0),
        torch.randn(spread.shape, generator=torch.Generator().manual_seed(5)),
    ):
        g = grad_like.expand(spread.shape)
        found = operators.second(g, spread)
        assert found.stride() == torch.empty_like(spread).stride()
        torch.testing.assert_close(
            found, operators.second(g.contiguous(), spread.contiguous()), rtol=0, atol=0
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_penalty_trains(name):
    """As in WGAN-GP (Gulrajani et al., 2017, arXiv:1704.00028): the loss holds a gradient."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 6), nn.module(name), torch.nn.Linear(6, 1)).double()
    x = torch.randn(3, 4, dtype=torch.float64)

    def penalty(*parameters):
        named = dict(zip(dict(model.named_parameters()), parameters, strict=True))
        inputs = x.clone().requires_grad_()
        out = torch.func.functional_call(model, named, (inputs,)).sum()
        (first,) = torch.autograd.grad(out, inputs, create_graph=True)
        return (first.norm(dim=1) - 1).square().mean()

    # Finite differences meet kinks only by accident, which this seed has not.
    assert torch.autograd.gradcheck(penalty, tuple(model.parameters()))


@pytest.mark.parametrize("name", NAMES)
def test_gates_have_second_derivatives(name):
    a = smooth_points(name, {})[::3].requires_grad_()
    b = torch.linspace(-2, 3, len(a), dtype=a.dtype).requires_grad_()
    assert torch.autograd.gradgradcheck(
        lambda a, b: functional.gated(name, a, b), (a, b), check_fwd_over_rev=True, check_rev_over_rev=True
    )


@pytest.mark.parametrize("name", NAMES)
def test_third_derivatives_are_refused_when_asked_for(name):
    f, x = function(name), X[0]
    for third in (
        lambda: vmap(grad(grad(grad(f))))(x),
        lambda: jacfwd(hessian(lambda x: f(x).sum()))(x),
        lambda: jacrev(hessian(lambda x: f(x).sum()))(x),
        lambda: jvp(grad(lambda x: functional.derivative(name, x).sum()), (x,), (x,)),
    ):
        with pytest.raises(RuntimeError, match=NOT_AVAILABLE):
            third()
    # Only then: a graph of second derivatives can be recorded, and left alone.
    wanting = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(wanting).sum(), wanting, create_graph=True)
    (bend,) = torch.autograd.grad(first.sum(), wanting, create_graph=True)
    with pytest.raises(RuntimeError, match=NOT_AVAILABLE):
        bend.sum().backward()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_operator_is_linear_in_its_gradient_and_passes_opcheck(name):
    op = getattr(torch.ops.rheobase, f"{name}_second").default
    x, g = X[0], X[1].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda g: op(g, x), (g,), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda g: op(g, x), (g,))
    torch.library.opcheck(op, (g.detach(), x))
    rows = vmap(op, in_dims=(None, 0))(X[0], X)
    torch.testing.assert_close(rows, op(X[0].expand(3, 5), X), rtol=0, atol=0)


def test_the_operator_says_what_is_wrong():
    op = getattr(torch.ops.rheobase, f"{ACTIVATIONS[0]}_second").default
    with pytest.raises(RuntimeError, match="differ in shape"):
        op(X[0], X)
    with pytest.raises(RuntimeError, match="grad has dtype"):
        op(X.float(), X)
    with pytest.raises(RuntimeError, match="x has dtype"):
        op(X.int(), X.int())


def test_compiled_code_has_second_derivatives():
    torch._dynamo.reset()
    f, expected = function(NAMES[0]), second(NAMES[0], X)
    for way in (grad(lambda x: grad(lambda x: f(x).sum())(x).sum()), vmap(vmap(jacfwd(grad(f))))):
        compiled = torch.compile(way, fullgraph=True, backend="aot_eager")
        torch.testing.assert_close(compiled(X), expected, rtol=0, atol=0)
