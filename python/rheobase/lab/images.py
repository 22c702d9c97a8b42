# SPDX-License-Identifier: Apache-2.0
"""Folders of images, one folder for each class; or such folders in `train` and `test`."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy
from numpy import ndarray

from rheobase._arguments import UsageError
from rheobase.lab.sets import Raw

PARTS = ("train", "test")


def read_folder(folder: Path) -> Raw:
    """Pixels from 0 to 1, of shape (height, width), or (3, height, width) as soon as one image has colours.
    Classes in the order of their folders' names; hidden files are passed over. Raises UsageError."""
    if not folder.is_dir():
        raise UsageError("there is no such folder")
    own_split = tuple(sorted(path.name for path in _visible(folder))) == tuple(sorted(PARTS))
    roots = [folder / part for part in PARTS] if own_split else [folder]
    names = [path.name for path in _visible(roots[0]) if path.is_dir()]
    if not names:
        raise UsageError(f"{roots[0].name} has no folders; there must be one for each class")
    sets = [_files(root, names) for root in roots]
    opened = [(_open(path), path) for files, _ in sets for path in files]
    if not opened:
        raise UsageError("there are no images in the folders")
    _refuse_other_sizes(opened)
    coloured = any(image.ndim == 3 for image, _ in opened)
    pixels = numpy.stack([_channels(image) if coloured else image for image, _ in opened])
    first = len(sets[0][0])
    test = (pixels[first:], sets[1][1]) if own_split else None
    return Raw(pixels[:first], sets[0][1], tuple(names), pixels=True, name=folder.name, test=test)


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _files(root: Path, names: list[str]) -> tuple[list[Path], ndarray]:
    """All files of all classes, and their labels."""
    for path in _visible(root):
        if path.is_dir() and path.name not in names:
            raise UsageError(f"{root.name}/{path.name}: there is no such class in {PARTS[0]}")
    files, labels = [], []
    for number, name in enumerate(names):
        found = [path for path in _visible(root / name) if path.is_file()] if (root / name).is_dir() else []
        files += found
        labels += [number] * len(found)
    return files, numpy.array(labels, numpy.int64)


def _open(path: Path) -> ndarray:
    """float32 (height, width), or (height, width, 3) of an image with colours. Transparency is dropped."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of images that a tool wrote carelessly
            with Image.open(path) as image:
                grey = image.mode in ("1", "L", "LA", "I;16", "I", "F")
                deep = image.mode in ("I;16", "I", "F")
                if deep:
                    raise UsageError(f"{_short(path)}: pixels of mode {image.mode}; 8-bit ones are read")
                found = numpy.asarray(image.convert("L" if grey else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UsageError(f"{_short(path)}: no image, or damaged: {' '.join(str(error).split())}") from None
    return found * numpy.float32(1 / 255)


def _channels(image: ndarray) -> ndarray:
    return numpy.repeat(image[None], 3, 0) if image.ndim == 2 else image.transpose(2, 0, 1)


def _refuse_other_sizes(opened: list[tuple[ndarray, Path]]) -> None:
    (first, first_path), *others = opened
    for image, path in others:
        if image.shape[:2] != first.shape[:2]:
            sizes = ["{1} x {0}".format(*i.shape) for i in (image, first)]
            raise UsageError(
                f"{_short(path)} has {sizes[0]} pixels, {_short(first_path)} {sizes[1]}; all must be alike"
            )


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
