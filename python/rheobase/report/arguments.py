# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase report`: flags and their help; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rheobase._arguments import Parser, UsageError

PROGRAM = "rheobase report"
DEFAULT_OUTPUT = Path("rheobase.html")
DESCRIPTION = """\
Write one page about all activations: a table to sort and filter, pictures,
properties, proven errors, speed on this machine, results of training, and the
explorer, whose curves follow sliders. The page needs no network and no other
file. What there is no data for is said in words, with the command to get it."""
EPILOG = """\
examples:
  rheobase report
  rheobase report -o page.html --open
  rheobase report relu gelu silu -o three.html
  rheobase report --results rheobase-report/results.json
  rheobase report --bench bench/results/my-machine.csv --no-explorer

An existing file is replaced. Bad input gives exit code 2 and writes nothing."""


@dataclass(frozen=True)
class Arguments:
    """The parsed command line; names as typed, None where the default is looked for."""

    names: list[str]
    output: Path
    results: Path | None
    bench: Path | None
    proofs: Path | None
    explorer: Path | None
    no_explorer: bool
    open: bool
    json: bool


def parse(argv: Sequence[str]) -> Arguments:
    """Reads and checks the command line. Raises UsageError; prints help and raises SystemExit(0) for
    --help."""
    given = _parser().parse_args(argv)
    if given.explorer is not None and given.no_explorer:
        raise UsageError(f"--explorer {given.explorer}: contradicts --no-explorer")
    return Arguments(**vars(given))


def _parser() -> Parser:
    parser = Parser(PROGRAM, DESCRIPTION, EPILOG)
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="activations, presets or aliases (default: all)")
    add(
        "-o", "--output", type=Path, default=DEFAULT_OUTPUT, metavar="FILE",
        help=f"the page (default: {DEFAULT_OUTPUT})",
    )  # fmt: skip
    add("--open", action="store_true", help="open the page in a browser afterwards")
    add("--json", action="store_true", help="print what the page says as one JSON object, too")
    source = parser.add_argument_group("what it is made of").add_argument
    source(
        "--results", type=Path, metavar="FILE",
        help="results.json or runs.jsonl of rheobase compare (default: rheobase-report/results.json, if any)",
    )  # fmt: skip
    source(
        "--bench", type=Path, metavar="FILE",
        help="the CSV file of rheobase bench (default: this machine's, if any; else a second's timing)",
    )  # fmt: skip
    source(
        "--proofs", type=Path, metavar="FOLDER",
        help="the proofs (default: those of the source tree one is in, or the installed ones)",
    )  # fmt: skip
    source(
        "--explorer", type=Path, metavar="FILE",
        help="the module that scripts/build-explorer makes (default: the installed one, if any)",
    )  # fmt: skip
    source("--no-explorer", action="store_true", help="leave the explorer out: the page is 4 MB smaller")
    return parser
