# SPDX-License-Identifier: Apache-2.0
"""Gates in PyTorch: values, gradients of all kinds, layouts, transforms, bad input."""

import itertools

import pytest
import torch
from torch_cases import DTYPES, NAMES, function, smooth_points

import rheobase
from rheobase.torch import nn
from rheobase.torch.functional import derivative, gated, glu

WIDE_NUMBER = torch.ones((), dtype=torch.float64)  # without a dimension: tensors keep their dtype beside it
LAYOUTS = ["halves", "halves_swapped", "interleaved", "interleaved_swapped"]


def factors(name, dtype=torch.float64):
    a = smooth_points(name, {}, dtype).reshape(3, 4)
    return a, torch.linspace(-2, 3, 12, dtype=dtype).reshape(3, 4)


def packed(a, b, layout):
    first, second = (b, a) if layout.endswith("swapped") else (a, b)
    return (
        torch.cat((first, second), -1) if "halves" in layout else torch.stack((first, second), -1).flatten(-2)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_gate_is_the_product(name):
    a, b = factors(name)
    act = nn.module(name)
    torch.testing.assert_close(gated(name, a, b), act(a) * b, rtol=1e-15, atol=0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_change_no_bit(layout):
    a, b = (t.float() for t in factors("silu"))
    assert torch.equal(gated("silu", packed(a, b, layout), layout=layout), gated("silu", a, b))


@pytest.mark.parametrize("name", NAMES)
def test_gradients_and_tangents_pass_gradcheck(name):
    a, b = (t.requires_grad_() for t in factors(name))
    assert torch.autograd.gradcheck(lambda a, b: gated(name, a, b), (a, b), check_forward_ad=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_of_one_tensor_pass_gradcheck(layout):
    x = torch.randn(2, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda x: gated("tanh", x, layout=layout, limit=0.75, offset=0.5), (x,), check_forward_ad=True
    )


def test_the_clamped_gate_is_that_of_gpt_oss():
    generator = torch.Generator().manual_seed(2)
    x = 8 * torch.randn(50, 16, dtype=torch.float64, generator=generator)
    a, b = x[..., ::2].clamp(max=7), x[..., 1::2].clamp(-7, 7)
    expected = (b + 1) * a * torch.sigmoid(1.702 * a)
    found = gated("swish", x, layout="interleaved", limit=7.0, offset=1.0, beta=1.702)
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=0)


def test_glu_is_torch_s():
    x = torch.randn(5, 8, dtype=torch.float64)
    torch.testing.assert_close(gated("sigmoid", x, layout="halves_swapped"), torch.nn.functional.glu(x))


@pytest.mark.parametrize("dim", [-4, -1, 0, 1, 2])
def test_glu_has_torch_s_values_gradients_and_layout_along_any_dimension(dim):
    x = torch.randn(4, 6, 2, 8, dtype=torch.float64, requires_grad=True)
    for given in (x, x.transpose(1, 3)):
        found, expected = glu(given, dim), torch.nn.functional.glu(given, dim)
        torch.testing.assert_close(found, expected, rtol=1e-14, atol=0)
        assert found.is_contiguous() or found.stride() == expected.stride()
        grad = torch.linspace(-2, 2, found.numel(), dtype=x.dtype).reshape(found.shape)
        slopes = (torch.autograd.grad(y, x, grad) for y in (found, expected))
        torch.testing.assert_close(*slopes, rtol=1e-13, atol=1e-15)


def test_glu_passes_gradcheck_and_transforms():
    x = torch.randn(3, 4, 2, dtype=torch.float64, requires_grad=True)
    for call in (glu, lambda x: glu(x, 1), nn.GLU(1)):
        assert torch.autograd.gradcheck(call, (x,), check_forward_ad=True)
        assert torch.autograd.gradgradcheck(call, (x,))
    assert torch.equal(torch.func.vmap(lambda x: glu(x, 0))(x), glu(x, 1))


@pytest.mark.parametrize("second", [False, True])
def test_either_factor_may_be_traced_by_fx(second):
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    traced = torch.fx.symbolic_trace(lambda x: gated("silu", *((a, x) if second else (x, b))))
    assert torch.equal(traced(b if second else a), gated("silu", a, b))


def test_fx_records_calls_of_the_public_functions():
    model, x = torch.nn.Sequential(nn.Gated("silu"), nn.GLU()), torch.randn(3, 8)
    traced = torch.fx.symbolic_trace(model)
    assert torch.equal(traced(x), model(x))
    assert [node.target for node in traced.graph.nodes if node.op == "call_function"] == [gated, glu]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
def test_backward_rounds_as_the_library_says(dtype):
    """da is the activation's backward of grad b, which is rounded to float32 first (docs/forms.md)."""
    generator = torch.Generator().manual_seed(4)
    a, b, grad = (torch.randn(257, generator=generator).to(dtype) for _ in range(3))
    a.requires_grad_(), b.requires_grad_()
    da, db = torch.autograd.grad(gated("gelu", a, b), (a, b), grad)
    slope = derivative("gelu", a.detach().double())
    exact = grad.double() * b.detach().double() * slope
    rounding = {torch.float32: 2.0**-22, torch.bfloat16: 2.0**-8, torch.float16: 2.0**-11}[dtype]
    torch.testing.assert_close(da.double(), exact, rtol=rounding, atol=1e-7)
    expected = grad.double() * function("gelu")(a.detach().double())
    torch.testing.assert_close(db.double(), expected, rtol=rounding, atol=1e-7)


def test_nothing_but_the_factors_is_kept():
    a, b = (torch.randn(64, 64, requires_grad=True) for _ in range(2))
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.data_ptr()) or t, lambda t: t):
        gated("mish", a, b)
    assert set(kept) == {a.data_ptr(), b.data_ptr()}


def test_transforms_agree_with_autograd():
    a, b = factors("gelu")

    def loss(a, b):
        return gated("gelu", a, b).sum()

    both = (a.clone().requires_grad_(), b.clone().requires_grad_())
    expected = torch.autograd.grad(loss(*both), both)
    for found in (
        torch.func.grad(loss, (0, 1))(a, b),
        torch.func.vmap(torch.func.grad(loss, (0, 1)))(a, b),
        torch.func.vmap(torch.func.grad(loss, (0, 1)), in_dims=1, out_dims=1)(a, b),
    ):
        torch.testing.assert_close(found, expected, rtol=0, atol=0)
    x = torch.cat((a, b), -1)
    torch.testing.assert_close(
        torch.func.vmap(lambda x: gated("gelu", x), in_dims=1, out_dims=1)(x.reshape(3, 8, 1).movedim(1, 2)),
        gated("gelu", x).reshape(3, 1, 4),
        rtol=0,
        atol=0,
    )


def test_compiled_gates_have_the_same_bits():
    def step(x, w):
        return gated("silu", x @ w).sum()

    x, w = torch.randn(4, 6), torch.randn(6, 8, requires_grad=True)
    expected = torch.autograd.grad(step(x, w), w)[0]
    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    assert torch.equal(torch.autograd.grad(compiled(x, w), w)[0], expected)


def test_operators_pass_opcheck():
    from rheobase.torch._gates import GATES

    gate = next(iter(GATES.values()))
    a, b = torch.randn(3, 4, requires_grad=True), torch.randn(3, 4, requires_grad=True)
    rest = (0.0, 0.0, *(p.default for p in gate.activation.parameters))
    torch.library.opcheck(gate.value, (a, b, 1, *rest))
    torch.library.opcheck(gate.value, (a, None, 2, *rest))
    torch.library.opcheck(gate.backward, (torch.randn(3, 4), a.detach(), b.detach(), 1, *rest))


def test_strides_zero_sizes_and_broadcasting():
    a = torch.randn(6, 4).t()[::2]
    b = torch.randn(2, 6)[:, :6]
    a = a.expand(2, 6) if a.shape[0] == 1 else a[:2]
    torch.testing.assert_close(gated("relu", a, b), torch.relu(a) * b, rtol=0, atol=0)
    assert gated("silu", torch.randn(0, 8)).shape == (0, 4)
    assert gated("silu", torch.randn(3, 1), torch.randn(4)).shape == (3, 4)


@pytest.mark.parametrize(("first", "second"), [*itertools.permutations(DTYPES, 2)])
def test_two_dtypes_become_that_of_the_product(first, second):
    a, b = torch.randn(3, 4).to(first), torch.randn(4).to(second)
    dtype = (a * b).dtype
    a.requires_grad_(), b.requires_grad_()
    y = gated("silu", a, b)
    assert y.dtype == dtype and torch.equal(y, gated("silu", a.to(dtype), b.to(dtype)))
    y.sum().backward()
    assert (a.grad.dtype, b.grad.dtype) == (first, second)
    assert gated("silu", WIDE_NUMBER, b).dtype == (WIDE_NUMBER * b).dtype == second
    assert gated("silu", a[0, 0], b[0]).dtype == (a[0, 0] * b[0]).dtype == dtype
    torch._dynamo.reset()
    compiled = torch.compile(lambda a, b: gated("silu", a, b), backend="aot_eager", fullgraph=True)
    assert torch.equal(compiled(a, b), y)


def test_modules_hold_arguments_and_train():
    gate = nn.Gated("swish", layout="interleaved", limit=7.0, offset=1.0, beta=1.702)
    assert repr(gate) == "Gated('swish', layout='interleaved', limit=7.0, offset=1.0, beta=1.702)"
    model = torch.nn.Sequential(torch.nn.Linear(8, 16), gate, torch.nn.Linear(8, 1))
    model(torch.randn(4, 8)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gated("silu", torch.randn(3)), ValueError, "must be even; it is 3"),
        (lambda: gated("silly", torch.randn(4)), ValueError, "did you mean"),
        (lambda: gated("silu", torch.randn(4), layout="half"), ValueError, "layout must be one of"),
        (lambda: gated("silu", torch.randn(4), limit=-1.0), ValueError, "limit must be a positive"),
        (lambda: gated("elu", torch.randn(4), alph=1.0), TypeError, "no parameter 'alph'"),
        (lambda: gated("elu", torch.randn(4), alpha=float("nan")), ValueError, "alpha must be"),
        (lambda: gated("silu", torch.arange(4)), TypeError, "dtype torch.int64"),
        (lambda: gated("silu", [1.0, 2.0]), TypeError, "must be a torch.Tensor"),
        (lambda: gated("silu", torch.randn(4), torch.arange(4)), TypeError, "dtype torch.int64"),
        (lambda: gated("silu", torch.randn(4), [1.0]), TypeError, "must be a torch.Tensor"),
        (
            lambda: gated("elu", WIDE_NUMBER, torch.randn(4), alpha=1e300),
            ValueError,
            "alpha must be a finite",
        ),
        (lambda: gated("silu", torch.randn(4), torch.randn(3)), RuntimeError, "size"),
        (lambda: nn.Gated("nothing"), ValueError, "no activation named"),
        (lambda: glu(torch.randn(2, 3)), ValueError, "glu: dimension -1 holds both factors, so .* it is 3"),
        (lambda: glu(torch.tensor(1.0)), ValueError, "so it must be even; it is missing"),
        (lambda: glu(torch.randn(2, 4), 2), IndexError, "glu: dim must be from -2 to 1, got 2"),
        (lambda: glu(torch.randn(2, 4), 1.0), TypeError, "glu: dim must be an int, not float"),
        (lambda: glu(torch.arange(4)), TypeError, "glu: input has dtype torch.int64"),
        (lambda: nn.GLU()(None), TypeError, "glu: input must be a torch.Tensor, not NoneType"),
    ],
)
def test_bad_arguments_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_every_name_of_the_registry_can_gate():
    for name in rheobase.names():
        assert gated(name, torch.zeros(2)).shape == (1,)
