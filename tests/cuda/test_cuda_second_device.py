# SPDX-License-Identifier: Apache-2.0
"""Second derivatives on a GPU, bit by bit against the CPU's. Skipped without a GPU or a build with CUDA."""

import pytest

torch = pytest.importorskip("torch")
from cuda_cases import (  # noqa: E402
    DTYPES,
    NAMES,
    SOME,
    by_operator,
    expect_same,
    gradients,
    points,
    run,
    same_bits,
)

import rheobase  # noqa: E402
import rheobase.torch as rt  # noqa: E402
from rheobase import cuda  # noqa: E402


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_results_are_the_cpus_bits(name, dtype):
    x, grad = points(DTYPES[dtype], 1 << 17), gradients(DTYPES[dtype], 1 << 17)
    expect_same(run(name, "second", x.cuda()), by_operator(name, "second", x, torch.ones_like(x)), x)
    expect_same(run(name, "second", x.cuda(), grad.cuda()), by_operator(name, "second", x, grad), x)
    expect_same(by_operator(name, "second", x.cuda(), grad.cuda()), by_operator(name, "second", x, grad), x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [name for name in NAMES if rheobase.info(name)["parameters"]])
def test_results_of_other_parameters_are_the_cpus_bits(name, dtype):
    x = points(DTYPES[dtype], 1 << 14)
    one = torch.ones_like(x)
    for factor in (0.75, 1.5, 2.0**-40, 2.0**40):
        given = {p["name"]: factor * float(p["default"]) for p in rheobase.info(name)["parameters"]}
        try:
            expected = by_operator(name, "second", x, one, **given)
        except RuntimeError:  # parameters that are not for this function
            continue
        expect_same(run(name, "second", x.cuda(), parameters=given), expected, x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SOME)
def test_any_length_and_alignment_is_right_and_nothing_else_is_written(name, dtype):
    x = points(DTYPES[dtype], 3000).cuda()
    whole = run(name, "second", x)
    for length in (0, 1, 2, 31, 32, 33, 255, 257, 2049):
        for begin in (0, 1, 3):
            y = torch.full((3000,), 7.0, dtype=x.dtype, device="cuda")
            if length:
                run(name, "second", x[begin : begin + length], out=y[begin : begin + length])
            assert bool(same_bits(y[begin : begin + length], whole[begin : begin + length]).all())
            assert bool((y[:begin] == 7).all()) and bool((y[begin + length :] == 7).all())


@pytest.mark.parametrize("name", SOME)
def test_in_place_is_right(name):
    x, grad = points(torch.float32, 100_003).cuda(), gradients(torch.float32, 100_003).cuda()
    expected = run(name, "second", x, grad)
    first, second = x.clone(), grad.clone()
    assert bool(same_bits(run(name, "second", first, grad, out=first), expected).all())
    assert bool(same_bits(run(name, "second", x, second, out=second), expected).all())


def test_more_than_two_to_the_31_elements_are_right():
    n = (1 << 31) + 5
    x = torch.empty(n, dtype=torch.bfloat16, device="cuda").normal_()
    y = run(SOME[0], "second", x)
    for part in (slice(0, 1000), slice(1 << 30, (1 << 30) + 1000), slice(n - 1000, n)):
        assert bool(same_bits(y[part], run(SOME[0], "second", x[part].clone())).all())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SOME)
def test_operators_take_any_layout(name, dtype):
    x, grad = (t.view(24, 36) for t in (points(DTYPES[dtype], 24 * 36), gradients(DTYPES[dtype], 24 * 36)))
    for view in (lambda t: t, lambda t: t.t(), lambda t: t[::2, 1:], lambda t: t[:, :1].expand(24, 36)):
        found = by_operator(name, "second", view(x.cuda()), view(grad.cuda()))
        expect_same(
            found.flatten(), by_operator(name, "second", view(x), view(grad)).flatten(), view(x).flatten()
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_penalty_is_the_cpus(name):
    def penalty(x):
        x = x.clone().requires_grad_()
        function = getattr(rt.functional, rheobase.info(name)["activation"])
        (slope,) = torch.autograd.grad(function(x).sum(), x, create_graph=True)
        slope.square().sum().backward()
        return x.grad

    x = points(torch.float64, 2000)
    expect_same(penalty(x.cuda()), penalty(x), x)


@pytest.mark.parametrize("name", SOME)
def test_gradgradcheck_passes(name):
    x = torch.linspace(-2.9, 3.1, 50, dtype=torch.float64, device="cuda").requires_grad_()
    assert torch.autograd.gradgradcheck(getattr(rt.functional, name), (x,))


@pytest.mark.parametrize("name", SOME)
def test_a_graph_records_the_kernel(name):
    x, grad = points(torch.float32, 70_000).cuda(), gradients(torch.float32, 70_000).cuda()
    y = torch.empty_like(x)
    expected = run(name, "second", x, grad)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run(name, "second", x, grad, out=y)
        z = by_operator(name, "second", x, grad)
    y.zero_(), z.zero_()
    graph.replay()
    torch.cuda.synchronize()
    assert bool(same_bits(y, expected).all()) and bool(same_bits(z, expected).all())


@pytest.mark.parametrize("name", SOME)
def test_host_arrays_come_back_right(name):
    x, grad = points(torch.float32, 10_001), gradients(torch.float32, 10_001)
    y = torch.empty_like(x)
    for g in (None, grad):
        cuda.run(
            name,
            "second",
            "float32",
            x.numel(),
            x.data_ptr(),
            y.data_ptr(),
            grad=0 if g is None else g.data_ptr(),
            host=True,
        )
        expect_same(y, by_operator(name, "second", x, torch.ones_like(x) if g is None else g), x)
