# SPDX-License-Identifier: Apache-2.0
"""What a user sees and does while it runs: a progress bar or plain lines, and Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rheobase.lab.arguments import PROGRAM
from rheobase.lab.settings import Job

EVERY = 60.0  # seconds between two plain lines inside a seed


class Interrupt:
    """While entered, Ctrl-C only sets `asked`, so that the work can stop at a place of its choosing, and
    files that are being written are finished."""

    def __init__(self):
        self.asked = self._at_once = False

    def __enter__(self) -> Interrupt:
        self._previous = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def _ask(self, *_) -> None:
        self.asked = True
        if self._at_once:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """While entered, Ctrl-C raises KeyboardInterrupt as ever; so does one that came before."""
        self._at_once = True
        try:
            if self.asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._at_once = False


class Display:
    """The bar on a terminal's stderr; where that is a file, a pipe or a dumb terminal, plain lines. A context
    manager."""

    def __init__(self, console: Console, enabled: bool):
        self._console = console
        bar = console.is_terminal and not console.is_dumb_terminal
        self._plain = enabled and not bar
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[state]}"),
            console=console,
            transient=True,
            refresh_per_second=4,  # each refresh costs the training a moment
            disable=not (enabled and bar),
        )
        self._task = self._bar.add_task("loading", total=None, state="")
        self._said = self._start = time.monotonic()
        self._done, self._per_seed = 0, 1

    def __enter__(self) -> Display:
        self._bar.start()
        return self

    def __exit__(self, *_) -> None:
        self._bar.stop()

    def begin(self, title: str, jobs: list[Job], seeds: int | None) -> None:
        """A stage begins. seeds: how many times all cases are trained; None where that is not of interest."""
        self._title, self._seeds, self._runs = title, seeds, len(jobs)
        self._done, self._per_seed = 0, max(1, len(jobs) // (seeds or 1))
        self._said = self._start = time.monotonic()
        epochs = sum(job.epochs for job in jobs)
        self._bar.reset(self._task, total=max(epochs, 1), description=title, state="")

    def epoch_ends(self) -> None:
        self._bar.advance(self._task)

    def run_ends(self, name: str, accuracy: float | None, missed: int) -> None:
        """accuracy: of the test, 0 to 1; None when the run failed. missed: epochs that it left out."""
        self._done += 1
        state = "failed" if accuracy is None else f"{100 * accuracy:.1f} %"
        where = f"{self._title}, {self._done} of {self._runs} runs"
        self._bar.update(self._task, advance=missed, description=where, state=f"{name} {state}")
        if self._plain:
            self._say()

    def _say(self) -> None:
        """A line for each seed that is over, and one now and then while it is not."""
        now = time.monotonic()
        whole_seed = self._seeds is not None and self._done % self._per_seed == 0
        if not whole_seed and self._done < self._runs and now - self._said < EVERY:
            return
        self._said, taken = now, now - self._start
        left = taken / self._done * (self._runs - self._done)
        what = f"{self._done} of {self._runs} runs done"
        if whole_seed:
            what = f"seed {self._done // self._per_seed} of {self._seeds} done"
        self._console.print(
            f"{PROGRAM}: {self._title}: {what}, {taken:.0f} s, about {left:.0f} s left", soft_wrap=True
        )

    def writing(self) -> None:
        self._bar.update(self._task, description="writing the report", state="")
