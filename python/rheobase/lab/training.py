# SPDX-License-Identifier: Apache-2.0
"""One training run: a perceptron with one hidden layer, cross-entropy, plain gradient descent."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import torch

import rheobase.torch
from rheobase.lab.data import Digits
from rheobase.lab.measures import dead_share, saturated_share
from rheobase.lab.settings import CLASSES, PIXELS, Settings

# Standard deviation of a weight, from its layer's inputs and outputs.
DEVIATIONS = {
    "he": lambda inputs, outputs: math.sqrt(2 / inputs),
    "xavier": lambda inputs, outputs: math.sqrt(2 / (inputs + outputs)),
    "lecun": lambda inputs, outputs: math.sqrt(1 / inputs),
}
# Steps taken and thrown away before the first run is timed: they pay for lazy initialisation.
WARM_UP_STEPS = 20


class Stopped(Exception):
    """Raised between two steps when the caller asked to stop; the run is dropped."""


@dataclass
class Run:
    """One activation trained from one seed. A run fails when its loss stops being finite; it then has no
    accuracy."""

    name: str
    seed: int
    losses: list[float] = field(default_factory=list)  # mean training loss of each whole epoch
    accuracy: float | None = None  # share of test images, 0 to 1
    dead: float | None = None  # share of hidden units, 0 to 1
    saturated: float | None = None
    failed_in_epoch: int | None = None  # counted from 1
    step_seconds: list[float] = field(default_factory=list)  # every training step of the run

    @property
    def failed(self) -> bool:
        return self.failed_in_epoch is not None


def network(name: str, settings: Settings, generator: torch.Generator) -> torch.nn.Sequential:
    """Linear, activation, Linear, in float32. The weights depend on the generator alone, not on the
    activation."""
    hidden = torch.nn.Linear(PIXELS, settings.hidden, dtype=torch.float32)
    output = torch.nn.Linear(settings.hidden, CLASSES, dtype=torch.float32)
    for layer in (hidden, output):
        initialise(layer, settings.init, generator)
    return torch.nn.Sequential(hidden, rheobase.torch.nn.module(name), output)


@torch.no_grad()
def initialise(layer: torch.nn.Linear, init: str, generator: torch.Generator) -> None:
    """Draws weights and biases by one of settings.INITS; the generator is explicit, which reset_parameters
    lacks."""
    outputs, inputs = layer.weight.shape
    if init in DEVIATIONS:
        layer.weight.normal_(0, DEVIATIONS[init](inputs, outputs), generator=generator)
        layer.bias.zero_()
    else:
        bound = 1 / math.sqrt(inputs)
        layer.weight.uniform_(-bound, bound, generator=generator)
        layer.bias.uniform_(-bound, bound, generator=generator)


def train(
    name: str,
    seed: int,
    digits: Digits,
    settings: Settings,
    after_epoch: Callable[[], None] = lambda: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Run:
    """Trains and tests once. Weights, then the order of the images, come from one generator seeded with
    `seed`, so both are the same for every activation. Raises Stopped when stopping() is true before a
    step."""
    generator = torch.Generator().manual_seed(seed)
    model = network(name, settings, generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=settings.lr)
    run = Run(name, seed)
    for epoch in range(1, settings.epochs + 1):
        loss = _one_epoch(model, optimizer, digits, settings.batch, generator, run, stopping)
        if not math.isfinite(loss):
            run.failed_in_epoch = epoch
            return run
        run.losses.append(loss)
        after_epoch()
    _test(model, name, digits, run)
    return run


def warm_up(names: list[str], digits: Digits, settings: Settings) -> None:
    """A few steps with each activation, whose results and times are thrown away."""
    inputs, labels = digits.train_inputs[: settings.batch], digits.train_labels[: settings.batch]
    for name in names:
        model = network(name, settings, torch.Generator().manual_seed(0))
        optimizer = torch.optim.SGD(model.parameters(), lr=settings.lr)
        for _ in range(WARM_UP_STEPS):
            _step(model, optimizer, inputs, labels)


def _one_epoch(model, optimizer, digits, batch, generator, run, stopping) -> float:
    """Mean loss over the epoch's batches, each before its step; not finite as soon as one of them is.

    What is left over for the last batch is dropped, other images in each epoch: a step as long as any other
    on the mean of a handful of images can throw a trained network far off.
    """
    images = len(digits.train_labels)
    steps = images // batch
    total = 0.0
    for order in torch.randperm(images, generator=generator)[: steps * batch].split(batch):
        if stopping():
            raise Stopped
        inputs, labels = digits.train_inputs[order], digits.train_labels[order]
        start = perf_counter()
        loss = _step(model, optimizer, inputs, labels)
        run.step_seconds.append(perf_counter() - start)
        if not math.isfinite(loss):
            return loss
        total += loss
    return total / steps


def _step(model, optimizer, inputs, labels) -> float:
    """Forward, backward, update; the loss before the update."""
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(inputs), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def _test(model, name, digits, run) -> None:
    """Fills in accuracy and the shares of dead and saturated units; a model whose outputs overflow has
    failed."""
    outputs = model(digits.test_inputs)
    if not outputs.isfinite().all():
        run.failed_in_epoch = len(run.losses)
        return
    run.accuracy = (outputs.argmax(dim=1) == digits.test_labels).double().mean().item()
    derivatives = rheobase.torch.functional.derivative(name, model[0](digits.test_inputs))
    run.dead, run.saturated = dead_share(derivatives), saturated_share(derivatives)
