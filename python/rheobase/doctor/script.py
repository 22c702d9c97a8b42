# SPDX-License-Identifier: Apache-2.0
"""Runs a training script with all its models watched."""

from __future__ import annotations

import contextlib
import os
import runpy
import sys
import traceback
import warnings
from pathlib import Path

import torch
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from rheobase.torch.monitor import Watch, watch
from rheobase.torch.monitor.watching import compiled_in_place

MOST_MODELS = 16
"""That are watched; a search over settings makes any number, and a watch keeps its model in memory."""


class Observer:
    """Watches each module that is called from outside of all others, from its first call on."""

    def __init__(self, every: int, window: int):
        self.every, self.window = every, window
        self.watches: dict[torch.nn.Module, Watch] = {}
        self.ignored = 0  # models beyond MOST_MODELS
        self._seen: set[int] = set()  # addresses of modules that need no second look
        self._depth = 0
        self._handles: list = []

    def __enter__(self) -> Observer:
        # torch warns that global hooks run once more for the wrapper that torch.compile makes: here they may.
        warnings.filterwarnings("ignore", message="Using `torch.compile\\(module\\)` when there are global")
        self._handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        ]
        return self

    def __exit__(self, *_) -> None:
        for handle in self._handles:
            handle.remove()
        for watched in self.watches.values():
            watched.close()

    def _enter(self, module: torch.nn.Module, args: tuple) -> None:
        if torch.compiler.is_compiling():
            return
        self._depth += 1
        if self._depth == 1 and module not in self.watches:
            self._consider(module, args)

    def _leave(self, *_) -> None:
        if not torch.compiler.is_compiling():
            self._depth -= 1

    def _consider(self, module: torch.nn.Module, args: tuple) -> None:
        inside = any(module in other.modules() for other in self.watches)
        if inside or compiled_in_place(module) or type(module).__module__ == torch.nn.modules.loss.__name__:
            return
        for part in [part for part in self.watches if part in set(module.modules())]:
            self.watches.pop(part).close()
        if len(self.watches) == MOST_MODELS:
            if id(module) not in self._seen:
                self._seen.add(id(module))
                self.ignored += 1
            return
        watched = self.watches[module] = watch(module, every=self.every, window=self.window)
        watched._counter(module, args)  # this call's own hooks were listed before


def run(path: Path, arguments: list[str]) -> int:
    """Runs the script as ``python SCRIPT ARGUMENTS`` would; its exit code. A traceback goes to stderr."""
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return (stop.code or 0) & 0xFF
        print(stop.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("KeyboardInterrupt", file=sys.stderr)
        return 130
    except BaseException as error:
        traceback.print_exception(type(error), error, _from_script(error, path))
        return 1
    finally:
        sys.stdout.flush()
    return 0


def _from_script(error: BaseException, path: Path):
    """The traceback from the script's first frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != str(path):
        trace = trace.tb_next
    return trace  # None where it did not compile: the exception says where


@contextlib.contextmanager
def output_to_stderr():
    """What the script prints, by whatever way, goes to stderr."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
