# SPDX-License-Identifier: Apache-2.0
"""Calls of torch's functions in a model's forward are mentioned, and replaced on request."""

import copy
import inspect
import pickle

import pytest
import torch
from torch.nn import functional as F  # noqa: N812  (as everybody calls it)
from torch.utils.checkpoint import checkpoint
from torch_cases import BOUND, OTHER_VALUE
from torch_swap_models import Net, encoder, used

from rheobase.torch import functional, swap

OURS = {"gelu", "sigmoid", "tanh", "swish"}


def calling(function) -> torch.nn.Module:
    return type("Calling", (torch.nn.Module,), {"forward": lambda self, *args: function(*args)})()


def test_calls_are_mentioned_with_the_way_to_replace_them():
    (left,) = swap(Net()).left
    assert left.what.startswith("calls of gelu, sigmoid in ")
    assert "functional=True" in left.reason
    swap(Net(), strict=True)  # known, if not replaced


def test_calls_are_replaced_on_request():
    torch.manual_seed(1)
    model, x = Net(), torch.randn(5, 8)
    exact = copy.deepcopy(model).double()(x.double())
    assert used(lambda: model(x)) == set()
    report = swap(model, functional=True)
    assert used(lambda: model(x)) == OURS
    assert torch.allclose(model(x).double(), exact, atol=1e-6)
    assert str(inspect.signature(model.forward)) == "(x)"
    assert not report.left
    report.undo()
    assert used(lambda: model(x)) == set()


FUNCTIONS = [form for form in BOUND if hasattr(F, form.function)]


@pytest.mark.parametrize("form", FUNCTIONS, ids=[form.function for form in FUNCTIONS])
def test_every_function_of_torchs_is_replaced_in_all_its_places(form):
    domains = {p["name"]: p["domain"] for p in form.description["parameters"]}
    arguments = {name: OTHER_VALUE[domains[name]] + i for i, name in enumerate(form.arguments)}
    x = torch.linspace(-3, 3, 12)
    expected = getattr(functional, form.function)(x, **arguments)
    called = 0
    for place in (F, torch, torch.Tensor):
        for name in (form.function, form.function + "_") if form.inplace else (form.function,):
            if not hasattr(place, name):
                continue
            theirs = getattr(place, name)
            model = calling(lambda x, theirs=theirs: theirs(x, *arguments.values()))
            swap(model, functional=True)
            given = x.clone()
            assert used(lambda model=model: model(x.clone()))
            assert torch.equal(model(given), expected)
            assert torch.equal(given, expected if name.endswith("_") else x)
            called += 1
    assert called


def test_what_ours_do_not_take_stays_torchs():
    cases = [
        (lambda x: torch.relu(x), torch.arange(-3, 3)),
        (lambda x: torch.relu(x), torch.randn(3).to_sparse()),
        (lambda x: torch.tanh(x), torch.randn(3, dtype=torch.complex64)),
        (lambda x: torch.tanh(x, out=torch.empty(3)), torch.randn(3)),
        (lambda x: torch.relu(x), torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])),
    ]
    for function, x in cases:  # ours would raise
        model = calling(function)
        swap(model, functional=True)
        result, expected = model(x), function(x)
        assert (result.layout, result.dtype, result.is_nested) == (
            expected.layout,
            expected.dtype,
            x.is_nested,
        )


def test_copies_and_pickles_replace_calls_on_their_own():
    model, x = Net(), torch.randn(3, 8)
    report = swap(model, functional=True)
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    report.undo()
    for other in copies:
        assert other.forward.module is other
        assert used(lambda other=other: other(x)) == OURS
    assert list(copies[0].state_dict()) == list(model.state_dict())


def test_a_forward_on_the_instance_is_kept():
    model = torch.nn.Linear(2, 2)
    own = model.forward = lambda x: torch.relu(x)
    report = swap(model, functional=True)
    assert used(lambda: model(torch.ones(2))) == {"relu"}
    report.undo()
    assert model.forward is own


def test_gradients_of_checkpointed_parts_are_those_of_what_ran():
    class Checkpointed(torch.nn.Module):
        def part(self, x):
            return torch.sigmoid(F.gelu(x))

        def forward(self, x):
            return checkpoint(self.part, x, use_reentrant=False)

    x = torch.randn(9, dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(torch.sigmoid(F.gelu(x)).sum(), x)
    model = Checkpointed()
    swap(model, functional=True)
    (gradient,) = torch.autograd.grad(model(x).sum(), x)
    assert torch.allclose(gradient, expected, rtol=1e-12)


def test_compiled_models_call_ours_without_a_break():
    torch._dynamo.reset()
    model, x = Net(), torch.randn(4, 8)
    swap(model, functional=True)
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    assert torch.equal(compiled(x), model(x))
    compiled(x).sum().backward()
    expected = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    model(x).sum().backward()
    assert all(torch.allclose(p.grad, e) for p, e in zip(model.parameters(), expected, strict=True))


def test_the_fused_path_of_an_encoder_is_not_taken():
    model = encoder().eval()
    swap(model, functional=True)
    with torch.no_grad():
        assert used(lambda: model(torch.randn(2, 3, 8))) == {"gelu"}
