# SPDX-License-Identifier: Apache-2.0
"""Modules and functions look like torch's: names, arguments, printed form, copies."""

import copy
import inspect
import io
import pickle
import re

import pytest
import torch
from torch_cases import (
    NAMES,
    TORCH_FUNCTIONS,
    TORCH_MODULES,
    aliases,
    argument_sets,
    function,
    required,
)

import rheobase
from rheobase.torch import _form_modules, _gates, _random, _rows, functional, nn
from rheobase.torch._forms import FORMS

OTHER_FUNCTIONS = [
    name
    for name in (*_rows.FUNCTIONS, *_random.FUNCTIONS, *_gates.TORCHS)
    if hasattr(torch.nn.functional, name)
]
OTHER_MODULES = [name for name in _form_modules.MODULES if hasattr(torch.nn, name)]
MODULES = [form.module for form in FORMS.values() if form.module]
X = torch.linspace(-3, 3, 25)


DEPRECATED = ("min_value", "max_value")  # torch's own warn when they are given


def arguments_of(call, ours=None) -> list[tuple]:
    """What a call takes. Where torch has no default, ours is what it is."""
    known = inspect.signature(ours).parameters if ours else {}
    found = []
    for p in inspect.signature(call).parameters.values():
        default = p.default
        if default is inspect.Parameter.empty and p.name in known:
            default = known[p.name].default
        if p.name not in DEPRECATED:
            found.append((p.name, p.kind, default))
    return found


def printed(module) -> str:
    """Torch names the arguments of some modules and not of others."""
    return re.sub(r"\b[a-z_]+=(?!True)", "", repr(module))


@pytest.mark.parametrize("module", TORCH_MODULES)
def test_constructors_take_torchs_arguments(module):
    mine, theirs = getattr(nn, module), getattr(torch.nn, module)
    assert arguments_of(mine) == arguments_of(theirs, mine)


@pytest.mark.parametrize("name", TORCH_FUNCTIONS)
def test_functions_take_torchs_arguments(name):
    theirs = getattr(torch.nn.functional, name)
    *mine, out = arguments_of(function(name))
    assert out == ("out", inspect.Parameter.KEYWORD_ONLY, None)  # which torch has for some only
    if not inspect.isbuiltin(theirs):
        assert mine == arguments_of(theirs, function(name))
        return
    first = theirs.__doc__.strip().splitlines()[0]  # "softplus(input, beta=1, threshold=20) -> Tensor"
    written = first[first.index("(") + 1 : first.index(")")].replace(" ", "").split(",")
    mine = [name if default is inspect.Parameter.empty else f"{name}={default!r}"
            for name, _, default in mine]  # fmt: skip
    assert [text.replace(".0", "") for text in mine] == written


@pytest.mark.parametrize("module", TORCH_MODULES)
def test_modules_print_as_torchs(module):
    mine, theirs = getattr(nn, module), getattr(torch.nn, module)
    arguments = required(theirs, module)
    assert printed(mine()) == printed(theirs(**arguments))
    shows_arguments = "extra_repr" in vars(theirs)  # Hardswish does not
    if shows_arguments and "inplace" in inspect.signature(mine).parameters:
        assert printed(mine(inplace=True)) == printed(theirs(**arguments, inplace=True))


def without_our_own(arguments: list[tuple]) -> list[tuple]:
    """Without what torch's do not have: those are by keyword only."""
    return [argument for argument in arguments if argument[1] is not inspect.Parameter.KEYWORD_ONLY]


@pytest.mark.parametrize("name", OTHER_FUNCTIONS)
def test_functions_of_rows_gates_and_random_numbers_take_torchs_arguments(name):
    assert without_our_own(arguments_of(function(name))) == arguments_of(getattr(torch.nn.functional, name))


@pytest.mark.parametrize("name", OTHER_MODULES)
def test_modules_of_rows_gates_and_random_numbers_look_like_torchs(name):
    mine, theirs = getattr(nn, name), getattr(torch.nn, name)
    assert arguments_of(mine) == arguments_of(theirs)
    assert repr(mine()) == repr(theirs())
    if "inplace" in inspect.signature(theirs).parameters:
        assert repr(mine(inplace=True)) == repr(theirs(inplace=True))
    assert mine.__module__ == "rheobase.torch.nn"
    assert set(vars(mine())) - {"_modules"} == set(vars(theirs())) - {"_modules"}


def test_torch_has_functions_and_modules_of_rows_gates_and_random_numbers():
    assert len(OTHER_FUNCTIONS) >= 6
    assert len(OTHER_MODULES) >= 7


def test_every_name_has_a_function_and_a_module():
    assert set(NAMES) <= set(functional.__all__)
    for name in NAMES:
        module = nn.module(name)
        assert isinstance(module, nn.Activation)
        assert isinstance(module, torch.nn.Module)
        assert type(module).__name__ in nn.__all__


@pytest.mark.parametrize("name", NAMES)
def test_the_module_of_a_name_has_the_declared_defaults(name):
    derivative = functional.derivative(name, X)
    x = X.clone().requires_grad_()
    nn.module(name)(x).sum().backward()
    assert torch.equal(x.grad, derivative)


def test_the_module_of_an_alias_is_that_of_its_name():
    for name in NAMES:
        for alias in aliases(name):
            assert repr(nn.module(alias)) == repr(nn.module(rheobase.info(alias)["name"]))


@pytest.mark.parametrize("name", [name for name in FORMS if FORMS[name].module])
def test_modules_survive_copies_and_pickles(name):
    for arguments in argument_sets(name):
        module = getattr(nn, FORMS[name].module)(**arguments).eval()
        file = io.BytesIO()
        torch.save(module, file)
        file.seek(0)
        copies = [
            copy.deepcopy(module),
            pickle.loads(pickle.dumps(module)),
            torch.load(file, weights_only=False),
        ]
        for other in copies:
            assert type(other) is type(module)
            assert repr(other) == repr(module)
            assert not other.training
            assert torch.equal(other(X), module(X))


def test_modules_hold_no_state():
    model = torch.nn.Sequential(*(getattr(nn, module)() for module in MODULES))
    assert model.state_dict() == {}
    assert not list(model.parameters())
    model.load_state_dict({}, strict=True)
    assert model.double()(X.double()).dtype == torch.float64


@pytest.mark.parametrize("name", [name for name in FORMS if FORMS[name].module])
def test_arguments_are_attributes_that_count(name):
    for arguments in argument_sets(name):
        module = getattr(nn, FORMS[name].module)()
        for argument, value in arguments.items():
            assert hasattr(module, argument)
            setattr(module, argument, value)
        assert torch.equal(module(X), function(name)(X, **arguments))


def test_a_class_that_takes_any_arguments_ignores_them():
    for form in FORMS.values():
        if form.ignores_arguments:
            assert torch.equal(getattr(nn, form.module)(54, unused=0.1)(X), function(form.function)(X))


@pytest.mark.parametrize("name", sorted(FORMS))
def test_help_states_formula_arguments_errors_and_sources(name):
    form = FORMS[name]
    texts = [function(name).__doc__] + ([getattr(nn, form.module).__doc__] if form.module else [])
    for text in texts:
        assert form.description["formula"] in text
        assert "ulp" in text
        for argument in form.defaults():
            assert f"    {argument}: " in text
        for reference in form.description["references"]:
            assert reference["url"] in text
    assert all(word in function(name).__doc__ for word in ("TypeError", "ValueError", "NotImplementedError"))


def test_signatures_carry_types():
    for name in FORMS:
        hints = inspect.get_annotations(function(name))
        assert hints["input"] is torch.Tensor
        assert hints["return"] is torch.Tensor
        assert function(name).__module__ == "rheobase.torch.functional"
