# SPDX-License-Identifier: Apache-2.0
"""What the runs of a comparison have in common, with the defaults; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

# The bundled digits: images, pixels of each, classes.
IMAGES = 1797
PIXELS = 64
CLASSES = 10
# Initialisations: what torch.nn.Linear does by itself, and normal weights with biases at zero.
INITS = {
    "torch": "weights and biases uniform within 1/sqrt(inputs), as torch.nn.Linear",
    "he": "weights normal with variance 2/inputs, biases 0",
    "xavier": "weights normal with variance 2/(inputs + outputs), biases 0",
    "lecun": "weights normal with variance 1/inputs, biases 0",
}
# Kinds of data: what --path is for each, or None where there is nothing to name.
DATA = {
    "digits": None,
    "mnist": "the folder of the four IDX files",
    "csv": "a file with a header line",
    "npz": "a file with arrays x and y",
    "images": "a folder with a folder of images for each class",
}
# Sizes of a sweep: one number or None (a model that takes none) for each network.
Sizes = tuple[int | None, ...]


@dataclass(frozen=True)
class Settings:
    """The same for every run; lr is the step of plain gradient descent on the mean loss of a batch.

    Epochs, lr and init were chosen on a fifth of the training images of the digits, held back, from a handful
    of combinations: the best of those with which no activation had a seed that went astray. The test images
    had no say.
    """

    epochs: int = 15
    batch: int = 64
    lr: float = 0.3
    seeds: int = 10
    first_seed: int = 0
    depth: Sizes = (1,)
    width: Sizes = (256,)
    test_share: float = 0.25
    init: str = "he"
    threads: int = 1
    data: str = "digits"
    path: str | None = None
    label: str | None = None
    model: str | None = None
    tune: bool = False

    def as_dict(self) -> dict:
        """Plain values, for JSON; from_dict reads them."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @staticmethod
    def from_dict(values: Mapping) -> Settings:
        """Raises KeyError where one is missing."""
        given = {field.name: values[field.name] for field in fields(Settings)}
        return Settings(**{key: tuple(v) if isinstance(v, list) else v for key, v in given.items()})


@dataclass(frozen=True)
class Case:
    """A network to be trained: an activation's label, hidden layers, units of each."""

    activation: str
    depth: int | None = 1
    width: int | None = 256


@dataclass(frozen=True)
class Job:
    """One training. round: of the search for a learning rate, from 1; None for a result."""

    case: Case
    lr: float
    seed: int
    epochs: int
    round: int | None = None

    def as_dict(self) -> dict:
        return {**asdict(self.case), **{key: value for key, value in asdict(self).items() if key != "case"}}

    @staticmethod
    def from_dict(values: Mapping) -> Job:
        """Raises KeyError where one is missing; others are left alone."""
        case = Case(values["activation"], values["depth"], values["width"])
        return Job(case, values["lr"], values["seed"], values["epochs"], values.get("round"))


def split_sizes(test_share: float, examples: int = IMAGES) -> tuple[int, int]:
    """Numbers of training and test examples for a test share in (0, 1)."""
    test = round(examples * test_share)
    return examples - test, test
