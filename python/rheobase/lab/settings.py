# SPDX-License-Identifier: Apache-2.0
"""What the runs of a comparison have in common, with the defaults; imports nothing heavy."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Settings:
    """The same for every run; lr is the step of plain gradient descent on the mean loss of a batch.

    Epochs, lr and init were chosen on a fifth of the training images, held back, from a handful of
    combinations: the best of those with which no activation had a seed that went astray. The test images had
    no say.
    """

    epochs: int = 15
    batch: int = 64
    lr: float = 0.3
    seeds: int = 10
    first_seed: int = 0
    hidden: int = 256
    test_share: float = 0.25
    init: str = "he"
    threads: int = 1


def split_sizes(test_share: float) -> tuple[int, int]:
    """Numbers of training and test images for a test share in (0, 1)."""
    test = round(IMAGES * test_share)
    return IMAGES - test, test
