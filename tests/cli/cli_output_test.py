# SPDX-License-Identifier: Apache-2.0
"""Help, versions, instruction sets, and output that cannot be written."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).resolve().parents[2] / "python/rheobase/_program.py"
VERBS = ["list", "show", "eval", "random"]


def test_help_shows_the_verbs_and_examples(rheobase):
    for arguments in (["--help"], ["-h"], []):
        done = rheobase(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        for verb in VERBS:
            assert re.search(rf"^  {verb} ", done.stdout, re.M)
        assert "Examples:\n" in done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb_shows_examples_that_work(rheobase, verb):
    done = rheobase(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    examples = re.findall(r"^  rheobase (.*)$", done.stdout.partition("Examples:\n")[2], re.M)
    assert examples
    for example in examples:
        command = example.partition(" | ")[0].split()
        assert command[0] == verb
        done = rheobase(*command)
        assert (done.returncode, done.stderr) == (0, ""), example
        assert done.stdout


def test_version_is_name_and_number(rheobase):
    done = rheobase("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"rheobase \d+\.\d+\.\d+\n", done.stdout)


def test_targets_are_listed_and_one_is_in_use(rheobase):
    done = rheobase("--targets")
    assert (done.returncode, done.stderr) == (0, "")
    assert sum("(in use)" in line for line in done.stdout.splitlines()) == 1


def test_each_target_that_is_listed_can_be_forced(rheobase):
    listed = [line.split()[0] for line in rheobase("--targets").stdout.splitlines()]
    for target in listed:
        done = rheobase("--targets", env=os.environ | {"RHEOBASE_TARGET": target})
        assert [line.split()[0] for line in done.stdout.splitlines()] == listed
        assert f"{target}  (in use)" in done.stdout.splitlines()


COMMANDS = {
    "list": ["list"],
    "list --json": ["list", "--json"],
    "show": ["show", "{name}"],
    "show --json": ["show", "{name}", "--json"],
    "eval": ["eval", "{name}", "1"],
    "--help": ["--help"],
    "list --help": ["list", "--help"],
    "--version": ["--version"],
    "--targets": ["--targets"],
}


def arguments_of(command, activations):
    return [argument.format(name=activations[0]["name"]) for argument in COMMANDS[command]]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_device_is_an_error_with_a_message(rheobase, activations, command):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [rheobase.path, *arguments_of(command, activations)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("rheobase: ") and done.stderr.count("\n") == 1, done.stderr


def run_into_closed_pipe(command, **options):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, **options)
    finally:
        os.close(writing)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_pipe_is_an_error_with_a_message_where_its_signal_is_ignored(rheobase, activations, command):
    def ignore():
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)

    done = run_into_closed_pipe([rheobase.path, *arguments_of(command, activations)], preexec_fn=ignore)
    assert done.returncode == 2
    assert done.stderr.startswith("rheobase: ") and done.stderr.count("\n") == 1, done.stderr


def test_a_message_that_nobody_reads_is_no_crash(rheobase):
    reading, writing = os.pipe()
    os.close(reading)
    shell = "trap '' PIPE; exec \"$0\" eval"
    done = subprocess.run(["sh", "-c", shell, rheobase.path], stdout=writing, stderr=writing)
    os.close(writing)
    assert done.returncode == 2


def test_the_wheels_program_ends_with_a_closed_pipe_as_others_do(rheobase, tmp_path):
    """Python, which starts it, ignores the signal."""
    (tmp_path / "_bin").mkdir()
    (tmp_path / "_bin/rheobase").symlink_to(rheobase.path)
    (tmp_path / "_program.py").write_bytes(LAUNCHER.read_bytes())
    done = run_into_closed_pipe([sys.executable, tmp_path / "_program.py", "list"])
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_pipe_ends_the_program_as_it_ends_others(rheobase, activations, command):
    done = run_into_closed_pipe([rheobase.path, *arguments_of(command, activations)])
    assert done.returncode in (-signal.SIGPIPE, 2)
    assert done.stderr.count("\n") <= 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_standard_output_is_an_error(rheobase, activations, command):
    shell = 'exec "$0" "$@" >&-'
    done = subprocess.run(
        ["sh", "-c", shell, rheobase.path, *arguments_of(command, activations)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("rheobase: ") and done.stderr.count("\n") == 1, done.stderr
