# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase choose`: flags, their words and their help; imports nothing heavy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rheobase._arguments import Parser, UsageError, as_flag, whole
from rheobase.choosing.scenario import MOST_LAYERS, QUESTIONS, SWITCHES, Scenario, scenario

PROGRAM = "rheobase choose"
# Arguments of rheobase.choosing.scenario() that are flags here.
ANSWERS = {*QUESTIONS, *SWITCHES, "depth", "range"}
DESCRIPTION = """\
Which activation to take, ranked, with reasons that can be traced.

Rules look at properties (rheobase analyze), at what files declare, at costs
measured on this machine, and, with --results, at your own comparison; none
knows a name. Each reason says where it is from: + speaks for the function, -
against it, ~ neither. Without any flag, on a terminal, a few questions are
asked; elsewhere the answer is for a hidden layer in general."""
EPILOG = """\
examples:
  rheobase choose                                a few questions
  rheobase choose --depth 50
  rheobase choose --output binary
  rheobase choose --output bounded --range 0 255
  rheobase choose --architecture transformer --normalisation layer --device gpu
  rheobase choose --device microcontroller --precision int8
  rheobase choose --self-normalising --json
  rheobase choose --results rheobase-report/results.json

Exit code: 0, also where wishes contradict each other (the answer says so);
2 for bad input."""


@dataclass(frozen=True)
class Arguments:
    """The parsed command line; no scenario where the questions should be asked."""

    scenario: Scenario | None
    results: Path | None
    bench: Path | None
    top: int
    json: bool


def parse(argv: Sequence[str], ask: bool) -> Arguments:
    """Reads and checks the command line. ask: whether questions can be asked, on a terminal.

    Raises UsageError; prints help and raises SystemExit(0) for --help.
    """
    given = vars(_parser().parse_args(argv))
    rest = {key: given.pop(key) for key in ("results", "bench", "top", "json")}
    answers = {key: value for key, value in given.items() if value is not None and value is not False}
    if "range" in answers:
        answers["range"] = tuple(answers["range"])
    try:
        asked = None if ask and not answers and not rest["json"] else scenario(**answers)
    except (ValueError, TypeError) as error:
        raise UsageError(as_flag(str(error), ANSWERS)) from None
    return Arguments(asked, **rest)


def _parser() -> argparse.ArgumentParser:
    default = Scenario()
    parser = Parser(PROGRAM, DESCRIPTION, EPILOG)
    what = parser.add_argument_group("what it is for").add_argument
    for name, question in QUESTIONS.items():
        words = "; ".join(f"{word}: {text}" for word, text in question.words.items())
        standard = getattr(default, name)
        words += f" (default: {standard})" if standard else ""
        what(f"--{name}", choices=list(question.words), metavar="WORD", help=words)
    what("--range", nargs=2, type=float, metavar=("LOW", "HIGH"), help="of a bounded output (default: -1 1)")
    what(
        "--depth", type=whole(1, MOST_LAYERS), metavar="N", help=f"layers with it (default: {default.depth})"
    )
    for name, (_, text) in SWITCHES.items():
        what(f"--{name.replace('_', '-')}", action="store_true", help=text)
    more = parser.add_argument_group("evidence and output").add_argument
    more(
        "--results",
        type=Path,
        metavar="FILE",
        help="results.json or runs.jsonl of rheobase compare, to count too",
    )
    more("--bench", type=Path, metavar="FILE", help="a table of rheobase bench, in place of a quick timing")
    more(
        "--top",
        type=whole(1, 100),
        default=3,
        metavar="N",
        help="answers with reasons (default: %(default)s)",
    )
    more("--json", action="store_true", help="print one JSON object: all answers, reasons and evidence")
    return parser
