# SPDX-License-Identifier: Apache-2.0
"""Scripts of bench/ that nothing else runs still do, in their smallest settings."""

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "bench"


def lines_of(script: str, *arguments: str) -> list[str]:
    command = [sys.executable, str(FOLDER / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_steps_are_timed_with_a_watch_and_without():
    lines = lines_of("watch_cost.py", "--rounds", "2", "--every", "1", "--tokens", "1")
    assert [line.split()[0] for line in lines] == ["digits", "768-3072-768,"]
    assert all(re.search(r" step +\d+\.\d+ ms, watched [+-]\d+\.\d %", line) for line in lines)


def test_what_swap_costs_is_timed():
    lines = lines_of("swap.py", "--rounds", "1")
    for part in (
        "functional=True",
        "all tokens",
        "padded",
        "to swap one of torch.nn's",
        "to swap a stranger",
    ):
        assert any(line.startswith(part) for line in lines), part


def test_calls_are_timed_beside_torchs():
    lines = lines_of("torch_calls.py", "relu", "softmax", "--only", "small", "--rounds", "1", "--no-csv")
    modes = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in lines[2:]]
    plain = ["no gradient", "forward", "forward and backward"]
    assert modes == [("relu", mode) for mode in [*plain, "in place"]] + [("softmax", mode) for mode in plain]
