# SPDX-License-Identifier: Apache-2.0
"""Handwritten digits: scikit-learn's bundled part of the UCI set, split once and scaled."""

from dataclasses import dataclass

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from rheobase.lab.settings import CLASSES, IMAGES, split_sizes

# Largest value of a pixel, which counts the inked dots in a 4x4 square of the scanned 32x32 bitmap.
PIXEL_MAX = 16.0
# The split has a seed of its own, so that a training seed never changes which images are tested.
SPLIT_SEED = 0

DESCRIPTION = {
    "name": "Optical Recognition of Handwritten Digits (UCI), as bundled with scikit-learn",
    "source": "https://archive.ics.uci.edu/dataset/80",
    "images": IMAGES,
    "image_size": "8 x 8",
    "classes": CLASSES,
    "split": f"stratified by digit, the same for every run (seed {SPLIT_SEED})",
    "scaling": "pixels to [0, 1], then minus the mean and over the standard deviation of all training pixels",
}


@dataclass(frozen=True)
class Digits:
    """Inputs are float32 of shape (images, 64), labels int64 of shape (images,) with values 0 to 9."""

    train_inputs: torch.Tensor
    train_labels: torch.Tensor
    test_inputs: torch.Tensor
    test_labels: torch.Tensor


def load(test_share: float) -> Digits:
    """The digits, split and scaled; reads files of the installed scikit-learn, no network.

    One mean and one deviation serve all pixels: scaling each pixel by its own would blow up those at the rim,
    which hold ink in a handful of images only.
    """
    inputs, labels = load_digits(return_X_y=True)
    _, test = split_sizes(test_share)
    train_inputs, test_inputs, train_labels, test_labels = train_test_split(
        inputs / PIXEL_MAX, labels, test_size=test, stratify=labels, random_state=SPLIT_SEED
    )
    mean, deviation = train_inputs.mean(), train_inputs.std()
    return Digits(
        torch.tensor((train_inputs - mean) / deviation, dtype=torch.float32),
        torch.tensor(train_labels, dtype=torch.int64),
        torch.tensor((test_inputs - mean) / deviation, dtype=torch.float32),
        torch.tensor(test_labels, dtype=torch.int64),
    )
