# SPDX-License-Identifier: Apache-2.0
"""torch.compile of all functions in all dtypes: one graph, and the bits of eager mode, gradients too."""

import pytest
import torch
from torch_cases import DTYPES, NAMES, function
from torch_forms import FUNCTIONS, sample

from rheobase.torch import _random


def drawing(name: str):
    """From torch's own generator, as compiled code takes no other."""
    return lambda x: function(name)(x, training=True)


TRAINING = {f"{name} in training": drawing(name) for name in _random.FUNCTIONS}
CALLS = FUNCTIONS | TRAINING
ELEMENTWISE = [key for key in FUNCTIONS if key in NAMES]
FORMS = [key for key in CALLS if key not in NAMES and not key.startswith("derivative")]
GATES = [key for key in FORMS if key.startswith("gate of")]
FEW = [key for key in FORMS if key not in GATES] + GATES[::9]


def several(keys: list[str]):
    """All calls at once, each of a part of its own: gradients of shared inputs would be added up, which a
    compiler may do in float32."""
    calls = [CALLS[key] for key in keys]
    return lambda x: [call(part) for call, part in zip(calls, (x * 2).unbind(0), strict=True)]


def results(call, keys: list[str], dtype: torch.dtype, rows: int) -> list[torch.Tensor]:
    torch.manual_seed(3)
    x = torch.stack([sample(dtype, seed)[:rows] for seed in range(len(keys))]).requires_grad_()
    values = call(x)
    grads = [torch.linspace(-2, 2, y.numel()).reshape(y.shape).to(dtype) for y in values]
    return [*(y.detach() for y in values), torch.autograd.grad(values, x, grads)[0]]


def assert_same_bits(keys: list[str], dtype: torch.dtype, backend: str, sizes=(4, 2)) -> None:
    torch._dynamo.reset()
    call = several(keys)
    compiled = torch.compile(call, backend=backend, fullgraph=True)
    for rows in sizes:  # the second is compiled for any number of them
        found, expected = (results(c, keys, dtype, rows) for c in (compiled, call))
        for key, a, b in zip([*keys, "gradients"], found, expected, strict=True):
            assert a.dtype == b.dtype == dtype, key
            assert torch.equal(a, b), key


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_compiled_rows_gates_and_random_functions_have_the_same_bits(dtype):
    assert_same_bits(FEW, dtype, "aot_eager")


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("keys", [ELEMENTWISE, FEW], ids=["elementwise", "forms"])
def test_inductor_leaves_all_bits_alone(keys, dtype):
    # What lies in its cache on disk may be another version's; random numbers are to be torch's.
    with torch._inductor.config.patch(force_disable_caches=True, fallback_random=True):
        assert_same_bits(keys, dtype, "inductor", sizes=(4,))
