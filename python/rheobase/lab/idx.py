# SPDX-License-Identifier: Apache-2.0
"""MNIST's four files in IDX form, gzipped or not (LeCun, Cortes and Burges; http://yann.lecun.com/exdb/mnist).

A file is a big-endian magic number (two zero bytes, the type of the elements, the number of dimensions), then
each dimension as 32 bits, then the elements.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy
from numpy import ndarray

from rheobase._arguments import UsageError
from rheobase.lab.sets import Raw
from rheobase.lab.settings import CLASSES

UNSIGNED_BYTES = 8
FILES = {
    "train-images": 3, "train-labels": 1, "t10k-images": 3, "t10k-labels": 1,
}  # fmt: skip
# By number of dimensions: how downloads spell the rest of a name.
ENDS = {3: ("-idx3-ubyte", ".idx3-ubyte"), 1: ("-idx1-ubyte", ".idx1-ubyte")}


def read_folder(folder: Path) -> Raw:
    """The four files as one set with its own split; pixels from 0 to 1. Raises UsageError."""
    if not folder.is_dir():
        raise UsageError("there is no such folder")
    images, labels, test_images, test_labels = (
        read(_find(folder, stem, dimensions), dimensions) for stem, dimensions in FILES.items()
    )
    for kind, inputs, of in (("training", images, labels), ("test", test_images, test_labels)):
        if len(inputs) != len(of):
            raise UsageError(f"{len(inputs)} {kind} images, but {len(of)} labels")
    scale = numpy.float32(1 / 255)
    return Raw(
        images * scale,
        labels.astype(numpy.int64),
        tuple(map(str, range(CLASSES))),
        pixels=True,
        name="MNIST's files",
        test=(test_images * scale, test_labels.astype(numpy.int64)),
    )


def _find(folder: Path, stem: str, dimensions: int) -> Path:
    names = [stem + end + suffix for end in ENDS[dimensions] for suffix in ("", ".gz")]
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise UsageError(f"there is no file {names[0]} or {names[1]}")
    return found


def read(path: Path, dimensions: int) -> ndarray:
    """The uint8 array of a file with that many dimensions. Raises UsageError for another magic number or
    length, and for damage to what is compressed."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(f"{path.name}: cannot be decompressed: {' '.join(str(error).split())}") from None
    head = 4 + 4 * dimensions
    magic = UNSIGNED_BYTES << 8 | dimensions
    if len(content) < head:
        raise UsageError(f"{path.name}: {len(content)} bytes, too few for the head of {head}")
    found = int.from_bytes(content[:4], "big")
    if found != magic:
        raise UsageError(f"{path.name}: begins with the magic number 0x{found:08x}, not 0x{magic:08x}")
    shape = tuple(int(n) for n in numpy.frombuffer(content, ">u4", dimensions, 4))
    size = math.prod(shape)
    if len(content) != head + size:
        what = "truncated" if len(content) < head + size else "too long"
        raise UsageError(f"{path.name}: {what}: {len(content)} bytes, {head + size} by its head")
    return numpy.frombuffer(content, numpy.uint8, offset=head).reshape(shape)
