# SPDX-License-Identifier: Apache-2.0
"""Functions of rows on a GPU, bit by bit against the CPU's. Skipped without a GPU or a build with CUDA."""

import ctypes

import pytest

torch = pytest.importorskip("torch")
from test_cuda_device import DTYPES, same_bits  # noqa: E402  (skips this file too)

import rheobase  # noqa: E402
import rheobase.torch as rt  # noqa: E402
from rheobase import _calls, _core, cuda  # noqa: E402
from rheobase.torch._rows import ROWS  # noqa: E402

NAMES = rheobase.names("rows")
LENGTHS = [*range(1, 71), 255, 1024, 4096, 4097, 20000]


def dtype_name(x: torch.Tensor) -> str:
    return next(name for name, dtype in DTYPES.items() if dtype == x.dtype)


def sample(rows: int, length: int, dtype: torch.dtype, seed: int) -> torch.Tensor:
    """Rows of several spreads and offsets, every fifth with what is not finite."""
    generator = torch.Generator().manual_seed(seed * 1000003 + length)
    x = torch.randn(rows, length, generator=generator, dtype=torch.float64)
    kinds = torch.arange(rows)
    x = x * torch.tensor([0.1, 1, 10, 100, 1e4], dtype=torch.float64)[kinds % 5].unsqueeze(1)
    x = x + torch.tensor([0, -20, 39.5, 3e4], dtype=torch.float64)[kinds % 4].unsqueeze(1)
    odd = torch.tensor([-torch.inf, torch.inf, torch.nan, 0.0], dtype=torch.float64)
    at = kinds[kinds % 5 == 4]
    x[at, at % length] = odd[at % 4]
    return x.to(dtype)


def moved(t: torch.Tensor) -> torch.Tensor:
    """On the device, in the same layout: .cuda() keeps no gaps and no strides of 0."""
    whole = torch.empty(0, dtype=t.dtype).set_(t.untyped_storage())
    return whole.cuda().as_strided(t.shape, t.stride(), t.storage_offset())


def arguments(operands: dict[str, torch.Tensor]) -> tuple[dict, dict]:
    """Addresses and strides."""
    addresses = {name: t.data_ptr() for name, t in operands.items()}
    return addresses, {name: t.stride() for name, t in operands.items()}


def host(name, role, y, axis=-1, scale=1.0, **operands) -> torch.Tensor:
    """On the CPU, through the C ABI; into y."""
    addresses, strides = arguments({"y": y, **operands})
    call = _calls.filled(
        _calls.Rows,
        role=cuda.ROLES[role],
        format=cuda.FORMATS[dtype_name(y)],
        rank=y.dim(),
        axis=axis,
        scale=scale,
        shape=_calls.shape(*y.shape),
        **addresses,
        **{f"{operand}_strides": _calls.shape(*steps) for operand, steps in strides.items()},
    )
    _core._check(_core._library.rheo_rows_run(_calls.found("rheo_rows_find", name), ctypes.byref(call)))
    return y


def device(name, role, y, axis=-1, scale=1.0, **operands) -> torch.Tensor:
    """On the GPU, on torch's stream; into y."""
    addresses, strides = arguments({"y": y, **operands})
    cuda.rows(
        name,
        role,
        dtype_name(y),
        tuple(y.shape),
        axis=axis,
        scale=scale,
        strides=strides,
        stream=torch.cuda.current_stream().cuda_stream,
        **{"x": 0, **addresses},
    )
    return y


def expect_same(name, role, like: torch.Tensor, axis=-1, scale=1.0, **operands) -> torch.Tensor:
    """Both ways into memory laid out as `like`; returns the CPU's."""
    there = {key: moved(t) for key, t in operands.items()}
    expected = host(name, role, torch.empty_like(like), axis, scale, **operands)
    found = device(name, role, torch.empty_like(like, device="cuda"), axis, scale, **there).cpu()
    right = same_bits(found, expected)
    if not bool(right.all()):
        at = tuple(int(i) for i in (~right).nonzero()[0])
        count = f"{int((~right).sum())} of {right.numel()} differ"
        pytest.fail(f"{count}, first at {at}: {found[at]!r}, not {expected[at]!r}")
    return expected


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_results_are_the_cpus_bits(name, dtype):
    for length in LENGTHS:
        rows = 43 if length < 5000 else 9
        x, mask, grad = (sample(rows, length, DTYPES[dtype], seed) for seed in (1, 2, 3))
        for scale in (1.0, 0.3):
            value = expect_same(name, "value", x, scale=scale, x=x)
            expect_same(name, "value", x, scale=scale, x=x, mask=mask)
            expect_same(name, "backward", x, scale=scale, result=value, grad=grad)
            expect_same(name, "backward", x, scale=scale, x=x, mask=mask, grad=grad)


@pytest.mark.parametrize("length", [1024, 4097])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_long_rows_that_are_many_are_right(name, dtype, length):
    """They are walked by half warps; few long ones, as above, by blocks."""
    x, grad = (sample(4500, length, DTYPES[dtype], seed) for seed in (1, 3))
    value = expect_same(name, "value", x, x=x)
    expect_same(name, "backward", x, result=value, grad=grad)
    expect_same(name, "backward", x, x=x, grad=grad)


# Rounded exponentials begin behind 4,096 elements, in float32 alone.
@pytest.mark.parametrize(
    ("dtype", "length"), [*((d, n) for d in DTYPES for n in (1, 2, 19, 40)), ("float32", 4097)]
)
@pytest.mark.parametrize("name", NAMES)
def test_columns_that_are_many_are_right(name, dtype, length):
    """They are walked by a thread each."""
    x, grad = (sample(1000, length, DTYPES[dtype], seed).repeat(35, 1).t().contiguous() for seed in (1, 3))
    value = expect_same(name, "value", x, 0, x=x)
    expect_same(name, "backward", x, 0, result=value, grad=grad)
    expect_same(name, "backward", x, 0, x=x, grad=grad)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_that_float32_cannot_be_trusted_with_are_right(name):
    x = sample(43, 300, torch.float32, 1)
    value = host(name, "value", torch.empty_like(x), x=x)
    for slope in (0.0, 1e-44, 1e-30, 1e32, 1e34):
        grad = torch.randn_like(x) * slope
        for scale in (1e-38, 1.0, 3e38):
            expect_same(name, "backward", x, scale=scale, result=value, grad=grad)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", NAMES)
def test_all_patterns_of_16_bits_are_right(name, dtype):
    patterns = torch.arange(65536, dtype=torch.int32)
    x, grad = ((patterns * step % 65536).to(torch.int16).view(DTYPES[dtype]) for step in (7919, 40503))
    for length in (1, 4, 64):
        xs, grads = x.view(-1, length), grad.view(-1, length)
        value = expect_same(name, "value", xs, x=xs)
        expect_same(name, "value", xs, x=xs, mask=grads)
        expect_same(name, "backward", xs, result=value, grad=grads)
        expect_same(name, "backward", xs, x=xs, grad=grads)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_any_layout_is_right(name, dtype):
    x, mask = sample(24, 36, DTYPES[dtype], 1), sample(24, 36, DTYPES[dtype], 2)
    for view in (lambda t: t, lambda t: t.t(), lambda t: t.view(2, 12, 4, 9).permute(2, 0, 3, 1)):
        for axis in range(view(x).dim()):
            expect_same(name, "value", view(x), axis, x=view(x), mask=view(mask))
            expect_same(name, "backward", view(x), axis, x=view(x), grad=view(mask))
    hidden = mask[0].expand(24, 36)
    expect_same(name, "value", x, x=x, mask=hidden)


@pytest.mark.parametrize("name", NAMES)
def test_in_place_is_right(name):
    x, grad = sample(100, 333, torch.float32, 1).cuda(), sample(100, 333, torch.float32, 2).cuda()
    value = device(name, "value", torch.empty_like(x), x=x)
    backward = device(name, "backward", torch.empty_like(x), result=value, grad=grad)
    again, other = value.clone(), grad.clone()
    assert bool(same_bits(device(name, "backward", again, result=again, grad=grad), backward).all())
    assert bool(same_bits(device(name, "backward", other, result=value, grad=other), backward).all())
    assert bool(same_bits(device(name, "value", x, x=x), value).all())


@pytest.mark.parametrize("rows", [1, 2, 3, 15, 16, 17, 4223, 4225, 70_001])
def test_any_number_of_rows_is_right_and_nothing_else_is_written(rows):
    x = sample(rows, 19, torch.float32, 4)
    y = torch.full((rows + 2, 23), 7.0, device="cuda")
    device(NAMES[0], "value", y[1 : rows + 1, 2:21], x=x.cuda())
    expected = host(NAMES[0], "value", torch.empty_like(x), x=x)
    assert bool(same_bits(y[1 : rows + 1, 2:21].cpu(), expected).all())
    y[1 : rows + 1, 2:21] = 7
    assert bool((y == 7).all())


def test_more_than_two_to_the_31_elements_are_right():
    length = 1 << 10
    x = torch.empty((1 << 21) + 1, length, dtype=torch.bfloat16, device="cuda").normal_()
    y = device(NAMES[0], "value", torch.empty_like(x), x=x)
    for row in (0, 1 << 20, 1 << 21):
        alone = device(NAMES[0], "value", torch.empty_like(x[row : row + 1]), x=x[row : row + 1].clone())
        assert bool(same_bits(y[row : row + 1], alone).all())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_operators_and_functions_take_cuda_tensors(name, dtype):
    x, mask, grad = (sample(24, 36, DTYPES[dtype], seed) for seed in (1, 2, 3))
    rows = ROWS[name]
    for view in (
        lambda t: t,
        lambda t: t.t(),
        lambda t: t[::2, 1:],
        lambda t: t.view(2, 2, 2, 3, 2, 2, 3, 3),
    ):
        for axis in (0, -1):
            value = rows.value(view(x), view(mask), axis, 0.5)
            assert bool(
                same_bits(rows.value(view(x.cuda()), view(mask.cuda()), axis, 0.5).cpu(), value).all()
            )
            slope = rows.backward(view(grad), value, axis, 0.5)
            found = rows.backward(view(grad.cuda()), value.cuda(), axis, 0.5)
            assert bool(same_bits(found.cpu(), slope).all())
    with pytest.raises(RuntimeError, match="mask and x are not on the same device"):
        rows.value(x.cuda(), mask, -1, 1.0)


@pytest.mark.parametrize("function", rt._rows.FUNCTIONS)
def test_gradients_flow_and_graphs_record(function):
    run = rt._rows.FUNCTIONS[function]
    x = torch.randn(5, 7, dtype=torch.float64, device="cuda", requires_grad=True)
    visible = torch.rand(5, 7, device="cuda") < 0.8
    visible[:, 0] = True
    assert torch.autograd.gradcheck(lambda t: run(t, -1).exp(), (x,))
    assert run(x, -1, mask=visible).isfinite().any(dim=1).all()
    given = torch.randn(70, 900, device="cuda")
    expected = run(given, -1)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        y = run(given, -1)
    y.zero_()
    graph.replay()
    torch.cuda.synchronize()
    assert bool(same_bits(y, expected).all())


def test_host_arrays_come_back_right_with_their_gaps():
    x, y = sample(40, 70, torch.float32, 1), torch.full((40, 75), 7.0)
    expected = host(NAMES[0], "value", torch.empty_like(x), x=x)
    cuda.rows(
        NAMES[0], "value", "float32", (40, 70), x.data_ptr(), y.data_ptr(), strides={"y": (75, 1)}, host=True
    )
    assert bool(same_bits(y[:, :70], expected).all()) and bool((y[:, 70:] == 7).all())


def test_host_memory_is_refused_and_the_device_goes_on():
    x, y = torch.zeros(2, 4), torch.zeros(2, 4, device="cuda")
    with pytest.raises(cuda.Error, match="x is host memory"):
        cuda.rows(NAMES[0], "value", "float32", (2, 4), x.data_ptr(), y.data_ptr())
    with pytest.raises(cuda.Error, match="mask is host memory"):
        cuda.rows(NAMES[0], "value", "float32", (2, 4), y.data_ptr(), y.data_ptr(), mask=x.data_ptr())
    assert bool(device(NAMES[0], "value", y, x=y).isfinite().all())
