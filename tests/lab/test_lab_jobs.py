# SPDX-License-Identifier: Apache-2.0
"""Several processes: the same bits, and a clean end when one of them or the user stops."""

import io
import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from lab_run import run
from rich.console import Console
from test_lab_compare import without_times
from test_lab_interrupt import interrupted_when

from rheobase.lab import compare, crew
from rheobase.lab.progress import Display
from rheobase.lab.settings import Case, Job

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals of POSIX")
NAMES = ("rrelu", "swish:learn")
FLAGS = ("--seeds", "2", "--epochs", "1", "--quiet")


def test_the_number_of_jobs_changes_no_number(tmp_path):
    alone, together = (
        run(tmp_path / jobs, *NAMES, *FLAGS, "--tune", "--width", "16", "--jobs", jobs).results
        for jobs in ("1", "2")
    )
    assert alone["timing"]["jobs"] == 1 and together["timing"]["jobs"] == 2
    assert without_times(alone) == without_times(together)


def test_a_process_that_is_killed_is_one_line_and_what_was_done_is_kept(tmp_path, capsys, monkeypatch):
    made = []
    begin = crew._Worker.__init__

    def watched(self, *arguments):
        begin(self, *arguments)
        made.append(self)

    monkeypatch.setattr(crew._Worker, "__init__", watched)
    folder = tmp_path / "out"

    def kill():
        while not (folder / "runs.jsonl").exists():
            if over.wait(0.05):
                return
        os.kill(made[0].process.pid, signal.SIGKILL)

    over = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    flags = ["--seeds", "5000", "--epochs", "1", "--jobs", "2", "--quiet", "--out", str(folder)]
    try:
        assert compare.main(["relu", *flags]) == 1
    finally:
        over.set()
        killer.join()
    output = capsys.readouterr()
    assert output.err.count("\n") == 1
    assert "ended by signal 9 while training relu, seed" in output.err and "--resume" in output.err
    assert all(member.process.poll() is not None for member in made)
    lines = (folder / "runs.jsonl").read_text().splitlines()
    assert len(lines) >= 2 and all(json.loads(line) for line in lines)


def test_ctrl_c_ends_all_processes_and_resume_goes_on(tmp_path):
    flags = ["relu", "tanh", "--epochs", "1", "--seeds", "60", "--width", "8"]
    command = [sys.executable, "-m", "rheobase.lab.compare", *flags, "--jobs", "2"]
    command += ["--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        _, errors = interrupted_when(process, "seed 2 of 60 done")
    assert process.returncode == 130 and "Traceback" not in errors
    done = json.loads((tmp_path / "out" / "results.json").read_text())["done_runs"]
    lines = (tmp_path / "out" / "runs.jsonl").read_text().splitlines()
    assert 4 <= done < 120
    assert len(lines) == done + 1 and all(json.loads(line)["type"] in ("header", "run") for line in lines)
    whole = run(tmp_path / "out", *flags, "--resume", "--quiet", "--jobs", "1")
    assert whole.code == 0
    assert len({(r["name"], r["seed"]) for r in whole.results["runs"]}) == 120


@pytest.mark.parametrize("term, bar", [("dumb", False), ("xterm", True)])
def test_a_dumb_terminal_gets_plain_lines_without_control_characters(term, bar):
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, _environ={"TERM": term}, width=80)
    jobs = [Job(Case("relu"), 0.1, seed, 1) for seed in (0, 1)]
    with Display(console, True) as display:
        display.begin("results", jobs, 2)
        for _ in jobs:
            display.epoch_ends()
            display.run_ends("relu", 0.5, 0)
        display.writing()
    assert ("\x1b" in text.getvalue()) == bar
    assert ("results: seed 2 of 2 done" in text.getvalue()) != bar
