# SPDX-License-Identifier: Apache-2.0
"""bench/cuda_forms.py, which without a device tries itself out on the CPU."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

PROGRAM = Path(__file__).resolve().parents[2] / "bench/cuda_forms.py"


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, PROGRAM, *arguments], capture_output=True, text=True)


def test_every_form_is_timed_beside_a_peer(tmp_path):
    done = run("--elements", "2048", "--dtypes", "float32", "-o", tmp_path / "figures.csv")
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "figures.csv") as file:
        assert file.readline().startswith("# ")
        rows = list(csv.DictReader(file))
    for form in ("gate", "softmax", "sums", "learned", "random"):
        assert {"rheobase", "torch"} <= {row["contender"] for row in rows if row["what"].startswith(form)}
    assert {row["role"] for row in rows} == {"value", "backward"}
    assert all(float(row["microseconds"]) > 0 for row in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--gates", "silo"], "no activation is named 'silo'"),
        (["--elements", "0"], "--elements is 0; expected 1 or more"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    done = run(*arguments)
    assert done.returncode == 2 and message in done.stderr
