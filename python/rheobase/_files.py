# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all, for the programs that write one with -o."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from rheobase._arguments import UsageError


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Writes all files under temporary names, then renames them; on an error none of them appears."""
    temporary = {path: _temporary(path) for path in files}
    try:
        for path, content in files.items():
            with open(temporary[path], "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, written in temporary.items():
            written.replace(path)
    finally:
        for written in temporary.values():
            written.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


@contextlib.contextmanager
def writable(path: Path):
    """Gives a function that writes all bytes of a file, which appears whole or not at all.

    Raises UsageError at once where it could not be written.
    """
    temporary = _temporary(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "is a folder")
        with open(temporary, "wb"):
            pass
    except OSError as error:
        raise UsageError(f"-o {path}: cannot be written: {error.strerror or error}") from None

    try:
        yield lambda content: write_whole({path: content})
    finally:
        temporary.unlink(missing_ok=True)
