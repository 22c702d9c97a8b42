# SPDX-License-Identifier: Apache-2.0
"""Autocast, deterministic algorithms and checkpoints change no bit of any function or module."""

import pytest
import torch
from torch.utils.checkpoint import checkpoint
from torch_cases import DTYPES
from torch_forms import FUNCTIONS, MODULES, WITH_LINEAR_LAYERS, made, sample, step

AUTOCAST = (torch.bfloat16, torch.float16)  # those of the CPU


def cast(call, dtype):
    """The call under autocast; what backward does is outside of it, as torch advises."""

    def forward(x):
        with torch.autocast("cpu", dtype):
            return call(x)

    return forward


def same(found, expected) -> bool:
    return all(a.dtype == b.dtype and torch.equal(a, b) for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("key", FUNCTIONS)
def test_autocast_changes_no_function(key):
    for dtype in DTYPES:
        expected = step(FUNCTIONS[key], sample(dtype))
        assert {t.dtype for t in expected} == {dtype}
        for other in AUTOCAST:
            assert same(step(cast(FUNCTIONS[key], other), sample(dtype)), expected)


class Cast(torch.nn.Module):
    def __init__(self, module, dtype):
        super().__init__()
        self.module, self.dtype = module, dtype

    def forward(self, x):
        return cast(self.module, self.dtype)(x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("key", MODULES)
def test_modules_keep_the_dtype_under_autocast(key, dtype):
    found = step(Cast(made(key), torch.bfloat16), sample(dtype))
    y, slope, *gradients = found
    assert slope.dtype == dtype
    assert {g.dtype for g in gradients} <= {torch.float32}
    if key in WITH_LINEAR_LAYERS:  # which autocast runs in 16 bits
        assert y.dtype == (torch.bfloat16 if "Maxout" in key else dtype)
    else:
        assert same(found, step(made(key), sample(dtype)))


@pytest.fixture
def deterministic():
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def outside(call, x):
    """A step without what the fixture turned on."""
    torch.use_deterministic_algorithms(False)
    results = step(call, x)
    torch.use_deterministic_algorithms(True)
    return results


@pytest.mark.parametrize("key", FUNCTIONS)
def test_functions_are_deterministic_algorithms(key, deterministic):
    for dtype in DTYPES:
        assert same(step(FUNCTIONS[key], sample(dtype)), outside(FUNCTIONS[key], sample(dtype)))


@pytest.mark.parametrize("key", MODULES)
def test_modules_are_deterministic_algorithms(key, deterministic):
    for dtype in DTYPES:
        module = made(key).to(dtype)
        assert same(step(module, sample(dtype)), outside(made(key).to(dtype), sample(dtype)))


@pytest.mark.parametrize("reentrant", [True, False], ids=["reentrant", "not reentrant"])
@pytest.mark.parametrize("key", FUNCTIONS)
def test_functions_are_computed_anew_by_checkpoints(key, reentrant):
    x, call = sample(torch.float32), FUNCTIONS[key]
    assert same(step(lambda x: checkpoint(call, x, use_reentrant=reentrant), x), step(call, x))


class Checkpointed(torch.nn.Module):
    def __init__(self, module, reentrant):
        super().__init__()
        self.module, self.reentrant = module, reentrant

    def forward(self, x):
        return checkpoint(self.module, x, use_reentrant=self.reentrant)


@pytest.mark.parametrize("reentrant", [True, False], ids=["reentrant", "not reentrant"])
@pytest.mark.parametrize("key", MODULES)
def test_modules_are_computed_anew_by_checkpoints(key, reentrant):
    x = sample(torch.float32)
    assert same(step(Checkpointed(made(key), reentrant), x), step(made(key), x))
