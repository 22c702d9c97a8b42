# SPDX-License-Identifier: Apache-2.0
"""tools/binary_sizes.py: a row for each activation, and no bytes lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rheobase

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))


def run(*arguments):
    command = [sys.executable, ROOT / "tools/binary_sizes.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def rows(text: str) -> dict[str, list[int]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {name: [int(n) for n in numbers] for name, *numbers in cells}


def test_every_activation_has_its_kilobytes_and_they_add_up():
    if not any(BUILD.glob("src/CMakeFiles/rheobase_core.dir/**/kernel_*.o")):
        pytest.skip(f"{BUILD} holds no object files")
    done = run(BUILD)
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    total = found.pop("all")
    files = {file.stem for file in (ROOT / "activations").rglob("*.h")}
    for row in found:
        assert row in files or row in rheobase.names() or row.startswith("shared by ") or ".h, for" in row
    for name in rheobase.names():
        info = rheobase.info(name)
        if info["activation"] == name:
            assert found[name][-1] > 5, name
    for folder in ("rows", "random"):
        for file in (ROOT / "activations" / folder).glob("*.h"):
            assert file.stem in found, file
            assert folder == "random" or found[file.stem][-1] <= 5, file  # of rows facts alone
    assert found["shared by files of activations/rows"][-1] > 5
    for row in [*found.values(), total]:
        assert abs(sum(row[:-1]) - row[-1]) <= len(row)
    assert abs(sum(row[-1] for row in found.values()) - total[-1]) <= len(found)


def test_a_folder_without_kernels_is_an_error_of_one_line(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert str(tmp_path) in done.stderr and done.stderr.count("\n") == 1
