# SPDX-License-Identifier: Apache-2.0
"""A user's numbers: from arrays and from files (NPY, NPZ, CSV, text)."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

READ = ".npy, .npz, .csv, .txt"


@dataclass(frozen=True)
class Data:
    """Numbers to draw the histogram of: the finite ones, float64 in one dimension, and how many are not."""

    numbers: np.ndarray
    not_finite: int
    name: str


def from_array(array, name: str = "data") -> Data:
    """Any array of real numbers, of any shape, lists and CPU tensors included.

    Raises:
        ValueError: no finite number in it.
        TypeError: not real numbers.
    """
    if hasattr(array, "detach"):  # a tensor of PyTorch's, perhaps in a format that NumPy lacks
        array = array.detach().cpu().double()
    try:
        found = np.asarray(array)
    except ValueError as error:
        raise TypeError(f"{name}: expected an array of numbers: {error}") from None
    if found.dtype.kind not in "iuf":
        raise TypeError(f"{name}: expected real numbers, not {found.dtype}")
    numbers = found.ravel().astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    if numbers.size == 0:
        raise ValueError(f"{name}: is empty")
    if finite.size == 0:
        raise ValueError(f"{name}: none of its {numbers.size} numbers is finite")
    return Data(finite, numbers.size - finite.size, name)


def from_file(path: Path, column: str | None = None) -> Data:
    """A file's numbers, by its ending.

    Args:
        path: .npy; .npz; .csv, with or without a line of names; .txt, numbers between white space, # begins a
            comment
        column: an array of .npz, a column of .csv (its name, or its number from 1 on); None for the only one

    Raises:
        ValueError: no such file, array or column; no numbers; another ending. One line.
        TypeError: an array of something else than real numbers.
    """
    ending = path.suffix.lower()
    if ending not in READ.split(", "):
        raise ValueError(f"{path}: data are read from {READ}")
    if column is not None and ending not in (".npz", ".csv"):
        raise ValueError(f"{path}: has no columns to choose {column!r} from")
    try:
        if ending == ".npy":
            return from_array(np.load(path, allow_pickle=False), str(path))
        if ending == ".npz":
            return from_array(_member(path, column), str(path))
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: is not text in UTF-8") from None
    except (EOFError, zipfile.BadZipFile):
        raise ValueError(f"{path}: is empty or cut short") from None
    except ValueError as error:
        raise ValueError(_with_path(path, " ".join(str(error).split()))) from None
    words = _column(path, text, column) if ending == ".csv" else _words(text)
    return from_array(_numbers(path, words), str(path))


def _with_path(path: Path, said: str) -> str:
    return said if said.startswith(str(path)) else f"{path}: {said}"


def _member(path: Path, name: str | None) -> np.ndarray:
    with np.load(path, allow_pickle=False) as archive:
        if not hasattr(archive, "files"):
            raise ValueError("is a single array: call it .npy")
        return archive[_one(archive.files, name, "array")]


def _one(known: list[str], wanted: str | None, what: str) -> str:
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted in known:
        return wanted
    listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    said = f"has no {what} {wanted!r}" if wanted is not None else f"has {len(known)} {what}s; choose one"
    raise ValueError(f"{said}: {listed}" if known else f"has no {what}s")


def _words(text: str) -> list[tuple[int, str]]:
    lines = enumerate(text.splitlines(), 1)
    return [(line, word) for line, words in lines for word in words.partition("#")[0].split()]


def _column(path: Path, text: str, wanted: str | None) -> list[tuple[int, str]]:
    """The cells of a column with their lines; a first line with a cell that is no number is one of names."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(), delimiter=separator)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if not rows:
        raise ValueError(f"{path}: is empty")
    width = len(rows[0][1])
    names = [str(i + 1) for i in range(width)]
    if not all(_is_number(cell) for cell in rows[0][1]):
        header = [cell.strip() for cell in rows.pop(0)[1]]
        if wanted in header or wanted not in names:
            names = header
    try:
        at = names.index(_one(names, wanted, "column"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    cells = [(line, row[at] if at < len(row) else "") for line, row in rows]
    return [(line, cell) for line, cell in cells if cell.strip()]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text.strip()
    return True


def _numbers(path: Path, words: list[tuple[int, str]]) -> list[float]:
    found = []
    for line, word in words:
        try:
            found.append(float(word))
        except ValueError:
            raise ValueError(f"{path}: line {line}: expected a number, not {word.strip()[:40]!r}") from None
    return found
