# SPDX-License-Identifier: Apache-2.0
"""The program's tables, and those recorded of the frameworks."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from int8_cases import Case

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


@pytest.fixture(scope="session")
def lut():
    """The table of a case as the program prints it: 256 codes, from the lowest."""
    program, known = find_program(), {}

    def run(case: Case, convention: str) -> list[int]:
        if (case, convention) in known:
            return known[case, convention]
        command = [program, "lut", case.name, "--json", "--type", case.type, "--convention", convention]
        command += [f"--in-scale={case.in_scale!r}", f"--in-zero={case.in_zero}"]
        command += [f"--out-scale={case.out_scale!r}", f"--out-zero={case.out_zero}"]
        command += [f"--set={name}={value!r}" for name, value in case.parameters]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), command
        known[case, convention] = json.loads(done.stdout)["table"]
        return known[case, convention]

    return run


@pytest.fixture(scope="session")
def golden() -> dict:
    """By convention: the framework's version, and its tables."""
    return json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
