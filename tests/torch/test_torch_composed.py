# SPDX-License-Identifier: Apache-2.0
"""Learned activations made of torch's operations: formulas, gradients, state, errors, determinism."""

import copy
import math
import pickle

import pytest
import torch
from torch.func import functional_call

import rheobase
from rheobase.torch import functional, nn

MODULES = {
    "Learnable": (lambda: nn.Learnable(3), (4, 3, 2)),
    "Learnable, shared": (lambda: nn.Learnable(), (4, 3, 2)),
    "Learnable, last": (lambda: nn.Learnable(2, axis=-1), (4, 3, 2)),
    "Rational": (lambda: nn.Rational(torch.tanh), (4, 3)),
    "Rational, other degrees": (lambda: nn.Rational(torch.tanh, (3, 3)), (4, 3)),
    "Adaptive": (lambda: nn.Adaptive(3), (4, 3, 2)),
    "Adaptive, detached": (lambda: nn.Adaptive(3, detach=True), (4, 3, 2)),
    "Adaptive, last": (lambda: nn.Adaptive(2, axis=-1, momentum=None), (4, 3, 2)),
    "DynamicReLU A": (lambda: nn.DynamicReLU(3, "A", reduction=1), (4, 3, 2)),
    "DynamicReLU B": (lambda: nn.DynamicReLU(3, "B", reduction=1), (4, 3, 2)),
    "DynamicReLU of vectors": (lambda: nn.DynamicReLU(3, pieces=3), (4, 3)),
    "Maxout": (lambda: nn.Maxout(3, 2, pieces=3), (4, 3)),
}


def moved(key: str, seed: int = 1):
    """The module in float64 with parameters beside their first values, and an input."""
    make, shape = MODULES[key]
    torch.manual_seed(seed)
    module = make().double()
    with torch.no_grad():
        for p in module.parameters():
            p += 0.1 * torch.randn_like(p)
    x = torch.randn(shape, dtype=torch.float64)
    return module, torch.where(x.abs() < 0.02, 0.5, x)


def call_of(module):
    """The module as a function of its input and parameters; its buffers stay as they are."""
    names = list(dict(module.named_parameters()))
    buffers = {key: b.clone() for key, b in module.named_buffers()}

    def call(x, *parameters):
        state = dict(zip(names, parameters, strict=True)) | {k: b.clone() for k, b in buffers.items()}
        return functional_call(module, state, (x,))

    return call


@pytest.mark.parametrize("key", [key for key in MODULES if "detached" not in key])
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_gradients_pass_gradcheck_to_the_second_order(key, training):
    module, x = moved(key)
    module.train(training)
    arguments = (x.requires_grad_(), *module.parameters())
    batched = {"check_batched_grad": True}
    assert torch.autograd.gradcheck(call_of(module), arguments, check_forward_ad=True, **batched)
    assert torch.autograd.gradgradcheck(call_of(module), arguments, check_fwd_over_rev=True, **batched)


@pytest.mark.parametrize("key", MODULES)
def test_state_is_saved_and_copies_compute_the_same(key):
    module, x = moved(key)
    module(x)
    module.eval()
    other = MODULES[key][0]().double().eval()
    other.load_state_dict(module.state_dict())
    for copied in (other, copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert torch.equal(copied(x), module(x))
        assert repr(copied) == repr(module)
    assert all(p.dim() >= 1 for p in module.parameters())


@pytest.mark.parametrize("key", MODULES)
def test_a_step_is_deterministic(key):
    results = []
    for _ in range(2):
        module, x = moved(key)
        module(x).sum().backward()
        results.append([p.grad for p in module.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


@pytest.mark.parametrize("key", MODULES)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_16_bit_inputs_are_computed_in_the_parameters_dtype_and_rounded_once(key, dtype, training):
    module, x = moved(key)
    module, narrow = module.float().train(training), x.to(dtype).requires_grad_()
    other, wide = copy.deepcopy(module), narrow.detach().float().requires_grad_()
    y, expected = module(narrow), other(wide)
    assert y.dtype == dtype and torch.equal(y, expected.to(dtype))
    gradient = torch.linspace(-1, 2, y.numel(), dtype=dtype).reshape(y.shape)
    y.backward(gradient)
    expected.backward(gradient.float())
    assert narrow.grad.dtype == dtype and torch.equal(narrow.grad, wide.grad.to(dtype))
    for p, q in zip(module.parameters(), other.parameters(), strict=True):
        assert p.grad.dtype == torch.float32 and torch.equal(p.grad, q.grad)


def test_under_autocast_maxout_has_the_dtype_of_torchs_layers():
    linear, maxout, x = torch.nn.Linear(3, 2), nn.Maxout(3, 2), torch.randn(4, 3)
    with torch.autocast("cpu", torch.bfloat16):
        assert maxout(x).dtype == linear(x).dtype == torch.bfloat16
        with pytest.raises(TypeError, match="input has dtype torch.float64"):
            maxout(x.double())  # which autocast leaves alone
        assert maxout.bfloat16()(x).dtype == linear.bfloat16()(x).dtype == torch.bfloat16
        assert nn.DynamicReLU(3).bfloat16()(x).dtype == torch.float32


@pytest.mark.parametrize("key", MODULES)
def test_compiled_modules_compute_and_learn_the_same(key):
    torch._dynamo.reset()
    module, x = moved(key)
    other = copy.deepcopy(module)
    y = torch.compile(module, fullgraph=True, backend="aot_eager")(x)
    y.sum().backward()
    other(x).sum().backward()
    torch.testing.assert_close(y, other(x), rtol=1e-13, atol=1e-13)
    for a, b in zip(module.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-12, atol=1e-12)


def loss_of(module):
    """A loss as a function of a dictionary of parameters, and an input."""

    def loss(parameters, x):
        return functional_call(module, parameters, (x,)).square().sum()

    return loss, {name: p.detach() for name, p in module.named_parameters()}


@pytest.mark.parametrize("key", MODULES)
def test_hessians_of_parameters_are_the_same_in_both_modes(key):
    module, x = moved(key)
    loss, parameters = loss_of(module.eval())
    torch.testing.assert_close(
        torch.func.hessian(loss)(parameters, x),
        torch.func.jacrev(torch.func.jacrev(loss))(parameters, x),
        rtol=1e-10,
        atol=1e-12,
    )


@pytest.mark.parametrize("key", MODULES)
def test_vmap_gives_gradients_of_samples_and_of_ensembles(key):
    module, x = moved(key)
    loss, parameters = loss_of(module.eval())
    grad, xs = torch.func.grad(loss), torch.stack([x, 2 * x, -x])
    found = torch.func.vmap(grad, in_dims=(None, 0))(parameters, xs)
    ensemble = {name: torch.stack([p, 0.5 * p]) for name, p in parameters.items()}
    members = torch.func.vmap(grad, in_dims=(0, None))(ensemble, x)
    for name in parameters:
        expected = torch.stack([grad(parameters, sample)[name] for sample in xs])
        torch.testing.assert_close(found[name], expected, rtol=1e-12, atol=1e-12)
        expected = torch.stack([grad({n: p[i] for n, p in ensemble.items()}, x)[name] for i in range(2)])
        torch.testing.assert_close(members[name], expected, rtol=1e-12, atol=1e-12)


def test_adaptive_updates_no_statistics_inside_torch_func():
    module, x = moved("Adaptive")
    loss, parameters = loss_of(module)
    with pytest.raises(RuntimeError, match="mutate a captured Tensor"):
        torch.func.grad(loss)(parameters, x)
    with pytest.raises(RuntimeError, match="vmap"):
        torch.func.vmap(module)(x[None])
    free = nn.Adaptive(3, track_running_stats=False, dtype=x.dtype)
    free.load_state_dict(module.state_dict(), strict=False)
    assert torch.equal(torch.func.vmap(free)(x[None])[0], free(x))
    assert torch.func.grad(loss_of(free)[0])(parameters, x).keys() == parameters.keys()


def test_learnable_starts_halfway_between_relu_and_its_cubic():
    x = torch.linspace(-3, 3, 61, dtype=torch.float64)
    cubic = 0.25 * (x + x**2 / 2 + x**3 / 3)
    module = nn.Learnable().double()
    torch.testing.assert_close(module(x), (x.clamp(min=0) + cubic) / 2, rtol=1e-14, atol=1e-14)


def test_the_regularization_of_learnable_is_the_mean_square_distance_from_relu():
    module, _ = moved("Learnable")
    z = torch.linspace(-12, 12, 240_001, dtype=torch.float64)  # a kink at a node: the error is that of h^2
    weight = torch.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    y = module(z[:, None].expand(-1, 3))
    expected = (((y - z.clamp(min=0)[:, None]) ** 2) * weight[:, None]).sum(0).mean()
    torch.testing.assert_close(module.regularization_loss(), expected, rtol=1e-8, atol=0)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.1)
    first = module.regularization_loss().item()
    for _ in range(200):
        optimizer.zero_grad()
        module.regularization_loss().backward()
        optimizer.step()
    assert module.regularization_loss().item() < first / 4


ORDER_FREE = {
    "Learnable": lambda: nn.Learnable(3),
    "Learnable, shared": lambda: nn.Learnable(),
    "Rational": lambda: nn.Rational(torch.tanh),
    "Rational, a larger denominator": lambda: nn.Rational(torch.tanh, (2, 5)),
    "Adaptive": lambda: nn.Adaptive(3),
}


@pytest.mark.parametrize("key", ORDER_FREE)
def test_gradients_of_parameters_do_not_depend_on_layout_or_threads(key):
    torch.manual_seed(2)
    x, g, results, before = torch.randn(300, 3, 301), torch.randn(300, 3, 301), [], torch.get_num_threads()
    turned, gaps = x.transpose(0, 2).contiguous().transpose(0, 2), torch.stack([x, -x], 3)[..., 0]
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            for layout in (x, turned, gaps):
                module = ORDER_FREE[key]()
                y = module(layout)
                y.backward(g)
                results.append([y, *(p.grad for p in module.parameters())])
    finally:
        torch.set_num_threads(before)
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.parametrize("name", rheobase.names())
def test_a_rational_can_start_as_any_activation(name):
    module = nn.Rational(name, reach=2.0).double()
    x = torch.linspace(-2, 2, 101, dtype=torch.float64)
    wanted = getattr(functional, name)(x)
    error = (module(x) - wanted).square().mean().sqrt()
    assert error < 0.1 * wanted.square().mean().sqrt() + 0.02  # jumps and kinks are what is left
    assert not nn.Rational(name)(torch.tensor([-3e38, -1e20, 1e20, 3e37])).isnan().any()


def test_a_rational_is_its_formula_on_both_sides_of_1():
    module, x = moved("Rational, other degrees")
    x = torch.linspace(-4, 4, 81, dtype=torch.float64)
    p = sum(a * x**i for i, a in enumerate(module.numerator))
    q = 1 + sum(b * x ** (i + 1) for i, b in enumerate(module.denominator)).abs()
    torch.testing.assert_close(module(x), p / q, rtol=1e-12, atol=1e-13)


def test_adaptive_follows_the_statistics_of_each_channel():
    module, x = moved("Adaptive")
    y = module(x)
    m, s = x.mean((0, 2)), (x.var((0, 2), unbiased=False) + module.eps).sqrt()
    a = torch.sigmoid(module.w1 * m + module.w2 * s.log() + module.b)[:, None]
    torch.testing.assert_close(y, x.clamp(min=0) + a * x.clamp(max=0), rtol=1e-12, atol=1e-13)
    norm = torch.nn.BatchNorm1d(3).double()
    norm(x)
    torch.testing.assert_close(module.running_mean, norm.running_mean, rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(module.running_var, norm.running_var, rtol=1e-12, atol=1e-13)
    module.eval()
    assert torch.equal(module(x[:1]), module(x)[:1])
    before = module.running_mean.clone()
    module(x)
    assert torch.equal(module.running_mean, before)
    plain = nn.Adaptive(3, dtype=torch.float64)(x)
    torch.testing.assert_close(plain, torch.nn.functional.leaky_relu(x, 0.25), rtol=1e-15, atol=0)


def test_detached_statistics_pass_no_gradient():
    module, x = moved("Adaptive, detached")
    x.requires_grad_()
    module(x).sum().backward()
    m, s = x.mean((0, 2)), (x.var((0, 2), unbiased=False) + module.eps).sqrt()
    a = torch.sigmoid(module.w1 * m + module.w2 * s.log() + module.b)[:, None]
    torch.testing.assert_close(
        x.grad, torch.where(x > 0, 1.0, a.expand(x.shape)).detach(), rtol=1e-12, atol=0
    )
    assert module.w1.grad.abs().sum() > 0


def test_statistics_do_not_depend_on_the_order_of_samples():
    torch.manual_seed(3)
    x = torch.randn(500, 3, 40) * 1000
    one, other = nn.Adaptive(3), nn.Adaptive(3)
    one(x)
    other(x[torch.randperm(500)])
    assert torch.equal(one.running_mean, other.running_mean)
    assert torch.equal(one.running_var, other.running_var)


@pytest.mark.parametrize("variant", ["A", "B"])
def test_dynamic_relu_takes_its_coefficients_from_the_pooled_input(variant):
    torch.manual_seed(4)
    module, x = nn.DynamicReLU(8, variant).double(), torch.randn(3, 8, 5, 4, dtype=torch.float64)
    slopes, offsets = module.coefficients(x)
    assert slopes.shape == offsets.shape == (3, 1 if variant == "A" else 8, 2)
    assert slopes[..., 0].min() >= 0 and slopes[..., 0].max() <= 2
    assert slopes[..., 1].abs().max() <= 1 and offsets.abs().max() <= 0.5
    lines = x[..., None] * slopes[:, :, None, None] + offsets[:, :, None, None]
    torch.testing.assert_close(module(x), lines.max(-1).values, rtol=1e-14, atol=0)
    with torch.no_grad():
        for p in module.excite.parameters():
            p.zero_()
    assert torch.equal(module(x), torch.relu(x))


def test_maxout_takes_the_largest_of_each_outputs_pieces():
    module, x = moved("Maxout")
    w, b = module.weight.reshape(2, 3, 3), module.bias.reshape(2, 3)
    expected = (torch.einsum("ni,opi->nop", x, w) + b).amax(-1)
    torch.testing.assert_close(module(x), expected, rtol=1e-13, atol=1e-14)
    y = functional.maxout(torch.arange(12.0).reshape(2, 6), 3, axis=-1)
    assert y.tolist() == [[2, 5], [8, 11]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: nn.Learnable(0),
            ValueError,
            "Learnable: channels must be a whole number of at least 1, got 0",
        ),
        (
            lambda: nn.Learnable(3)(torch.ones(2, 4)),
            ValueError,
            r"expected 3 channels in dimension 1, got .*\(2, 4\)",
        ),
        (
            lambda: nn.Learnable(3)(torch.ones(3)),
            ValueError,
            r"expected 3 channels in dimension 1, got .*\(3,\)",
        ),
        (
            lambda: nn.Learnable()(torch.ones(3, dtype=int)),
            TypeError,
            "must be a float tensor, got torch.int64",
        ),
        (
            lambda: nn.Learnable()(torch.ones(3).double()),
            TypeError,
            "dtype torch.float64, the parameters have",
        ),
        (
            lambda: nn.Learnable(dtype=torch.float16)(torch.ones(3, dtype=torch.bfloat16)),
            TypeError,
            "dtype torch.bfloat16, the parameters have torch.float16",
        ),
        (
            lambda: nn.Maxout(3, 2)(torch.ones(2, 3).double()),
            TypeError,
            "^Maxout: input has dtype torch.float64, the parameters have torch.float32$",
        ),
        (
            lambda: nn.DynamicReLU(3)(torch.ones(2, 3).double()),
            TypeError,
            "^DynamicReLU: input has dtype torch.float64, the parameters have torch.float32$",
        ),
        (lambda: nn.Rational("nothing"), ValueError, "nothing"),
        (lambda: nn.Rational(torch.tanh, (0, 4)), ValueError, "each of degrees must be a whole number"),
        (lambda: nn.Rational(torch.tanh, reach=0.0), ValueError, "reach must be a positive number, got 0.0"),
        (lambda: nn.Adaptive(3, eps=0.0), ValueError, "eps must be a positive number, got 0.0"),
        (lambda: nn.Adaptive(3)(torch.ones(2, 2)), ValueError, "Adaptive: expected 3 channels"),
        (
            lambda: nn.Adaptive(3)(torch.ones(0, 3)),
            ValueError,
            r"no statistics of an input of shape \(0, 3\)",
        ),
        (lambda: nn.DynamicReLU(3, "C"), ValueError, "variant must be 'A' or 'B', got 'C'"),
        (lambda: nn.DynamicReLU(3)(torch.ones(3)), ValueError, r"expected shape \(N, 3, \*\), got \(3,\)"),
        (lambda: nn.DynamicReLU(3)(None), TypeError, "must be a float tensor, got NoneType"),
        (lambda: nn.Maxout(3, 2, pieces=0), ValueError, "pieces must be a whole number of at least 1, got 0"),
        (
            lambda: nn.Maxout(6, 2)(torch.ones(4, 5)),
            ValueError,
            r"^Maxout: expected an input of shape \(\*, 6\), got \(4, 5\)$",
        ),
        (
            lambda: nn.Maxout(1, 2)(torch.tensor(1.0)),
            ValueError,
            r"^Maxout: expected an input of shape \(\*, 1\), got \(\)$",
        ),
        (lambda: nn.Maxout(3, 2)(torch.ones(2, 3, dtype=int)), TypeError, "a float tensor, got torch.int64"),
        (lambda: functional.maxout(torch.ones(2, 5), 2), ValueError, "pieces must divide 5, .* got 2"),
        (lambda: functional.maxout(torch.ones(2, 6), 2.0), ValueError, "pieces must be a whole .*, got 2.0$"),
        (lambda: functional.maxout(torch.ones(2, 6), 0), ValueError, "pieces must be a whole .*, got 0$"),
        (
            lambda: functional.maxout(torch.ones(2, 6), 2, axis=9),
            IndexError,
            "^maxout: axis must be from -2 to 1, got 9$",
        ),
        (lambda: functional.maxout(torch.ones(2, 6), 2, 1.0), TypeError, "axis must be an int, not float$"),
        (lambda: functional.maxout(torch.tensor(1.0), 2), IndexError, "input has no dimensions, .* axis 1$"),
        (lambda: functional.maxout([1.0, 2.0], 2), TypeError, "input must be a torch.Tensor, not list$"),
    ],
)
def test_what_does_not_fit_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
