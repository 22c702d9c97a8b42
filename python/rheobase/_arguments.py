# SPDX-License-Identifier: Apache-2.0
"""What the programs' command lines share: one line says what is wrong, and names what was expected."""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from importlib.util import find_spec

OK, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130


class UsageError(Exception):
    """What the user should correct; one line."""


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would end the program, keeps the lines of help as they are written,
    and takes -1e3 and -inf for numbers, not for flags."""

    def __init__(self, prog: str, description: str, epilog: str, **options):
        super().__init__(
            prog=prog, description=description, epilog=epilog, allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter, **options,
        )  # fmt: skip
        self._negative_number_matcher = re.compile(r"-(\d|\.\d|inf|nan)", re.IGNORECASE)

    def error(self, message: str):
        raise UsageError(f"{message} (see {self.prog} --help)")


def run_program(program: str, body: Callable[[], int], interrupted: str) -> int:
    """The exit code of a program: body's, or FAILURE, USAGE or INTERRUPTED (Ctrl-C) after one line that says
    what is wrong; interrupted is that of Ctrl-C."""
    try:
        return body()
    except UsageError as error:
        return complain(program, str(error), USAGE)
    except BrokenPipeError:
        no_reader()
        return FAILURE
    except (ImportError, OSError, RuntimeError) as error:
        return complain(program, str(error), FAILURE)
    except KeyboardInterrupt:
        return complain(program, interrupted, INTERRUPTED)


def no_reader() -> None:
    """Whoever read our output has seen enough (`| head`); nor must the interpreter complain at its end, when
    it writes what is left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(program: str, text: str, code: int) -> int:
    """Says what is wrong in one line, and gives the code back."""
    print(f"{program}: {' '.join(text.split())}", file=sys.stderr)
    return code


def as_flag(text: str, names: Collection[str]) -> str:
    """A message about one of these arguments of a function, as the command line calls it."""
    name, colon, rest = text.partition(":")
    return f"--{name.replace('_', '-')}:{rest}" if colon and name in names else text


def require_modules(names: Sequence[str]) -> None:
    """Raises ImportError, which says what to install, unless all of these modules are there."""
    if missing := [name for name in names if find_spec(name) is None]:
        extra = "all" if "torch" in missing else "lab"
        raise ImportError(f"needs {', '.join(missing)}: pip install 'rheobase[{extra}]'")


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
