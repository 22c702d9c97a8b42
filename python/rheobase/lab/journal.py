# SPDX-License-Identifier: Apache-2.0
"""runs.jsonl: a line for each run as it ends, so that a comparison that was interrupted can go on.

docs/compare.md lists the fields.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rheobase._arguments import UsageError
from rheobase.lab.settings import Settings

FILE, PREVIOUS = "runs.jsonl", "runs.previous.jsonl"
# Grows when a field changes its meaning or goes.
FORMAT = 1
RUN, TUNE, HEADER = "run", "tune", "header"
# Settings whose lists or numbers may grow: runs that are there already stay what they would be.
GROWING = ("seeds", "depth", "width")
# A folder that was moved: the digest of what was read decides.
NAMED_ONLY = ("path",)
# Versions that may change numbers.
VERSIONS = ("rheobase", "torch")


@dataclass
class Found:
    """What a file holds: its last header, the records of runs, and how many bytes of whole lines it has."""

    header: dict
    records: list[dict] = field(default_factory=list)
    length: int = 0


def read(path: Path) -> Found:
    """Reads the file; a last line that was not finished is left out. Raises UsageError for a file that is
    none of compare's."""
    content = path.read_bytes()
    length = content.rfind(b"\n") + 1
    found = Found({}, length=length)
    for number, line in enumerate(content[:length].split(b"\n")[:-1], 1):
        try:
            record = json.loads(line)
            kind = record["type"]
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"{path}: line {number} is no line of a comparison") from None
        if kind == HEADER:
            found.header = record
        elif kind in (RUN, TUNE):
            found.records.append(record)
    if not found.header:
        raise UsageError(f"{path}: has no header; there is nothing to go on with")
    if found.header.get("format") != FORMAT:
        raise UsageError(f"{path}: has format {found.header.get('format')}; this version reads {FORMAT}")
    return found


def refuse_changes(path: Path, before: Mapping, now: Mapping) -> None:
    """Raises UsageError unless runs of the file are runs of the comparison that is asked for."""
    old, new = before["settings"], now["settings"]
    for name in Settings.__dataclass_fields__:
        if name not in GROWING + NAMED_ONLY and old.get(name) != new[name]:
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{flag} {_said(new[name])}: {path} was begun with {_said(old.get(name))}; repeat that, or "
                "give another --out"
            )
    if new["seeds"] < old["seeds"]:
        raise UsageError(f"--seeds {new['seeds']}: {path} was begun with {old['seeds']}; they may only grow")
    for name in ("depth", "width"):
        _refuse_loss(f"--{name}", path, old[name], new[name])
    labels = [[activation["label"] for activation in header["activations"]] for header in (before, now)]
    _refuse_loss("activations", path, *labels)
    for what in ("data", "model"):
        if (before[what] or {}).get("digest") != (now[what] or {}).get("digest"):
            raise UsageError(f"--{what}: what was read is not what {path} was begun with")
    for name in VERSIONS:
        if before["versions"].get(name) != now["versions"].get(name):
            have = f"{name} {before['versions'].get(name)}, this is {now['versions'].get(name)}"
            raise UsageError(f"--resume: {path} was begun with {have}")


def _refuse_loss(what: str, path: Path, old: Sequence, new: Sequence) -> None:
    if lost := [value for value in old if value not in new]:
        raise UsageError(f"{what}: {path} has runs of {_said(lost[0])}; what is there may only grow")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "set" if value else "not set"
    return "nothing" if value is None else str(value)


class Journal:
    """The file, written a line at a time. Nothing is made before the first run is over.

    header: of this session. resume: go on with the file that is there, else it is kept as PREVIOUS and
    another begun. Raises UsageError where there is nothing to go on with, a setting has changed, or another
    process writes to the file.
    """

    def __init__(self, folder: Path, header: dict, resume: bool):
        self.path = folder / FILE
        self._header = {"type": HEADER, **header}
        self._file: int | None = None
        self._resume = resume
        self.records: list[dict] = []
        if resume:
            if not self.path.is_file():
                raise UsageError(f"--resume: there is no {self.path}")
            found = read(self.path)
            refuse_changes(self.path, found.header, header)
            self.records = found.records
            self._open()
            os.ftruncate(self._file, found.length)

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = os.open(self.path, flags, 0o666)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            self._file = None
            raise UsageError(f"{self.path}: another comparison writes to it") from None

    def add(self, record: Mapping) -> None:
        """Appends a run. Raises OSError where that cannot be done."""
        if self._header:
            self._begin()
        self._write(record)

    def _begin(self) -> None:
        if not self._resume:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists():
                self._open()  # raises where another process writes to it
                self.close()
                self.path.replace(self.path.with_name(PREVIOUS))
            self._open()
        self._write(self._header)
        self._header = {}

    def _write(self, record: Mapping) -> None:
        text = json.dumps(record, allow_nan=False, ensure_ascii=False) + "\n"
        rest = text.encode()
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            raise OSError(f"{self.path}: {error.strerror}") from None

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None
