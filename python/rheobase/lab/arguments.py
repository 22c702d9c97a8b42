# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase compare`: flags, their limits and their help; imports nothing heavy."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from rheobase._arguments import Parser, UsageError, number_or_nan, positive, whole
from rheobase.lab.settings import CLASSES, IMAGES, INITS, Settings, split_sizes

PROGRAM = "rheobase compare"
DESCRIPTION = f"""\
Train the same small network with each activation on real handwritten digits,
several times over, and compare.

The network is a multilayer perceptron (64 inputs, hidden units, 10 outputs)
with cross-entropy and plain gradient descent, on a CPU. The digits are the
{IMAGES} images of 8 x 8 pixels that scikit-learn brings along, split once, by a
seed of its own, and scaled to [0, 1], then to mean 0 and deviation 1 over all
training pixels. All settings are the same for every activation; for one seed,
so are the initial weights and the order of the images. The same seeds give the
same numbers on the same machine, times aside.

Reported per activation: test accuracy with its spread, loss curves, shares of
dead hidden units (derivative 0 on every test input) and saturated ones (mean
size of the derivative below 0.001), time per training step, failed runs."""
EPILOG = """\
examples:
  rheobase compare                              every function: 1 to 2 minutes
  rheobase compare relu gelu silu --seeds 20    three of them, closely
  rheobase compare --lr 0.1 --epochs 40 --out slow
  rheobase list                                 the names there are

Ctrl-C stops cleanly: the runs that were finished are reported (exit code 130).
Bad input gives exit code 2."""

# Seeds of PyTorch's generators are 64-bit.
LAST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Arguments:
    """The parsed command line; names as typed, none for the default choice."""

    names: list[str]
    settings: Settings
    out: Path
    quiet: bool
    progress: bool
    command: str


def parse(argv: Sequence[str]) -> Arguments:
    """Reads and checks the command line. Raises UsageError; prints help and raises SystemExit(0) for
    --help."""
    given = _parser().parse_args(argv)
    settings = Settings(**{field.name: getattr(given, field.name) for field in fields(Settings)})
    if settings.first_seed + settings.seeds - 1 > LAST_SEED:
        raise UsageError(f"--first-seed {settings.first_seed}: the last seed would exceed {LAST_SEED}")
    train, _ = split_sizes(settings.test_share)
    if settings.batch > train:
        raise UsageError(f"--batch {settings.batch}: there are only {train} training images")
    command = shlex.join([*PROGRAM.split(), *argv])
    return Arguments(given.names, settings, given.out, given.quiet, given.progress, command)


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = Parser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME",
        help="activations, presets or aliases (default: all, less presets that repeat their activation)",
    )  # fmt: skip
    training = parser.add_argument_group("training, the same for all")
    number = training.add_argument
    number("--epochs", type=whole(1, 100_000), metavar="N", help="passes over the training images")
    number(
        "--batch",
        type=whole(1, IMAGES),
        metavar="N",
        help="images per step; an epoch drops what is left over, other images each time",
    )
    number("--lr", type=positive, metavar="X", help="learning rate, greater than 0")
    number("--seeds", type=whole(1, 10_000), metavar="N", help="runs per activation")
    number("--first-seed", type=whole(0, LAST_SEED), metavar="N", help="seeds are N, N + 1, ...")
    number("--hidden", type=whole(1, 65_536), metavar="N", help="hidden units")
    number(
        "--test-share", type=_share, metavar="X", help="share of the images that is tested on, 0.05 to 0.95"
    )
    number("--init", choices=list(INITS), help="; ".join(f"{name}: {rule}" for name, rule in INITS.items()))
    number(
        "--threads",
        type=whole(1, 1024),
        metavar="N",
        help="threads of PyTorch; so small a network wants one",
    )
    for action in training._group_actions:
        action.default = getattr(default, action.dest)
        action.help += " (default: %(default)s)"
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out", type=_folder, default=Path("rheobase-report"), metavar="DIR",
        help="folder for report.html, results.json and results.csv, made if need be; files of these names "
        "are replaced (default: %(default)s)",
    )  # fmt: skip
    output.add_argument("--quiet", action="store_true", help="print nothing but errors")
    output.add_argument("--no-progress", dest="progress", action="store_false", help="no progress bar")
    return parser


def _share(text: str) -> float:
    # Both parts stay far above one image per class, which a stratified split needs.
    assert IMAGES * 0.05 > CLASSES
    value = number_or_nan(text)
    if not 0.05 <= value <= 0.95:
        raise argparse.ArgumentTypeError(f"expected a number from 0.05 to 0.95, not {text!r}")
    return value


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("expected a folder, not an empty name")
    return Path(text)
