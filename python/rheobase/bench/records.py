# SPDX-License-Identifier: Apache-2.0
"""Rows: one per contender of a comparison; their file, which only ever grows."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rheobase import _json
from rheobase._arguments import UsageError


@dataclass(frozen=True)
class Row:
    """Times in seconds per call, speed in 10^9 elements per second; None is an empty field.

    `copy_share` is the time of the copy divided by this one's; `ratio` is this one's time divided by
    rheobase's, its quartiles beside it. `failure` is why there are no numbers.
    """

    date: str
    commit: str
    machine: str
    cores: int
    instruction_set: str
    compiler: str
    threads: int
    data: str
    load: float
    name: str
    role: str
    dtype: str
    size: int
    contender: str
    version: str
    median: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    calls: int = 0
    busy: float | None = None  # processors in use, median
    gelem: float | None = None
    copy_share: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    ulp: float | None = None
    ulp_at: float | None = None
    ulp_normal: float | None = None  # subnormal x and results aside
    points: int = 0
    wrong_specials: str = ""
    note: str = ""
    failure: str = ""


COLUMNS = [field.name for field in fields(Row)]
_NUMBERS = {field.name: int if field.type is int else float for field in fields(Row) if field.type is not str}


def read(path: Path) -> list[dict]:
    """The rows of such a file, oldest first: its texts, numbers where Row has them, None for empty numbers.

    Raises ValueError, one line, where it cannot be read or was not written by `rheobase bench`.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or not set(COLUMNS) <= rows[0].keys():
        raise ValueError(f"{path}: is not what rheobase bench writes")
    try:
        for row in rows:
            for column, number in _NUMBERS.items():
                row[column] = number(row[column]) if row[column] else None
    except (TypeError, ValueError):
        raise ValueError(f"{path}: has a row that rheobase bench did not write") from None
    return sorted(rows, key=lambda row: row["date"])


class Results:
    """A CSV file of rows with these columns. Opened before anything is measured, so that a wrong path costs
    nothing; each append is on the disk when it returns."""

    def __init__(self, path: Path, columns: Sequence[str] = COLUMNS):
        self.path, self._columns = path, list(columns)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+", newline="", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--csv {path}: cannot be written to: {error.strerror or error}") from None
        self._begin()

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def append(self, rows: Sequence[Row | dict]) -> None:
        writer = csv.writer(self._file, lineterminator="\n")
        for row in rows:
            values = row if isinstance(row, dict) else asdict(row)
            writer.writerow([_cell(values[column]) for column in self._columns])
        self._file.flush()

    def _begin(self) -> None:
        """Writes the header into a new file; an old one must have the same, and end with a whole line."""
        self._file.seek(0)
        try:
            text = self._file.read()
        except UnicodeDecodeError:
            text = "?"
        if not text:
            csv.writer(self._file, lineterminator="\n").writerow(self._columns)
            self._file.flush()
            return
        if next(csv.reader(io.StringIO(text.partition("\n")[0])), []) != self._columns or not text.endswith(
            "\n"
        ):
            self._file.close()
            raise UsageError(
                f"--csv {self.path}: has other columns or a broken last line, and is left as it is"
            )


def as_json(rows: Sequence[Row]) -> str:
    """One array of objects; numbers that are not finite are texts, as JSON has none."""
    return _json.text([asdict(row) for row in rows], indent=2)


def _cell(value) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
