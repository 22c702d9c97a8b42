# SPDX-License-Identifier: Apache-2.0
"""`rheobase compare`: trains a network with each activation and reports. The command itself."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rheobase._arguments import UsageError, require_modules
from rheobase.lab.arguments import PROGRAM, Arguments, parse
from rheobase.lab.output import FILES, HTML_FILE, OutputFolder

OK, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130
# Modules of the optional packages that the lab needs; looked for before the work starts.
NEEDED = ("torch", "sklearn", "matplotlib", "jinja2", "rich")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, 1 (failure), 2 (bad input) or 130 (stopped by
    Ctrl-C)."""
    try:
        return _compare(parse(sys.argv[1:] if argv is None else argv))
    except UsageError as error:
        return _complain(str(error), USAGE)
    except (ImportError, OSError) as error:
        return _complain(str(error), FAILURE)
    except KeyboardInterrupt:
        return _complain("stopped before the first run was over; nothing was written", INTERRUPTED)


def choose(names: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The activations to train, under their own names, and for each the presets that are the same function.

    Names as given, each once; without any, all that the registry has. A preset whose parameters are its
    activation's defaults would repeat that activation's numbers, so it is then left out and named beside it.
    Raises UsageError.
    """
    import rheobase

    chosen, twins = [], {}
    try:
        if names:
            return list(dict.fromkeys(rheobase.info(name)["name"] for name in names)), {}
        for name in rheobase.names():
            facts = rheobase.info(name)
            original = facts["activation"]
            if original != name and facts["parameters"] == rheobase.info(original)["parameters"]:
                twins.setdefault(original, []).append(name)
            else:
                chosen.append(name)
    except (ValueError, RuntimeError) as error:
        # An unknown name (the message suggests another), or an instruction set forced that this machine
        # lacks.
        raise UsageError(" ".join(str(error).split())) from None
    return chosen, twins


def _compare(arguments: Arguments) -> int:
    """Everything that may be wrong is checked before the first heavy import, and all the more before the
    training."""
    names, twins = choose(arguments.names)
    require_modules(NEEDED)

    from rich.console import Console

    from rheobase.lab.progress import Display, Interrupt

    started = datetime.now().astimezone()
    show = arguments.progress and not arguments.quiet
    display = Display(Console(stderr=True, highlight=False), show)
    with Interrupt() as interrupt, _folder(arguments.out) as folder, display:
        runs = _train(names, arguments, display, interrupt)
        if not runs:
            raise KeyboardInterrupt
        display.writing()
        found = _write(folder, names, runs, twins, arguments, started)
    return _tell(found, arguments)


def _folder(path: Path) -> OutputFolder:
    try:
        return OutputFolder(path, FILES)
    except OSError as error:
        raise UsageError(f"--out {path}: cannot be written to: {error.strerror or error}") from None


def _train(names: Sequence[str], arguments: Arguments, display, interrupt) -> list:
    """The finished runs; fewer than planned only after Ctrl-C. Seeds are the outer loop: whenever it stops,
    all activations have about the same number of runs, and a slow minute of the machine does not fall on one
    of them."""
    import torch

    from rheobase.lab import data, training

    settings = arguments.settings
    torch.set_num_threads(settings.threads)
    digits = data.load(settings.test_share)
    training.warm_up(names, digits, settings)
    display.begin(names, settings.seeds, settings.epochs)
    runs: list[training.Run] = []
    try:
        for number in range(1, settings.seeds + 1):
            for name in names:
                display.run_starts(name, number)
                seed = settings.first_seed + number - 1
                run = training.train(
                    name, seed, digits, settings, display.epoch_ends, lambda: interrupt.asked
                )
                runs.append(run)
                display.run_ends(run.accuracy)
            display.seed_ends()
    except training.Stopped:
        pass
    return runs


def _write(folder, names, runs, twins, arguments: Arguments, started: datetime) -> dict:
    """Writes the three files and returns what is in them."""
    from rheobase.lab import report
    from rheobase.lab.results import results
    from rheobase.lab.summary import summarise

    rows = summarise(names, runs)
    planned = len(names) * arguments.settings.seeds
    found = results(arguments.settings, rows, runs, planned, twins, arguments.command, started)
    folder.write(report.files(found, rows, runs))
    return found


def _tell(found: dict, arguments: Arguments) -> int:
    """Prints the table and where the report is; the exit code."""
    if not arguments.quiet:
        from rheobase.lab.terminal import print_table

        try:
            print_table(found, arguments.out / HTML_FILE)
        except BrokenPipeError:
            # The reader has gone, the files are there; keeps the interpreter from complaining when it
            # flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if found["complete"]:
        return OK
    return _complain(f"stopped early: {found['done_runs']} of {found['planned_runs']} runs", INTERRUPTED)


def _complain(message: str, code: int) -> int:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
