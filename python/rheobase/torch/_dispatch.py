# SPDX-License-Identifier: Apache-2.0
"""What autograd needs of torch's private interface, in one place.

torch.library.register_autograd, the public way, fails under torch.func's reverse transforms (pytorch#168393,
#179652) and silently gives forward mode zero tangents. ``PRIVATE`` says whether the names are there; without
them that is what is left.
"""

from __future__ import annotations

import contextlib
import warnings

import torch
import torch.autograd.forward_ad as forward_ad

__all__ = [
    "PRIVATE",
    "SingleLevelFunction",
    "after_autograd",
    "apply",
    "below_autograd",
    "call",
    "call_below",
    "compiled_autograd_key",
    "saved_tensors_hooked",
    "transforming",
]

try:
    from torch._C import _after_autograd_keyset as after_autograd
    from torch._C import _are_functorch_transforms_active as transforms_active
    from torch._C import _AutoDispatchBelowAutograd as below_autograd
    from torch._functorch.utils import enable_single_level_autograd_function as allow_single_level
    from torch.autograd.forward_ad import _set_fwd_grad_enabled as set_forward_mode
    from torch.autograd.function import _SingleLevelFunction as SingleLevelFunction

    compiled_autograd_key = torch.autograd.Function._compiled_autograd_key
    forward_ad._current_level  # noqa: B018  (raises AttributeError when it is gone)
    PRIVATE = True
except (ImportError, AttributeError) as error:
    PRIVATE = False
    below_autograd = contextlib.nullcontext
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
