# SPDX-License-Identifier: Apache-2.0
"""Wrong arguments raise before the operator runs, with one line that names argument and value."""

import math
from functools import partial

import pytest
import torch
from torch_cases import NAMES, function

import rheobase
from rheobase.torch import _evaluate, functional, nn
from rheobase.torch._forms import FORMS, learned_class
from rheobase.torch._learned import LEARNED

X = torch.linspace(-1, 1, 5)
WITH_PARAMETERS = [(name, argument) for name, form in FORMS.items() for argument in form.arguments]
DOMAINS = {(name, p["name"]): p["domain"] for name in NAMES for p in rheobase.info(name)["parameters"]}

WRONG_NUMBERS = {
    "finite": [math.inf, -math.inf],
    "positive": [0.0, -1.0, math.inf],
    "nonnegative": [-1.0, -1e-300, math.inf],
    "nonzero": [0.0, -0.0, math.inf],
    "finite_or_infinite": [],
}
# Right as doubles, wrong once rounded to float32.
WRONG_IN_FLOAT32 = {
    "finite": [3.5e38],
    "positive": [2.0**-150],
    "nonnegative": [3.5e38],
    "nonzero": [-(2.0**-150)],
    "finite_or_infinite": [1e39],
}


def holds(name, argument, value, x=X) -> bool:
    """Whether the function takes that value, which the others' defaults may forbid: the message names all."""
    try:
        return function(name)(x, **{argument: value}).shape == x.shape
    except ValueError as error:
        assert str(error).count(" is ") == len(FORMS[name].arguments) > 1, error
        return False


def test_parameters_that_do_not_go_together_are_a_value_error():
    found = 0
    for name, argument in WITH_PARAMETERS:
        for value in (-3.4e38, 3.4e38):
            if DOMAINS[name, argument] != "finite" or holds(name, argument, value):
                continue
            found += 1
            with pytest.raises(ValueError, match=f"{argument} is .*; expected"):
                nn.module(name, **{argument: value})
            with pytest.raises(ValueError, match=f"{argument} is .*; expected"):
                functional.derivative(name, X, **{argument: value})
    assert found > 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0, 2.0], "input must be a torch.Tensor, not list"),
        (1.0, "input must be a torch.Tensor, not float"),
        (None, "input must be a torch.Tensor, not NoneType"),
        (torch.arange(3), "input has dtype torch.int64"),
        (torch.ones(3, dtype=torch.bool), "input has dtype torch.bool"),
        (torch.ones(3, dtype=torch.complex64), "input has dtype torch.complex64"),
        (torch.ones(3).to(torch.float8_e4m3fn), "input has dtype torch.float8_e4m3fn"),
    ],
    ids=str,
)
def test_what_is_no_float_tensor_is_a_type_error(name, value, message):
    with pytest.raises(TypeError, match=f"^{name}: {message}"):
        function(name)(value)
    with pytest.raises(TypeError, match=message):
        functional.derivative(name, value)
    with pytest.raises(TypeError, match=message):
        nn.module(name)(value)


@pytest.mark.parametrize(("name", "argument"), WITH_PARAMETERS)
def test_a_parameter_outside_its_domain_is_a_value_error(name, argument):
    domain = DOMAINS[name, argument]
    for value in [math.nan, *WRONG_NUMBERS[domain]]:
        for call in (
            lambda value=value: function(name)(X, **{argument: value}),
            lambda value=value: function(name)(X.double(), **{argument: value}),
            lambda value=value: nn.module(name, **{argument: value}),
            lambda value=value: functional.derivative(name, X, **{argument: value}),
        ):
            with pytest.raises(ValueError, match=f": {argument} must be .*, got {value}$"):
                call()


@pytest.mark.parametrize(("name", "argument"), WITH_PARAMETERS)
def test_parameters_are_judged_after_rounding(name, argument):
    for value in WRONG_IN_FLOAT32[DOMAINS[name, argument]]:
        with pytest.raises(ValueError, match=f"{argument} must be .* in torch.float32, got"):
            function(name)(X, **{argument: value})
        assert holds(name, argument, value, X.double()) or holds(name, argument, -value, X.double())


@pytest.mark.parametrize(("name", "argument"), WITH_PARAMETERS)
def test_the_library_judges_parameters_as_python_does(name, argument):
    """The operators themselves may be called with anything: the core then raises, with the same verdict."""
    form = FORMS[name]
    position = [p.name for p in form.callee.operators.parameters].index(argument)
    for value in [
        math.nan,
        *WRONG_NUMBERS[DOMAINS[name, argument]],
        *WRONG_IN_FLOAT32[DOMAINS[name, argument]],
    ]:
        parameters = list(form.callee.constants)
        parameters[position] = value
        with pytest.raises(RuntimeError, match=f"rheobase::.*{argument} is .*; expected"):
            form.callee.operators.value(X, *parameters)
    for value in (2.0**-149, 3.4e38):
        assert holds(name, argument, value) or holds(name, argument, -value)


@pytest.mark.parametrize(("name", "argument"), WITH_PARAMETERS)
@pytest.mark.parametrize(
    "value", [torch.tensor(1.0), "1", None, [1.0], 1j], ids=lambda value: type(value).__name__
)
def test_what_is_no_number_is_a_type_error(name, argument, value):
    message = f"{argument} must be a Python number, not {type(value).__name__}"
    if isinstance(value, torch.Tensor) and learned_class(name):
        # Torch's weight may have no dimension.
        assert torch.equal(function(name)(X, value), function(name)(X, value.item()))
    else:
        with pytest.raises(TypeError, match=message):
            function(name)(X, **{argument: value})
    with pytest.raises(TypeError, match=message):
        nn.module(name, **{argument: value})
    with pytest.raises(TypeError, match=message):
        functional.derivative(name, X, **{argument: value})


@pytest.mark.parametrize(("name", "argument"), WITH_PARAMETERS)
def test_any_kind_of_real_number_will_do(name, argument):
    numpy = pytest.importorskip("numpy")
    two = 2 if holds(name, argument, 2.0) else -2
    expected = function(name)(X, **{argument: float(two)})
    for value in (two, numpy.float32(two), numpy.float64(two), numpy.int64(two)):
        assert torch.equal(function(name)(X, **{argument: value}), expected)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_argument_is_a_type_error(name):
    with pytest.raises(TypeError, match="slpoe"):
        function(name)(X, slpoe=1.0)
    with pytest.raises(TypeError, match=f"{name} has no parameter 'slpoe'"):
        functional.derivative(name, X, slpoe=1.0)
    if not FORMS[name].ignores_arguments:
        with pytest.raises(TypeError, match="slpoe|argument"):
            nn.module(name, slpoe=1.0)


def test_a_misspelt_parameter_is_put_right():
    for name, argument in WITH_PARAMETERS:
        if len(argument) > 4:
            with pytest.raises(TypeError, match=f"did you mean '{argument}'"):
                functional.derivative(name, X, **{argument[:-1]: 1.0})


def test_a_misspelt_name_is_put_right():
    for name in NAMES:
        if len(name) > 5:
            for call in (functional.derivative, lambda name, x: nn.module(name)):
                with pytest.raises(ValueError, match=name[:3]):
                    call(name[:-1] + "zz", X)
    for call in (functional.derivative, lambda name, x: nn.module(name)):
        with pytest.raises(ValueError, match="no such thing"):
            call("no such thing", X)
        with pytest.raises(TypeError, match="name must be a str, not int"):
            call(3, X)


def test_an_unknown_choice_is_a_value_error():
    for form in FORMS.values():
        if form.choice:
            for value in ("no such form", 3, None, []):
                for call in (partial(function(form.function), X), getattr(nn, form.module)):
                    with pytest.raises(ValueError, match=f"{form.choice.argument} must be one of .*, got "):
                        call(**{form.choice.argument: value})


def test_other_devices_are_refused_and_meta_tensors_are_not():
    fake = torch._subclasses.FakeTensorMode()
    with fake:
        elsewhere = torch.empty(3, device="cuda")
    for name in NAMES:
        with pytest.raises(NotImplementedError, match=f"{name}: input is on device cuda.*; only the CPU"):
            function(name)(elsewhere)
        meta = torch.empty(3, 4, device="meta").t()
        assert function(name)(meta).stride() == meta.stride()


@pytest.mark.parametrize("name", LEARNED)
def test_learned_parameters_are_taken_on_devices_that_have_operators(name, monkeypatch):
    monkeypatch.setattr(_evaluate, "DEVICES", (*_evaluate.DEVICES, "cuda"))
    with torch._subclasses.FakeTensorMode(), torch.no_grad():  # autograd wants a device
        x = torch.empty(2, 3, 4, device="cuda")
        y = nn.Learned(name, channels=3, device="cuda")(x)
    assert y.shape == x.shape and y.device.type == "cuda"


@pytest.mark.parametrize("name", NAMES)
def test_operators_name_the_dtype_and_the_shape_that_are_wrong(name):
    operators = FORMS[name].callee.operators
    with pytest.raises(RuntimeError, match="x has dtype Int"):
        operators.value(torch.ones(3, dtype=torch.int32))
    with pytest.raises(RuntimeError, match="grad has dtype Float, x has Double"):
        operators.backward(X, X.double())
    with pytest.raises(RuntimeError, match="grad and x differ in shape"):
        operators.backward(X[:1], X)
    with pytest.raises(RuntimeError, match="out and x differ in shape"):
        operators.out(X, out=torch.empty(4))


def test_a_refused_call_leaves_the_output_alone():
    for form in FORMS.values():
        if form.inplace:
            x = X.clone()
            for argument in form.arguments:
                with pytest.raises(ValueError, match=argument):
                    function(form.function)(x, **{argument: math.nan}, inplace=True)
            assert torch.equal(x, X)
