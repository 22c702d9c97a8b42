# SPDX-License-Identifier: Apache-2.0
"""The operators themselves: schemas, torch's own checks of them, memory."""

import gc
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch_cases import ACTIVATIONS, LAYOUTS

import rheobase
from rheobase.torch import functional
from rheobase.torch._ops import OPERATORS


def test_each_activation_has_four_operators():
    assert set(OPERATORS) == set(ACTIVATIONS)
    for name, operators in OPERATORS.items():
        found = [
            op._schema.name
            for op in (operators.value, operators.derivative, operators.backward, operators.out)
        ]
        assert found == [f"rheobase::{name}{suffix}" for suffix in ("", "_derivative", "_backward", "_out")]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_schemas_carry_names_and_defaults(name):
    operators, parameters = OPERATORS[name], rheobase.info(name)["parameters"]
    for op, first in (
        (operators.value, 1),
        (operators.derivative, 1),
        (operators.backward, 2),
        (operators.out, 1),
    ):
        arguments = [a for a in op._schema.arguments if not a.kwarg_only][first:]
        assert [a.name for a in arguments] == [p["name"] for p in parameters]
        for argument, parameter in zip(arguments, parameters, strict=True):
            default = float(parameter["default"])
            assert argument.default_value == (default if math.isfinite(default) else None)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_none_stands_for_a_default_that_schemas_cannot_spell(name):
    x, operators = torch.linspace(-30, 30, 61), OPERATORS[name]
    spelt = [p.default for p in operators.parameters]
    assert torch.equal(operators.value(x), operators.value(x, *spelt))
    optional = [None if p.optional else p.default for p in operators.parameters]
    assert torch.equal(operators.value(x), operators.value(x, *optional))


def check(op, arguments, **keywords):
    assert set(torch.library.opcheck(op, arguments, keywords).values()) == {"SUCCESS"}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_torchs_own_check_of_operators_passes(name):
    x = LAYOUTS["transposed"].detach().requires_grad_()
    grad = torch.ones(()).expand(x.shape)
    check(OPERATORS[name].value, (x,))
    check(OPERATORS[name].backward, (grad, x.detach()))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_torchs_own_check_passes_for_every_layout(layout):
    name = ACTIVATIONS[-1]
    x = LAYOUTS[layout].detach()
    for dtype in (torch.float32, torch.float64):
        check(OPERATORS[name].value, (x.detach().to(dtype).requires_grad_(),))
    check(OPERATORS[name].derivative, (x,))
    check(OPERATORS[name].backward, (torch.randn_like(x).requires_grad_(), x))
    check(OPERATORS[name].out, (x,), out=torch.empty(x.shape))


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_no_call_leaves_memory_behind():
    x = torch.zeros(1 << 14)  # 64 KiB
    short = torch.zeros(3)
    operators = next(o for o in OPERATORS.values() if o.parameters)

    def round_trip():
        leaf = x.clone().requires_grad_()
        functional.derivative(operators.name, x)
        operators.value(leaf, 0.5).sum().backward()
        operators.out(x, 0.5, out=torch.empty_like(x))
        for bad in (
            lambda: operators.backward(short, x.clone()),
            lambda: operators.value(x.clone(), math.nan),
        ):
            with pytest.raises(RuntimeError):
                bad()

    for _ in range(50):
        round_trip()
    gc.collect()
    before = resident_bytes()
    for _ in range(200):
        round_trip()
    gc.collect()
    assert resident_bytes() - before < 200 * x.nbytes / 4  # a quarter of one tensor for each round


def run_python(text: str) -> str:
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_torchs_private_names_reverse_mode_still_works():
    output = run_python("""
import warnings, torch, torch._functorch.autograd_function
del torch._functorch.utils.enable_single_level_autograd_function
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import rheobase, rheobase.torch as rt
print([str(w.message) for w in caught if "private interface" in str(w.message)])
for name in rheobase.names():
    x = torch.linspace(-2, 2, 9).requires_grad_()
    rt.nn.module(name)(x).sum().backward()
    assert torch.equal(x.grad, rt.functional.derivative(name, x.detach())), name
    try:
        torch.func.jvp(rt.nn.module(name), (x.detach(),), (x.detach(),))
    except RuntimeError as error:
        assert "forward mode is not available" in str(error), error
    else:
        raise AssertionError("a tangent was lost without a word")
    (grad,) = torch.autograd.grad(rt.nn.module(name)(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(grad.sum(), x, create_graph=True)
    derivative = rt.functional.derivative(name, x)
    assert torch.equal(second, torch.autograd.grad(derivative.sum(), x)[0]), name
    try:
        second.sum().backward()
    except RuntimeError as error:
        assert "third derivatives are not available" in str(error), error
    else:
        raise AssertionError("a third derivative was lost without a word")
""")
    assert "gradients work, forward mode and torch.func do not" in output


def test_an_old_torch_is_refused():
    output = run_python("""
import torch
torch.__version__ = torch.torch_version.TorchVersion("2.9.1+cpu")
try:
    import rheobase.torch
except ImportError as error:
    print(error)
""")
    assert output.strip() == "rheobase.torch needs PyTorch 2.10 or newer, this is 2.9.1+cpu"


def test_a_default_device_does_not_matter_to_the_import():
    output = run_python("""
import torch
torch.set_default_device("meta")
import rheobase.torch as rt
x = torch.tensor([[0.0, 0.0]], device="cpu")
print(rt.functional.softmax(x, 1).tolist(), rt.functional.glu(x).tolist(), rt.nn.GLU()(torch.ones(2)).shape)
one = torch.tensor([-1.0], device="cpu")
drawn = rt.functional.rrelu(one, 0.25, 0.5, training=True).item()
print(rt.functional.rrelu(one, 0.25, 0.75).item(), -0.5 <= drawn <= -0.25)
""")
    assert output.splitlines() == ["[[0.5, 0.5]] [[0.0]] torch.Size([1])", "-0.5 True"]


def test_without_torch_the_error_says_what_is_missing():
    output = run_python("""
import sys
sys.modules["torch"] = None
import rheobase
try:
    import rheobase.torch
except ImportError as error:
    print(error)
""")
    assert output.strip() == "rheobase.torch needs PyTorch 2.10 or newer: pip install torch"


def test_threads_that_are_first_at_once_make_each_operator_once():
    output = run_python("""
import sys, threading
from rheobase.torch import _gates, _masks, _outputs
sys.setswitchinterval(1e-6)
start, found = threading.Barrier(4), []
def run():
    start.wait()
    makers = _masks.masks, _outputs.outputs, _gates.gates
    found.append(tuple(id(make(suffix)) for make in makers for suffix in ("", "_with")))
threads = [threading.Thread(target=run) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len(set(found)))
""")
    assert output.split() == ["4", "1"]
