# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C: what was done is kept, or nothing is left behind."""

import json
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-m", "rheobase.lab.compare", "relu", "sigmoid"]
PATIENCE = 120  # seconds until something must have gone wrong

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals of POSIX")


def interrupted_when(process: subprocess.Popen, line: str) -> tuple[str, str]:
    """Waits for a line on stderr, sends what Ctrl-C sends, and returns the rest of stdout and stderr."""
    for text in process.stderr:
        if line in text:
            break
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=PATIENCE)


def test_ctrl_c_keeps_the_finished_runs_and_says_so(tmp_path):
    command = [
        *COMMAND,
        "--seeds",
        "10000",
        "--epochs",
        "1",
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "report"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        output, errors = interrupted_when(process, "seed 2 of 10000 done")
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == [
        "report.html", "results.csv", "results.json", "runs.jsonl",
    ]  # fmt: skip
    results = json.loads((tmp_path / "report" / "results.json").read_text(encoding="utf-8"))
    done = results["done_runs"]
    assert not results["complete"] and 4 <= done == len(results["runs"]) < results["planned_runs"] == 20000
    message = f"stopped early: {done} of 20000 runs"
    assert errors.endswith(f"rheobase compare: {message}\n")
    assert message.capitalize() in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "relu" in output


def test_ctrl_c_before_the_first_run_is_over_leaves_nothing(tmp_path):
    command = [*COMMAND, "--epochs", "100000", "--out", str(tmp_path / "new" / "report")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + PATIENCE
        while not (tmp_path / "new" / "report").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert output == ""
    assert errors == "rheobase compare: stopped before the first run was over; nothing was written\n"
    assert list(tmp_path.iterdir()) == []
