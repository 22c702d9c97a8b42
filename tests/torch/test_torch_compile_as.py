# SPDX-License-Identifier: Apache-2.0
"""compile_as: recorded formulas in torch's operations, compiled, exported and differentiated."""

import io
import math

import pytest
import torch
from torch_cases import ACTIVATIONS, CASES, case_id, function, smooth_points

import rheobase
import rheobase.torch
from rheobase.torch import _formula
from rheobase.torch._ops import OPERATORS

SPECIAL = torch.tensor([math.inf, -math.inf, 3e38, -3e38, 1e15, -1e15, 0.0])


@pytest.fixture(scope="module")
def formulas():
    rheobase.torch.compile_as("formula")
    rheobase.torch.compile_as("operator")
    return _formula.FORMULAS


def defaults(name):
    return [p.default for p in OPERATORS[name].parameters]


def operator(name, role, x):
    return getattr(OPERATORS[name], role)(
        x, *(None if p.optional else p.default for p in OPERATORS[name].parameters)
    )


@pytest.mark.parametrize("role", ["value", "derivative"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_formula_is_its_activation_in_float64(formulas, name, role):
    """To 1e-12 of the scale: torch's float64 functions are a few ulp off, and formulas cancel near zeros."""
    x = torch.linspace(-20, 20, 4001, dtype=torch.float64)
    found, expected = getattr(formulas[name], role)(x, *defaults(name)), operator(name, role, x)
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("role", ["value", "derivative"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_formula_has_limits_and_keeps_nan(formulas, name, role):
    found = getattr(formulas[name], role)(SPECIAL, *defaults(name))
    torch.testing.assert_close(found, operator(name, role, SPECIAL), rtol=1e-6, atol=1e-30)
    assert getattr(formulas[name], role)(torch.tensor(math.nan), *defaults(name)).isnan()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_16_bit_numbers_are_rounded_once(formulas, name, dtype):
    x = torch.linspace(-9, 9, 501).to(dtype)
    found = formulas[name].value(x, *defaults(name))
    expected = formulas[name].value(x.float(), *defaults(name)).to(dtype)
    assert found.dtype == dtype and torch.equal(found, expected)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_of_formulas_pass_gradcheck(formulas, name):
    x = smooth_points(name, {}).requires_grad_()
    assert torch.autograd.gradcheck(lambda v: formulas[name].apply(v, *defaults(name)), (x,))


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=case_id)
def test_export_leaves_no_operator_of_ours(name, arguments):
    class Model(torch.nn.Module):
        def forward(self, x):
            return function(name)(x * 2, **arguments)

    x = torch.linspace(-4, 4, 33)
    with rheobase.torch.compile_as("formula"):
        program = torch.export.export(Model(), (x,), strict=True)
    targets = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
    assert targets and not [target for target in targets if "rheobase" in target]
    torch.testing.assert_close(program.module()(x), Model()(x), rtol=2e-6, atol=2e-7)


@pytest.mark.slow
def test_compiled_formulas_are_fused_and_differentiated():
    names = ["softplus", "elu", "gelu"]

    def chain(x):
        for name in names:
            x = function(name)(x + 0.25)
        return x

    x = torch.linspace(-4, 4, 1001, requires_grad=True)
    expected = torch.autograd.grad(chain(x).sum(), x)[0]
    with rheobase.torch.compile_as("formula"):
        compiled = torch.compile(chain, fullgraph=True)
        y = compiled(x)
        found = torch.autograd.grad(y.sum(), x)[0]
    torch.testing.assert_close(y, chain(x), rtol=2e-6, atol=1e-6)
    torch.testing.assert_close(found, expected, rtol=2e-6, atol=1e-6)


def test_formulas_are_right_under_torch_func_inside_compile():
    name = ACTIVATIONS[-1]

    def slopes(x):
        return torch.func.vmap(torch.func.grad(function(name)))(x)

    x = torch.linspace(-3, 3, 11) * 1.25
    with rheobase.torch.compile_as("formula"):
        found = torch.compile(slopes, backend="aot_eager", fullgraph=True)(x)
    torch.testing.assert_close(found, slopes(x))


def test_changing_the_form_compiles_anew():
    graphs = []

    def backend(graph, _):
        graphs.append(graph)
        return graph.forward

    compiled = torch.compile(function("tanh"), backend=backend, fullgraph=True)
    x = torch.linspace(-1, 1, 5)
    compiled(x)
    with rheobase.torch.compile_as("formula"):
        compiled(x)
    compiled(x)
    ours = ["rheobase" in str(graph.code) for graph in graphs]
    assert ours == [True, False]


def test_a_changed_parameter_compiles_at_most_once_more():
    count = 0

    def backend(graph, _):
        nonlocal count
        count += 1
        return graph.forward

    name = next(name for name in ACTIVATIONS if len(OPERATORS[name].parameters) == 1)
    parameter = OPERATORS[name].parameters[0].name
    with rheobase.torch.compile_as("formula"):
        compiled = torch.compile(
            lambda x, p: function(name)(x, **{parameter: p}), backend=backend, fullgraph=True
        )
        for value in (0.5, 0.625, 0.75, 0.875, 1.25):
            x = torch.linspace(-3, 3, 9)
            torch.testing.assert_close(compiled(x, value), function(name)(x, **{parameter: value}))
    assert count <= 2


@pytest.mark.parametrize("form", ["formulas", None, 1])
def test_another_form_is_refused(form):
    with pytest.raises(ValueError, match="form must be 'operator' or 'formula'"):
        rheobase.torch.compile_as(form)
    assert not _formula._as_formula


def test_the_form_is_restored_after_an_error():
    with pytest.raises(KeyError), rheobase.torch.compile_as("formula"):
        raise KeyError
    assert not _formula._as_formula


def test_an_exported_program_runs_from_its_file():
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), rheobase.torch.nn.module(ACTIVATIONS[0]))
    x = torch.randn(3, 4)
    with rheobase.torch.compile_as("formula"):
        program = torch.export.export(model, (x,))
    file = io.BytesIO()
    torch.export.save(program, file)
    file.seek(0)
    torch.testing.assert_close(torch.export.load(file).module()(x), model(x))
