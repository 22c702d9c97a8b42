# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase plot`: flags, their limits and their help; imports nothing heavy."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rheobase._arguments import Parser, UsageError, positive

PROGRAM = "rheobase plot"
ENDINGS = (".png", ".svg", ".pdf")
DESCRIPTION = """\
Draw activations and their derivatives, computed by the library itself.

One function: value and derivative in one panel. Several, or several values of
a parameter: a panel for values and one for derivatives, or with --panels one
for each name. Where a line jumps it is broken: a full circle is the value
there, an empty one the limit that is not taken; a dot marks a kink. Curves
differ in dashes as well as in colour, for print in black and white."""
EPILOG = """\
examples:
  rheobase plot gelu -o gelu.png
  rheobase plot relu gelu silu mish -o four.svg
  rheobase plot elu:alpha=0.5,1,2 -o fan.pdf --interval -4 2
  rheobase plot hardtanh:min_val=-2,max_val=2 -o clip.png --derivative
  rheobase plot relu gelu tanh sigmoid -o each.png --panels --dark
  rheobase plot gelu -o error.png --error
  rheobase plot relu -o mine.png --data inputs.npz --column layer3

An existing file is replaced. Bad input gives exit code 2 and writes nothing."""


@dataclass(frozen=True)
class Arguments:
    """The parsed command line; names as typed."""

    names: list[str]
    output: Path
    show: list[str]
    interval: tuple[float, float] | None
    panels: bool
    error: bool
    data: Path | None
    column: str | None
    size: tuple[int, int | None] | None
    scale: float
    dark: bool
    title: str | None
    json: bool


def parse(argv: Sequence[str]) -> Arguments:
    """Reads and checks the command line. Raises UsageError; prints help and raises SystemExit(0) for
    --help."""
    given = _parser().parse_args(argv)
    if given.output.suffix.lower() not in ENDINGS:
        raise UsageError(f"-o {given.output}: the ending says what is written: {', '.join(ENDINGS)}")
    interval = tuple(given.interval) if given.interval else None
    return Arguments(
        given.names, given.output, given.show or ["value", "derivative"], interval, given.panels, given.error,
        given.data, given.column, given.size, given.scale, given.dark, given.title, given.json,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = Parser(PROGRAM, DESCRIPTION, EPILOG)
    add = parser.add_argument
    add(
        "names",
        nargs="+",
        metavar="NAME",
        help="activation, preset or alias; NAME:PARAMETER=NUMBER[,NUMBER...]",
    )
    add("-o", "--output", type=Path, required=True, metavar="FILE", help="picture: .png, .svg or .pdf")
    what = parser.add_argument_group("what is drawn (default: --value --derivative)")
    for role, text in (("value", "f(x)"), ("derivative", "f'(x)"), ("second", "f''(x)")):
        what.add_argument(f"--{role}", dest="show", action="append_const", const=role, help=text)
    add = what.add_argument
    add(
        "--interval",
        nargs=2,
        type=float,
        metavar=("LOW", "HIGH"),
        help="of x (default: -5 5, wider where kinks or data are)",
    )
    add("--panels", action="store_true", help="a panel for each name")
    add(
        "--error",
        action="store_true",
        help="the error of float32 results too, in ulp, over all float32 numbers (or the interval), against "
        "rheobase-exact where it is installed, else against the library's float64 results",
    )
    add(
        "--data",
        type=Path,
        metavar="FILE",
        help="the histogram of your numbers too: .npy, .npz, .csv or .txt",
    )
    add(
        "--column", metavar="NAME", help="of --data: the array of .npz; the column of .csv, by name or number"
    )
    look = parser.add_argument_group("how").add_argument
    look(
        "--size",
        type=_size,
        metavar="WIDTH[xHEIGHT]",
        help="in pixels of 1/96 inch (default: 640, more for panels)",
    )
    look("--scale", type=positive, default=2.0, metavar="X", help="of .png: dots per such pixel (default: 2)")
    look("--dark", action="store_true", help="light on dark")
    look("--title", metavar="TEXT", help="a line above the picture")
    look(
        "--json",
        action="store_true",
        help="print what is shown as one JSON object: jumps, kinks, errors, data",
    )
    return parser


def _size(text: str) -> tuple[int, int | None]:
    found = re.fullmatch(r"(\d{1,6})(?:[xX](\d{1,6}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"expected WIDTH or WIDTHxHEIGHT in pixels, not {text!r}")
    return int(found[1]), int(found[2]) if found[2] else None
