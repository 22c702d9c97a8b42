# SPDX-License-Identifier: Apache-2.0
"""Parameters that are tensors, and exact sums, on a GPU: the CPU's bits. Skipped without one."""

import pytest

torch = pytest.importorskip("torch")
from cuda_cases import DTYPES, expect_same, gradients, points, same_bits  # noqa: E402

import rheobase  # noqa: E402
import rheobase.torch as rt  # noqa: E402
from rheobase import cuda  # noqa: E402
from rheobase.torch._learned import LEARNED, channel_sum  # noqa: E402

NAMES = [name for name in rheobase.names() if rheobase.info(name)["activation"] == name and name in LEARNED]
# Shape and axis: channels side by side, apart, one, none, and more than a block has threads.
SHAPES = [((40, 5), 1), ((3, 4, 50), 1), ((2, 300, 6), 1), ((5, 64), 0), ((4001,), -1), ((0, 3), 1)]


def numbers(name: str, channels: int, dtype: torch.dtype) -> list[torch.Tensor]:
    """Each parameter's default in the first channel, and others within its domain."""
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    found = []
    for p in rheobase.info(name)["parameters"]:
        value = float(p["default"])
        found.append(
            torch.full((channels,), value, dtype=wide) * torch.linspace(1, 1.5, channels, dtype=wide)
        )
    return found


def tensors(shape, dtype):
    count = torch.Size(shape).numel()
    return points(dtype, count).view(shape), gradients(dtype, count).view(shape)


def all_of(name, x, grad, parameters, axis):
    ops = LEARNED[name]
    results = [ops.value(x, *parameters, axis), ops.backward(grad, x, *parameters, axis)]
    for which in range(len(parameters)):
        results.append(ops.term(grad, x, *parameters, axis, which))
        results.append(ops.sum(grad, x, *parameters, axis, which))
    return results


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_learned_operators_are_the_cpus_bits(name, dtype):
    for shape, axis in SHAPES:
        x, grad = tensors(shape, DTYPES[dtype])
        channels = shape[axis] if axis >= 0 else 1
        parameters = numbers(name, channels, DTYPES[dtype])
        expected = all_of(name, x, grad, parameters, axis)
        found = all_of(name, x.cuda(), grad.cuda(), [p.cuda() for p in parameters], axis)
        for a, b in zip(found, expected, strict=True):
            assert a.shape == b.shape
            expect_same(a.flatten(), b.flatten(), b.flatten())


@pytest.mark.parametrize("dtype", DTYPES)
def test_any_layout_is_the_same_sum(dtype):
    name = NAMES[0]
    x, grad = tensors((6, 8, 10, 12), DTYPES[dtype])
    parameters = numbers(name, 8, DTYPES[dtype])
    on_device = [p.cuda() for p in parameters]
    expected = all_of(name, x, grad, parameters, 1)
    for view in (
        lambda t: t.cuda().to(memory_format=torch.channels_last),
        lambda t: t.cuda().transpose(2, 3).contiguous().transpose(2, 3),
        lambda t: torch.nn.functional.pad(t.cuda(), (1, 1))[..., 1:-1],
    ):
        for a, b in zip(all_of(name, view(x), view(grad), on_device, 1), expected, strict=True):
            expect_same(a.contiguous().flatten(), b.flatten(), b.flatten())


@pytest.mark.parametrize("dtype", DTYPES)
def test_channel_sums_are_the_cpus(dtype):
    for shape, axis in SHAPES:
        x = tensors(shape, DTYPES[dtype])[0].nan_to_num(1.0, 3e38 if dtype != "float16" else 6e4, -1.0)
        assert bool(same_bits(channel_sum(x.cuda(), axis).cpu(), channel_sum(x, axis)).all())


def test_a_large_sum_is_exact():
    x = torch.randn(1 << 26, generator=torch.Generator().manual_seed(4)) * 1e3
    assert bool(same_bits(channel_sum(x.cuda(), -1).cpu(), channel_sum(x, -1)).all())


def test_modules_learn_on_a_device():
    torch.manual_seed(1)
    module = rt.nn.PReLU(16)
    x, grad = torch.randn(64, 16, 9), torch.randn(64, 16, 9)
    module(x).backward(grad)
    expected = module.weight.grad.clone()
    module.weight.grad = None
    module.cuda()(x.cuda()).backward(grad.cuda())
    assert bool(same_bits(module.weight.grad.cpu(), expected).all())


def test_a_captured_graph_reads_parameters_when_it_is_replayed():
    ops = LEARNED[NAMES[0]]
    x = torch.randn(4096, 8, device="cuda")
    parameters = [p.cuda() for p in numbers(NAMES[0], 8, torch.float32)]
    ops.value(x, *parameters, 1)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        y = ops.value(x, *parameters, 1)
        total = ops.sum(x, x, *parameters, 1, 0)
    parameters[0].mul_(1.25)
    graph.replay()
    torch.cuda.synchronize()
    assert bool(same_bits(y, ops.value(x, *parameters, 1)).all())
    assert bool(same_bits(total, ops.sum(x, x, *parameters, 1, 0)).all())


def test_host_memory_goes_there_and_back():
    name = next(name for name in NAMES if len(LEARNED[name].parameters) == 1)
    x = points(torch.float32, 600)
    parameter = numbers(name, 5, torch.float32)
    y = torch.empty_like(x)
    cuda.learned(
        name, "value", "float32", (4, 5, 30), x.data_ptr(), y.data_ptr(), [(parameter[0].data_ptr(), 5)],
        host=True,
    )  # fmt: skip
    expect_same(y, LEARNED[name].value(x.view(4, 5, 30), *parameter, 1).flatten(), x)


def test_a_parameter_on_another_device_is_named():
    ops = LEARNED[NAMES[0]]
    x = torch.randn(4, 3, device="cuda")
    with pytest.raises((RuntimeError, ValueError), match="device|cuda|cpu"):
        ops.value(x, *numbers(NAMES[0], 3, torch.float32), 1)
