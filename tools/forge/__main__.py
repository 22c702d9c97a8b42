# SPDX-License-Identifier: Apache-2.0
"""scripts/forge: formula in, proven tables out."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import emit
from .formula import Formula, Refused
from .search import Search

ROLES = ("value", "derivative")
_ROUNDS = 8
# Each proof that fails makes the next search a little stricter than its counterexamples alone would.
_STRICTER = 0.015

EXAMPLES = """\
examples:
  scripts/forge gelu                 # value and derivative: search, build, prove, repeat until they hold
  scripts/forge --all                # all functions and presets that have a table, or could have one
  scripts/forge --search mish        # show what would be taken, write nothing
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/forge",
        description="Makes the float32 tables of activations from their formulas, and proves them over all "
        "2^32 inputs (docs/forge.md).",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="activations or presets")
    parser.add_argument("--all", action="store_true", help="every activation and preset")
    parser.add_argument("--role", choices=ROLES, action="append", help="only this one; default: both")
    parser.add_argument("--search", action="store_true", help="search only: write, build and prove nothing")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the samples; the same seed gives the same table"
    )
    parser.add_argument(
        "--root", type=Path, default=Path.cwd(), help="the source tree (default: %(default)s)"
    )
    parser.add_argument("--build", type=Path, help="its build (default: build/release in the tree)")
    options = parser.parse_args(arguments)
    options.build = options.build or options.root / "build/release"
    if bool(options.names) == options.all:
        parser.error("name activations, or give --all")
    return options


class Progress:
    """One line that is written over, on a terminal only."""

    def __init__(self, title: str):
        self._title, self._started = title, time.monotonic()

    def __call__(self, what: str, share: float) -> None:
        if sys.stderr.isatty():
            bar = "#" * int(20 * share)
            print(
                f"\r{self._title:<28} [{bar:<20}] {100 * share:3.0f} %  {what}\033[K", end="", file=sys.stderr
            )

    def done(self, text: str) -> None:
        clear = "\r\033[K" if sys.stderr.isatty() else ""
        print(f"{clear}{self._title:<28} {text}; {time.monotonic() - self._started:.0f} s", flush=True)


class Forge:
    """The loop for one activation."""

    def __init__(self, options: argparse.Namespace, info: dict):
        self._options, self._info, self._name = options, info, info["name"]
        self._counterexamples: dict[str, list[float]] = {role: [] for role in ROLES}
        self._roles = options.role or ROLES

    def run(self) -> bool:
        """Whether all roles are proven. A refused role has no table; its formula is proven instead."""
        wanted = list(self._roles)
        for attempt in range(_ROUNDS):
            for role in wanted:
                self._search(role, attempt)
            if self._options.search:
                return True
            run([*_cmake_build(self._options), "--target", "rheobase-check"], "the build failed")
            failed = self._prove()
            if failed is None:
                return True
            wanted = [role for role in wanted if failed[role]]
            if not wanted:
                return False
        print(f"{self._name}: not proven after {_ROUNDS} rounds", flush=True)
        return False

    def _search(self, role: str, attempt: int) -> None:
        progress = Progress(f"{self._name} {role}")
        path = emit.path(self._options.root, self._info, role)
        known = self._counterexamples[role]
        try:
            if role in self._info["plain"]:
                raise Refused(f"float32 itself evaluates its {role}, without a table")
            formula = Formula(self._info, role)
            table = Search(formula, known, self._options.seed, progress, _STRICTER * attempt).best()
        except Refused as reason:
            progress.done(f"stays with its formula: {reason}")
            if not self._options.search:
                path.unlink(missing_ok=True)
            return
        progress.done(f"{table.plan}, sampled {table.error:.3f} ulp")
        if not self._options.search:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(emit.text(formula, table, self._options.seed, len(known)))

    def _prove(self) -> dict[str, list[float]] | None:
        """The inputs that fail, by role; None when all holds."""
        with tempfile.TemporaryDirectory() as folder:
            failures = Path(folder) / "failures"
            program = self._options.build / "src/prover/rheobase-check"
            done = subprocess.run(
                [program, "--exhaustive", "--dtype", "float32", "--role", ",".join(ROLES)]
                + ["--source", self._options.root, "--failures", failures, self._name]
            )
            if done.returncode == 0:
                return None
            found: dict[str, list[float]] = {role: [] for role in ROLES}
            for line in failures.read_text().splitlines() if failures.exists() else ():
                _, role, x = line.split()
                found[role].append(float.fromhex(x))
        for role, inputs in found.items():
            self._counterexamples[role] += inputs
        return found


def _cmake_build(options: argparse.Namespace) -> list:
    return ["cmake", "--build", options.build]


def run(command: list, failure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise SystemExit(f"scripts/forge: {failure}")


def described(options: argparse.Namespace) -> dict[str, dict]:
    """All activations and presets, by name."""
    run([*_cmake_build(options), "--target", "rheobase_program"], "the build failed")
    listed = subprocess.run(
        [options.build / "src/cli/rheobase", "list", "--json"], check=True, capture_output=True, text=True
    )
    return {info["name"]: info for info in json.loads(listed.stdout) if info["kind"] == "unary"}


def main() -> int:
    options = parse(sys.argv[1:])
    infos = described(options)
    for name in options.names:
        if name not in infos:
            raise SystemExit(f"scripts/forge: there is no activation '{name}'; known: {', '.join(infos)}")
    failed = [name for name in options.names or infos if not Forge(options, infos[name]).run()]
    if failed:
        print(f"scripts/forge: not proven: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nscripts/forge: interrupted; tables written so far are kept", file=sys.stderr)
        sys.exit(130)
