# SPDX-License-Identifier: Apache-2.0
"""The command line of `rheobase bench`: flags, their limits and their help; imports nothing heavy."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rheobase._arguments import Parser, UsageError, number_or_nan, positive, whole

PROGRAM = "rheobase bench"
ROLES = ("value", "derivative", "backward")
SHORT = ("bfloat16", "float16")
DTYPES = ("float32", "float64", *SHORT)
FORMS = ("gate", "fused", "rows", "random", "sums", "mask", "int8")
DATA = ("uniform", "normal", "far", "subnormal", "infinite", "nan")
IN_CACHE, IN_MEMORY = 65_536, 16 * 2**20
LARGEST = 2**30
DESCRIPTION = """\
Time activations beside other libraries, each checked against the oracle first.

All contenders of a comparison run in turns, in an order that is shuffled each
round, on the same data and the same memory. Before that, each is compared with
ball arithmetic on more than 20,000 points (in 16 bits on all numbers) and on
the special values; one that is wrong is listed with its error. Copy is the
faster of memcpy and a vector load-store loop, timed in the same turns.

A ratio is how many times faster rheobase is than the other one: below 1 it is
slower, and the table says so. docs/bench.md explains the rest."""
EPILOG = f"""\
examples:
  rheobase bench                                all, float32 values: 10 to 20 minutes
  rheobase bench gelu --quick                   one, in cache, half a minute
  rheobase bench gelu mish --role all --dtype all
  rheobase bench gelu --dtype float32,bfloat16  16 bits, and beside our own float32
  rheobase bench swish softplus --set beta=2    with another parameter than the default
  rheobase bench --peers numpy,onednn --sizes 4096,{IN_CACHE} --threads 2
  rheobase bench silu --form gate               gates of it beside separate passes
  rheobase bench --form rows --dtype all        softmax and its kin
  rheobase bench --list-peers                   who could be compared, and why not

Ctrl-C stops cleanly: what was measured is in the table and the file (exit code
130). Bad input gives exit code 2."""


@dataclass(frozen=True)
class Arguments:
    """The parsed command line; `peers` is None for all, `csv` None for the default."""

    names: list[str]
    settings: dict[str, float]
    roles: list[str]
    forms: list[str]  # in place of roles, where there are any
    dtypes: list[str]
    sizes: list[int]
    threads: int
    peers: list[str] | None
    rounds: int
    seconds: float
    data: str
    json: bool
    csv: Path | None
    write_csv: bool
    progress: bool
    list_peers: bool
    xnnpack: Path | None


def parse(argv: Sequence[str]) -> Arguments:
    """Reads and checks the command line. Raises UsageError; prints help and raises SystemExit(0) for
    --help."""
    given = _parser().parse_args(argv)
    quick = given.quick
    if given.csv is not None and given.no_csv:
        raise UsageError(f"--csv {given.csv}: contradicts --no-csv")
    if given.form is not None and given.role is not None:
        raise UsageError(f"--role {given.role}: contradicts --form {given.form}")
    if given.form is not None and given.data not in ("uniform", "normal"):
        raise UsageError(f"--data {given.data}: forms are timed on uniform and normal data")
    for key, value in given.set:
        if given.form is not None or not given.names:
            wanted = "forms are timed with default parameters" if given.form else "of which activation?"
            raise UsageError(f"--set {key}={value:g}: {wanted}")
    if set(given.dtype) & set(SHORT):
        for size in given.sizes or ():
            if size % 128:  # half as many bytes
                raise UsageError(f"--sizes {size}: in 16 bits expected multiples of 128")
    return Arguments(
        names=given.names,
        settings=dict(given.set),
        roles=list(ROLES) if given.role == "all" else [given.role or "value"],
        forms=list(FORMS) if given.form == "all" else [given.form] if given.form else [],
        dtypes=given.dtype,
        sizes=given.sizes or ([IN_CACHE] if quick else [IN_CACHE, IN_MEMORY]),
        threads=given.threads,
        peers=given.peers,
        rounds=given.rounds or (5 if quick else 15),
        seconds=given.seconds or (1.0 if quick else 8.0),
        data=given.data,
        json=given.json,
        csv=given.csv,
        write_csv=not given.no_csv,
        progress=given.progress,
        list_peers=given.list_peers,
        xnnpack=given.xnnpack,
    )


def _parser() -> argparse.ArgumentParser:
    parser = Parser(PROGRAM, DESCRIPTION, EPILOG)
    parser.add_argument(
        "names", nargs="*", metavar="NAME",
        help="activations, presets or aliases, with --form what has it (default: all, less presets that "
        "repeat their activation)",
    )  # fmt: skip
    what = parser.add_argument_group("what is measured").add_argument
    what(
        "--set", action="append", default=[], type=_setting, metavar="PARAMETER=NUMBER",
        help="of the named activations, which have to have it; rows then are of NAME:PARAMETER=NUMBER",
    )  # fmt: skip
    what("--role", choices=[*ROLES, "all"], help="default: value")
    what(
        "--form", choices=[*FORMS, "all"],
        help="a form in place of a role: gates, fused calls, functions of rows, of random numbers (and "
        "these), exact sums, masks, int8; beside separate passes and what others have",
    )  # fmt: skip
    what(
        "--dtype", type=_dtypes, default="float32", metavar="DTYPE,...",
        help=f"{', '.join(DTYPES)}, or all, which are these four (default: %(default)s); where float32 is "
        "among them, the tables of 16-bit formats have their speed beside it",
    )  # fmt: skip
    what(
        "--sizes", type=_sizes, metavar="N,...",
        help=f"numbers of elements (default: {IN_CACHE},{IN_MEMORY}: in cache and in memory)",
    )  # fmt: skip
    what(
        "--data", choices=DATA, default="uniform",
        help="uniform on [-8, 8], normal with deviation 1, or what should be rare: far (uniform on "
        "[-96, 96]), subnormal, all infinite, all nan (default: %(default)s)",
    )  # fmt: skip
    what("--threads", type=whole(1, 1024), default=1, metavar="N", help="for all (default: %(default)s)")
    what(
        "--peers", type=_list, metavar="PEER,...",
        help="only these (default: all that can run; none: rheobase and copy alone)",
    )  # fmt: skip
    what(
        "--xnnpack",
        type=Path,
        metavar="DIR",
        help="first build the XNNPACK peer from this source tree",
    )
    effort = parser.add_argument_group("how long").add_argument
    effort("--rounds", type=whole(1, 100_000), metavar="N", help="turns of each contender (default: 15)")
    effort(
        "--seconds", type=positive, metavar="X",
        help="per comparison, after which no further round begins; 3 rounds are the least (default: 8)",
    )  # fmt: skip
    effort("--quick", action="store_true", help="in cache only, 5 rounds, 1 second")
    output = parser.add_argument_group("output").add_argument
    output("--json", action="store_true", help="print the rows as one JSON array instead of tables")
    output(
        "--csv", type=Path, metavar="FILE",
        help="append the rows to it (default: bench/results/<machine>.csv of the source tree one is in; of "
        "forms in bench/results/forms, of runs with 16-bit formats in bench/results/formats16)",
    )  # fmt: skip
    output("--no-csv", action="store_true", help="write no file")
    output("--list-peers", action="store_true", help="say which peers there are, then stop")
    output("--no-progress", dest="progress", action="store_false", help="no progress bar")
    return parser


def _sizes(text: str) -> list[int]:
    """Multiples of 64, so that the copies move whole vectors; with 16-bit formats `parse` wants more."""
    read = whole(64, LARGEST)
    sizes = [read(part) for part in text.split(",")]
    for size in sizes:
        if size % 64:
            raise argparse.ArgumentTypeError(f"expected multiples of 64, not {size}")
    return list(dict.fromkeys(sizes))


def _dtypes(text: str) -> list[str]:
    wanted = list(DTYPES) if text == "all" else [part.strip() for part in text.split(",")]
    for dtype in wanted:
        if dtype not in DTYPES:
            raise argparse.ArgumentTypeError(f"expected {', '.join(DTYPES)} or all, not {dtype!r}")
    return list(dict.fromkeys(wanted))


def _setting(text: str) -> tuple[str, float]:
    key, equals, number = text.partition("=")
    value = number_or_nan(number)
    if not (key and equals) or math.isnan(value):
        raise argparse.ArgumentTypeError(f"expected PARAMETER=NUMBER, not {text!r}")
    return key.strip(), value


def _list(text: str) -> list[str]:
    names = [part.strip() for part in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"expected names with commas between them, not {text!r}")
    return [] if names == ["none"] else list(dict.fromkeys(names))
