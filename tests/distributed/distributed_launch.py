# SPDX-License-Identifier: Apache-2.0
"""Starts each number of ranks once, all by one process; the tests read what was said."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
# Two ranks make what depends on their number: parts, sums, random numbers. Four make everything.
FILES = {
    2: ("checks_random", "checks_training"),
    4: ("checks_rules", "checks_random", "checks_training", "checks_state", "checks_errors"),
}
TIMEOUT = 340  # seconds for the launch; a check that hangs ends sooner (ranks.TIMEOUT)


def checks(ranks: int) -> list[str]:
    """The names of the checks that so many ranks run."""
    texts = [(FOLDER / f"{file}.py").read_text() for file in FILES[ranks]]
    return [name for text in texts for name in re.findall(r"^def (check_\w+)", text, re.MULTILINE)]


@contextlib.contextmanager
def started(command: list[str], **environment: str) -> Iterator[subprocess.Popen]:
    """The command, and all that it starts, which ends with the block."""
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
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen, timeout: float = 120) -> subprocess.CompletedProcess:
    """What it said to the end. Raises subprocess.TimeoutExpired after so many seconds."""
    out, err = process.communicate(timeout=timeout)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@functools.cache
def _launch() -> tuple[dict, str]:
    """What was said by all ranks, and what is wrong if that is not all."""
    files = {ranks: [str(FOLDER / f"{file}.py") for file in names] for ranks, names in FILES.items()}
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.json")
        with started([sys.executable, str(FOLDER / "ranks.py"), str(results), json.dumps(files)]) as process:
            try:
                wrong = ended(process, TIMEOUT).stderr
            except subprocess.TimeoutExpired as error:
                wrong = str(error)
        return json.loads(results.read_text()) if results.exists() else {}, wrong


def launch(ranks: int) -> dict[str, list[str]]:
    """What each rank says of each check, "" where all is well."""
    said, wrong = _launch()
    if str(ranks) not in said:
        pytest.fail(f"{ranks} ranks left no results:\n{wrong[-4000:]}")
    return said[str(ranks)]
