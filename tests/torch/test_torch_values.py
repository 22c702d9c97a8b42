# SPDX-License-Identifier: Apache-2.0
"""Values and gradients against torch.nn.functional in float64."""

import pytest
import torch
from torch_cases import CASES, NAMES, TORCH_FUNCTIONS, aliases, argument_sets, case_id, function, required

import rheobase
from rheobase.torch import functional

# torch's own gelu has no third form.
TORCH_CASES = [
    (name, arguments)
    for name in TORCH_FUNCTIONS
    for arguments in argument_sets(name)
    if not ("approximate" in arguments and arguments["approximate"] == "sigmoid")
]

# To the left of -5 torch's float64 loses digits: it adds 1 to an erf or a tanh that is within 1e-6 of -1.
POINTS = torch.cat(
    [torch.linspace(-5, 8, 1301, dtype=torch.float64), torch.tensor([30.0, 100.0, 1e4])]
).float()

# One ulp of a float32 is at most 2^-23 of it; a parameter that is rounded to it costs up to half of that.
FLOAT32 = {"rtol": 2**-22, "atol": 1e-14}
# Four ulp are at most 2^-50; the sums above leave absolute errors of a few 2^-53 in torch's own results.
FLOAT64 = {"rtol": 2**-50, "atol": 4e-15}

# Where torch's own constants have the precision of float32 in float64 too: 1/6.
IMPRECISE = {("hardsigmoid", torch.float64): {"rtol": 2**-24, "atol": 4e-15}}


def torchs(name):
    """Torch's function, with our defaults where it has none."""
    call = getattr(torch.nn.functional, name)
    needed = required(call, name)
    return lambda x, **arguments: call(x, **(needed | arguments))


def value_and_gradient(call, x, arguments):
    x = x.clone().requires_grad_()
    y = call(x, **arguments)
    y.sum().backward()
    return y.detach(), x.grad


@pytest.mark.parametrize(("name", "arguments"), TORCH_CASES, ids=case_id)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, FLOAT32), (torch.float64, FLOAT64)], ids=str
)
def test_values_and_gradients_agree_with_torch(name, arguments, dtype, tolerance):
    expected = value_and_gradient(torchs(name), POINTS.double(), arguments)
    found = value_and_gradient(function(name), POINTS.to(dtype), arguments)
    tolerance = IMPRECISE.get((name, dtype), tolerance)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == dtype
        torch.testing.assert_close(mine.double(), theirs, **tolerance)


@pytest.mark.parametrize("name", TORCH_FUNCTIONS)
def test_at_kinks_the_gradient_is_torchs(name):
    kinks = [float(kink) for kink in rheobase.info(name)["facts"]["kinks"]]
    x = torch.tensor([*kinks, 0.0, -0.0])
    value, gradient = value_and_gradient(function(name), x, {})
    expected_value, expected_gradient = value_and_gradient(torchs(name), x, {})
    torch.testing.assert_close(value, expected_value, rtol=2**-22, atol=0)
    torch.testing.assert_close(gradient, expected_gradient, rtol=2**-22, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_nan_stays_nan(name):
    value = function(name)(torch.tensor([1.0, float("nan")]))
    assert value.isnan().tolist() == [False, True]


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=case_id)
def test_derivative_is_the_gradient_of_a_sum(name, arguments):
    if "approximate" in arguments:
        pytest.skip("the name alone says which activation is meant")
    x = POINTS[:1301]
    description = rheobase.info(name)
    defaults = {p["name"]: float(p["default"]) for p in description["parameters"]}
    found = functional.derivative(name, x, **(defaults | arguments))
    _, gradient = value_and_gradient(rheobase.torch.nn.module(name, **arguments), x, {})
    assert torch.equal(found, gradient)


@pytest.mark.parametrize("name", NAMES)
def test_aliases_have_the_derivative_of_what_they_stand_for(name):
    for alias in aliases(name):
        expected = functional.derivative(rheobase.info(alias)["name"], POINTS)
        assert torch.equal(functional.derivative(alias, POINTS), expected)


@pytest.mark.parametrize("name", NAMES)
def test_a_zero_derivative_blocks_every_gradient(name):
    x = torch.linspace(
        -8, 8, 401, dtype=torch.float64
    )  # where no derivative underflows: 0 is 0 by definition
    dead = functional.derivative(name, x) == 0
    x.requires_grad_()
    rheobase.torch.nn.module(name)(x).backward(torch.full_like(x, float("nan")))
    assert (x.grad[dead] == 0).all()
    assert x.grad[~dead].isnan().all()
