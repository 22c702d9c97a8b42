# SPDX-License-Identifier: Apache-2.0
"""Learned parameters: values, gradients, layouts, transforms, state, errors, of every activation with any."""

import copy
import io
import math
import pickle
from fractions import Fraction

import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, stack_module_state, vmap
from torch_cases import LAYOUTS, OTHER_VALUE, function

import rheobase
from rheobase.torch import functional, nn
from rheobase.torch._forms import FORMS, learned_class
from rheobase.torch._learned import LEARNED, channel_sum
from rheobase.torch._learned_modules import TORCH_LEARNED

INFO = {name: rheobase.info(name) for name in LEARNED}
PAIRS = [(name, p["name"]) for name in LEARNED for p in INFO[name]["parameters"]]
# Those whose functions take them all: torch's arguments may leave some out.
PUBLIC = [
    name for name in LEARNED if set(FORMS[name].arguments) == {p["name"] for p in INFO[name]["parameters"]}
]
TORCH = sorted(name for name in FORMS if learned_class(name))


def several(name: str, channels: int, dtype=torch.float64) -> list[torch.Tensor]:
    """Values of all parameters that go together, others for each channel."""
    values = []
    for i, p in enumerate(INFO[name]["parameters"]):
        # Ascending, as a lower bound may come before an upper one.
        base = OTHER_VALUE[p["domain"]] + 2 * i
        values.append(torch.tensor([base * (1 + 0.25 * c / channels) for c in range(channels)], dtype=dtype))
    return values


def away_from_kinks(name: str, parameters: list[torch.Tensor], shape, seed=1) -> torch.Tensor:
    """Float64 points that are not within 0.02 of a declared kink, a parameter, or a ratio of two."""
    numbers = torch.cat([torch.zeros(1, dtype=torch.float64), *parameters])
    kinks = torch.cat([numbers, -numbers, (numbers[:, None] / numbers[1:][None]).flatten()])
    kinks = kinks[kinks.isfinite()]
    pool = 3 * torch.randn(4000, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    pool = pool[((pool[:, None] - kinks).abs() > 0.02).all(1)]
    return pool[: math.prod(shape)].reshape(shape).clone()


def value(name, x, *parameters, axis=1):
    return LEARNED[name].value(x, *parameters, axis)


def channel(x, c, axis=1):
    return x.select(axis, c)


@pytest.mark.parametrize("name", LEARNED)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16], ids=str)
def test_each_channel_is_the_activation_with_that_channels_parameters(name, dtype):
    x = torch.randn(4, 3, 5, generator=torch.Generator().manual_seed(2)).to(dtype)
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    parameters = several(name, 3, wide)
    fixed, operators = FORMS[name].callee.operators, LEARNED[name]
    g = torch.linspace(-2, 2, x.numel()).reshape(x.shape).to(dtype)
    y, by_x = value(name, x, *parameters), operators.backward(g, x, *parameters, 1)
    for c in range(3):
        numbers = [float(p[c]) for p in parameters]
        assert torch.equal(channel(y, c), fixed.value(channel(x, c), *numbers))
        assert torch.equal(channel(by_x, c), fixed.backward(channel(g, c), channel(x, c), *numbers))
    one = [p[:1] for p in parameters]
    assert torch.equal(value(name, x, *one, axis=-1), fixed.value(x, *(float(p) for p in one)))


def exact_sum(terms: torch.Tensor) -> float:
    return float(sum((Fraction(float(t)) for t in terms.flatten().tolist()), Fraction(0)))


@pytest.mark.parametrize(("name", "which"), PAIRS)
def test_a_parameters_gradient_is_the_exact_sum_of_its_terms(name, which):
    operators, i = LEARNED[name], LEARNED[name].parameters.index(which)
    for dtype, wide in (
        (torch.float32, torch.float32),
        (torch.bfloat16, torch.float32),
        (torch.float64, torch.float64),
    ):
        x = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(3)).to(dtype)
        g = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(4)).to(dtype)
        parameters = several(name, 3, wide)
        terms = operators.term(g.to(wide), x.to(wide), *parameters, 1, i)
        sums = operators.sum(g, x, *parameters, 1, i)
        assert sums.dtype == wide
        expected = torch.tensor([exact_sum(channel(terms, c)) for c in range(3)], dtype=torch.float64).to(
            wide
        )
        assert torch.equal(sums, expected)
        # Shared by the channels while others are not, or all shared.
        parameters[i] = parameters[i][:1]
        terms = operators.term(g.to(wide), x.to(wide), *parameters, 1, i)
        total = torch.tensor([exact_sum(terms)], dtype=torch.float64).to(wide)
        assert torch.equal(operators.sum(g, x, *parameters, 1, i), total)


@pytest.mark.parametrize("name", LEARNED)
def test_gradients_pass_gradcheck_to_the_second_order(name):
    parameters = several(name, 2)
    x = away_from_kinks(name, parameters, (3, 2)).requires_grad_()
    parameters = [p.requires_grad_() if p.isfinite().all() else p for p in parameters]

    def call(x, *parameters):
        return value(name, x, *parameters)

    assert torch.autograd.gradcheck(call, (x, *parameters), check_forward_ad=True, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(call, (x, *parameters))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", LEARNED)
def test_no_bit_depends_on_the_layout(name, layout):
    x = LAYOUTS[layout]
    axis = 1 if x.dim() > 1 else -1
    channels = x.shape[1] if axis == 1 else 1
    parameters = several(name, channels, torch.float32)
    operators, dense = LEARNED[name], x.contiguous()
    g = torch.linspace(-2, 2, x.numel()).reshape(x.shape)
    y = value(name, x, *parameters, axis=axis)
    assert y.stride() == torch.empty_like(x).stride()
    assert torch.equal(y, value(name, dense, *parameters, axis=axis))
    for other in (g, g.transpose(0, -1).contiguous().transpose(0, -1) if x.dim() > 1 else g):
        by_x = operators.backward(other, x, *parameters, axis)
        assert torch.equal(by_x, operators.backward(g, dense, *parameters, axis))
        for i in range(len(parameters)):
            sums = operators.sum(other, x, *parameters, axis, i)
            assert torch.equal(sums, operators.sum(g, dense, *parameters, axis, i))


@pytest.mark.parametrize("shape", [(40, 3, 2000), (900, 130), (3, 1100, 130), (250_000,)], ids=str)
def test_no_bit_depends_on_threads_order_or_the_place_of_the_channels(shape):
    name = PUBLIC[0]
    generator = torch.Generator().manual_seed(5)
    x, g = (torch.randn(shape, generator=generator) for _ in range(2))
    axis = 1 if len(shape) == 2 else 2 if shape[-1] == 130 else 1 if len(shape) > 1 else -1
    parameters = several(name, shape[axis] if axis >= 0 else 1, torch.float32)
    operators, results, before = LEARNED[name], [], torch.get_num_threads()
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            y, sums = value(name, x, *parameters, axis=axis), operators.sum(g, x, *parameters, axis, 0)
            results.append((y, sums))
    finally:
        torch.set_num_threads(before)
    order = torch.randperm(shape[0], generator=generator)
    if axis >= 0:
        results.append((y, operators.sum(g[order], x[order], *parameters, axis, 0)))
        front = [t.movedim(axis, 0).contiguous() for t in (x, g)]
        moved = value(name, front[0], *parameters, axis=0).movedim(0, axis)
        results.append((moved, operators.sum(front[1], front[0], *parameters, 0, 0)))
    for y, sums in results[1:]:
        assert torch.equal(y, results[0][0])
        assert torch.equal(sums, results[0][1])


def test_channel_sums_are_exact_and_differentiable():
    x = torch.tensor([[1e30, 1.0], [1e-30, 2.0], [-1e30, 3.0]])
    assert channel_sum(x, 1).tolist() == [torch.tensor(1e-30).item(), 6.0]
    assert channel_sum(x.bfloat16(), -1).dtype == torch.float32
    x = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    for axis in (-1, 0, 1):
        call = lambda x, axis=axis: channel_sum(x, axis)  # noqa: E731
        assert torch.autograd.gradcheck(call, (x,), check_forward_ad=True, check_batched_grad=True)
        assert torch.autograd.gradgradcheck(lambda x, call=call: call(x) ** 2, (x,))


def reference(name, x, parameters):
    """The activation channel by channel, in float64 by way of the operators with fixed parameters."""
    fixed = FORMS[name].callee.operators
    parts = [fixed.value(channel(x, c), *(float(p[c]) for p in parameters)) for c in range(x.shape[1])]
    return torch.stack(parts, 1)


@pytest.mark.parametrize("name", LEARNED)
def test_transforms_agree_with_plain_autograd(name):
    parameters = several(name, 3)
    x = away_from_kinks(name, parameters, (2, 4, 3))
    finite = parameters[0].isfinite().all()
    assert finite

    def loss(first, x):
        return (value(name, x, first, *parameters[1:]) ** 2).sum()

    def by_autograd(first, x):
        first = first.clone().requires_grad_()
        return torch.autograd.grad(loss(first, x), first)[0]

    first = parameters[0]
    expected = by_autograd(first, x[0])
    same = lambda a, b: torch.testing.assert_close(a, b, rtol=1e-13, atol=1e-13)  # noqa: E731
    same(grad(loss)(first, x[0]), expected)
    same(jacrev(loss)(first, x[0]), expected)
    same(jacfwd(loss)(first, x[0]), expected)
    both = torch.stack([by_autograd(first, part) for part in x])
    same(vmap(grad(loss), in_dims=(None, 0))(first, x), both)
    ensemble = torch.stack([first, first * 1.125])
    same(
        vmap(grad(loss))(ensemble, x),
        torch.stack([by_autograd(*pair) for pair in zip(ensemble, x, strict=True)]),
    )
    same(
        vmap(lambda x: value(name, x, *parameters))(x),
        torch.stack([reference(name, p, parameters) for p in x]),
    )
    second = hessian(loss)(first, x[0])
    same(second, torch.autograd.functional.hessian(lambda first: loss(first, x[0]), first))


@pytest.mark.parametrize("name", PUBLIC)
def test_functions_take_tensors_of_one_dimension_as_parameters(name):
    x = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(6))
    parameters = several(name, 3)
    words = [p["name"] for p in INFO[name]["parameters"]]
    given = dict(zip(words, parameters, strict=True))
    expected = value(name, x, *parameters)
    assert torch.equal(function(name)(x, **given), expected)
    mixed = given | {words[-1]: float(parameters[-1][0])}
    found = function(name)(x, **mixed) if len(words) > 1 else expected
    assert torch.equal(found[:, 0], expected[:, 0])
    if FORMS[name].inplace:
        y = x.clone()
        assert function(name)(y, **given, inplace=True) is y
        assert torch.equal(y, expected)


@pytest.mark.parametrize("name", LEARNED)
def test_a_learned_module_holds_its_parameters_and_learns_them(name):
    words = [p["name"] for p in INFO[name]["parameters"]]
    module = nn.Learned(name, channels=3)
    assert [(key, p.shape) for key, p in module.named_parameters()] == [(word, (3,)) for word in words]
    x = torch.randn(5, 3, 2)
    assert torch.equal(module(x), nn.module(name)(x))
    module(x).square().sum().backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in module.parameters())
    one = nn.Learned(name, words[0], axis=-1, **{words[0]: float(several(name, 1)[0])})
    assert list(dict(one.named_parameters())) == words[:1]
    for copied in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert repr(copied) == repr(module)
        assert torch.equal(copied(x), module(x))
    fresh = nn.Learned(name, channels=3)
    fresh.load_state_dict(module.state_dict())
    half = module.bfloat16()(x.bfloat16())
    assert half.dtype == torch.bfloat16
    assert "channels=3" in repr(module)


@pytest.mark.parametrize("name", LEARNED)
def test_16_bit_data_go_with_float32_parameters(name):
    module, x = nn.Learned(name, channels=3), torch.randn(7, 3)
    for dtype in (torch.bfloat16, torch.float16):
        leaf = x.to(dtype).requires_grad_()
        module.zero_grad()
        module(leaf).float().sum().backward()
        assert leaf.grad.dtype == dtype
        assert all(p.grad.dtype == torch.float32 for p in module.parameters())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert module(torch.nn.functional.linear(x, torch.eye(3))).dtype == torch.bfloat16


@pytest.mark.parametrize("name", TORCH)
def test_torchs_module_and_ours_exchange_their_state(name):
    theirs_class = learned_class(name)
    ours_class = TORCH_LEARNED[theirs_class.__name__]
    assert getattr(nn, theirs_class.__name__) is ours_class
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    for count in (1, 5):
        ours, theirs = ours_class(count, 0.125).double(), theirs_class(count, 0.75).double()
        assert repr(ours) == repr(theirs)
        theirs.load_state_dict(ours.state_dict())
        ours.load_state_dict(theirs.state_dict())
        leaves = [x.clone().requires_grad_() for _ in range(2)]
        for module, leaf in zip((ours, theirs), leaves, strict=True):
            module(leaf).square().sum().backward()
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-15, atol=0)
        torch.testing.assert_close(leaves[0].grad, leaves[1].grad, rtol=1e-15, atol=0)
        torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, rtol=1e-13, atol=1e-13)
        y = function(name)(x, ours.weight)
        assert torch.equal(function(name)(x, weight=ours.weight), y)
        if count == 1:
            assert torch.equal(function(name)(x, weight=ours.weight.reshape(())), y)
    file = io.BytesIO()
    torch.save(ours, file)
    file.seek(0)
    assert torch.equal(torch.load(file, weights_only=False)(x), ours(x))


def test_compiled_modules_compute_and_learn_the_same():
    torch._dynamo.reset()
    model = torch.nn.ModuleList([nn.Learned(name, channels=3) for name in LEARNED]).double()
    learned = [p for p in model.parameters() if p.isfinite().all()]

    def run(x):
        return sum(m(x * 2) for m in model)

    counter = CompileCounterWithBackend("aot_eager")
    compiled = torch.compile(run, fullgraph=True, backend=counter)
    for rows in (4, 6):
        x = torch.randn(rows, 3, dtype=torch.float64)
        found = torch.autograd.grad(compiled(x).sum(), learned)
        expected = torch.autograd.grad(run(x).sum(), learned)
        for a, b in zip(found, expected, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-13, atol=1e-13)
        with torch.no_grad():
            count = counter.frame_count
            for p in learned:
                p *= 1.125
            torch.testing.assert_close(compiled(x), run(x), rtol=1e-13, atol=1e-13)
            compiled_for_inference = counter.frame_count
            for p in learned:
                p *= 1.125
            torch.testing.assert_close(compiled(x), run(x), rtol=1e-13, atol=1e-13)
            assert count <= counter.frame_count == compiled_for_inference


def test_an_ensemble_of_modules_runs_under_vmap():
    name = PUBLIC[0]
    models = [nn.Learned(name, channels=3).double() for _ in range(2)]
    with torch.no_grad():
        for i, model in enumerate(models):
            for p in model.parameters():
                p += 0.25 * i
    parameters, buffers = stack_module_state(models)
    x = torch.randn(4, 3, dtype=torch.float64)
    found = vmap(lambda p, b: functional_call(models[0], (p, b), (x,)))(parameters, buffers)
    assert torch.equal(found, torch.stack([model(x) for model in models]))


@pytest.mark.parametrize("name", LEARNED)
def test_torchs_own_check_of_the_operators_passes(name):
    operators, x = LEARNED[name], LAYOUTS["transposed"].double()
    parameters = several(name, x.shape[1])
    grad = torch.ones((), dtype=torch.float64).expand(x.shape)
    learned = [p.requires_grad_() if p.isfinite().all() else p for p in parameters]
    quick = ("test_schema", "test_faketensor", "test_autograd_registration")
    for op, arguments in (
        (operators.value, (x.clone().requires_grad_(), *learned, 1)),
        (operators.backward, (grad, x, *parameters, 1)),
        (operators.term, (grad, x, *parameters, 1, 0)),
        (operators.sum, (grad, x, *parameters, 1, 0)),
    ):
        torch.library.opcheck(op, arguments, test_utils=quick)


X = torch.linspace(-2, 2, 24).reshape(4, 6)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_does_not_fit_is_named(name):
    word = INFO[name]["parameters"][0]["name"]
    call, good = function(name), several(name, 6, torch.float32)[0]
    for x, tensor, error, message in (
        (X, good[:3], ValueError, f"{name}: {word} has 3 elements; expected 1 or 6"),
        (X[0], good, ValueError, f"{name}: {word} has 6 elements; expected 1, as the input has 1 dim"),
        (X[0, 0], good, ValueError, f"{name}: {word} has 6 elements; expected 1, as the input has 0 dim"),
        (X, good.double(), TypeError, f"{name}: {word} has dtype torch.float64; expected torch.float32$"),
        (X.bfloat16(), good.half(), TypeError, "expected torch.bfloat16 or torch.float32"),
        (X, good.to("meta"), ValueError, f"{name}: {word} is on meta, the input on cpu"),
        (X.int(), good, TypeError, f"{name}: input has dtype torch.int32"),
    ):
        with pytest.raises(error, match=message):
            call(x, **{word: tensor})
    with pytest.raises(ValueError, match="expected 1 or 6, the extent of the input's dimension 1"):
        nn.Learned(name, channels=3)(X)
    with pytest.raises(RuntimeError, match=f"{word} is nan; expected .* \\(channel 2\\)"):
        call(X, **{word: torch.where(torch.arange(6) == 2, math.nan, good)})


def test_a_learned_module_refuses_bad_arguments():
    name = PUBLIC[0]
    word = INFO[name]["parameters"][0]["name"]
    with pytest.raises(ValueError, match="no activation is named 'nothing'|nothing"):
        nn.Learned("nothing")
    with pytest.raises(ValueError, match="has no parameters to learn"):
        nn.Learned(next(n for n in rheobase.names() if not rheobase.info(n)["parameters"]))
    with pytest.raises(TypeError, match=f"{name} has no parameter 'gain'; it has {word}"):
        nn.Learned(name, "gain")
    with pytest.raises(ValueError, match="channels must be at least 1, got 0"):
        nn.Learned(name, channels=0)
    with pytest.raises(ValueError, match=f"{word} must be .* got nan"):
        nn.Learned(name, **{word: math.nan})


def test_an_input_without_elements_has_gradients_of_0():
    for name in PUBLIC:
        module = nn.Learned(name, channels=3)
        module(torch.empty(0, 3)).sum().backward()
        assert all(torch.equal(p.grad, torch.zeros(3)) for p in module.parameters())
    assert functional.maxout(torch.empty(0, 4), 2).shape == (0, 2)
