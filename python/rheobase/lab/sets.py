# SPDX-License-Identifier: Apache-2.0
"""Data sets: read, checked, split and scaled, as arrays; nothing here needs PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy import ndarray

from rheobase._arguments import UsageError
from rheobase.lab.settings import CLASSES, Settings, split_sizes

# The split has a seed of its own, so that a training seed never changes which examples are tested.
SPLIT_SEED = 0
# Share of the training examples that a learning rate is chosen by.
VALIDATION_SHARE = 0.2
# Largest value of a pixel of the bundled digits, which counts the inked dots in a 4x4 square of the scanned
# 32x32 bitmap.
PIXEL_MAX = 16.0
# One for training, one for testing, and one to choose a learning rate by.
LEAST_PER_CLASS = 3


@dataclass(frozen=True)
class Raw:
    """What a reader found.

    inputs: any shape after the first dimension; labels: from 0; names: of the classes; pixels: all inputs are
    of one kind and are scaled alike; test: the examples to be tested on, where the set brings them.
    """

    inputs: ndarray
    labels: ndarray
    names: tuple[str, ...]
    pixels: bool
    name: str
    source: str = ""
    test: tuple[ndarray, ndarray] | None = None


@dataclass(frozen=True)
class Data:
    """Split and scaled. Inputs are float32 of shape (examples, inputs), labels int64 of shape (examples,);
    shape: of one example; description: plain values for JSON."""

    train_inputs: ndarray
    train_labels: ndarray
    test_inputs: ndarray
    test_labels: ndarray
    shape: tuple[int, ...]
    description: dict

    @property
    def inputs(self) -> int:
        return self.train_inputs.shape[1]

    @property
    def classes(self) -> int:
        return self.description["classes"]

    def for_validation(self) -> Data:
        """The training examples alone, a part of them, the same each time, in the place of the test's."""
        held = max(round(VALIDATION_SHARE * len(self.train_labels)), self.classes)
        try:
            parts = split(self.train_inputs, self.train_labels, held)
        except UsageError as error:
            raise UsageError(f"--tune: of the training examples, {error}") from None
        return Data(*parts, self.shape, self.description)


def load(settings: Settings) -> Data:
    """Reads settings.data at settings.path. Raises UsageError for data that cannot be trained on, and OSError
    where files cannot be read."""
    try:
        return prepare(READERS[settings.data](settings), settings.test_share)
    except UsageError as error:
        where = f"--data {settings.data}" + (f" --path {settings.path}" if settings.path else "")
        raise UsageError(f"{where}: {error}") from None


def digits() -> Raw:
    """scikit-learn's bundled part of the UCI set."""
    from sklearn.datasets import load_digits

    inputs, labels = load_digits(return_X_y=True)
    return Raw(
        inputs.reshape(-1, 8, 8) / PIXEL_MAX,
        labels,
        tuple(map(str, range(CLASSES))),
        pixels=True,
        name="Optical Recognition of Handwritten Digits (UCI), as bundled with scikit-learn",
        source="https://archive.ics.uci.edu/dataset/80",
    )


def _mnist(settings: Settings) -> Raw:
    from rheobase.lab import idx

    return idx.read_folder(Path(settings.path))


def _csv(settings: Settings) -> Raw:
    from rheobase.lab import tables

    return tables.read_csv(Path(settings.path), settings.label)


def _npz(settings: Settings) -> Raw:
    from rheobase.lab import tables

    return tables.read_npz(Path(settings.path))


def _images(settings: Settings) -> Raw:
    from rheobase.lab import images

    return images.read_folder(Path(settings.path))


READERS: dict[str, Callable[[Settings], Raw]] = {
    "digits": lambda _: digits(),
    "mnist": _mnist,
    "csv": _csv,
    "npz": _npz,
    "images": _images,
}


def prepare(raw: Raw, test_share: float) -> Data:
    """Checks, splits and scales. Raises UsageError."""
    check(raw.inputs, raw.labels, raw.names, LEAST_PER_CLASS if raw.test is None else LEAST_PER_CLASS - 1)
    if raw.test is not None:
        check(*raw.test, raw.names, 0)
        if raw.test[0].shape[1:] != raw.inputs.shape[1:]:
            raise UsageError(
                f"training examples of shape {raw.inputs.shape[1:]}, test examples of {raw.test[0].shape[1:]}"
            )
    parts = _parts(raw, test_share)
    train, test = (part.reshape(len(part), -1) for part in parts[::2])
    train, test = _scaled(train, test, raw.pixels)
    arrays = train, parts[1].astype(numpy.int64), test, parts[3].astype(numpy.int64)
    shape = tuple(map(int, raw.inputs.shape[1:]))
    return Data(*arrays, shape, _describe(raw, arrays, shape))


def _parts(raw: Raw, test_share: float) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """Training inputs and labels, test inputs and labels."""
    if raw.test is not None:
        return raw.inputs, raw.labels, *raw.test
    train, test = split_sizes(test_share, len(raw.labels))
    if min(train, test) < len(raw.names):
        raise UsageError(
            f"{train} training and {test} test examples are too few for {len(raw.names)} classes"
        )
    return split(raw.inputs, raw.labels, test)


def split(inputs: ndarray, labels: ndarray, held: int) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """Inputs and labels, then those of `held` examples set aside, each class by its share. Raises
    UsageError where that cannot be done."""
    from sklearn.model_selection import train_test_split

    try:
        first, second, third, fourth = train_test_split(
            inputs, labels, test_size=held, stratify=labels, random_state=SPLIT_SEED
        )
    except ValueError as error:  # a class with one example, or more classes than a part has examples
        raise UsageError(f"{len(labels)} examples cannot be split: {' '.join(str(error).split())}") from None
    return first, third, second, fourth


def _scaled(train: ndarray, test: ndarray, pixels: bool) -> tuple[ndarray, ndarray]:
    """Mean 0 and deviation 1 over the training examples. One mean and one deviation serve all pixels: scaling
    each by its own would blow up those at the rim, which hold ink in a handful of images only."""
    axis = None if pixels else 0
    mean, deviation = train.mean(axis, dtype=numpy.float64), train.std(axis, dtype=numpy.float64)
    if not numpy.any(deviation):
        raise UsageError("all training examples are the same")
    deviation = numpy.where(deviation > 0, deviation, 1)
    # In pieces: a set as large as MNIST in float64 would take 400 MB.
    return tuple(_pieces(part, lambda piece: (piece - mean) / deviation) for part in (train, test))


def _pieces(part: ndarray, scale: Callable[[ndarray], ndarray], size: int = 4096) -> ndarray:
    result = numpy.empty(part.shape, numpy.float32)
    for start in range(0, len(part), size):
        result[start : start + size] = scale(part[start : start + size])
    return result


def check(inputs: ndarray, labels: ndarray, names: tuple[str, ...], least: int) -> None:
    """Raises UsageError: empty, one class only, labels out of range, fewer than `least` of a class, numbers
    that are not finite."""
    if len(labels) == 0 or inputs.size == 0:
        raise UsageError("there are no examples")
    if len(inputs) != len(labels):
        raise UsageError(f"{len(inputs)} inputs, but {len(labels)} labels")
    if len(names) < 2:
        raise UsageError(f"all {len(labels)} examples are of one class; there must be two or more")
    wrong = (labels < 0) | (labels >= len(names))
    if wrong.any():
        at = int(wrong.argmax())
        raise UsageError(f"example {at + 1} has the label {labels[at]}, not one from 0 to {len(names) - 1}")
    counts = numpy.bincount(labels, minlength=len(names))
    if counts.min() < least:
        at = int(counts.argmin())
        raise UsageError(f"class {names[at]} has {counts[at]} examples; each needs {least} or more")
    refuse_not_finite(inputs)


def refuse_not_finite(inputs: ndarray) -> None:
    if inputs.dtype.kind != "f":
        return
    flat = inputs.reshape(len(inputs), -1)
    wrong = ~numpy.isfinite(flat).all(axis=1)
    if wrong.any():
        at = int(wrong.argmax())
        column = int((~numpy.isfinite(flat[at])).argmax())
        raise UsageError(f"example {at + 1}, input {column + 1} is {flat[at, column]}, not a finite number")


def _describe(raw: Raw, arrays: Iterable[ndarray], shape: tuple[int, ...]) -> dict:
    train, _, test, _ = arrays = tuple(arrays)
    found = hashlib.sha256()
    for part in arrays:
        found.update(numpy.ascontiguousarray(part).data)
    how = f"stratified by class, the same for every run (seed {SPLIT_SEED})"
    whose = "all training pixels" if raw.pixels else "the training examples, each input by its own"
    return {
        "name": raw.name,
        "source": raw.source,
        "examples": len(train) + len(test),
        "inputs": train.shape[1],
        "shape": list(shape),
        "classes": len(raw.names),
        "labels": list(raw.names),
        "train_examples": len(train),
        "test_examples": len(test),
        "split": "the set's own" if raw.test is not None else how,
        "scaling": f"minus the mean and over the standard deviation of {whose}",
        "digest": found.hexdigest(),
    }
