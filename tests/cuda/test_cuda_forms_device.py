# SPDX-License-Identifier: Apache-2.0
"""Gates and functions of random numbers on a GPU, bit by bit against the CPU's. Skipped without a GPU."""

import pytest

torch = pytest.importorskip("torch")
from cuda_cases import (  # noqa: E402
    DTYPES,
    NAMES,
    SOME,
    dtype_name,
    expect_same,
    gradients,
    packed,
    points,
    same_bits,
)

import rheobase  # noqa: E402
import rheobase.torch as rt  # noqa: E402
from rheobase import cuda  # noqa: E402
from rheobase.torch._gates import GATES, LAYOUTS, TWO_TENSORS  # noqa: E402
from rheobase.torch._random import RANDOM  # noqa: E402

RANDOM_NAMES = rheobase.names("random")
NUMBERS = [(0.0, 0.0), (7.0, 1.0), (0.0, -0.25)]
SEED = torch.tensor([0x0123456789ABCDEF, -5], dtype=torch.int64)


def factors(dtype: torch.dtype, count: int) -> list[torch.Tensor]:
    """a, b and a gradient, in which a number meets others than its own neighbours."""
    generator = torch.Generator().manual_seed(3)
    mixed = [
        t[torch.randperm(count, generator=generator)] for t in (gradients(dtype, count), points(dtype, count))
    ]
    return [points(dtype, count), *mixed]


def both_ways(name, a, b, grad, layout=TWO_TENSORS, limit=0.0, offset=0.0):
    """The value and both gradients, by the operators of the device that the tensors are on."""
    gate = GATES[rheobase.info(name)["activation"]]
    rest = (layout, limit, offset, *packed(name, gate.activation.parameters))
    da, db = gate.backward(grad, a, b, *rest)
    return [gate.value(a, b, *rest), da, db]


def expect_same_ways(given: list[torch.Tensor | None], name: str, *rest) -> None:
    on_device = both_ways(name, *(None if t is None else t.cuda() for t in given), *rest)
    for found, expected in zip(on_device, both_ways(name, *given, *rest), strict=True):
        assert found.shape == expected.shape and found.stride() == expected.stride()
        expect_same(found.flatten(), expected.flatten(), given[0].flatten())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_gates_are_the_cpus_bits(name, dtype):
    for limit, offset in NUMBERS:
        expect_same_ways(factors(DTYPES[dtype], 1 << 16), name, TWO_TENSORS, limit, offset)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_gates_of_one_tensor_are_the_cpus_bits_for_any_width(name, dtype, layout):
    for width in (1, 3, 8, 13, 64, 1000):
        a, b, grad = (t.view(7, width) for t in factors(DTYPES[dtype], 7 * width))
        both = torch.cat((a, b), dim=-1)
        expect_same_ways([both, None, grad], name, layout, 7.0, 0.5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_gates_take_any_layout_of_tensors(dtype):
    a, b, grad = (t.view(24, 36) for t in factors(DTYPES[dtype], 24 * 36))
    for view in (lambda t: t, lambda t: t.t(), lambda t: t[::2, 1:], lambda t: t[:, :1].expand(24, 36)):
        expect_same_ways([view(a), view(b), view(grad)], SOME[0])
        expect_same_ways([view(a), view(b).contiguous(), view(grad)], SOME[0])
    expect_same_ways([a.t(), None, grad.t()[:, :12]], SOME[0], LAYOUTS["halves"])


def run_gate(name, role, a, b=None, **settings):
    """Through the C ABI, on torch's stream."""
    numbers = {key: v.data_ptr() if isinstance(v, torch.Tensor) else v for key, v in settings.items()}
    cuda.gate(
        name,
        role,
        dtype_name(a),
        a.numel() if b is not None else a.numel() // 2,
        a.data_ptr(),
        0 if b is None else b.data_ptr(),
        stream=torch.cuda.current_stream().cuda_stream,
        **numbers,
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ["two_arrays", *LAYOUTS])
def test_any_length_and_alignment_of_a_gate_is_right_and_nothing_else_is_written(layout, dtype):
    a, b, grad = (t.cuda() for t in factors(DTYPES[dtype], 4096))
    for length in (1, 2, 3, 7, 8, 9, 31, 255, 256, 1001):
        for begin in range(0, 9):
            two = layout == "two_arrays"
            size = length if two else 2 * length
            first, second = a[begin : begin + size], b[begin : begin + size] if two else None
            memory = [torch.full((4096,), 7.0, dtype=a.dtype, device="cuda") for _ in range(3)]
            y, da, db = memory[0][begin : begin + length], *(m[begin : begin + size] for m in memory[1:])
            settings = {"layout": layout, "width": length, "limit": 7.0}
            run_gate(SOME[0], "value", first, second, y=y, **settings)
            extra = {"db": db} if two else {}
            run_gate(
                SOME[0], "backward", first, second, grad=grad[:length].clone(), da=da, **extra, **settings
            )
            number = TWO_TENSORS if two else LAYOUTS[layout]
            expected = both_ways(SOME[0], first, second, grad[:length], number, 7.0)
            assert bool(same_bits(y, expected[0]).all()) and bool(same_bits(da, expected[1]).all())
            assert not two or bool(same_bits(db, expected[2]).all())
            for m, n in zip(memory, (length, size, size if two else 0), strict=True):
                assert bool((m[:begin] == 7).all()) and bool((m[begin + n :] == 7).all())


def test_gradients_of_a_gate_may_overwrite_its_factors():
    a, b, grad = (t.cuda() for t in factors(torch.float32, 100_003))
    value, da, db = both_ways(SOME[0], a, b, grad)
    first, second = a.clone(), b.clone()
    run_gate(SOME[0], "backward", first, second, grad=grad, da=first, db=second)
    assert bool(same_bits(first, da).all()) and bool(same_bits(second, db).all())
    run_gate(SOME[0], "value", a, b, y=b)
    assert bool(same_bits(b, value).all())


def test_more_than_two_to_the_31_elements_of_a_gate_are_right():
    rows, width = (1 << 20) + 3, 1025
    both = torch.empty(rows, 2 * width, dtype=torch.bfloat16, device="cuda").normal_()
    y = rt.functional.gated(SOME[0], both)
    for part in (slice(0, 3), slice(rows // 2, rows // 2 + 3), slice(rows - 3, rows)):
        assert bool(same_bits(y[part], rt.functional.gated(SOME[0], both[part].clone())).all())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_flow_through_gates(layout):
    both = torch.randn(5, 14, dtype=torch.float64, device="cuda", requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: rt.functional.gated(SOME[0], t, layout=layout), (both,))


def expect_same_draws(name, x, grad, seed=SEED, **settings):
    random = RANDOM[name]
    values = [float(p["default"]) for p in rheobase.info(name, "random")["parameters"]]
    for training in (False, True):
        found = random.value(x.cuda(), seed, training, *values)
        expected = random.value(x, seed, training, *values)
        assert found.stride() == expected.stride()
        expect_same(found.flatten(), expected.flatten(), x.flatten())
        found = random.backward(grad.cuda(), x.cuda(), seed, training, *values)
        expect_same(found.flatten(), random.backward(grad, x, seed, training, *values).flatten(), x.flatten())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", RANDOM_NAMES)
def test_random_functions_draw_the_cpus_numbers(name, dtype):
    x, grad, _ = factors(DTYPES[dtype], (1 << 18) + 5)
    expect_same_draws(name, x, grad)


@pytest.mark.parametrize("name", RANDOM_NAMES)
def test_random_functions_take_any_layout(name):
    x, grad, _ = (t.view(24, 36) for t in factors(torch.float32, 24 * 36))
    for view in (lambda t: t.t(), lambda t: t[::2, 1:], lambda t: t[:, :1].expand(24, 36)):
        expect_same_draws(name, view(x), view(grad))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", RANDOM_NAMES)
def test_a_part_of_a_tensor_has_the_numbers_of_the_whole(name, dtype):
    x = points(DTYPES[dtype], 3001).cuda()
    stream = torch.cuda.current_stream().cuda_stream

    def drawn(part, first, begin):
        memory = torch.zeros(part.numel() + 8, dtype=x.dtype, device="cuda")
        y = memory[begin : begin + part.numel()]
        cuda.random(
            name,
            "value",
            dtype,
            part.numel(),
            part.data_ptr(),
            y.data_ptr(),
            seed=7,
            first=first,
            stream=stream,
        )
        return y

    whole = drawn(x, 0, 0)
    for first in (1, 2, 3, 4, 7, 500):
        for begin in (0, 1, 5):
            assert bool(same_bits(drawn(x[first:], first, begin), whole[first:]).all())


def test_a_graph_records_gates_and_random_functions():
    a, b, _ = (t.cuda() for t in factors(torch.float32, 70_000))
    draw = getattr(rt.functional, next(iter(rt._random.FUNCTIONS)))
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        y = rt.functional.gated(SOME[0], a, b)
        z = draw(a, training=False)
    y.zero_(), z.zero_()
    graph.replay()
    torch.cuda.synchronize()
    assert bool(same_bits(y, rt.functional.gated(SOME[0], a, b)).all())
    assert bool(same_bits(z, draw(a, training=False)).all())


def test_host_arrays_of_both_forms_come_back_right():
    a, b, grad = factors(torch.float32, 10_001)
    y, da, db = (torch.empty_like(a) for _ in range(3))
    cuda.gate(SOME[0], "value", "float32", a.numel(), a.data_ptr(), b.data_ptr(), y=y.data_ptr(), host=True)
    cuda.gate(
        SOME[0],
        "backward",
        "float32",
        a.numel(),
        a.data_ptr(),
        b.data_ptr(),
        grad=grad.data_ptr(),
        da=da.data_ptr(),
        db=db.data_ptr(),
        host=True,
    )
    for found, expected in zip((y, da, db), both_ways(SOME[0], a, b, grad), strict=True):
        expect_same(found, expected, a)
    name = RANDOM_NAMES[0]
    cuda.random(name, "value", "float32", a.numel(), a.data_ptr(), y.data_ptr(), seed=3, offset=4, host=True)
    values = [float(p["default"]) for p in rheobase.info(name, "random")["parameters"]]
    expect_same(y, RANDOM[name].value(a, torch.tensor([3, 4]), True, *values), a)
