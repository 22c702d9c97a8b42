# SPDX-License-Identifier: Apache-2.0
"""Folders and files: a folder is tried before the work, files appear whole or not at all."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from rheobase._files import write_whole

JSON_FILE, CSV_FILE, HTML_FILE = FILES = ("results.json", "results.csv", "report.html")


class OutputFolder:
    """A folder for a fixed set of file names, made if need be. As a context manager it goes again, with the
    parents that it needed, when nothing was put into it.

    Raises OSError at once where it could not be written to later: no permission, a file in its place, a
    folder in the place of one of its files. Files of these names that are there already are replaced.
    """

    def __init__(self, path: Path, names: tuple[str, ...]):
        self.path = path
        self._made = [folder for folder in (path, *path.parents) if not folder.exists()]
        try:
            self._try(names)
        except OSError:
            self._discard()
            raise

    def __enter__(self) -> "OutputFolder":
        return self

    def __exit__(self, *_) -> None:
        self._discard()

    def _try(self, names: tuple[str, ...]) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.path):
            pass
        for name in names:
            if (self.path / name).is_dir():
                raise IsADirectoryError(f"{name} is a folder there")

    def _discard(self) -> None:
        """Removes the folders that were made here, as far as they are empty."""
        for folder in self._made:
            try:
                folder.rmdir()
            except OSError:
                return

    def write(self, files: Mapping[str, str]) -> None:
        """Writes all files, or none of them."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_whole({self.path / name: text.encode() for name, text in files.items()})
