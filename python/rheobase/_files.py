# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all, for the programs that write one with -o."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from rheobase._arguments import UsageError


@contextlib.contextmanager
def writable(path: Path):
    """Gives a function that writes all bytes of a file, which appears whole or not at all.

    Raises UsageError at once where it could not be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "is a folder")
        with open(temporary, "wb"):
            pass
    except OSError as error:
        raise UsageError(f"-o {path}: cannot be written: {error.strerror or error}") from None

    def write(content: bytes) -> None:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    try:
        yield write
    finally:
        temporary.unlink(missing_ok=True)
