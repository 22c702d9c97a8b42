# SPDX-License-Identifier: Apache-2.0
"""Code of the user's: callables in files, and what is said where they fail."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from rheobase._arguments import UsageError

# What a model's maker is told of the task, where its signature has these names.
TASK = ("inputs", "shape", "classes", "depth", "width")


def split(text: str) -> tuple[Path, str]:
    """FILE.py:CALLABLE. Raises UsageError."""
    file, _, name = text.rpartition(":")
    if not file.endswith(".py") or not name.isidentifier():
        raise UsageError(f"expected FILE.py:CALLABLE, not {text!r}")
    return Path(file), name


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def one_line(error: BaseException, file: Path | None = None) -> str:
    """What went wrong, in one line; with a file, also the last of its lines that was being run."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    said = text if isinstance(error, UsageError) and text else f"{name}: {text}" if text else name
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if file and Path(frame.filename).resolve() == file.resolve()
    ]
    return f"{said} ({file.name}, line {lines[-1]})" if lines else said


@functools.cache
def load(text: str) -> Callable:
    """The callable; its file is run once, with its folder first in sys.path. Raises UsageError."""
    path, name = split(text)
    if not path.is_file():
        raise UsageError(f"{text}: there is no file {path}")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(f"rheobase_user_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickle look for it there
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() in a script's main part included
        raise UsageError(f"{text}: the file raised {one_line(error, path)}") from None
    found = getattr(module, name, None)
    if not callable(found):
        what = "has no" if found is None else "has a value, not a callable, named"
        raise UsageError(f"{text}: {path.name} {what} {name!r}")
    return found


def accepts(call: Callable) -> tuple[str, ...]:
    """Which of TASK the maker's signature takes by keyword."""
    parameters = _parameters(call).values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return TASK
    names = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return tuple(name for name in TASK if name in names)


def make_model(text: str, activation, task: dict) -> torch.nn.Module:
    """Calls the user's maker with the factory and with what it takes of the task; raises UsageError."""
    return _made(text, activation, **{name: task[name] for name in accepts(load(text))})


def call_activation(text: str, units: int) -> torch.nn.Module:
    """A module from FILE.py:CALLABLE; the callable may take the number of units. Raises UsageError."""
    return _made(text, **({"units": units} if "units" in _parameters(load(text)) else {}))


def _parameters(call: Callable) -> Mapping[str, inspect.Parameter]:
    """None of what has no signature, as some built-in classes."""
    try:
        return inspect.signature(call).parameters
    except (TypeError, ValueError):
        return {}


def _made(text: str, *arguments, **given) -> torch.nn.Module:
    try:
        made = load(text)(*arguments, **given)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise UsageError(f"{text}: raised {one_line(error, split(text)[0])}") from None
    if not isinstance(made, torch.nn.Module):
        what = "None" if made is None else f"a value of type {type(made).__name__}"
        raise UsageError(f"{text}: returned {what}, not a torch.nn.Module")
    return made
