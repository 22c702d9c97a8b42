# SPDX-License-Identifier: Apache-2.0
"""save_memory: masks and outputs in place of x, in eager mode."""

import gc
import weakref

import pytest
import torch
import torch.utils.checkpoint
from torch_cases import ACTIVATIONS, function

import rheobase.torch
from rheobase.torch import _masks, _outputs, _saving, nn
from rheobase.torch._forms import FORMS
from rheobase.torch._ops import OPERATORS

X = torch.randn(64, 32, generator=torch.Generator().manual_seed(5))
DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]


def saved_bytes(call):
    kept = {}

    def pack(tensor):
        kept[tensor.data_ptr()] = tensor.numel() * tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = call()
    return result, sum(kept.values())


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_masks_keep_an_eighth_of_a_byte_and_change_no_bit(name, dtype):
    x = X.to(dtype).requires_grad_()
    grad = torch.randn(X.shape, generator=torch.Generator().manual_seed(7)).to(dtype)
    y, usual = saved_bytes(lambda: function(name)(x))
    with rheobase.torch.save_memory():
        z, saved = saved_bytes(lambda: function(name)(x))
    assert torch.equal(y, z)
    assert torch.equal(torch.autograd.grad(z, x, grad)[0], torch.autograd.grad(y, x, grad)[0])
    possible = _saving.saver(name, (), X, "masks") is not None
    assert usual == x.numel() * x.element_size() and saved == (x.numel() // 8 if possible else usual)


MASKED = [name for name in ACTIVATIONS if _saving.saver(name, (), X, "masks") is not None]


@pytest.mark.parametrize("name", MASKED)
def test_masks_serve_in_place_and_under_the_profiler(name):
    module = nn.module(name)
    inplace = hasattr(module, "inplace")
    x = X.clone().requires_grad_()
    expected = torch.autograd.grad(module(x).sum(), x)[0]
    if inplace:
        module.inplace = True
    with rheobase.torch.save_memory(), torch.profiler.profile():
        y, saved = saved_bytes(lambda: module(x * 1 if inplace else x))
    assert saved == X.numel() // 8
    assert torch.equal(torch.autograd.grad(y.sum(), x)[0], expected)


def test_some_activations_have_masks_and_others_have_not():
    assert 5 < len(MASKED) < len(ACTIVATIONS) - 5


def test_masks_pass_gradcheck_twice_and_opcheck():
    name = next(name for name in ACTIVATIONS if _saving.saver(name, (), X.double(), "masks"))
    x = (X[:3, :7].double() + 0.01).requires_grad_()
    with rheobase.torch.save_memory():
        assert torch.autograd.gradcheck(function(name), (x,))
        assert torch.autograd.gradgradcheck(function(name), (x,))
    tests = ("test_schema", "test_faketensor", "test_aot_dispatch_static")
    torch.library.opcheck(_masks.masks()[name].value, (X.clone().requires_grad_(),), test_utils=tests)


def test_saving_is_over_after_an_error_and_needs_a_bool():
    with pytest.raises(KeyError), rheobase.torch.save_memory():
        raise KeyError
    assert not _saving.saving()
    with pytest.raises(TypeError, match="on must be a bool, not str"):
        rheobase.torch.save_memory("yes")
    with pytest.raises(TypeError, match="outputs must be a bool, not int"):
        rheobase.torch.save_memory(outputs=1)
    with pytest.raises(ValueError, match="outputs is True while on is False"):
        rheobase.torch.save_memory(False, outputs=True)
    assert not _saving.saving()


TOLD = [name for name in ACTIVATIONS if _saving.saver(name, (), X, "outputs") and name not in MASKED]


def numbers(name):
    """The default parameters as the operators with a tensor take them."""
    return torch.tensor([p.default for p in OPERATORS[name].parameters], dtype=torch.float64)


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_outputs_are_kept_where_they_tell_the_derivative(name, dtype):
    """Gradients are those of a y within half an ulp: docs/outputs.md has the errors, as a share of f'."""
    x = X.to(dtype).requires_grad_()
    grad = torch.randn(X.shape, generator=torch.Generator().manual_seed(7)).to(dtype)
    expected = torch.autograd.grad(function(name)(x), x, grad)[0]
    kept = []

    def pack(tensor):
        kept.extend([tensor.data_ptr()] if tensor.numel() else [])
        return tensor

    with (
        torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t),
        rheobase.torch.save_memory(outputs=True),
    ):
        y = function(name)(x)
    callee, values = FORMS[name].callee, tuple(FORMS[name].arguments.values())  # torch's may be others
    if not _saving.saver(name, callee.pack(values, dtype), x, "outputs"):  # two of its parts overlap
        assert kept == [x.data_ptr()]
        return
    assert kept == [y.data_ptr()] and torch.equal(y, function(name)(x))
    found = torch.autograd.grad(y, x, grad)[0]
    share = {torch.float32: 2e-7, torch.float64: 1e-14, torch.bfloat16: 8e-3, torch.float16: 1e-3}[dtype]
    scale = grad.abs().double().clamp(min=1) * 2  # a slope may exceed 1, and rounding comes on top
    assert (
        (found.double() - expected.double()).abs() <= share * scale * expected.abs().double().clamp(min=1)
    ).all()


def test_some_outputs_tell_the_derivative():
    assert len(TOLD) > 5
    kept = {name: _saving.saver(name, (), X, "outputs") for name in ACTIVATIONS}
    assert any(found is None for found in kept.values())
    assert all(type(kept[name]) is _masks.Mask for name in MASKED)


@pytest.mark.parametrize("name", TOLD)
def test_second_derivatives_from_outputs_are_refused_when_asked_for(name):
    x = X[:2].clone().requires_grad_()
    weight = torch.ones(2, 32, requires_grad=True)
    with rheobase.torch.save_memory(outputs=True):
        y = function(name)(x)
    (dx,) = torch.autograd.grad(y, x, weight, create_graph=True)
    assert torch.isfinite(torch.autograd.grad(dx.sum(), weight, retain_graph=True)[0]).all()
    with pytest.raises(RuntimeError, match=f"second derivatives of {name} are not available from its output"):
        dx.sum().backward()


def test_an_output_that_is_overwritten_is_noticed_and_one_that_is_dropped_is_freed():
    x = X.clone().requires_grad_()
    with rheobase.torch.save_memory(outputs=True):
        y = function(TOLD[0])(x)
    seen = weakref.ref(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    del y
    gc.collect()
    assert seen() is None


def test_inplace_modules_keep_outputs_too():
    module = next(m for m in map(nn.module, TOLD) if hasattr(m, "inplace"))
    x = X.clone().requires_grad_()
    expected = torch.autograd.grad(module(x).sum(), x)[0]
    module.inplace = True
    with rheobase.torch.save_memory(outputs=True):
        y = module(x * 1)
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], expected)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if OPERATORS[name].parameters])
def test_numbers_in_a_tensor_change_no_bit(name):
    grad, given = torch.randn_like(X), numbers(name)
    floats = given.tolist()
    if _saving.saver(name, (), X, "masks"):
        plain, other = (_masks.masks(suffix)[name] for suffix in ("", "_with"))
        y, bits = plain.value(X, *floats)
        assert all(map(torch.equal, other.value(X, given), (y, bits)))
        assert torch.equal(other.backward(grad, bits, given), plain.backward(grad, bits, *floats))
    if _saving.saver(name, (), X, "outputs"):
        plain, other = (_outputs.outputs(suffix)[name].backward for suffix in ("", "_with"))
        y = OPERATORS[name].value(X, *floats)
        assert torch.equal(other(grad, y, given), plain(grad, y, *floats))


def test_operators_with_outputs_or_numbers_in_a_tensor_pass_opcheck():
    name = next(name for name in MASKED if OPERATORS[name].parameters)
    mask, given, x = _masks.masks("_with")[name], numbers(name), X.clone().requires_grad_()
    tests = ("test_schema", "test_faketensor", "test_aot_dispatch_static", "test_aot_dispatch_dynamic")
    torch.library.opcheck(mask.value, (x, given), test_utils=tests)
    torch.library.opcheck(mask.backward, (x, mask.value(X, given)[1], given), test_utils=tests)
    name = next(name for name in TOLD if OPERATORS[name].parameters)
    y = function(name)(X)
    tests = ("test_schema", "test_faketensor", "test_autograd_registration")  # others ask for y's gradient
    plain, other = (_outputs.outputs(suffix)[name].backward for suffix in ("", "_with"))
    torch.library.opcheck(plain, (x, y, *numbers(name).tolist()), test_utils=tests)
    torch.library.opcheck(other, (x, y, numbers(name)), test_utils=tests)


@pytest.mark.parametrize(
    "wrong", [torch.ones(3, dtype=torch.float64), torch.ones(1), torch.ones(2, 2).double().t()[:1]]
)
def test_numbers_of_another_form_are_refused(wrong):
    name = next(name for name in MASKED if len(OPERATORS[name].parameters) == 1)
    with pytest.raises(
        RuntimeError, match="numbers is not a contiguous float64 tensor on the CPU of 1 elements"
    ):
        _masks.masks("_with")[name].value(X, wrong)


@pytest.mark.parametrize("name", TOLD[:2] + MASKED[:1])
@pytest.mark.parametrize("outputs", [False, True])
def test_checkpointed_code_has_its_gradients_or_an_error(name, outputs):
    """Never those of x taken for f(x), when saving has changed before the code runs anew."""
    x = X.clone().requires_grad_()
    expected = torch.autograd.grad(function(name)(x).sum(), x)[0]

    def checkpointed(during_forward, during_backward):
        with rheobase.torch.save_memory(during_forward, outputs=during_forward and outputs):
            y = torch.utils.checkpoint.checkpoint(function(name), x, use_reentrant=False)
        with rheobase.torch.save_memory(during_backward, outputs=during_backward and outputs):
            return torch.autograd.grad(y.sum(), x)[0]

    torch.testing.assert_close(checkpointed(True, True), expected)
    differs = _saving.saver(name, (), X, "outputs" if outputs else "masks") is not None
    for change in ((True, False), (False, True)):
        if differs:
            with pytest.raises(torch.utils.checkpoint.CheckpointError):
                checkpointed(*change)
        else:
            assert torch.equal(checkpointed(*change), expected)


@pytest.mark.parametrize("elements", [2, 3, 8, 24])
def test_a_batch_of_gradients_reads_one_mask(elements):
    x = X.flatten()[:elements].clone().requires_grad_()
    with rheobase.torch.save_memory():
        y = function(MASKED[0])(x)
    unit = torch.eye(elements)
    rows = torch.vmap(lambda v: torch.autograd.grad(y, x, v, retain_graph=True)[0])(unit)
    expected = torch.stack([torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in unit])
    assert torch.equal(rows, expected)


def test_zeros_stay_zeros_where_subnormals_are_flushed():
    name = next(
        n
        for n in MASKED
        if torch.equal(function(n)(torch.tensor([-1.0, 0.0, 1.0])), torch.tensor([0.0, 0, 1]))
    )
    x = torch.zeros(37, requires_grad=True)
    with rheobase.torch.save_memory():
        function(name)(x)  # what is kept of these parameters was found before
        if not torch.set_flush_denormal(True):
            pytest.skip("this processor flushes nothing")
        try:
            y = function(name)(x)
        finally:
            torch.set_flush_denormal(False)
    assert not torch.autograd.grad(y.sum(), x)[0].any()
