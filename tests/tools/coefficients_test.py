# SPDX-License-Identifier: Apache-2.0
"""Committed coefficients are what their scripts derive."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "tools" / "coefficients").glob("[!_]*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_committed_coefficients_are_those_that_the_script_derives(script):
    derived = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    committed = (ROOT / "src" / "math" / f"{script.stem}_coefficients.h").read_text()
    assert derived == committed
