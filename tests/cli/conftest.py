# SPDX-License-Identifier: Apache-2.0
"""The program under test: RHEOBASE_PROGRAM, else the one in .venv, else the release build's."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def find_program() -> Path:
    given = os.environ.get("RHEOBASE_PROGRAM")
    places = (
        [Path(given)] if given else [ROOT / ".venv/bin/rheobase", ROOT / "build/release/src/cli/rheobase"]
    )
    for place in places:
        if place.is_file():
            return place.resolve()
    raise pytest.UsageError(f"no program to test: there is no {' and no '.join(map(str, places))}")


class Program:
    """Runs the program; each call returns the finished process with its output as text."""

    def __init__(self, path: Path):
        self.path = path

    def __call__(self, *arguments, **options) -> subprocess.CompletedProcess:
        settings = {
            "capture_output": True,
            "text": True,
            "timeout": 60,
            "stdin": subprocess.DEVNULL,
        } | options
        return subprocess.run([self.path, *map(str, arguments)], **settings)

    def json(self, *arguments):
        """What a call that has to succeed prints, parsed; what JSON has not, such as Infinity, fails."""
        verb, *rest = arguments
        done = self(verb, "--json", *rest)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout, parse_constant=pytest.fail)

    def refuses(self, *arguments, **options) -> str:
        """The message of a call that has to fail: one line on stderr, nothing on stdout, exit code 2."""
        done = self(*arguments, **options)
        assert done.returncode == 2, done
        assert done.stdout == "", done
        lines = done.stderr.splitlines()
        assert len(lines) == 1 and done.stderr.endswith("\n"), done
        assert lines[0].startswith("rheobase: ") and len(lines[0]) > len("rheobase: "), done
        return lines[0]


@pytest.fixture(scope="session")
def rheobase() -> Program:
    return Program(find_program())


@pytest.fixture(scope="session")
def everything(rheobase) -> list[dict]:
    """All that `rheobase list --json` says."""
    return rheobase.json("list")


@pytest.fixture(scope="session")
def activations(everything) -> list[dict]:
    """What functions of one number it lists."""
    return [info for info in everything if info["kind"] == "unary"]
