# SPDX-License-Identifier: Apache-2.0
"""Any strides in, the same bits out, laid out as torch.empty_like."""

import pytest
import torch
from torch_cases import ACTIVATIONS, LAYOUTS, NAMES, function

from rheobase.torch import functional


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NAMES)
def test_values_do_not_depend_on_strides(name, layout):
    x = LAYOUTS[layout]
    for role in (function(name), lambda x: functional.derivative(name, x)):
        y = role(x)
        assert y.stride() == torch.empty_like(x).stride()
        assert torch.equal(y, role(x.contiguous()))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_do_not_depend_on_strides(name, layout):
    x = LAYOUTS[layout]
    backward = getattr(torch.ops.rheobase, f"{name}_backward")
    dense = torch.linspace(-2, 2, x.numel()).reshape(x.shape)
    expected = backward(dense, x.contiguous())
    for grad in (
        dense,
        dense.t().contiguous().t() if dense.dim() == 2 else dense,
        dense.expand(2, *dense.shape)[1],
    ):
        y = backward(grad, x)
        assert y.stride() == torch.empty_like(x).stride()
        assert torch.equal(y, expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_of_stride_0_counts_everywhere(name, layout):
    x = LAYOUTS[layout].detach().clone(memory_format=torch.preserve_format).requires_grad_()
    function(name)(x).sum().backward()  # autograd expands a single 1
    y = function(name)(x)
    (expected,) = torch.autograd.grad(y, x, torch.ones_like(y, memory_format=torch.contiguous_format))
    assert torch.equal(x.grad, expected)


def test_a_lazily_negated_view_is_read_with_its_sign():
    x = torch.complex(torch.zeros(5), torch.linspace(-2, 2, 5)).conj().imag
    assert x.is_neg()
    assert torch.equal(functional.derivative(NAMES[0], x), functional.derivative(NAMES[0], x.resolve_neg()))
    assert torch.equal(function(NAMES[0])(x), function(NAMES[0])(x.resolve_neg()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [1, 1000], ids=["contiguous", "strided"])
def test_the_number_of_threads_does_not_change_a_bit(name, rows):
    x = torch.randn(300_007 // rows * rows, generator=torch.Generator().manual_seed(5)).reshape(-1, rows).t()
    results, before = [], torch.get_num_threads()
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            x = x.detach().requires_grad_()
            y = function(name)(x)
            y.backward(x.detach())
            results.append((y.detach(), x.grad))
    finally:
        torch.set_num_threads(before)
    for value, gradient in results[1:]:
        assert torch.equal(value, results[0][0])
        assert torch.equal(gradient, results[0][1])


def test_what_has_no_strided_memory_is_refused():
    dense = torch.randn(4, 4)
    nested = torch.nested.nested_tensor([torch.randn(2), torch.randn(3)])
    for other in (dense.to_sparse(), dense.to_sparse_csr(), dense.to_mkldnn(), nested):
        with pytest.raises((NotImplementedError, RuntimeError)):
            functional.relu(other)


def test_a_tensor_that_stands_for_zeros_is_read_as_zeros():
    zeros = torch._efficientzerotensor(5)
    assert torch.equal(functional.sigmoid(zeros), torch.full((5,), 0.5))


def test_a_mode_of_the_dispatcher_sees_calls():
    class Listener(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
            seen.append(str(function))
            return function(*arguments, **(keywords or {}))

    seen: list[str] = []
    with Listener():
        functional.relu(torch.randn(3))
    assert seen == ["aten.randn.default", "rheobase.relu.default"]


def test_the_profiler_shows_calls():
    with torch.profiler.profile() as profile:
        functional.relu(torch.randn(3))
    assert "rheobase::relu" in {event.key for event in profile.key_averages()}
