# SPDX-License-Identifier: Apache-2.0
"""Dead and saturated units on cases whose answer is plain."""

import pytest
import torch

import rheobase.torch
from rheobase.lab.measures import SATURATED_BELOW, Units


def hidden_derivatives(name: str, biases: list[float]) -> torch.Tensor:
    """f' for 50 inputs and one hidden unit per bias, with weights that move the sum by a few units only."""
    inputs = torch.randn(50, 8, generator=torch.Generator().manual_seed(1))
    weights = torch.randn(8, len(biases), generator=torch.Generator().manual_seed(2))
    return rheobase.torch.functional.derivative(name, inputs @ weights + torch.tensor(biases))


def dead_share(derivatives: torch.Tensor) -> float:
    return counted(derivatives).dead()


def saturated_share(derivatives: torch.Tensor) -> float:
    return counted(derivatives).saturated()


def counted(derivatives: torch.Tensor) -> Units:
    units = Units()
    units.add(derivatives)
    return units


def test_relu_units_with_a_large_negative_bias_are_dead_and_saturated():
    derivatives = hidden_derivatives("relu", [-1e3, 0.0, 1e3, -1e3])
    assert dead_share(derivatives) == saturated_share(derivatives) == 0.5


def test_leaky_relu_units_with_a_large_negative_bias_are_neither():
    derivatives = hidden_derivatives("leaky_relu", [-1e3, 0.0])
    assert dead_share(derivatives) == saturated_share(derivatives) == 0


def test_sigmoid_units_far_out_are_saturated_but_not_dead():
    derivatives = hidden_derivatives("sigmoid", [-40.0, 0.0, -40.0, 0.0, 0.0])
    assert dead_share(derivatives) == 0
    assert saturated_share(derivatives) == pytest.approx(0.4)


def test_one_input_that_still_learns_keeps_a_unit_alive():
    derivatives = torch.zeros(1000, 2)
    derivatives[17, 1] = 0.5
    assert dead_share(derivatives) == 0.5
    assert saturated_share(derivatives) == 1


def test_the_sign_of_the_derivative_does_not_matter():
    derivatives = torch.tensor([[1.0, -1.0], [-1.0, -1.0]])  # the first unit's mean would be 0 with signs
    assert saturated_share(derivatives) == 0


def test_the_threshold_itself_is_not_saturated():
    derivatives = torch.tensor([[SATURATED_BELOW, SATURATED_BELOW * 0.99]], dtype=torch.float64)
    assert saturated_share(derivatives) == 0.5


def test_a_derivative_that_is_nan_is_neither_dead_nor_saturated():
    derivatives = torch.full((3, 1), float("nan"))
    assert dead_share(derivatives) == saturated_share(derivatives) == 0


@pytest.mark.parametrize("shape", [(4,), (2, 3, 4), (0, 3)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="expected shape"):
        dead_share(torch.zeros(shape))
