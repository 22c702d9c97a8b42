# SPDX-License-Identifier: Apache-2.0
"""One training: cross-entropy and plain gradient descent, a perceptron or a model of the user's."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter

import numpy
import torch

from rheobase._arguments import UsageError
from rheobase.lab import measures, modules, user_code
from rheobase.lab.activations import Spec
from rheobase.lab.data import Examples
from rheobase.lab.settings import Case, Job, Settings

# Standard deviation of a weight, from its layer's inputs and outputs.
DEVIATIONS = {
    "he": lambda inputs, outputs: math.sqrt(2 / inputs),
    "xavier": lambda inputs, outputs: math.sqrt(2 / (inputs + outputs)),
    "lecun": lambda inputs, outputs: math.sqrt(1 / inputs),
}
# Steps taken and thrown away before the first run is timed: they pay for lazy initialisation.
WARM_UP_STEPS = 20
TEST_BATCH = 1024  # examples at once when testing: a network of convolutions needs memory for each
GRADIENT_BATCH = 256  # the first training examples, by which gradients are measured


class Stopped(Exception):
    """Raised between two steps when the caller asked to stop; the run is dropped."""


@dataclass
class StepTime:
    """Quartiles of the seconds per training step, over some number of steps."""

    median: float
    lower_quartile: float
    upper_quartile: float


@dataclass
class Run:
    """One activation trained from one seed. A run fails when its loss stops being finite; it then has no
    accuracy. docs/compare.md says what the fields are."""

    name: str
    seed: int
    losses: list[float] = field(default_factory=list)  # mean training loss of each whole epoch
    accuracy: float | None = None  # share of test examples, 0 to 1
    dead: float | None = None  # share of hidden units, 0 to 1
    saturated: float | None = None
    failed_in_epoch: int | None = None  # counted from 1
    depth: int | None = 1
    width: int | None = 256
    lr: float | None = None
    epochs: int | None = None
    round: int | None = None  # of the search for a learning rate
    loss: float | None = None  # mean over the test examples
    layers: list[dict] = field(default_factory=list)
    parameters: int = 0
    step_time: StepTime | None = None
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return self.failed_in_epoch is not None

    @property
    def case(self) -> Case:
        return Case(self.name, self.depth, self.width)

    @property
    def job(self) -> Job:
        return Job(self.case, self.lr, self.seed, self.epochs, self.round)

    def record(self) -> dict:
        """The line of runs.jsonl; from_record reads it."""
        values = asdict(self)
        kind = "run" if self.round is None else "tune"
        head = {"type": kind, "activation": values.pop("name")}
        if self.round is None:
            values.pop("round")
        return head | values

    @staticmethod
    def from_record(record: dict) -> Run:
        """Raises KeyError or TypeError for what is no record."""
        values = {key: record[key] for key in Run.__dataclass_fields__ if key in record}
        time = values.get("step_time")
        return Run(
            **{**values, "name": record["activation"], "step_time": StepTime(**time) if time else None}
        )


@dataclass
class Network:
    """A model and the activations in it, first to last."""

    model: torch.nn.Module
    activations: list[torch.nn.Module]


def perceptron(
    factory: modules.Factory, case: Case, inputs: int, classes: int, init: str, generator: torch.Generator
) -> torch.nn.Sequential:
    """Linear layers in float32 with the activation between them. The weights depend on the generator alone,
    not on the activation."""
    sizes = [inputs, *[case.width] * case.depth, classes]
    parts: list[torch.nn.Module] = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        linear = torch.nn.Linear(before, after, dtype=torch.float32)
        initialise(linear, init, generator)
        parts += [linear, factory(case.width)]
    factory.made.pop()
    return torch.nn.Sequential(*parts[:-1])


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


@dataclass(frozen=True)
class Task:
    """What all trainings of a comparison share: settings, examples, the shape of one, classes."""

    settings: Settings
    examples: Examples
    shape: tuple[int, ...]
    classes: int

    def network(self, spec: Spec, case: Case, seed: int, generator: torch.Generator) -> Network:
        """A new network. Torch's own generator is seeded too, for random activations and models of the
        user's. Raises UsageError for what the user's file does wrong."""
        torch.manual_seed(seed)
        factory = modules.Factory(spec)
        inputs = self.examples.train_inputs.shape[1]
        if self.settings.model is None:
            model = perceptron(factory, case, inputs, self.classes, self.settings.init, generator)
        else:
            task = {"inputs": inputs, "shape": self.shape, "classes": self.classes}
            sizes = {"depth": case.depth, "width": case.width}
            model = user_code.make_model(self.settings.model, factory, task | sizes)
        return Network(model, _in_order(factory.made, model))

    def check(self, spec: Spec, case: Case) -> None:
        """Makes the user's model and calls it once. Raises UsageError, in one line."""
        text = self.settings.model
        network = self.network(spec, case, 0, torch.Generator().manual_seed(0))
        if not network.activations:
            raise UsageError(f"{text}: the model has none of the activations that its argument makes")
        if not any(p.requires_grad for p in network.model.parameters()):
            raise UsageError(f"{text}: the model has no parameters to train")
        batch = self.examples.train_inputs[: min(8, self.settings.batch)]
        try:
            outputs = network.model.eval()(batch)
        except Exception as error:
            said = user_code.one_line(error, user_code.split(text)[0])
            raise UsageError(f"{text}: a batch of shape {tuple(batch.shape)} raised {said}") from None
        wanted = (len(batch), self.classes)
        shape = tuple(outputs.shape) if isinstance(outputs, torch.Tensor) else type(outputs).__name__
        if shape != wanted or not outputs.is_floating_point():
            raise UsageError(f"{text}: the model gives {shape}, not numbers of shape {wanted}")


def _in_order(made: list[torch.nn.Module], model: torch.nn.Module) -> list[torch.nn.Module]:
    """Those that became a part of the model, in the order in which they were made."""
    inside = set(model.modules())
    return [module for module in made if module in inside]


def train(
    spec: Spec,
    job: Job,
    task: Task,
    after_epoch: Callable[[], None] = lambda: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Run:
    """Trains and tests once. Weights, then the order of the examples, come from one generator seeded with the
    job's seed, so both are the same for every activation. Raises Stopped when stopping() is true before a
    step, UsageError for what the user's code does wrong."""
    start = perf_counter()
    case, examples = job.case, task.examples
    generator = torch.Generator().manual_seed(job.seed)
    network = task.network(spec, case, job.seed, generator)
    model = network.model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=job.lr)
    run = Run(case.activation, job.seed, depth=case.depth, width=case.width, lr=job.lr, epochs=job.epochs)
    run.round = job.round
    run.parameters = sum(p.numel() for p in model.parameters() if p.requires_grad)
    probe = examples.train_inputs[:GRADIENT_BATCH], examples.train_labels[:GRADIENT_BATCH]
    before = measures.gradients(model, network.activations, *probe)
    seconds: list[float] = []
    for epoch in range(1, job.epochs + 1):
        loss = _one_epoch(model, optimizer, examples, task.settings.batch, generator, seconds, stopping)
        if not math.isfinite(loss):
            run.failed_in_epoch = epoch
            break
        run.losses.append(loss)
        after_epoch()
    layers = [{} for _ in network.activations]
    if not run.failed:
        layers = _test(network, spec, examples, run)
    if not run.failed:
        after = measures.gradients(model, network.activations, *probe)
        for layer, module, last in zip(layers, network.activations, after, strict=True):
            layer |= {"gradient_end": last, "learned": modules.learned(module)}
    run.layers = [{"gradient_start": first} | layer for first, layer in zip(before, layers, strict=True)]
    run.step_time = step_time(seconds)
    run.seconds = round(perf_counter() - start, 3)
    return run


def step_time(seconds: list[float]) -> StepTime | None:
    """Quartiles of a number of times; None without any."""
    if not seconds:
        return None
    low, median, high = (float(q) for q in numpy.quantile(seconds, (0.25, 0.5, 0.75)))
    return StepTime(median, low, high)


def warm_up(spec: Spec, case: Case, task: Task) -> None:
    """A few steps, whose results and times are thrown away."""
    batch = task.settings.batch
    inputs, labels = task.examples.train_inputs[:batch], task.examples.train_labels[:batch]
    model = task.network(spec, case, 0, torch.Generator().manual_seed(0)).model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    for _ in range(WARM_UP_STEPS):
        _step(model, optimizer, inputs, labels)


def _one_epoch(model, optimizer, examples, batch, generator, seconds, stopping) -> float:
    """Mean loss over the epoch's batches, each before its step; not finite as soon as one of them is.

    What is left over for the last batch is dropped, other examples in each epoch: a step as long as any other
    on the mean of a handful of images can throw a trained network far off.
    """
    count = len(examples.train_labels)
    batch = min(batch, count)  # the search for a rate has fewer
    steps = count // batch
    total = 0.0
    for order in torch.randperm(count, generator=generator)[: steps * batch].split(batch):
        if stopping():
            raise Stopped
        inputs, labels = examples.train_inputs[order], examples.train_labels[order]
        start = perf_counter()
        loss = _step(model, optimizer, inputs, labels)
        seconds.append(perf_counter() - start)
        if not math.isfinite(loss):
            return loss
        total += loss
    return total / steps


def _step(model, optimizer, inputs, labels) -> float:
    """Forward, backward, update; the loss before the update. A learned parameter that has left its domain
    fails the run as an infinite loss does."""
    optimizer.zero_grad()
    outputs = _outputs(model, inputs)
    if outputs is None:
        return math.nan
    loss = torch.nn.functional.cross_entropy(outputs, labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def _outputs(model, inputs) -> torch.Tensor | None:
    """None where rheobase's operators refuse a learned parameter that training has made NaN or taken out of
    its domain; all others were checked before."""
    try:
        return model(inputs)
    except RuntimeError as error:
        if str(error).startswith("rheobase::"):
            return None
        raise


@torch.no_grad()
def _test(network: Network, spec: Spec, examples: Examples, run: Run) -> list[dict]:
    """Fills in accuracy, loss and the shares of all units; returns those of each activation. A model whose
    outputs overflow has failed."""
    model = network.model.eval()
    units = [measures.Units() for _ in network.activations]
    elementwise = modules.is_elementwise(spec)

    def look(number: int, x: torch.Tensor) -> None:
        if elementwise:
            found = modules.slopes(spec, network.activations[number], x)
            units[number].add(measures.by_unit(found))

    right, loss, count = 0, 0.0, len(examples.test_labels)
    with measures.Watching(network.activations, look):
        for start in range(0, count, TEST_BATCH):
            inputs = examples.test_inputs[start : start + TEST_BATCH]
            labels = examples.test_labels[start : start + TEST_BATCH]
            outputs = _outputs(model, inputs)
            if outputs is None or not outputs.isfinite().all():
                run.failed_in_epoch = len(run.losses)
                return [{} for _ in units]
            right += (outputs.argmax(dim=1) == labels).sum().item()
            loss += torch.nn.functional.cross_entropy(outputs.double(), labels, reduction="sum").item()
    run.accuracy, run.loss = right / count, loss / count
    if counted := [layer for layer in units if layer.count]:
        weights = [layer.count for layer in counted]
        run.dead = statistics.fmean([layer.dead() for layer in counted], weights)
        run.saturated = statistics.fmean([layer.saturated() for layer in counted], weights)
    return [
        {
            "units": layer.count or None,
            "dead": layer.dead() if layer.count else None,
            "saturated": layer.saturated() if layer.count else None,
        }
        for layer in units
    ]
