# SPDX-License-Identifier: Apache-2.0
"""What tests/conftest.py leaves out, and says of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import ROOT

TESTS = """
import pytest

def test_quick(): pass

@pytest.mark.slow
@pytest.mark.parametrize("case", [1, 2])
def test_slow(case): pass
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("some")
    shutil.copy(ROOT / "tests/conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
    (folder / "test_some.py").write_text(TESTS)
    return folder


@pytest.mark.parametrize(
    ("arguments", "passed", "left_out"),
    [
        ("", 1, "2 slow tests left out"),
        ("-n 2", 1, "2 slow tests left out"),
        ("-n 2 --all", 3, None),
        ("-k 1", 0, "1 slow test left out"),
        ("test_some.py", 3, None),
    ],
)
def test_slow_tests_are_left_out_unless_asked_for(folder, arguments, passed, left_out):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "xdist",
        "-p",
        "no:cacheprovider",
        *arguments.split(),
    ]
    quick = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=quick)
    assert done.returncode == (0 if passed else pytest.ExitCode.NO_TESTS_COLLECTED), done.stdout + done.stderr
    assert (f"\n{passed} passed" in done.stdout) == (passed > 0)
    assert ("left out" in done.stdout) == (left_out is not None)
    assert left_out is None or f"\n{left_out}: --all runs all\n" in done.stdout
