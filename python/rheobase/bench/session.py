# SPDX-License-Identifier: Apache-2.0
"""A run: all comparisons in turn, their rows kept as they come; and its progress bar."""

from collections.abc import Callable, Sequence
from types import ModuleType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rheobase.bench import comparison
from rheobase.bench.arguments import PROGRAM, Arguments
from rheobase.bench.comparison import Blank, Comparison
from rheobase.bench.contender import title
from rheobase.bench.records import Results, Row


class Display:
    """The bar on a terminal's stderr; where that is a file or a pipe, a plain line per comparison. A context
    manager."""

    def __init__(self, console: Console, enabled: bool):
        self._console, self._enabled = console, enabled
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            auto_refresh=False,  # a thread that draws would disturb what is timed
            disable=not (enabled and console.is_terminal),
        )
        self._task = self._bar.add_task("loading", total=None)
        self._done = 0

    def __enter__(self) -> "Display":
        self._bar.start()
        return self

    def __exit__(self, *_) -> None:
        self._bar.stop()

    def begin(self, steps: int) -> None:
        self._steps = steps
        self._bar.update(self._task, total=steps, completed=0, refresh=True)

    def step_starts(self, what: str) -> None:
        self._bar.update(self._task, description=what, refresh=True)
        if self._enabled and not self._console.is_terminal:
            self._console.print(
                f"{PROGRAM}: {self._done + 1} of {self._steps}: {what}", markup=False, soft_wrap=True
            )

    def step_moves(self, share: float) -> None:
        self._bar.update(self._task, completed=self._done + share, refresh=True)

    def step_ends(self) -> None:
        self._done += 1
        self._bar.update(self._task, completed=self._done, refresh=True)


class Session:
    """What `run` measures is in `rows`, and in the file, after each comparison; `blanks` are cells without a
    contender, by name, role and format."""

    def __init__(
        self,
        arguments: Arguments,
        peers: dict[str, ModuleType],
        absent: dict[str, str],
        conditions: dict,
        results: Results | None,
        display: Display,
        stop: Callable[[], bool],
    ):
        self._arguments, self._peers, self._absent = arguments, peers, absent
        self._conditions, self._results, self._display, self._stop = conditions, results, display, stop
        self.rows: list[Row] = []
        self.blanks: dict[tuple[str, str, str], list[Blank]] = {}

    def run(self, infos: Sequence[dict]) -> bool:
        """Whether it came to its end."""
        a = self._arguments
        plan = [(info, role, dtype) for role in a.roles for dtype in a.dtypes for info in infos]
        return self._each(plan, lambda what: self._compare(*what))

    def _each(self, plan: Sequence, compare: Callable[[object], None]) -> bool:
        # Verification counts as a step of its own: compilers work there.
        self._display.begin(len(plan) * (1 + len(self._arguments.sizes)))
        for what in plan:
            try:
                compare(what)
            except RuntimeError:
                # Ctrl-C reaches the oracle's process as well.
                if not self._stop():
                    raise
            if self._stop():
                return False
        return True

    def _compare(self, info: dict, role: str, dtype: str) -> None:
        a = self._arguments

        def verified() -> Comparison:
            found = comparison.gather(info, role, dtype, a.threads, self._peers)
            comparison.verify(found, self._stop)
            return found

        def timed(found: Comparison, size: int) -> list[Row]:
            tick = self._display.step_moves
            return comparison.time_at(
                found, size, a.data, a.rounds, a.seconds, self._conditions, self._stop, tick
            )

        self._steps(f"{title(info)} {role} {dtype}", "the oracle", verified, timed)

    def _steps(
        self,
        what: str,
        against: str,
        verified: Callable[[], Comparison],
        timed: Callable[[Comparison, int], list[Row]],
    ) -> None:
        """Verifies, then times at each size."""
        self._display.step_starts(f"{what}: against {against}")
        found = verified()
        absent = [Blank(peer, reason) for peer, reason in self._absent.items()]
        self.blanks[title(found.info), found.role, found.dtype] = found.blanks + absent
        self._display.step_ends()
        for size in self._arguments.sizes:
            if self._stop():
                return
            self._display.step_starts(f"{what}: {size:,} elements")
            rows = timed(found, size)
            self.rows += rows
            if self._results is not None:
                self._results.append(rows)
            self._display.step_ends()
