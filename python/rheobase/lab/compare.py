# SPDX-License-Identifier: Apache-2.0
"""`rheobase compare`: trains a network with each activation and reports. The command itself."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rheobase._arguments import INTERRUPTED, OK, UsageError, complain, no_reader, require_modules, run_program
from rheobase.lab.activations import choose
from rheobase.lab.arguments import PROGRAM, Arguments, parse
from rheobase.lab.output import FILES, HTML_FILE, OutputFolder

# Modules of the optional packages that the lab needs; looked for before the work starts.
NEEDED = ("torch", "sklearn", "matplotlib", "jinja2", "rich")
# What is imported inside functions, so that training processes do without it.
HEAVY = ("sklearn.datasets", "sklearn.model_selection")
NOTHING_WRITTEN = "stopped before the first run was over; nothing was written"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (failure), 2 (bad input) or 130 (stopped by
    Ctrl-C)."""
    return run_program(
        PROGRAM, lambda: _compare(parse(sys.argv[1:] if argv is None else argv)), NOTHING_WRITTEN
    )


def _compare(arguments: Arguments) -> int:
    """Everything that may be wrong is checked before the training: names and flags before the first heavy
    import, then data, then what only torch can tell."""
    specs, twins = choose(arguments.names)
    require_modules(NEEDED)

    from rich.console import Console

    from rheobase.lab.progress import Display, Interrupt

    started = datetime.now().astimezone()
    show = arguments.progress and not arguments.quiet
    display = Display(Console(stderr=True, highlight=False), show)
    with Interrupt() as interrupt, _folder(arguments.out) as folder, display:
        # Ctrl-C waits for imports: some packages catch it there, and are then left half imported.
        for name in HEAVY:
            importlib.import_module(name)
        from rheobase.lab import plan

        with interrupt.at_once(), contextlib.redirect_stdout(sys.stderr):  # what the user's code prints
            comparison = plan.prepare(specs, arguments)
        with contextlib.closing(comparison.journal):
            with contextlib.redirect_stdout(sys.stderr):
                comparison.train(display, interrupt)
            if not comparison.runs:
                return complain(PROGRAM, comparison.searching() or NOTHING_WRITTEN, INTERRUPTED)
            display.writing()
            found = _write(folder, comparison, twins, started)
    return _tell(found, arguments)


def _folder(path: Path) -> OutputFolder:
    try:
        return OutputFolder(path, FILES)
    except OSError as error:
        raise UsageError(f"--out {path}: cannot be written to: {error.strerror or error}") from None


def _write(folder: OutputFolder, comparison, twins: dict, started: datetime) -> dict:
    """Writes the three files and returns what is in them."""
    from rheobase.lab import report
    from rheobase.lab.results import results

    outcome = comparison.outcome(twins, started)
    found = results(comparison.head, outcome)
    folder.write(report.files(found, outcome))
    return found


def _tell(found: dict, arguments: Arguments) -> int:
    """Prints the table, or the JSON, and where the report is; the exit code."""
    if not arguments.quiet:
        from rheobase.lab.report import as_json
        from rheobase.lab.terminal import print_table

        try:
            if arguments.json:
                sys.stdout.write(as_json(found))
            else:
                print_table(found, arguments.out / HTML_FILE)
            sys.stdout.flush()
        except BrokenPipeError:
            no_reader()  # but the report is written
    if found["complete"]:
        return OK
    stopped = f"stopped early: {found['done_runs']} of {found['planned_runs']} runs"
    return complain(PROGRAM, stopped, INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
