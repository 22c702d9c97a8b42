# SPDX-License-Identifier: Apache-2.0
"""Carries out jobs: one after another in this process, or several at once in processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import rheobase
from rheobase.lab.settings import Job, Settings

if TYPE_CHECKING:
    from rheobase.lab.sets import Data

WAIT = 0.1  # seconds between two looks at whether to stop
PATIENCE = 5.0  # seconds that a process has to end by itself


class WorkerError(RuntimeError):
    """A process ended before its job was done, or the user's code failed in it; one line."""


class Alone:
    """Trains in this process."""

    def __init__(self, settings: Settings, labels: Sequence[str], data: Data):
        from rheobase.lab.worker import Trainer, parts_of

        self._trainer = Trainer(settings, labels, parts_of(data, settings))

    def __enter__(self) -> Alone:
        return self

    def __exit__(self, *_) -> None:
        pass

    def carry_out(
        self, jobs: Iterable[Job], after_epoch: Callable[[], None], stopping: Callable[[], bool]
    ) -> Iterator:
        """The runs, as they end; fewer after stopping(). Raises WorkerError."""
        from rheobase._arguments import UsageError
        from rheobase.lab.training import Stopped

        try:
            for job in jobs:
                yield self._trainer.run(job, after_epoch, stopping)
        except Stopped:
            return
        except UsageError as error:
            raise WorkerError(str(error)) from None


class Crew:
    """Trains in `count` processes. Which of them trains what changes no number, times aside."""

    def __init__(self, count: int, settings: Settings, labels: Sequence[str], data: Data):
        from rheobase.lab import worker

        self._folder = tempfile.TemporaryDirectory(prefix="rheobase-compare-")
        worker.save(Path(self._folder.name), data, settings)
        context = {
            "settings": settings.as_dict(),
            "labels": list(labels),
            "folder": self._folder.name,
            "shape": list(data.shape),
            "classes": data.classes,
        }
        self._selector = selectors.DefaultSelector()
        self._workers = [_Worker(context, settings.threads) for _ in range(count)]
        for member in self._workers:
            self._selector.register(member.process.stdout, selectors.EVENT_READ, member)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_) -> None:
        for member in self._workers:
            member.end()
        self._selector.close()
        self._folder.cleanup()

    def carry_out(
        self, jobs: Iterable[Job], after_epoch: Callable[[], None], stopping: Callable[[], bool]
    ) -> Iterator:
        """As Alone.carry_out; runs come in the order in which they end. May be called again when all are
        over."""
        from rheobase.lab.training import Run

        waiting = deque(jobs)
        left = len(waiting)
        for member in self._workers:
            member.give(waiting)
        while left:
            if stopping():
                return
            for key, _ in self._selector.select(WAIT):
                member = key.data
                for answer in member.answers():
                    if "epoch" in answer:
                        after_epoch()
                    elif "error" in answer:
                        raise WorkerError(answer["error"])
                    elif "run" in answer:
                        left -= 1
                        member.give(waiting)
                        yield Run.from_record(answer["run"])


class _Worker:
    """A process of worker.py and what it is at."""

    def __init__(self, context: dict, threads: int):
        package = str(Path(rheobase.__file__).parents[1])
        paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "OMP_NUM_THREADS": str(threads),
            "RHEOBASE_NUM_THREADS": str(threads),
        }
        self.job: Job | None = None
        self._rest = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rheobase.lab.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # a terminal's Ctrl-C is not for it
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self._write(context)

    def give(self, jobs: deque[Job]) -> None:
        """Hands it the next job, if there is one."""
        self.job = jobs.popleft() if jobs else None
        if self.job:
            self._write(self.job.as_dict())

    def _write(self, values: dict) -> None:
        try:
            self.process.stdin.write(json.dumps(values).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self._complain()

    def answers(self) -> Iterator[dict]:
        """Those that have arrived whole. Raises WorkerError where the process has ended."""
        while True:
            try:
                found = os.read(self.process.stdout.fileno(), 1 << 16)
            except BlockingIOError:
                return
            if not found:
                self._complain()
            *lines, self._rest = (self._rest + found).split(b"\n")
            yield from map(json.loads, lines)

    def _complain(self) -> None:
        code = self.process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        doing = f" while training {self.job.case.activation}, seed {self.job.seed}" if self.job else ""
        raise WorkerError(f"a training process {how}{doing}")

    def end(self) -> None:
        """Idle ones end by themselves when their input does; one that trains is ended."""
        if self.job is not None:
            self.process.terminate()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
