# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase doctor`; imports nothing heavy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rheobase._arguments import Parser, whole

PROGRAM = "rheobase doctor"
DESCRIPTION = """\
Find dead and saturated units, and scales that went wrong, in a PyTorch network.

A script is run as Python would run it, with the activations of all its models
watched: torch.nn's and rheobase's modules, and functions that are called. A
checkpoint (a state_dict or a whole model, as torch.save writes it) is only
read: its weights and biases are looked at."""
EPILOG = """\
examples:
  rheobase doctor train.py                       its arguments may follow --
  rheobase doctor --every 8 train.py -- --epochs 3 --lr 0.1
  rheobase doctor --json train.py > found.json   the script's own output: stderr
  rheobase doctor checkpoint.pt
  rheobase doctor --trust model.pt               a whole model: runs its code

Exit code: 0 healthy, 1 findings, 2 bad use, or no activation was called; that
of the script where it fails after one was (1 after an exception, 130 after
Ctrl-C), with the diagnosis up to there."""


@dataclass(frozen=True)
class Arguments:
    """The parsed command line."""

    subject: Path
    arguments: list[str]  # the script's own
    every: int
    window: int
    json: bool
    trust: bool


def parse(argv: Sequence[str]) -> Arguments:
    """Reads the command line. Raises UsageError; prints help and raises SystemExit(0) for --help."""
    argv = list(argv)
    at = argv.index("--") if "--" in argv else len(argv)
    given = _parser().parse_args(argv[:at])
    return Arguments(given.subject, argv[at + 1 :], given.every, given.window, given.json, given.trust)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=PROGRAM,
        usage="%(prog)s [--every N] [--window N] [--trust] [--json] SCRIPT_OR_CHECKPOINT [-- ARGUMENT ...]",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    parser.add_argument("subject", type=Path, metavar="SCRIPT_OR_CHECKPOINT", help="the file to look at")
    parser.add_argument(
        "--every", type=whole(1, 2**31), default=16, metavar="N",
        help="of a script: a forward pass in N is looked at (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--window", type=whole(1, 4096), default=8, metavar="N",
        help="of a script: the last N of those are judged (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--trust", action="store_true", help="of a checkpoint: load a whole model, which may run any code"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    return parser
