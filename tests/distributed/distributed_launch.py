# SPDX-License-Identifier: Apache-2.0
"""Starts each number of ranks once; the tests read what was said."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
# Two ranks make what depends on their number: parts, sums, random numbers. Four make everything.
FILES = {
    2: ("checks_random", "checks_training"),
    4: ("checks_rules", "checks_random", "checks_training", "checks_state", "checks_errors"),
}
TIMEOUT = 170  # seconds for one launch; a check that hangs ends sooner (ranks.TIMEOUT)


def checks(ranks: int) -> list[str]:
    """The names of the checks that so many ranks run."""
    texts = [(FOLDER / f"{file}.py").read_text() for file in FILES[ranks]]
    return [name for text in texts for name in re.findall(r"^def (check_\w+)", text, re.MULTILINE)]


def run(command: list[str], timeout: float = TIMEOUT, **environment: str) -> subprocess.CompletedProcess:
    """The command and all that it starts, which ends with it, in good time or not."""
    quiet = {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", "TORCH_LOGS": "-all"}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | quiet | environment,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        err += f"\nkilled after {timeout} s"
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@functools.cache
def launch(ranks: int) -> dict[str, list[str]]:
    """What each rank says of each check, "" where all is well."""
    files = [str(FOLDER / f"{file}.py") for file in FILES[ranks]]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.json")
        done = run([sys.executable, str(FOLDER / "ranks.py"), str(ranks), str(results), *files])
        if not results.exists():
            pytest.fail(f"{ranks} ranks left no results:\n{done.stderr[-4000:]}")
        return json.loads(results.read_text())
