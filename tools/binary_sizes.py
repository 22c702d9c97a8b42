#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints how many bytes of code and constants each activation adds to the library, by instruction set.

Counted are the symbols of the kernels' object files in a build folder. What the linker keeps once for all
files of a folder, such as the loop over a table of one form, has a row of its own; so have the kernels that
all functions of rows share.
"""

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

SYMBOL = re.compile(r"[0-9a-f]+ (?P<size>[0-9a-f]+) (?P<kind>\S) (?P<name>.*)")
SET = re.compile(r"\bN_(\w+?)::")
OWNER = re.compile(r"rheo::(?:N_\w+|recorded)::\(anonymous namespace\)::(\w+)")
SETS = {"AVX3_SPR": "AVX-512", "AVX3": "AVX-512"}  # Highway's names, where others are better known
MAKER = re.compile(r"(?:[a-z]+_)?table_")  # functions that fill a table of kernels
TABLE = re.compile(r"(\w+)_(?:value|derivative)")
# Where the sources are, by what their object files' names begin with.
FOLDERS = {"kernel": "activations", "rows": "activations/rows", "random": "activations/random"}
OBJECT = re.compile(rf"generated/({'|'.join(FOLDERS)})_(?!list[.])(\w+)[.]cc[.]o(?:bj)?")
# Kernels that belong to a folder's files together.
COMMON = re.compile(r"(rows)/(shares|logarithms)[.]cc[.]o(?:bj)?")
EXAMPLES = """examples:
  tools/binary_sizes.py                  of build/release
  tools/binary_sizes.py build/dev
"""


class Problem(Exception):
    """What is wrong with the input: one line."""


def symbols(path: Path):
    done = subprocess.run(["nm", "-S", "-C", "--defined-only", path], capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem(done.stderr.strip())
    return [found for line in done.stdout.splitlines() if (found := SYMBOL.fullmatch(line))]


def owner_of(name: str) -> str:
    """The struct, an activation or a table, that a symbol belongs to; "" without one."""
    found = OWNER.search(name)
    return found[1] if found and found[1][0].islower() and not MAKER.match(found[1]) else ""


def activation_of(owner: str, activations: set[str], common: str) -> str:
    """A table belongs to its activation; one of a preset, and what has no owner, to the file."""
    table = TABLE.fullmatch(owner)
    name = table[1] if table else owner
    return name.removesuffix("_activation") if name in activations else common


def shared_by(folder: str) -> str:
    return f"shared by files of {folder}"


def match_of(path: Path) -> re.Match[str] | None:
    name = f"{path.parent.name}/{path.name}"
    return OBJECT.fullmatch(name) or COMMON.fullmatch(name)


def objects(build: Path) -> list[tuple[str, str, Path]]:
    """Of each object file of kernels the folder and the name of its source, in the order of FOLDERS."""
    paths = build.glob("src/CMakeFiles/rheobase_core.dir/**/*.o*")
    found = [(*match.groups(), path) for path in paths if (match := match_of(path))]
    if not found:
        raise Problem(f"{build} holds no kernels; cmake --preset release && cmake --build --preset release")
    kinds = list(FOLDERS)
    return [(FOLDERS[k], n, p) for k, n, p in sorted(found, key=lambda f: (kinds.index(f[0]), f[1]))]


def sizes(build: Path) -> dict[str, dict[str, int]]:
    """Bytes by activation and instruction set; "" is what belongs to none of these."""
    result: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    merged = set()
    for folder, file, path in objects(build):
        own = symbols(path)
        activations = {o for symbol in own if (o := owner_of(symbol["name"])) and not TABLE.fullmatch(o)}
        common = f"{file}.h, for all" if len(activations) > 1 else file
        if match_of(path).re is COMMON:
            common = shared_by(folder)
        for symbol in own:
            name, where = symbol["name"], SET.search(symbol["name"])
            row = activation_of(owner_of(name), activations, common)
            if symbol["kind"] in "WVu":
                if name in merged:
                    continue
                merged.add(name)
                row = shared_by(folder)
            column = SETS.get(where[1], where[1]) if where else ""
            result[row][column] += int(symbol["size"], 16)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    root = Path(__file__).resolve().parents[1]
    parser.add_argument("build", nargs="?", type=Path, default=root / "build/release", help="a build folder")
    try:
        found = sizes(parser.parse_args().build)
    except (Problem, OSError) as problem:
        print(f"binary_sizes: {problem}", file=sys.stderr)
        return 2
    columns = sorted({column for row in found.values() for column in row if column})
    print("| activation | " + " | ".join(columns) + " | elsewhere | kB in all |")
    print("|---|" + "---:|" * (len(columns) + 2))
    last = [name for folder in FOLDERS.values() if (name := shared_by(folder)) in found]
    total: dict[str, int] = defaultdict(int)
    for name in [*sorted(set(found) - set(last)), *last]:
        row = found[name]
        for column, size in row.items():
            total[column] += size
        if name not in last or sum(row.values()) >= 500:
            print_row(name, columns, row)
    print_row("all", columns, total)
    return 0


def print_row(name: str, columns: list[str], row: dict[str, int]) -> None:
    numbers = [row.get(column, 0) for column in (*columns, "")]
    print(f"| {name} | " + " | ".join(f"{n / 1000:.0f}" for n in (*numbers, sum(numbers))) + " |")


if __name__ == "__main__":
    sys.exit(main())
