# SPDX-License-Identifier: Apache-2.0
"""Any strides in, the same bits out, laid out as torch.empty_like."""

import re

import pytest
import torch
from torch_cases import ACTIVATIONS, DTYPES, NAMES, by_autograd, function, gradients_of, layouts

from rheobase.torch import functional


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_values_do_not_depend_on_strides(name, dtype):
    for layout, x in layouts(dtype).items():
        for role in (function(name), lambda x: functional.derivative(name, x)):
            y = role(x)
            assert y.dtype == dtype
            assert y.stride() == torch.empty_like(x).stride(), layout
            assert torch.equal(y, role(x.contiguous())), layout


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_do_not_depend_on_strides(name, dtype):
    backward = getattr(torch.ops.rheobase, f"{name}_backward")
    for layout, x in layouts(dtype).items():
        for strides, grad in gradients_of(x.shape, dtype).items():
            y = backward(grad, x)
            assert y.stride() == torch.empty_like(x).stride(), (layout, strides)
            assert torch.equal(y, backward(grad.contiguous(), x.contiguous())), (layout, strides)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_autograd_takes_any_strides(name, dtype):
    for layout, x in layouts(dtype).items():
        for strides, grad in gradients_of(x.shape, dtype).items():
            if strides in ("dense", "stride 0"):  # the others have the numbers of the first
                expected = by_autograd(function(name), (x.contiguous(),), grad.contiguous())
            found = by_autograd(function(name), (x,), grad)
            assert all(map(torch.equal, found, expected)), (layout, strides)


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


CALLS = {
    "relu": functional.relu,
    "elu": lambda x: functional.elu(x, inplace=True),
    "derivative": lambda x: functional.derivative("elu", x),
    "softmax": lambda x: functional.softmax(x, -1),
    "gated": lambda x: functional.gated("silu", x, x),
    "rrelu": functional.rrelu,
    "prelu": lambda x: functional.prelu(x, torch.ones(1)),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_has_no_strided_memory_is_refused_in_one_line_that_says_what_to_do(name):
    dense, parts = torch.randn(4, 4), [torch.randn(2), torch.randn(3)]
    for other, message in (
        (dense.to_sparse(), "input is a sparse tensor, of layout torch.sparse_coo; give input.to_dense()"),
        (dense.to_sparse_csr(), "input is a sparse tensor, of layout torch.sparse_csr; give"),
        (dense.to_mkldnn(), "input is of layout torch._mkldnn; give input.to_dense()"),
        (torch.nested.nested_tensor(parts), "input is a nested tensor; give its parts, input.unbind()"),
        (torch.nested.nested_tensor(parts, layout=torch.jagged), "input is a nested tensor; give its parts"),
    ):
        with pytest.raises(NotImplementedError, match=rf"^{name}: {re.escape(message)}[^\n]*$"):
            CALLS[name](other)


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
