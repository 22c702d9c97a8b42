# SPDX-License-Identifier: Apache-2.0
"""The device kernels on a GPU, bit by bit against the CPU's. Skipped without a GPU or a build with CUDA."""

import ctypes

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

import rheobase.torch as rt  # noqa: E402
from rheobase import cuda  # noqa: E402


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_results_are_the_cpus_bits(name, dtype):
    x, grad = points(DTYPES[dtype], 1 << 17), gradients(DTYPES[dtype], 1 << 17)
    on_device, grad_on_device = x.cuda(), grad.cuda()
    for role in ("value", "derivative"):
        expect_same(run(name, role, on_device), by_operator(name, role, x), x)
    expect_same(run(name, "backward", on_device, grad_on_device), by_operator(name, "backward", x, grad), x)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", NAMES)
def test_looked_up_results_are_the_same(name, dtype):
    x = points(DTYPES[dtype], (1 << 20) + 3)
    space = torch.empty(cuda.WORKSPACE, dtype=torch.uint8, device="cuda")
    for role in ("value", "derivative"):
        expect_same(run(name, role, x.cuda(), workspace=space.data_ptr()), by_operator(name, role, x), x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SOME)
def test_any_length_and_alignment_is_right_and_nothing_else_is_written(name, dtype):
    x = points(DTYPES[dtype], 5000).cuda()
    whole = run(name, "value", x)
    for length in [0, 1, 2, 3, 7, 8, 9, 255, 256, 257, 1023, 2049, 4096]:
        for begin in range(0, 9):
            for out_begin in {begin, 0, 3}:
                y = torch.full((5000,), 7.0, dtype=x.dtype, device="cuda")
                if length:
                    run(name, "value", x[begin : begin + length], out=y[out_begin : out_begin + length])
                assert bool(same_bits(y[out_begin : out_begin + length], whole[begin : begin + length]).all())
                assert bool((y[:out_begin] == 7).all()) and bool((y[out_begin + length :] == 7).all())


@pytest.mark.parametrize("name", SOME)
def test_in_place_is_right(name):
    x, grad = points(torch.float32, 100_003).cuda(), gradients(torch.float32, 100_003).cuda()
    value, backward = run(name, "value", x), run(name, "backward", x, grad)
    again, other = x.clone(), grad.clone()
    assert bool(same_bits(run(name, "value", again, out=again), value).all())
    assert bool(same_bits(run(name, "backward", x, other, out=other), backward).all())


def test_more_than_two_to_the_31_elements_are_right():
    n = (1 << 31) + 5
    x = torch.empty(n, dtype=torch.bfloat16, device="cuda").normal_()
    y = run(SOME[0], "value", x)
    for part in (slice(0, 1000), slice(1 << 30, (1 << 30) + 1000), slice(n - 1000, n)):
        assert bool(same_bits(y[part], run(SOME[0], "value", x[part].clone())).all())


@pytest.mark.parametrize("name", SOME)
def test_a_graph_records_the_kernel(name):
    x = points(torch.float32, 70_000).cuda()
    y = torch.empty_like(x)
    expected = run(name, "value", x)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run(name, "value", x, out=y)
        z = getattr(rt.functional, name)(x)
    y.zero_(), z.zero_()
    graph.replay()
    torch.cuda.synchronize()
    assert bool(same_bits(y, expected).all()) and bool(same_bits(z, expected).all())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SOME)
def test_operators_take_any_layout(name, dtype):
    x = points(DTYPES[dtype], 24 * 36).view(24, 36)
    function = getattr(rt.functional, name)
    for view in (lambda t: t, lambda t: t.t(), lambda t: t[::2, 1:], lambda t: t[:, :1].expand(24, 36)):
        on_device, on_host = view(x.cuda()), view(x)
        expect_same(function(on_device).flatten(), function(on_host).flatten(), on_host.flatten())


@pytest.mark.parametrize("name", SOME)
def test_gradients_flow(name):
    x = torch.randn(300, 7, dtype=torch.float64, device="cuda", requires_grad=True)
    function = getattr(rt.functional, name)
    assert torch.autograd.gradcheck(function, (x,))
    function(x).sum().backward()
    expected = by_operator(name, "derivative", x.detach().cpu())
    assert bool(same_bits(x.grad.cpu(), expected).all())


def test_host_memory_is_refused_and_the_device_goes_on():
    x, y = torch.zeros(8), torch.zeros(8, device="cuda")
    with pytest.raises(cuda.Error, match="x is host memory"):
        cuda.run(SOME[0], "value", "float32", 8, x.data_ptr(), y.data_ptr())
    with pytest.raises(cuda.Error, match="y is host memory"):
        cuda.run(SOME[0], "value", "float32", 8, y.data_ptr(), x.data_ptr())
    assert bool((run(SOME[0], "value", torch.zeros(8, device="cuda")) == 0).all())


def test_overlap_is_refused():
    x = torch.zeros(16, device="cuda")
    with pytest.raises(cuda.Error, match="y overlaps x"):
        run(SOME[0], "value", x[:8], out=x[4:12])


def test_memory_that_the_device_lacks_is_one_clear_error():
    count = 1 << 38
    with pytest.raises(cuda.Error, match="memory for x"):
        cuda.run(SOME[0], "value", "float32", count, 4096, 1 << 41, host=True)
    torch.cuda.synchronize()
    assert bool((run(SOME[0], "value", torch.zeros(8, device="cuda")) == 0).all())


@pytest.mark.parametrize("name", SOME)
def test_host_arrays_come_back_right(name):
    x = points(torch.float32, 10_001)
    y = torch.empty_like(x)
    cuda.run(name, "value", "float32", x.numel(), x.data_ptr(), y.data_ptr(), host=True)
    expect_same(y, by_operator(name, "value", x), x)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(cuda.Error, match="gelu" if "gelu" in NAMES else "no activation"):
        cuda.run("gelo", "value", "float32", 0, 0, 0)
    assert ctypes.sizeof(cuda._Call) == 104
