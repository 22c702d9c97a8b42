# SPDX-License-Identifier: Apache-2.0
"""What a user sees and does while it runs: a progress bar or plain lines, and Ctrl-C."""

import signal
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rheobase.lab.arguments import PROGRAM


class Interrupt:
    """While entered, Ctrl-C only sets `asked`, so that the work can stop at a place of its choosing, and
    files that are being written are finished."""

    def __init__(self):
        self.asked = False

    def __enter__(self) -> "Interrupt":
        self._previous = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def _ask(self, *_) -> None:
        self.asked = True


class Display:
    """The bar on a terminal's stderr; where that is a file or a pipe, a plain line per seed. A context
    manager."""

    def __init__(self, console: Console, enabled: bool):
        self._console = console
        self._enabled = enabled
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[state]}"),
            console=console,
            transient=True,
            refresh_per_second=4,  # each refresh costs the training a moment
            disable=not (enabled and console.is_terminal),
        )
        self._task = self._bar.add_task("loading", total=None, state="")

    def __enter__(self) -> "Display":
        self._bar.start()
        return self

    def __exit__(self, *_) -> None:
        self._bar.stop()

    def begin(self, names: Sequence[str], seeds: int, epochs: int) -> None:
        """Loading is over; each name will be trained from so many seeds for so many epochs."""
        self._runs, self._epochs, self._seeds = len(names) * seeds, epochs, seeds
        self._width = max(len(name) for name in names)
        self._done = 0
        self._start = time.monotonic()
        self._bar.update(self._task, total=self._runs * epochs, completed=0)

    def run_starts(self, name: str, seed_number: int) -> None:
        """seed_number counts from 1."""
        self._seed_number = seed_number
        where = f"seed {seed_number} of {self._seeds}  {name:<{self._width}}"
        self._bar.update(self._task, description=where)

    def epoch_ends(self) -> None:
        self._bar.advance(self._task)

    def run_ends(self, accuracy: float | None) -> None:
        """accuracy: of the test, 0 to 1; None when the run failed."""
        self._done += 1
        state = "last run failed" if accuracy is None else f"last run {100 * accuracy:.1f} %"
        self._bar.update(self._task, completed=self._done * self._epochs, state=state)

    def seed_ends(self) -> None:
        """All activations have been trained from the current seed."""
        if self._enabled and not self._console.is_terminal:
            taken = time.monotonic() - self._start
            left = taken / self._done * (self._runs - self._done)
            self._console.print(
                f"{PROGRAM}: seed {self._seed_number} of {self._seeds} done, "
                f"{taken:.0f} s, about {left:.0f} s left"
            )

    def writing(self) -> None:
        self._bar.update(self._task, description="writing the report", state="")
