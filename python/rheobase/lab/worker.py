# SPDX-License-Identifier: Apache-2.0
"""What trains: in the process that asks, or in one of its own, which reads jobs and writes runs."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy
import torch

from rheobase._arguments import UsageError
from rheobase.lab import activations, training, user_code
from rheobase.lab.data import Examples, as_tensors
from rheobase.lab.sets import Data
from rheobase.lab.settings import Case, Job, Settings

ARRAYS = ("train_inputs", "train_labels", "test_inputs", "test_labels")
VALIDATION = "validation"


class Trainer:
    """Runs jobs one after another. A job's numbers depend on it and on the settings alone."""

    def __init__(self, settings: Settings, labels: Sequence[str], parts: dict[bool, training.Task]):
        """parts: False for what results are made of, True for what learning rates are chosen by."""
        torch.set_num_threads(settings.threads)
        self._specs = {label: activations.parse(label) for label in labels}
        self._parts = parts
        self._warm: set[Case] = set()

    def run(
        self,
        job: Job,
        after_epoch: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> training.Run:
        """Raises Stopped, or UsageError for what the user's code does wrong."""
        spec, task = self._specs[job.case.activation], self._parts[job.round is not None]
        try:
            if job.case not in self._warm:
                training.warm_up(spec, job.case, task)
                self._warm.add(job.case)
            return training.train(spec, job, task, after_epoch, stopping)
        except (training.Stopped, UsageError):
            raise
        except Exception as error:
            file = user_code.split(task.settings.model)[0] if task.settings.model else None
            said = user_code.one_line(error, file)
            raise UsageError(f"{job.case.activation}, seed {job.seed}: training raised {said}") from error


def parts_of(data: Data, settings: Settings) -> dict[bool, training.Task]:
    """The tasks of a Trainer, from data in memory."""
    found = {False: task_of(as_tensors(data), data, settings)}
    if settings.tune:
        found[True] = task_of(as_tensors(data.for_validation()), data, settings)
    return found


def task_of(examples: Examples, data: Data, settings: Settings) -> training.Task:
    return training.Task(settings, examples, data.shape, data.classes)


def save(folder: Path, data: Data, settings: Settings) -> None:
    """Puts the arrays where other processes map them, so that they share the memory."""
    for prefix, part in [("", data)] + ([(VALIDATION, data.for_validation())] if settings.tune else []):
        for name in ARRAYS:
            numpy.save(folder / f"{prefix}{name}.npy", getattr(part, name))


def _mapped(context: dict) -> dict[bool, training.Task]:
    folder, settings = Path(context["folder"]), Settings.from_dict(context["settings"])

    def task(prefix: str) -> training.Task:
        # Mode c: torch asks for memory that may be written to; nobody does.
        arrays = [numpy.load(folder / f"{prefix}{name}.npy", mmap_mode="c") for name in ARRAYS]
        examples = Examples(*map(torch.from_numpy, arrays))
        return training.Task(settings, examples, tuple(context["shape"]), context["classes"])

    return {False: task("")} | ({True: task(VALIDATION)} if settings.tune else {})


def main() -> int:
    """A process of its own: the first line of stdin says what all jobs share (Crew._context), each further
    line is a job; answers on stdout: {"ready"}, {"epoch"} after each epoch, then {"run"} or {"error"}."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the user's code prints

    def answer(**values) -> None:
        answers.write(json.dumps(values) + "\n")

    context = json.loads(sys.stdin.readline())
    try:
        settings = Settings.from_dict(context["settings"])
        trainer = Trainer(settings, context["labels"], _mapped(context))
        answer(ready=True)
        for line in sys.stdin:
            run = trainer.run(Job.from_dict(json.loads(line)), lambda: answer(epoch=True))
            answer(run=run.record())
    except UsageError as error:
        answer(error=str(error))
        return 1
    except BrokenPipeError:
        # Whoever asked is gone. A new descriptor, since Python flushes the old one at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
