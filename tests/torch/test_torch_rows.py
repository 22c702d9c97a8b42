# SPDX-License-Identifier: Apache-2.0
"""Functions of rows in PyTorch: softmax and its kin, over any dimension."""

import math
import warnings

import pytest
import torch

import rheobase
from rheobase.torch import _rows, functional, nn

NAMES = list(_rows.ROWS)
FUNCTIONS = list(_rows.FUNCTIONS)
BINDINGS = [binding for name in NAMES for binding in rheobase.info(name, "rows")["torch"]]
MODULES = {binding["function"]: binding["module"] for binding in BINDINGS}
X = torch.randn(3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(8))


def function(name):
    return getattr(functional, name)


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_gradients_are_torch_s_in_float64(name, dim):
    """To 1e-14: torch's own are a few ulp off."""
    theirs = getattr(torch.nn.functional, name)
    x, other = X.clone().requires_grad_(), X.clone().requires_grad_()
    y, expected = function(name)(x, dim), theirs(other, dim)
    torch.testing.assert_close(y, expected, rtol=1e-14, atol=1e-15)
    grad = torch.randn(X.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    torch.testing.assert_close(
        torch.autograd.grad(y, x, grad), torch.autograd.grad(expected, other, grad), rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_derivatives_pass_gradcheck(name):
    x, mask = X[0].clone().requires_grad_(), torch.randn(4, 1, dtype=torch.float64, requires_grad=True)

    def f(x, mask):
        return function(name)(x, -1, scale=0.5, mask=mask)

    assert torch.autograd.gradcheck(f, (x, mask), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(f, (x, mask))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_transforms_agree_with_autograd(name):
    def f(x):
        return function(name)(x, 0).square().sum()

    leaf = X[0].clone().requires_grad_()
    expected = torch.autograd.grad(f(leaf), leaf)[0]
    torch.testing.assert_close(torch.func.grad(f)(X[0]), expected, rtol=0, atol=0)
    torch.testing.assert_close(torch.func.vmap(torch.func.grad(f))(X)[0], expected, rtol=0, atol=0)
    torch.testing.assert_close(
        torch.func.jacfwd(function(name), 0)(X[0, 0], 0), torch.func.jacrev(function(name), 0)(X[0, 0], 0)
    )


def test_a_mask_of_bools_hides():
    keep = torch.tensor([True, False, True, True, False])
    for name in FUNCTIONS:
        y, alone = function(name)(X, -1, mask=keep), function(name)(X[..., keep], -1)
        torch.testing.assert_close(y[..., keep], alone, rtol=1e-15, atol=0)
        assert set(y[..., ~keep].flatten().tolist()) <= {0.0, -math.inf}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_layouts_change_no_bit(name):
    x = X.float()
    expected = function(name)(x.contiguous(), 1)
    for other in (x.permute(2, 0, 1).contiguous().permute(1, 2, 0), torch.stack((x, x), -1)[..., 0]):
        assert torch.equal(function(name)(other, 1), expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_tensor_without_dimensions_is_a_row_of_one(name):
    found, expected = (
        function(name)(torch.tensor(3.0), 0),
        getattr(torch.nn.functional, name)(torch.tensor(3.0), 0),
    )
    assert torch.equal(found, expected) and found.shape == ()


@pytest.mark.parametrize("rank", range(6))
@pytest.mark.parametrize("name", FUNCTIONS)
def test_without_a_dim_torch_s_is_taken_with_its_warning(name, rank):
    x = torch.randn([2, 3, 4, 2, 2][:rank], dtype=torch.float64)
    module = MODULES[name]
    for ours, theirs in (
        (function(name), getattr(torch.nn.functional, name)),
        (getattr(nn, module)(), getattr(torch.nn, module)()),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found, expected = ours(x), theirs(x)
        torch.testing.assert_close(found, expected, rtol=1e-14, atol=1e-15)
        mine, torchs = caught
        assert (mine.category, str(mine.message)) == (torchs.category, str(torchs.message))
        assert mine.filename == __file__  # of a module too, where torch's is inside torch


def test_compiled_rows_choose_torch_s_dim_and_go_on():
    module = nn.Softmin()

    def call(x):
        return functional.softmax(x), module(x[0])

    expected = functional.softmax(X, 0), functional.softmin(X[0], 1)
    compiled = torch.compile(call, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(X), expected, rtol=0, atol=0)


def test_images_are_functions_of_their_channels():
    x = torch.randn(2, 3, 4, 5)
    for image in (x, x[0]):
        assert torch.equal(nn.Softmax2d()(image), functional.softmax(image, -3))
    with pytest.raises(ValueError, match="Softmax2d: input must have 3 or 4 dimensions, got 2"):
        nn.Softmax2d()(x[0, 0])


def test_fx_records_calls_of_the_public_functions():
    model = torch.nn.Sequential(nn.Softmax(-1), nn.LogSoftmax(0))
    traced = torch.fx.symbolic_trace(model)
    assert torch.equal(traced(X), model(X))
    called = [node.target for node in traced.graph.nodes if node.op == "call_function"]
    assert called == [functional.softmax, functional.log_softmax]


def test_compiled_rows_have_the_same_bits():
    def step(x, w):
        return functional.log_softmax(x @ w, -1)[:, 0].sum()

    x, w = torch.randn(4, 6), torch.randn(6, 8, requires_grad=True)
    expected = torch.autograd.grad(step(x, w), w)[0]
    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    assert torch.equal(torch.autograd.grad(compiled(x, w), w)[0], expected)


@pytest.mark.parametrize("name", NAMES)
def test_operators_pass_opcheck(name):
    rows = _rows.ROWS[name]
    x = torch.randn(3, 4, requires_grad=True)
    torch.library.opcheck(rows.value, (x, None, 1, 1.0))
    torch.library.opcheck(rows.backward, (torch.randn(3, 4), rows.value(x.detach(), None, 1, 1.0), 1, 1.0))


def test_modules_are_torch_s():
    for name in NAMES:
        module = rheobase.info(name, "rows")["torch"][0]["module"]
        ours, theirs = getattr(nn, module)(dim=1), getattr(torch.nn, module)(dim=1)
        assert repr(ours) == repr(theirs)
        torch.testing.assert_close(ours(X), theirs(X), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f(X, 3), IndexError, "dim must be from -3 to 2, got 3"),
        (lambda f: f(X, 1.0), TypeError, "dim must be an int or None, not float"),
        (lambda f: f(X, 1, torch.float32), TypeError, "_stacklevel must be an int, not dtype"),
        (lambda f: f(X, 0, scale=0.0), ValueError, "scale must be a positive finite number"),
        (lambda f: f(X, 0, mask=torch.zeros(7).double()), ValueError, "cannot be expanded"),
        (lambda f: f(X, 0, mask=torch.zeros(5)), TypeError, "mask has dtype torch.float32"),
        (lambda f: f(torch.arange(3), 0), TypeError, "dtype torch.int64"),
        (lambda f: f(3.0, 0), TypeError, "must be a torch.Tensor"),
    ],
)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_bad_arguments_are_named(name, call, error, message):
    with pytest.raises(error, match=message):
        call(function(name))
