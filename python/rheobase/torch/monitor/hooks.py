# SPDX-License-Identifier: Apache-2.0
"""Hooks: one on the model, that counts steps; on the activations only while a sampled step runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from rheobase.torch import _dispatch
from rheobase.torch.monitor.functions import Function, call_function, module_function

_MOST_CALLS = 16  # of one module in a step that have layers of their own; a recurrent network has any number


class Counter:
    """The model's forward pre-hook. A copy or a pickle of the model has one that removes itself."""

    def __init__(self, watch):
        self.watch = watch

    def __call__(self, module: torch.nn.Module, args: tuple, kwargs: dict | None = None) -> None:
        if torch.compiler.is_compiling():
            return  # traced into somebody's graph, where nothing of this may be left
        watch = self.watch
        if watch is None:
            _remove(module, self)
            return
        step = watch.steps
        watch.steps = step + 1
        # 0, 1, 2, 4, ... at first: a short run is seen, too.
        every = watch.every
        if step % every == 0 or (step < every and step & (step - 1) == 0):
            watch._sample(module, args, kwargs or {})

    def __deepcopy__(self, memo: dict) -> Counter:
        return Counter(None)

    def __reduce__(self) -> tuple:
        return Counter, (None,)


def _remove(module: torch.nn.Module, hook: Counter) -> None:
    for key in [key for key, value in module._forward_pre_hooks.items() if value is hook]:
        del module._forward_pre_hooks[key]
        module._forward_pre_hooks_with_kwargs.pop(key, None)


class Sample:
    """One sampled forward pass, from the model's pre-hook to the end of its forward, however that ends.

    ``observe(name, function, module)`` gives what looks at a call's input and then at its output.
    """

    def __init__(self, root: torch.nn.Module, names: dict, functional: bool, eager: bool, observe: Callable):
        self.root, self.names, self.observe = root, names, observe
        self.calls: dict[str, int] = {}
        self.running: list[tuple] = []  # activation modules that have begun, with what looks at them
        self.handles: list = []
        self.mode = _Calls(self) if functional else None
        self.stance = torch.compiler.set_stance("force_eager") if eager else None

    def open(self, watched: list[torch.nn.Module], args: tuple, kwargs: dict) -> None:
        keep = self.handles.append
        for module in watched:
            if module is not self.root:  # whose pre-hooks are running
                keep(module.register_forward_pre_hook(self.enter, with_kwargs=True))
            keep(module.register_forward_hook(self.leave))
        keep(self.root.register_forward_hook(self.close, always_call=True))
        if self.root in watched:
            self.enter(self.root, args, kwargs)
        if self.mode:
            self.mode.__enter__()

    def close(self, *_) -> None:
        for handle in self.handles:
            handle.remove()
        if self.mode:
            self.mode.__exit__(None, None, None)
        if self.stance:
            self.stance.__exit__(None, None, None)

    def enter(self, module: torch.nn.Module, args: tuple, kwargs: dict) -> None:
        x = next((a for a in (*args, *kwargs.values()) if isinstance(a, Tensor)), None)
        with torch._C.DisableTorchFunction(), torch.no_grad():
            look = self.observe(self.number(self.names[module]), module_function(module), module, x)
        self.running.append((module, look))

    def leave(self, module: torch.nn.Module, args: tuple, output: object) -> None:
        while self.running:  # what an exception left is passed over
            begun, look = self.running.pop()
            if begun is module:
                with torch._C.DisableTorchFunction(), torch.no_grad():
                    look(output)
                return

    def number(self, name: str) -> str:
        """A name of its own for each call in a step."""
        count = self.calls[name] = self.calls.get(name, 0) + 1
        return name if count == 1 else f"{name} #{min(count, _MOST_CALLS)}"

    def call(self, function: Function, x: Tensor, call: Callable[[], object]) -> object:
        """An activation that is called as a function."""
        name, module = _place(self.names)
        shown = f"{name}:{function.label}" if name else function.label
        with torch._C.DisableTorchFunction(), torch.no_grad():
            look = self.observe(self.number(shown), function, module, x)
        output = call()
        with torch._C.DisableTorchFunction(), torch.no_grad():
            look(output)
        return output


class _Calls(TorchFunctionMode):
    """Sees activations that are called as functions."""

    def __init__(self, sample: Sample):
        super().__init__()
        self.sample = sample

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        found = None
        if not self.sample.running:  # else it is how a module does it
            with torch._C.DisableTorchFunction():
                found = call_function(func, args, kwargs)
        if found is None:
            return func(*args, **kwargs)
        return self.sample.call(*found, lambda: func(*args, **kwargs))


_TORCH = Path(torch.__file__).parent
_PASSED_OVER = (str(Path(__file__).parents[1]), str(_TORCH), "<")  # frames on the way from the caller to here
_SHOWN = str(_TORCH / "nn" / "modules")  # torch's own layers call functions, too


def _place(names: dict) -> tuple[str, torch.nn.Module | None]:
    """The module whose code runs, and where in it, as "name@file.py:line", from the frames of the stack."""
    frame, place = sys._getframe(1), ""
    while frame is not None:
        file = frame.f_code.co_filename
        if not place and (file.startswith(_SHOWN) or not file.startswith(_PASSED_OVER)):
            place = f"{Path(file).name}:{frame.f_lineno}"
        if frame.f_code.co_argcount and frame.f_code.co_varnames[0] == "self":
            module = frame.f_locals.get("self")
            if isinstance(module, torch.nn.Module) and module in names:
                return f"{names[module]}@{place}".removeprefix("@"), module
        frame = frame.f_back
    return place, None


def transforming() -> bool:
    """Whether tensors have no data of their own now: torch.func, forward mode, fake tensors."""
    fake = torch._C._get_dispatch_mode(torch._C._TorchDispatchModeKey.FAKE) is not None
    return fake or _dispatch.transforming()
