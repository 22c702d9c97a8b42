# SPDX-License-Identifier: Apache-2.0
"""torch.compile: numbers that change from call to call are inputs of a graph, whose bits are eager mode's."""

import pytest
import torch
from torch_cases import DTYPES

import rheobase
from rheobase.torch import _random, _rows, _traced, functional
from rheobase.torch._ops import OPERATORS


def of_rows(name: str):
    return lambda x, v: _rows.FUNCTIONS[name](x[..., 0], -1, scale=v, mask=x[..., 1])


def of_derivative(name: str):
    defaults = {p.name: p.default for p in OPERATORS[name].parameters}
    return lambda x, v: functional.derivative(
        name, x, **{key: -v if default < 0 else v for key, default in defaults.items()}
    )


def of_random(name: str, training: bool):
    first = rheobase.info(name, "random")["parameters"][0]["name"]
    return lambda x, v: _random.FUNCTIONS[name](x, **{first: v / 10}, training=training)


ROWS = {f"rows: {name}": of_rows(name) for name in _rows.FUNCTIONS}
DERIVATIVES = {f"derivative: {name}": of_derivative(name) for name, o in OPERATORS.items() if o.parameters}
RANDOM = {
    f"random: {name}, {'training' if training else 'evaluation'}": of_random(name, training)
    for name in _random.FUNCTIONS
    for training in (False, True)
}
CALLS = ROWS | DERIVATIVES | RANDOM
FEW = [next(reversed(kind)) for kind in (ROWS, DERIVATIVES, RANDOM)]


def results(call, value: float, dtype: torch.dtype) -> list[torch.Tensor]:
    """The value, and the gradient by x."""
    torch.manual_seed(5)
    x = torch.randn(3, 9, 2).to(dtype).requires_grad_()
    y = call(x, value)
    grad = torch.linspace(-2, 2, y.numel()).reshape(y.shape).to(dtype)
    return [y.detach(), torch.autograd.grad(y, x, grad)[0]]


def assert_graphs(key, backend, dtype=torch.float32, dynamic=None, values=(0.5, 0.75, 1.25, 1.5, 2.5)):
    torch._dynamo.reset()
    compiled = torch.compile(CALLS[key], backend=backend, fullgraph=True, dynamic=dynamic)
    for count, value in enumerate(values):
        known = count >= (1 if dynamic else 2)
        with torch.compiler.set_stance("fail_on_recompile" if known else "default"):
            found, expected = (results(call, value, dtype) for call in (compiled, CALLS[key]))
        for a, b in zip(found, expected, strict=True):
            assert a.dtype == b.dtype == dtype and torch.equal(a, b), value


@pytest.mark.parametrize("key", CALLS)
def test_another_value_of_a_number_needs_no_other_graph(key):
    assert_graphs(key, "aot_eager")


@pytest.mark.parametrize("key", FEW)
def test_a_graph_that_is_run_as_it_was_read_has_all_values(key):
    assert_graphs(key, "eager")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("key", FEW)
def test_with_dynamic_shapes_one_graph_has_all_values(key, dtype):
    assert_graphs(key, "aot_eager", dtype, dynamic=True)


@pytest.mark.parametrize("key", FEW)
def test_whole_numbers_change_as_others_do(key):
    assert_graphs(key, "aot_eager", values=(2, 1, 3))


@pytest.mark.slow
@pytest.mark.parametrize("key", FEW)
def test_inductor_takes_numbers_that_change(key):
    with torch._inductor.config.patch(force_disable_caches=True, fallback_random=True):
        assert_graphs(key, "inductor", values=(0.5, 0.75, 1.25))


def test_numbers_out_of_their_domain_are_refused_in_compiled_code_too():
    compiled = torch.compile(CALLS["rows: softmax"], backend="aot_eager")
    for value in (0.5, 0.75):
        results(compiled, value, torch.float32)
    with pytest.raises(ValueError, match="scale must be a positive finite number, got -1"):
        compiled(torch.ones(2, 2), -1.0)


def softmax(role):
    return getattr(_rows._functions("_with")["softmax"], role)


def dropout(role):
    return getattr(_random._functions("_with")["alpha_dropout"], role)


OPERATORS_WITH_A_TENSOR = {
    "rows": lambda x, seed, n: (softmax("value"), (x, None, 1, n[0])),
    "rows, masked": lambda x, seed, n: (softmax("value"), (x, x.detach(), 1, n[0])),
    "rows, backward": lambda x, seed, n: (softmax("backward"), (x, x.detach(), 1, n[0])),
    "derivative": lambda x, seed, n: (_traced._derivatives()["elu"].value, (x, n)),
    "derivative's own": lambda x, seed, n: (_traced._derivatives()["elu"].second, (x, x.detach(), n)),
    "random": lambda x, seed, n: (dropout("value"), (x, seed, True, n)),
    "random, backward": lambda x, seed, n: (dropout("backward"), (x, x.detach(), seed, True, n)),
}


@pytest.mark.parametrize("key", OPERATORS_WITH_A_TENSOR)
def test_torchs_own_check_of_operators_that_take_a_tensor_passes(key):
    x, seed = torch.randn(3, 4, requires_grad=True), torch.tensor([1, 2])
    numbers = torch.tensor([0.25], dtype=torch.float64)
    op, arguments = OPERATORS_WITH_A_TENSOR[key](x, seed, numbers)
    torch.library.opcheck(op, arguments)
    plain = getattr(torch.ops.rheobase, op._opname.removesuffix("_with")).default
    assert torch.equal(op(*arguments), plain(*arguments[:-1], 0.25))
