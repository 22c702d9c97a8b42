# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers, in PyTorch."""

import functools

import pytest
import torch
from torch.func import vmap
from torch.utils.checkpoint import checkpoint

import rheobase
from rheobase.torch import _random, functional, nn

NAMES = list(_random.RANDOM)
X = torch.randn(64, 32, generator=torch.Generator().manual_seed(5))


def draw(name, x, seed=1, **keywords):
    generator = torch.Generator().manual_seed(seed)
    return getattr(functional, name)(x, training=True, generator=generator, **keywords)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_follow_from_torch_s_generator(name):
    f = getattr(functional, name)
    assert torch.equal(draw(name, X), draw(name, X)) and not torch.equal(draw(name, X), draw(name, X, seed=2))
    torch.manual_seed(3)
    first = f(X, training=True)
    second = f(X, training=True)
    torch.manual_seed(3)
    assert torch.equal(first, f(X, training=True)) and not torch.equal(first, second)
    before = torch.get_rng_state()
    f(X)
    assert torch.equal(before, torch.get_rng_state())  # evaluation draws nothing


@pytest.mark.parametrize("name", NAMES)
def test_layouts_and_threads_change_no_bit(name):
    expected = draw(name, X)
    assert torch.equal(draw(name, X.t().contiguous().t()), expected)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        assert torch.equal(draw(name, X), expected)
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_the_numbers_drawn(name):
    x = (2 * torch.rand(6, 5, dtype=torch.float64) - 1).requires_grad_()
    seed = torch.tensor([7, 8])
    op = _random.RANDOM[name].value
    assert torch.autograd.gradcheck(lambda x: op(x, seed, True), (x,), check_forward_ad=True, eps=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints_draw_the_same_numbers_again(name):
    x = X.clone().requires_grad_()
    torch.manual_seed(6)
    expected = torch.autograd.grad(getattr(functional, name)(x, training=True).square().sum(), x)[0]
    torch.manual_seed(6)
    y = checkpoint(lambda x: getattr(functional, name)(x, training=True), x, use_reentrant=False)
    assert torch.equal(torch.autograd.grad(y.square().sum(), x)[0], expected)


STRAIGHT = [("rrelu", True), ("alpha_dropout", True), *((name, False) for name in NAMES)]


@pytest.mark.parametrize(("name", "training"), STRAIGHT)
def test_second_derivatives_of_straight_pieces_are_0(name, training):
    x = (2 * torch.rand(6, 5, dtype=torch.float64) - 1).requires_grad_()
    op, seed = _random.RANDOM[name].value, torch.tensor([7, 8])
    keywords = {"check_fwd_over_rev": True, "check_rev_over_rev": True, "eps": 1e-8}
    assert torch.autograd.gradgradcheck(lambda x: op(x, seed, training), (x,), **keywords)
    (dx,) = torch.autograd.grad(op(x, seed, training).square().sum() / 2, x, create_graph=True)
    (penalty,) = torch.autograd.grad(dx.sum(), x)
    slope = _random.RANDOM[name].backward(torch.ones_like(x), x, seed, training)
    assert torch.equal(penalty, slope * slope)
    hessian = torch.func.hessian(lambda x: op(x, seed, training).sum())(x[0].detach())
    assert torch.equal(hessian, torch.zeros_like(hessian))


@pytest.mark.parametrize("through_noise", [1.0, 1e-30, 0.0])
def test_second_derivatives_of_curves_are_refused_when_asked_for(through_noise):
    def f(x):
        return draw("noisy_relu", x, through_noise=through_noise).square().sum()

    x = X[:2].clone().requires_grad_()
    (dx,) = torch.autograd.grad(f(x), x, create_graph=True)
    with pytest.raises(RuntimeError, match="second derivatives of noisy_relu are not available"):
        dx.sum().backward()
    with pytest.raises(RuntimeError, match="second derivatives of noisy_relu are not available"):
        torch.func.jvp(torch.func.grad(f), (X,), (X,))
    torch.autograd.functional.jvp(f, X, X)  # by two backward passes, without a second derivative


@pytest.mark.parametrize("name", NAMES)
def test_operators_pass_opcheck(name):
    random = _random.RANDOM[name]
    x, seed = torch.randn(3, 4, requires_grad=True), torch.tensor([1, 2])
    tests = ("test_schema", "test_faketensor", "test_autograd_registration", "test_aot_dispatch_static")
    torch.library.opcheck(random.value, (x, seed, True), test_utils=tests)
    torch.library.opcheck(random.backward, (torch.randn(3, 4), x.detach(), seed, True))


def seeds_of_vmap(*sizes, seed=4):
    """The seeds that samples draw after ``torch.manual_seed(seed)``; the generator is as before."""
    torch.manual_seed(seed)
    seeds = torch.randint(2**63 - 1, (*sizes, 2))
    torch.manual_seed(seed)
    return seeds


def slopes(name, x, seeds):
    op = _random.RANDOM[name].backward
    return torch.stack(
        [op(torch.ones_like(row), row, seed, True) for row, seed in zip(x, seeds, strict=True)]
    )


@pytest.mark.parametrize("name", NAMES)
def test_samples_of_vmap_draw_numbers_of_their_own_or_the_same(name):
    f, op = functools.partial(getattr(functional, name), training=True), _random.RANDOM[name].value
    seeds = seeds_of_vmap(64)
    for x, dim in ((X, 0), (X.t().contiguous(), 1)):
        torch.manual_seed(4)
        found = vmap(f, in_dims=dim, randomness="different")(x)
        assert torch.equal(
            found, torch.stack([op(row, seed, True) for row, seed in zip(X, seeds, strict=True)])
        )
    torch.manual_seed(4)
    found = vmap(f, randomness="same")(X)
    torch.manual_seed(4)
    seed = torch.randint(2**63 - 1, (2,))
    assert torch.equal(found, torch.stack([op(row, seed, True) for row in X]))
    with pytest.raises(RuntimeError, match="random operation while in randomness error mode"):
        vmap(f)(X)
    evaluation = getattr(functional, name)
    assert torch.equal(vmap(evaluation)(X), evaluation(X))
    assert vmap(f, randomness="same")(X[:0]).shape == (0, 32)


@pytest.mark.parametrize("name", NAMES)
def test_vmaps_inside_each_other_draw_for_each_pair(name):
    f, op = functools.partial(getattr(functional, name), training=True), _random.RANDOM[name].value
    seeds = seeds_of_vmap(4, 2)
    found = vmap(vmap(f, randomness="different"), randomness="different")(X.reshape(4, 2, 8, 32))
    expected = [op(x, seed, True) for x, seed in zip(X.reshape(8, 8, 32), seeds.reshape(8, 2), strict=True)]
    assert torch.equal(found, torch.stack(expected).reshape(4, 2, 8, 32))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("randomness", ["same", "different"])
def test_gradients_of_samples_are_those_of_the_numbers_drawn(name, randomness):
    f = functools.partial(getattr(functional, name), training=True)
    seeds = seeds_of_vmap(*[64] * (randomness == "different")).expand(64, 2)
    found = vmap(torch.func.grad(lambda x: f(x).sum()), randomness=randomness)(X)
    assert torch.equal(found, slopes(name, X, seeds))
    torch.manual_seed(4)
    found = torch.func.grad(lambda x: vmap(f, randomness=randomness)(x).sum())(X)
    assert torch.equal(found, slopes(name, X, seeds))


@pytest.mark.parametrize("name", NAMES)
def test_a_jacobian_is_that_of_one_draw(name):
    f, x = functools.partial(getattr(functional, name), training=True), X[0]
    torch.manual_seed(4)
    (expected,) = torch.autograd.grad(f(x.requires_grad_()).sum(), x)
    for jacobian in (torch.func.jacrev, functools.partial(torch.func.jacfwd, randomness="same")):
        torch.manual_seed(4)
        assert torch.equal(jacobian(f)(x.detach()), torch.diag(expected))


@pytest.mark.parametrize("name", NAMES)
def test_fx_records_calls_of_the_public_functions(name):
    f = getattr(functional, name)
    traced = torch.fx.symbolic_trace(lambda x: f(x, training=True))
    assert [node.target for node in traced.graph.nodes if node.op == "call_function"] == [f]
    results = []
    for call in (traced, functools.partial(f, training=True)):
        torch.manual_seed(4)
        results.append(call(X))
    assert torch.equal(*results)


def test_compiled_modules_train():
    model = torch.nn.Sequential(torch.nn.Linear(8, 8), nn.RReLU(), nn.AlphaDropout(0.25)).train()
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    compiled(torch.randn(4, 8)).sum().backward()
    assert model[0].weight.grad is not None


def test_modules_follow_training_and_have_torch_s_arguments():
    for name in NAMES:
        for binding in rheobase.info(name, "random")["torch"]:
            ours, theirs = getattr(nn, binding["module"])(), getattr(torch.nn, binding["module"])()
            ours.eval(), theirs.eval()
            torch.testing.assert_close(ours(X), theirs(X), rtol=1e-6, atol=0)
            assert ours(X).equal(ours(X)) and not ours.train()(X).equal(ours(X))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: functional.rrelu(X, 0.5, 0.125), ValueError, "expected lower not above upper"),
        (lambda: functional.alpha_dropout(X, 1.5), ValueError, "p is 1.5"),
        (lambda: nn.AlphaDropout(-0.5), ValueError, "p is -0.5"),
        (lambda: functional.rrelu(X, float("nan")), ValueError, "lower must be a finite number"),
        (lambda: functional.rrelu(X, "a"), TypeError, "must be a Python number"),
        (lambda: functional.rrelu(torch.arange(3)), TypeError, "dtype torch.int64"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
