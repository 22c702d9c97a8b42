# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase compare`: flags, their limits and their help; imports nothing heavy."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from rheobase._arguments import Parser, UsageError, number_or_nan, positive, whole
from rheobase.lab.settings import DATA, IMAGES, INITS, Settings, split_sizes
from rheobase.lab.tuning import GRID, ROUNDS, SEEDS

PROGRAM = "rheobase compare"
DESCRIPTION = f"""\
Train the same network with each activation, several times over, and compare.

Without further flags: a multilayer perceptron (64 inputs, hidden units, 10
outputs) with cross-entropy and plain gradient descent, on a CPU, on the
{IMAGES} handwritten digits of 8 x 8 pixels that scikit-learn brings along, split
once, by a seed of its own, and scaled to mean 0 and deviation 1. All settings
are the same for every activation; for one seed, so are the initial weights and
the order of the examples. The same seeds give the same numbers on the same
machine, whatever --jobs is, times aside.

Reported per activation: test accuracy with its confidence interval, paired
tests of all pairs (corrected for their number), loss curves, dead hidden units
(derivative 0 on every test input), saturated ones (mean size of the derivative
below 0.001), how much gradient reaches the first layer, time per step, failed
runs. docs/compare.md says how each is measured.

An activation is written
  NAME                  of `rheobase list`: functions, presets, aliases
  elu:alpha=0.5         with a parameter that is not the default
  swish:learn           with all its parameters learned, one for all units;
  swish:learn,per_unit  one for each unit; learn=NAME for one parameter alone
  Learnable             a class of rheobase.torch.nn, by its own name
  Adaptive:detach=true  with arguments; Rational:initial=NAME
  my.py:Sine            a callable of yours that returns a torch.nn.Module"""
EPILOG = """\
examples:
  rheobase compare                               every function: 1 to 2 minutes
  rheobase compare relu gelu silu --seeds 20     three of them, closely
  rheobase compare elu elu:alpha=0.5 swish:learn Learnable
  rheobase compare relu sigmoid selu --depth 1,2,4,8 --width 64,256
  rheobase compare relu tanh gelu --tune         each with its best rate
  rheobase compare relu gelu --data mnist --path ~/mnist --out mnist
  rheobase compare relu gelu --data csv --path flowers.csv --label species
  rheobase compare relu gelu --model my.py:make_model
  rheobase compare --resume --out mnist ...      go on after Ctrl-C, same flags

Ctrl-C stops cleanly: the runs that were finished are reported (exit code 130).
Bad input gives exit code 2."""

# Seeds of PyTorch's generators are 64-bit; the upper half is left to the search for a learning rate.
LAST_SEED = min(SEEDS) - 1
DEEPEST, WIDEST = 256, 65_536


@dataclass(frozen=True)
class Arguments:
    """The parsed command line; names as typed, none for the default choice."""

    names: list[str]
    settings: Settings
    out: Path
    jobs: int | None
    resume: bool
    json: bool
    quiet: bool
    progress: bool
    command: str


def parse(argv: Sequence[str]) -> Arguments:
    """Reads and checks the command line. Raises UsageError; prints help and raises SystemExit(0) for
    --help."""
    given = _parser().parse_intermixed_args(argv)  # names may stand behind flags
    _check_data(given, argv)
    settings = Settings(**{field.name: getattr(given, field.name) for field in fields(Settings)})
    if settings.first_seed + settings.seeds - 1 > LAST_SEED:
        raise UsageError(f"--first-seed {settings.first_seed}: the last seed would exceed {LAST_SEED}")
    train, _ = split_sizes(settings.test_share)
    if settings.data == "digits" and settings.batch > train:
        raise UsageError(f"--batch {settings.batch}: there are only {train} training images")
    command = shlex.join([*PROGRAM.split(), *argv])
    return Arguments(
        given.names, settings, given.out, given.jobs, given.resume, given.json, given.quiet, given.progress,
        command,
    )  # fmt: skip


def _check_data(given: argparse.Namespace, argv: Sequence[str]) -> None:
    """What the kind of data asks for, and what it has no use for."""
    typed = {argument.partition("=")[0] for argument in argv}
    wanted = DATA[given.data]
    if wanted and given.path is None:
        raise UsageError(f"--data {given.data}: needs --path, {wanted}")
    if not wanted and given.path is not None:
        raise UsageError(f"--path {given.path}: --data {given.data} has none; --data says what to read there")
    if given.label is not None and given.data != "csv":
        raise UsageError(f"--label {given.label}: --data {given.data} has no columns")
    if "--test-share" in typed and given.data == "mnist":
        raise UsageError(f"--test-share {given.test_share}: --data mnist is split already")
    if "--lr" in typed and given.tune:
        raise UsageError(f"--lr {given.lr:g}: --tune chooses the learning rate")
    if "--init" in typed and given.model is not None:
        raise UsageError(f"--init {given.init}: the model of --model has weights of its own")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(PROGRAM, DESCRIPTION, EPILOG)
    parser.add_argument(
        "names", nargs="*", metavar="ACTIVATION",
        help="as above (default: all functions of one number, less presets that repeat their activation)",
    )  # fmt: skip
    _add_data(parser.add_argument_group("data"))
    _add_training(parser.add_argument_group("training, the same for all"))
    _add_output(parser.add_argument_group("output"))
    return parser


def _with_default(group, *flags: str, **options) -> None:
    """A flag whose default is that of Settings."""
    action = group.add_argument(*flags, **options)
    action.default = getattr(Settings(), action.dest)
    shown = action.default
    if isinstance(shown, tuple):
        shown = ",".join(map(str, shown))
    action.help += f" (default: {shown})"


def _add_data(group) -> None:
    kinds = "; ".join(f"{name}: {what}" for name, what in DATA.items() if what)
    _with_default(
        group, "--data", choices=list(DATA), help=f"what to train on: the bundled digits, or {kinds}"
    )
    group.add_argument("--path", type=_text, metavar="PATH", help="where the data are")
    group.add_argument("--label", type=_text, metavar="COLUMN", help="of a CSV file (default: label)")
    _with_default(
        group, "--test-share", type=_share, metavar="X",
        help="share of the examples that is tested on, 0.05 to 0.95, if they are not split already",
    )  # fmt: skip


def _add_training(group) -> None:
    def number(*flags, **options):
        _with_default(group, *flags, **options)

    number("--epochs", type=whole(1, 100_000), metavar="N", help="passes over the training examples")
    number(
        "--batch",
        type=whole(1, 1_000_000),
        metavar="N",
        help="examples per step; an epoch drops what is left over, other examples each time",
    )
    number("--lr", type=positive, metavar="X", help="learning rate, greater than 0")
    group.add_argument(
        "--tune", action="store_true",
        help=f"choose a learning rate for each activation: {len(GRID)} from {GRID[0]:g} to {GRID[-1]:g}, in "
        f"{len(ROUNDS)} rounds on training examples that are held back, the same steps for all",
    )  # fmt: skip
    number("--seeds", type=whole(1, 10_000), metavar="N", help="runs per activation")
    number("--first-seed", type=whole(0, LAST_SEED), metavar="N", help="seeds are N, N + 1, ...")
    number("--depth", type=_several(1, DEEPEST), metavar="N,...", help="hidden layers; several make a sweep")
    number("--width", "--hidden", type=_several(1, WIDEST), metavar="N,...", help="units of each, likewise")
    number("--init", choices=list(INITS), help="; ".join(f"{name}: {rule}" for name, rule in INITS.items()))
    group.add_argument(
        "--model", type=_callable, metavar="FILE.py:CALLABLE",
        help="a network of yours: CALLABLE(activation) returns a torch.nn.Module; activation() makes each of "
        "its activations; it may also take inputs, shape, classes, depth and width",
    )  # fmt: skip
    number("--threads", type=whole(1, 1024), metavar="N", help="threads of PyTorch in each process")
    group.add_argument(
        "--jobs", type=whole(1, 1024), metavar="N",
        help="runs at a time, each in a process of its own; 1 for quiet times per step (default: all CPUs)",
    )  # fmt: skip


def _add_output(group) -> None:
    group.add_argument(
        "--out", type=_folder, default=Path("rheobase-report"), metavar="DIR",
        help="folder for report.html, results.json, results.csv and runs.jsonl, made if need be; files of "
        "these names are replaced, runs.jsonl is kept as runs.previous.jsonl (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--resume", action="store_true",
        help="go on with the runs.jsonl in DIR; activations, seeds, depths and widths may grow",
    )  # fmt: skip
    group.add_argument("--json", action="store_true", help="print what results.json holds, and no table")
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")
    group.add_argument("--no-progress", dest="progress", action="store_false", help="no progress bar")


def _several(low: int, high: int) -> Callable[[str], tuple[int, ...]]:
    """Whole numbers from low to high with commas between them, each once."""
    one = whole(low, high)

    def read(text: str) -> tuple[int, ...]:
        found = tuple(one(part) for part in text.split(","))
        if len(set(found)) < len(found):
            raise argparse.ArgumentTypeError(f"expected each number once, not {text!r}")
        return found

    return read


def _share(text: str) -> float:
    # Both parts of the digits keep 89 images or more: a stratified split needs one of each class.
    value = number_or_nan(text)
    if not 0.05 <= value <= 0.95:
        raise argparse.ArgumentTypeError(f"expected a number from 0.05 to 0.95, not {text!r}")
    return value


def _text(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("expected a name, not an empty one")
    return text


def _callable(text: str) -> str:
    file, _, name = text.rpartition(":")
    if not file.endswith(".py") or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"expected FILE.py:CALLABLE, not {text!r}")
    return text


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("expected a folder, not an empty name")
    return Path(text)
