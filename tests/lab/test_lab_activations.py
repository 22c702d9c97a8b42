# SPDX-License-Identifier: Apache-2.0
"""Activations as a command line writes them, and the modules that they become."""

import pytest
import torch

import rheobase
import rheobase.torch
from rheobase._arguments import UsageError
from rheobase.lab import modules
from rheobase.lab.activations import Spec, parse

LABELS = {
    "relu": "relu",
    "hard_swish": "hardswish",  # an alias
    "elu:alpha=0.5": "elu:alpha=0.5",
    "elu: alpha = 0.50": "elu:alpha=0.5",
    "hardtanh:max_val=2,min_val=-2": "hardtanh:min_val=-2,max_val=2",  # the file's order
    "swish:learn": "swish:learn",
    "swish:beta=2,learn,per_unit": "swish:beta=2,learn,per_unit",
    "hardtanh:learn=max_val": "hardtanh:learn=max_val",
    "rrelu:lower=0.1": "rrelu:lower=0.1",
    "softmax": "softmax",
    "Learnable": "Learnable",
    "Adaptive:detach=true": "Adaptive:detach=true",
}

BAD = {
    "an unknown name": ("rellu", "relu"),
    "a parameter that is not there": ("elu:beta=1", "it has alpha"),
    "a parameter of a function without any": ("relu:alpha=1", "it has none"),
    "a parameter that is no number": ("elu:alpha=x", "'x'"),
    "a parameter that is not a number": ("elu:alpha=nan", "alpha"),
    "a parameter given twice": ("elu:alpha=1,alpha=2", "twice"),
    "a parameter without a value": ("elu:alpha", "alpha=NUMBER"),
    "a value that is missing": ("elu:alpha=", "'alpha='"),
    "nothing behind the colon": ("elu:", "nothing"),
    "learning without parameters": ("relu:learn", "no parameters to learn"),
    "learning random slopes": ("rrelu:learn", "no parameters to learn"),
    "learning a parameter that is not there": ("elu:learn=beta", "'beta'"),
    "one per unit without learning": ("elu:per_unit", "needs learn"),
    "a file without a callable": ("my.py:", "FILE.py:CALLABLE"),
}

BAD_FOR_TORCH = {
    "an unknown class": ("Learnible", "'Learnable'"),
    "an argument that a class lacks": ("Adaptive:slope=1", "'slope'"),
    "a value outside its domain": ("softplus:beta=-1", "beta"),
    "an infinite value": ("elu:alpha=inf", "alpha"),
    "values that do not go together": ("hardtanh:min_val=3", "min_val"),
    "a class that changes the shape": ("Gated:name=relu", "keep the shape"),
    "a class that needs more": ("Rational", "initial"),
}


@pytest.mark.parametrize("text", LABELS)
def test_a_label_is_the_shortest_text_that_is_read_back_as_the_same(text):
    spec = parse(text)
    assert spec.label == LABELS[text] and parse(spec.label) == spec
    assert spec.describe()["label"] == spec.label


@pytest.mark.parametrize("text, mentioned", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_named_in_one_line(text, mentioned):
    with pytest.raises(UsageError) as error:
        parse(text)
    assert mentioned in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("text, mentioned", BAD_FOR_TORCH.values(), ids=BAD_FOR_TORCH.keys())
def test_what_cannot_be_built_is_named_in_one_line(text, mentioned):
    with pytest.raises(UsageError) as error:
        modules.check(parse(text))
    assert mentioned in str(error.value) and text in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["unary", "random", "rows"])
def test_every_name_of_the_registry_can_be_trained(kind):
    for name in rheobase.names(kind):
        spec = parse(name)
        assert spec.kind == kind
        modules.check(spec)


@pytest.mark.parametrize("name", ["Learnable", "Adaptive", "DynamicReLU", "Rational:initial=tanh", "PReLU"])
def test_learned_classes_are_reached_by_their_names(name):
    spec = parse(name)
    modules.check(spec)
    assert list(modules.build(spec, 8).parameters())


def test_a_class_gets_as_many_channels_as_there_are_units():
    assert modules.build(parse("Learnable"), 8).a1.shape == (8,)


def test_a_parameter_that_is_given_is_that_of_the_function():
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)[:, None]
    made = modules.build(parse("elu:alpha=0.5"), 1)
    assert torch.equal(made(x), rheobase.torch.functional.elu(x, alpha=0.5))
    slopes = modules.slopes(parse("elu:alpha=0.5"), made, x)
    assert torch.equal(slopes, rheobase.torch.functional.derivative("elu", x, alpha=0.5))


@pytest.mark.parametrize("text, shape", [("swish:learn", (1,)), ("swish:learn,per_unit", (8,))])
def test_a_learned_parameter_is_one_or_one_for_each_unit(text, shape):
    made = modules.build(parse(text), 8)
    assert {name: tuple(p.shape) for name, p in made.named_parameters()} == {"beta": shape}


def test_only_the_named_parameter_is_learned():
    made = modules.build(parse("hardtanh:learn=max_val,max_val=2"), 4)
    assert [name for name, _ in made.named_parameters()] == ["max_val"] and made.max_val.item() == 2


def test_the_slopes_of_learned_modules_are_those_of_the_function_with_their_values():
    spec = parse("swish:learn,beta=1.5")
    x = torch.linspace(-4, 4, 21, dtype=torch.float32)[:, None]
    found = modules.slopes(spec, modules.build(spec, 1), x)
    expected = rheobase.torch.functional.derivative("swish", x.double(), beta=1.5)
    assert torch.allclose(found.double(), expected, rtol=1e-6, atol=1e-7)  # a few ulp of float32


@pytest.mark.parametrize("text", ["softmax", "DynamicReLU", "Maxout"])
def test_functions_of_several_inputs_have_no_slope_of_each(text):
    assert not modules.is_elementwise(parse(text))


@pytest.mark.parametrize("text", ["relu", "rrelu", "Learnable", "Adaptive", "swish:learn"])
def test_functions_of_one_input_do(text):
    assert modules.is_elementwise(parse(text))


def test_a_callable_of_a_file_is_an_activation(tmp_path):
    path = tmp_path / "own_activation.py"
    path.write_text(
        "import torch\n"
        "class Sine(torch.nn.Module):\n"
        "    def forward(self, x):\n"
        "        return torch.sin(x)\n"
        "def scaled(units):\n"
        "    return torch.nn.PReLU(units)\n"
    )
    sine, scaled = parse(f"{path}:Sine"), parse(f"{path}:scaled")
    assert sine == Spec(f"{path}:Sine", "file")
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)[:, None]
    assert torch.allclose(modules.slopes(sine, modules.build(sine, 1), x), torch.cos(x), atol=1e-15)
    assert modules.build(scaled, 8).weight.shape == (8,)
