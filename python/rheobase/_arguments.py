# SPDX-License-Identifier: Apache-2.0
"""What the programs' command lines share: one line says what is wrong, and names what was expected."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from importlib.util import find_spec


class UsageError(Exception):
    """What the user should correct; one line."""


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would end the program."""

    def error(self, message: str):
        raise UsageError(f"{message} (see {self.prog} --help)")


def require_modules(names: Sequence[str]) -> None:
    """Raises ImportError, which says what to install, unless all of these modules are there."""
    if missing := [name for name in names if find_spec(name) is None]:
        raise ImportError(f"needs {', '.join(missing)}: pip install rheobase[lab]")


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number from low to high."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}, not {text!r}")
        return value

    return read


def number_or_nan(text: str) -> float:
    """A number; NaN where the text is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def positive(text: str) -> float:
    """A finite number greater than 0."""
    value = number_or_nan(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"expected a finite number greater than 0, not {text!r}")
    return value
