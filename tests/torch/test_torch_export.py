# SPDX-License-Identifier: Apache-2.0
"""Modules of rows, gates, random numbers and learned parameters, exported, saved and loaded."""

import copy
import io

import pytest
import torch
from torch_forms import MODULES, SHAPE, made, sample, step

from rheobase.torch import nn

X = sample(torch.float32)
ROWS = torch.export.Dim("rows", min=2)


def trained(key: str) -> torch.nn.Module:
    """The module with parameters and statistics beside their first values."""
    module = made(key)
    module(X)
    with torch.no_grad():
        for p in module.parameters():
            p.mul_(1.125)
    return module


def same(found, expected) -> bool:
    return all(map(torch.equal, found, expected))


def with_seed(call, x: torch.Tensor) -> torch.Tensor:
    torch.manual_seed(7)
    return call(x)


def through_file(save, load, what):
    file = io.BytesIO()
    save(what, file)
    file.seek(0)
    return load(file)


CASES = [(key, training) for training in (False, True) for key in MODULES]


@pytest.mark.parametrize(("key", "training"), CASES)
def test_an_exported_module_is_saved_and_loaded(key, training):
    module = trained(key).train(training)
    program = torch.export.export(module, (X,), dynamic_shapes=({0: ROWS},))
    loaded = through_file(torch.export.save, torch.export.load, program).module()
    for x in (X, X[:3]):
        assert torch.equal(with_seed(loaded, x), with_seed(module, x))
    found, expected = (step(call, X)[1] for call in (loaded, module))
    assert torch.equal(found, expected)


@pytest.mark.parametrize("key", MODULES)
def test_copies_and_loaded_states_compute_and_learn_the_same(key):
    module = trained(key)
    whole = through_file(torch.save, lambda file: torch.load(file, weights_only=False), module)
    other = made(key)
    other.load_state_dict(through_file(torch.save, torch.load, module.state_dict()))
    for loaded in (whole, other, copy.deepcopy(module)):
        assert type(loaded) is type(module)
        assert repr(loaded) == repr(module)
        assert loaded.training == module.training
        assert same(step(loaded, X), step(module, X))


def test_arguments_survive_in_what_is_saved():
    model = torch.nn.Sequential(nn.Gated("elu", limit=2.0, alpha=0.5), nn.RReLU(0.25, 0.5), nn.Softmax(dim=0))
    model.eval()
    loaded = through_file(torch.save, lambda file: torch.load(file, weights_only=False), model)
    assert repr(loaded) == repr(model)
    assert torch.equal(loaded(X), model(X))
    assert loaded(X).shape == (SHAPE[0], SHAPE[1] // 2)
