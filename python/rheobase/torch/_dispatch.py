# SPDX-License-Identifier: Apache-2.0
"""What autograd needs of torch's private interface, in one place.

torch.library.register_autograd, the public way, fails under torch.func's reverse transforms (pytorch#168393,
#179652) and silently gives forward mode zero tangents. ``PRIVATE`` says whether the names are there; without
them that is what is left.
"""

from __future__ import annotations

import contextlib
import functools
import warnings

import torch
import torch.autograd.forward_ad as forward_ad
from torch import Tensor, strided
from torch.compiler import is_compiling

__all__ = [
    "PRIVATE",
    "after_autograd",
    "apply",
    "autograd_function",
    "below_autograd",
    "call",
    "call_below",
    "hint",
    "increment_versions",
    "is_direct",
    "is_plain_memory",
    "kernel_on_cpu",
    "nobody_listens",
    "saved_tensors_hooked",
    "transforming",
    "wanted",
]

try:
    from torch._C import _after_autograd_keyset as after_autograd
    from torch._C import _are_functorch_transforms_active as transforms_active
    from torch._C import _AutoDispatchBelowAutograd as below_autograd
    from torch._C import _increment_version as increment_versions  # of a tuple
    from torch._functorch.utils import enable_single_level_autograd_function as allow_single_level
    from torch.autograd.forward_ad import _set_fwd_grad_enabled as set_forward_mode
    from torch.autograd.function import _SingleLevelFunction

    _compiled_autograd_key = torch.autograd.Function._compiled_autograd_key
    forward_ad._current_level  # noqa: B018  (raises AttributeError when it is gone)
    from torch._C import _dispatch_tls_is_dispatch_key_included as key_included
    from torch._C import _is_tracing as tracing
    from torch._C import _len_torch_dispatch_stack as count_modes
    from torch._C import _len_torch_function_stack as count_function_modes
    from torch._C._autograd import _profiler_enabled as profiling

    _CPU = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
    _PRE_DISPATCH = torch._C.DispatchKey.PreDispatch
    torch.ops.aten.alias.default._handle.redispatch_boxed  # noqa: B018
    PRIVATE = True
except (ImportError, AttributeError) as error:
    PRIVATE = False
    below_autograd = contextlib.nullcontext
    increment_versions = torch.autograd.graph.increment_version
    warnings.warn(
        f"rheobase.torch: torch {torch.__version__} has changed a private interface ({error}): "
        "gradients work, forward mode and torch.func do not",
        RuntimeWarning,
        stacklevel=2,
    )


def transforming() -> bool:
    """Whether a transform of torch.func or forward mode is at work, which only the dispatcher can serve."""
    return forward_ad._current_level >= 0 or transforms_active()


def saved_tensors_hooked() -> bool:
    """Whether what autograd saves goes through hooks, as in checkpointing; unknown counts as yes.

    Compiled code recomputes from its own graph, without them.
    """
    if torch.compiler.is_compiling():
        return False
    top = getattr(torch._C._autograd, "_top_saved_tensors_default_hooks", None)
    return top is None or top(True) is not None


def nobody_listens() -> bool:
    """Whether nothing is on that has to hear of calls: no transform of torch.func, no forward mode, no mode
    of functions (rheobase.torch.watch has one) or of the dispatcher (fake tensors, users' own, make_fx before
    dispatch), no tracing, no profiler."""
    modes = count_modes() or count_function_modes() or key_included(_PRE_DISPATCH)
    return not (modes or transforms_active() or forward_ad._current_level >= 0 or tracing() or profiling())


def hint(number: float) -> float | None:
    """A number's value while torch.compile traces, where it may be a symbol; this sets no condition."""
    return number.node.hint if isinstance(number, torch.SymFloat) else number


def is_plain_memory(x) -> bool:
    """Whether a kernel may read x as it is: strided memory of the CPU, with no promise to negate it."""
    return x.is_cpu and x.layout is strided and not (x.is_neg() or x.is_nested or x._is_zerotensor())


def is_direct(x) -> bool:
    """Whether a call with this tensor may go to the CPU's kernel at once, or to autograd's function."""
    return PRIVATE and type(x) is Tensor and not is_compiling() and is_plain_memory(x) and nobody_listens()


def kernel_on_cpu(op):
    """op's kernel for the CPU, without what the dispatcher does before: 0.9 us less for each call."""
    return functools.partial(op._handle.redispatch_boxed, _CPU)


def call(op, *arguments):
    """Calls op; when autograd has nothing to record, not by way of its kernel in Python, which takes 3 us."""
    if torch.is_grad_enabled() or transforming() or torch.compiler.is_compiling():
        return op(*arguments)
    with below_autograd():
        return op._op(*arguments)


def call_below(op, *arguments):
    """Calls op with autograd done. Inside torch.func both modes go back on, for the levels further down."""
    if transforms_active():
        with torch.enable_grad(), set_forward_mode(True), below_autograd():
            return op(*arguments)
    with below_autograd():
        return op._op(*arguments)


def apply(function, *arguments):
    """``function.apply``, which torch.func otherwise refuses for functions of a single level."""
    with allow_single_level() if transforms_active() else contextlib.nullcontext():
        return function.apply(*arguments)


def wanted(*tensors) -> bool:
    """Whether autograd has anything to record of tensors, of which some may be None."""
    return transforming() or (
        torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors)
    )


def autograd_function(name: str, forward, backward, jvp) -> type:
    """An autograd function of a single level; its name is that of the node in autograd's graph."""
    body = {
        "forward": staticmethod(forward),
        "backward": staticmethod(backward),
        "jvp": staticmethod(jvp),
        "_compiled_autograd_key": staticmethod(_compiled_autograd_key),
    }
    return type(name, (_SingleLevelFunction,), body)
