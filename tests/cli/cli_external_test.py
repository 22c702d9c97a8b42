# SPDX-License-Identifier: Apache-2.0
"""The verbs in Python (python/bin): JSON where help promises it, no colours in a pipe, what they mean."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = {path.name.removeprefix("rheobase-"): path for path in (ROOT / "python/bin").glob("rheobase-*")}
# What would make many programs colourful, also in a pipe; not FORCE_COLOR, which asks for it.
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "CLICOLOR": "1", "COLUMNS": "120"}

DOCTOR = """\
import torch
model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
for step in range(20):
    model(torch.randn(16, 8)).sum().backward()
"""
SMALL = {
    "bench": ["relu", "--quick", "--sizes", "256", "--peers", "none", "--seconds", "0.1", "--no-csv"],
    "choose": ["--output", "binary"],
    "compare": ["relu", "--seeds", "2", "--epochs", "1", "--jobs", "1", "--out", "{folder}"],
    "doctor": ["{folder}/train.py"],
    "plot": ["relu", "-o", "{folder}/relu.svg"],
    "report": ["relu", "-o", "{folder}/page.html", "--no-explorer"],
}  # fmt: skip


def run(verb: str, *arguments: str, cwd=None) -> subprocess.CompletedProcess:
    """The verb as its script runs it, with the interpreter of these tests."""
    module = re.search(r"-m ([\w.]+) ", SCRIPTS[verb].read_text())[1]
    environment = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")
    }
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=300, cwd=cwd, env=environment | TERMINAL,
    )  # fmt: skip
    assert "\x1b" not in done.stdout + done.stderr
    return done


SLOW = {"compare"}  # which trains and draws


@pytest.fixture(
    scope="module",
    params=[pytest.param(verb, marks=[pytest.mark.slow] * (verb in SLOW)) for verb in sorted(SCRIPTS)],
)
def verb(request) -> str:
    pytest.importorskip("numpy")
    pytest.importorskip("torch")
    return request.param


@pytest.fixture(scope="module")
def page(verb) -> str:
    """Its help."""
    done = run(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_all_of_them_are_tried_here():
    assert SMALL.keys() == SCRIPTS.keys()


def test_the_script_says_what_the_help_does(verb, page):
    """For `rheobase manual` and completions (src/cli/external.cc)."""
    meaning = re.search(r"^# Meaning: (.*)$", SCRIPTS[verb].read_text(), re.M)[1]
    assert not meaning.endswith(".")
    assert page.split("\n\n")[1].startswith(meaning)


@pytest.fixture
def given(verb, tmp_path) -> list[str]:
    """Arguments that are little work."""
    (tmp_path / "train.py").write_text(DOCTOR)
    return [argument.format(folder=tmp_path) for argument in SMALL[verb]]


def test_json_is_promised_and_is_all_that_is_printed(verb, page, given, tmp_path):
    assert re.search(r"^  --json ", page, re.M)
    done = run(verb, "--json", *given, cwd=tmp_path)
    assert done.returncode == 0, done
    assert json.loads(done.stdout, parse_constant=pytest.fail)


def test_text_has_no_colours_in_a_pipe(verb, given, tmp_path):
    """run() looks for them."""
    done = run(verb, *given, cwd=tmp_path)
    assert done.returncode == 0, done
