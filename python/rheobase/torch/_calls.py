# SPDX-License-Identifier: Apache-2.0
"""Calls of torch's functions inside a model's forward: where they are written, and ours in their place."""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from rheobase.torch import _dispatch, functional
from rheobase.torch._evaluate import DTYPES
from rheobase.torch._forms import FORMS, returns_input, torch_calls
from rheobase.torch._ops import DEVICES


def _list_functions() -> tuple[dict[Callable, Callable], dict[Callable, Callable]]:
    plain, inplace = {}, {}
    for form in FORMS.values():
        names = [binding["function"] for binding in form.description["torch"]]
        if form.function not in names or returns_input(form.description):
            continue
        ours = getattr(functional, form.function)
        made, over = torch_calls(form)
        plain |= dict.fromkeys(made, ours)
        if form.inplace:
            inplace |= dict.fromkeys(over, functools.partial(ours, inplace=True))
    return plain, inplace


FUNCTIONS, IN_PLACE = _list_functions()
"""Torch's functions and methods, with ours; those that overwrite their input apart."""

_OURS = FUNCTIONS | IN_PLACE


def replacement(value: object) -> Callable | None:
    """Ours for one of torch's functions or a partial of it; None for anything else."""
    if isinstance(value, functools.partial):
        ours = replacement(value.func)
        return ours and functools.partial(ours, *value.args, **value.keywords)
    try:
        return FUNCTIONS.get(value)
    except TypeError:  # it cannot be hashed
        return None


def _followed(function: types.FunctionType) -> Iterator[object]:
    """What the function's code reaches by way of a global name and the attributes of modules."""
    current = None
    for instruction in dis.get_instructions(function):
        if instruction.opname == "LOAD_GLOBAL":
            current = function.__globals__.get(instruction.argval)
        elif instruction.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(current, types.ModuleType):
            current = getattr(current, instruction.argval, None)
        else:
            current = None
        if callable(current):
            yield current


@functools.cache
def written_calls(cls: type) -> tuple[str, ...]:
    """The functions of ours for those of torch's that the class's methods, and helpers beside it, mention."""
    found, seen = set(), set()
    waiting = [
        value
        for base in cls.__mro__[: cls.__mro__.index(torch.nn.Module)]
        for name, value in vars(base).items()
        if isinstance(value, types.FunctionType) and not name.startswith("__")
    ]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for value in _followed(function):
            if isinstance(value, types.FunctionType) and value.__module__ == function.__module__:
                waiting.append(value)
            elif ours := replacement(value):
                found.add(ours.__name__)
    return tuple(sorted(found))


def _takes(tensor: object, others: tuple) -> bool:
    """Whether ours computes it: what it does not take stays torch's."""
    return (
        type(tensor) in (Tensor, torch.nn.Parameter)
        and tensor.dtype in DTYPES
        and tensor.device.type in DEVICES
        and tensor.layout == torch.strided
        and not tensor.is_nested
        and all(isinstance(value, (int, float, str)) for value in others)
    )


class Replacing(TorchFunctionMode):
    """Calls ours instead of torch's functions, while it is entered."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        ours = _OURS.get(func)
        if ours is not None and not _dispatch.saved_tensors_hooked():
            # Under such hooks checkpointing may run the code anew, when this mode is not entered any more,
            # and would then give ours what torch's function saved.
            named = {key: value for key, value in kwargs.items() if key != "input"}
            tensor = args[0] if args else kwargs.get("input")
            if _takes(tensor, (*args[1:], *named.values())):
                return ours(tensor, *args[1:], **named)
        return func(*args, **kwargs)


class Forward:
    """In place of a module's ``forward``: the same with ours for torch's functions.

    It is an attribute of the instance, so that the class, the hooks and the state stay as they are. Copies
    and pickles have it too.
    """

    def __init__(self, module: torch.nn.Module):
        self.module = module
        self.own = vars(module).get("forward")  # somebody else may have put one there before

    @property
    def __wrapped__(self) -> Callable:
        """What inspect.signature looks at."""
        return self.own or types.MethodType(type(self.module).forward, self.module)

    def __call__(self, *args, **kwargs):
        with Replacing():
            if self.own:
                return self.own(*args, **kwargs)
            return type(self.module).forward(self.module, *args, **kwargs)
