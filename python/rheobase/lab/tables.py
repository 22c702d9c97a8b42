# SPDX-License-Identifier: Apache-2.0
"""Tables: CSV with a column of labels, and NPZ with arrays x and y."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy
from numpy import ndarray

from rheobase._arguments import UsageError
from rheobase.lab.sets import Raw

LABEL = "label"  # the column's name where none is given
MOST_CLASSES = 10_000  # more is a column of measurements
DELIMITERS = ",;\t"


def read_csv(path: Path, label: str | None = None) -> Raw:
    """A header line, then an example a line: numbers, and in one column the class, any text. Separated by
    commas, semicolons or tabs, whichever the header has most of. Raises UsageError."""
    if not path.is_file():
        raise UsageError("there is no such file")
    csv.field_size_limit(2**20)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            head = file.readline()
            delimiter = max(DELIMITERS, key=head.count)
            file.seek(0)
            lines = csv.reader(file, delimiter=delimiter, strict=True)
            columns = [name.strip() for name in next(lines, [])]
            at = _column(columns, label)
            inputs, classes = _lines(lines, columns, at)
    except UnicodeDecodeError as error:
        raise UsageError(f"not a text in UTF-8: {error.reason}") from None
    except csv.Error as error:
        raise UsageError(f"not a CSV file: {error}") from None
    names = _in_order(set(classes))
    numbers = {name: number for number, name in enumerate(names)}
    labels = numpy.array([numbers[name] for name in classes], numpy.int64)
    return Raw(inputs, labels, tuple(names), pixels=False, name=path.name)


def _column(columns: Sequence[str], label: str | None) -> int:
    if not any(columns):
        raise UsageError("the file is empty; its first line must name the columns")
    wanted = LABEL if label is None else label
    if wanted not in columns:
        hint = "; --label names another" if label is None else ""
        shown = ", ".join(columns[:8]) + (", ..." if len(columns) > 8 else "")
        raise UsageError(f"no column is named {wanted!r}{hint}; there are {shown}")
    if len(columns) < 2:
        raise UsageError(f"there is no column beside {wanted!r}")
    return columns.index(wanted)


def _lines(lines, columns: Sequence[str], at: int) -> tuple[ndarray, list[str]]:
    rows, classes = [], []
    for row in lines:
        if not row:
            continue  # an empty line
        if len(row) != len(columns):
            raise UsageError(f"line {lines.line_num} has {len(row)} fields, the first line {len(columns)}")
        name = row.pop(at).strip()
        if not name:
            raise UsageError(f"line {lines.line_num}: no label")
        try:
            rows.append(numpy.array(row, numpy.float64))
        except ValueError:
            raise UsageError(f"line {lines.line_num}: {_not_a_number(row, columns, at)}") from None
        if not numpy.isfinite(rows[-1]).all():
            raise UsageError(f"line {lines.line_num}: {_not_a_number(row, columns, at)}")
        classes.append(name)
    if not rows:
        raise UsageError("there are no examples below the first line")
    return numpy.stack(rows), classes


def _not_a_number(row: Sequence[str], columns: Sequence[str], at: int) -> str:
    names = [*columns[:at], *columns[at + 1 :]]
    for name, text in zip(names, row, strict=True):
        try:
            if numpy.isfinite(float(text)):
                continue
        except ValueError:
            pass
        return f"{name} is {text!r}, not a finite number"
    return "not all fields are numbers"


def _in_order(names: set[str]) -> list[str]:
    """By value if all are numbers, else by letters."""
    if len(names) > MOST_CLASSES:
        raise UsageError(f"{len(names)} different labels; is that the column of the classes?")
    try:
        return sorted(names, key=float)
    except ValueError:
        return sorted(names)


def read_npz(path: Path) -> Raw:
    """Arrays x (examples, ...) of numbers and y (examples,) of whole numbers from 0; x_test and y_test, if
    both are there, are tested on. With more than two dimensions, or 8-bit, x is taken for pixels. Raises
    UsageError."""
    if not path.is_file():
        raise UsageError("there is no such file")
    if not zipfile.is_zipfile(path):
        raise UsageError("not an NPZ file, or a damaged one")
    try:
        with numpy.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in ("x", "y", "x_test", "y_test") if name in file}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UsageError(f"not an NPZ file of plain arrays: {' '.join(str(error).split())}") from None
    for name in ("x", "y"):
        if name not in arrays:
            raise UsageError(f"there is no array named {name!r}")
    if ("x_test" in arrays) != ("y_test" in arrays):
        raise UsageError("x_test and y_test must both be there, or neither")
    x, pixels = _inputs("x", arrays["x"])
    y = _labels("y", arrays["y"], len(x))
    test = None
    if "x_test" in arrays:
        x_test, _ = _inputs("x_test", arrays["x_test"])
        test = x_test, _labels("y_test", arrays["y_test"], len(x_test))
    classes = int(y.max()) + 1 if len(y) else 0
    if classes > MOST_CLASSES:
        raise UsageError(f"y goes up to {classes - 1}; labels must be from 0 to {MOST_CLASSES - 1}")
    return Raw(x, y, tuple(map(str, range(classes))), pixels, name=path.name, test=test)


def _inputs(name: str, array: ndarray) -> tuple[ndarray, bool]:
    """Numbers of at least two dimensions, and whether they are pixels; 8-bit ones are scaled to 0 to 1."""
    if array.ndim < 2 or array.dtype.kind not in "fiub":
        raise UsageError(
            f"{name} must have numbers of shape (examples, inputs), not {array.dtype} {array.shape}"
        )
    pixels = array.ndim > 2 or array.dtype == numpy.uint8
    if array.dtype == numpy.uint8:
        return array * numpy.float32(1 / 255), pixels
    return array.astype(numpy.float64 if array.dtype.itemsize > 4 else numpy.float32), pixels


def _labels(name: str, array: ndarray, examples: int) -> ndarray:
    if array.shape != (examples,):
        raise UsageError(f"{name} must have shape ({examples},) as x has, not {array.shape}")
    if array.dtype.kind not in "fiub":
        raise UsageError(f"{name} must have whole numbers, not {array.dtype}")
    wrong = ~((array >= 0) & (array == numpy.floor(array)) & (array < 2**31))
    if wrong.any():
        at = int(wrong.argmax())
        raise UsageError(f"{name}: example {at + 1} has the label {array[at]}, not a whole number from 0 on")
    return array.astype(numpy.int64)
