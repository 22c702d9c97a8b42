# SPDX-License-Identifier: Apache-2.0
"""`rheobase completion`, `rheobase manual`: all that the program takes, for shells and man; colours."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture
def script(rheobase, tmp_path):
    def make(shell: str):
        done = rheobase("completion", shell)
        assert (done.returncode, done.stderr) == (0, "")
        path = tmp_path / f"completion.{shell}"
        path.write_text(done.stdout)
        return path

    return make


def needs(shell: str) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    return shell


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_can_read_its_script(script, shell):
    done = subprocess.run([needs(shell), "-n", script(shell)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_verb_option_and_name_is_in_it(rheobase, script, everything, shell):
    text = script(shell).read_text()
    words = set(re.findall(r"[\w.-]+", text))
    for info in everything:
        assert {info["name"], *info["aliases"]} <= words
    verbs = re.findall(r"^  (\w+) {2,}\S", rheobase("--help").stdout, re.M)
    assert {"list", "show", "eval", "verify", "completion"} <= set(verbs) <= words
    for verb in verbs:
        for option in re.findall(r"^  (?:-\w,)?--([\w-]+)", rheobase(verb, "--help").stdout, re.M):
            assert option in words or f"--{option}" in words, (verb, option)


def completed(path, *words: str, program="rheobase", env=None) -> set[str]:
    """What bash offers for the last word."""
    line = " ".join(f"'{word}'" for word in (program, *words))
    command = f"source '{path}'; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _rheobase"
    done = subprocess.run(
        ["bash", "--norc", "-c", f'{command}; printf "%s\\n" "${{COMPREPLY[@]}}"'],
        capture_output=True,
        text=True,
        env=env,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


def test_bash_offers_what_fits(script, activations):
    needs("bash")
    path = script("bash")
    assert completed(path, "ev") == {"eval"}
    assert "--version" in completed(path, "--")
    names = {info["name"] for info in activations}
    assert names <= completed(path, "show", "")
    first = sorted(names)[0]
    assert first in completed(path, "eval", first[:3])
    assert completed(path, "eval", first, "--dtype", "") == {"float32", "float64", "bfloat16", "float16"}
    assert completed(path, "eval", first, "--dt") == {"--dtype"}
    assert completed(path, "completion", "f") == {"fish"}


def test_fish_offers_what_fits(script):
    path = script(needs("fish"))
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source '{path}'; complete -C 'rheobase eval --dty'"],
        capture_output=True,
        text=True,
        env=os.environ | {"HOME": str(path.parent)},
    )
    assert done.stdout.startswith("--dtype")


OTHER = """#!/bin/sh
# Meaning: Something else
[ "$1" = --help ] || exit 2
cat <<'END'
usage: rheobase other [-h] [--mode {quick,slow}] [-o FILE]

options:
  -h, --help            show this help message and exit
  --mode {quick,slow}   how; --never is no option
  -o FILE, --output FILE
END
"""


@pytest.fixture
def with_other(tmp_path) -> dict[str, str]:
    """An environment with a verb of another program."""
    path = tmp_path / "path/rheobase-other"
    path.parent.mkdir()
    path.write_text(OTHER)
    path.chmod(0o755)
    return os.environ | {"PATH": f"{path.parent}{os.pathsep}{os.environ['PATH']}"}


def test_what_other_programs_take_is_read_in_their_help(rheobase, script, with_other, activations):
    needs("bash")

    def offered(*words: str) -> set[str]:
        return completed(script("bash"), "other", *words, program=rheobase.path, env=with_other)

    assert offered("-") == {"-h", "--help", "--mode", "-o", "--output"}
    assert offered("--m") == {"--mode"}
    assert offered("--mode", "") == {"quick", "slow"}
    assert {info["name"] for info in activations} <= offered("")
    assert offered("--no-such") == set()


def test_what_other_programs_mean_is_told(rheobase, with_other):
    for shell in ("zsh", "fish"):
        assert "Something else" in rheobase("completion", shell, env=with_other).stdout
    assert ".B rheobase other\nSomething else\n" in rheobase("manual", env=with_other).stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_every_verb_has_a_description(rheobase, with_other, shell):
    """Those of programs that are no scripts, too: of ours, and of others."""
    place = Path(with_other["PATH"].partition(os.pathsep)[0])
    for verb in ("analyze", "check", "exact", "foreign"):
        shutil.copy(shutil.which("true"), place / f"rheobase-{verb}")
    text = rheobase("completion", shell, env=with_other).stdout
    if shell == "zsh":
        text = re.search(r"verbs=\((.*)\)", text)[1]
    pattern = r" '([\w-]+):([^']*)'" if shell == "zsh" else r"use_subcommand -a (\S+) -d '([^']*)'"
    found = dict(re.findall(pattern, text))
    assert {"list", "other", "analyze", "check", "exact", "foreign"} <= found.keys()
    assert all(found.values()), found
    assert found["foreign"] == "Runs rheobase-foreign"
    assert "ball arithmetic" in found["check"] and "ball arithmetic" in found["exact"]


def test_what_cannot_be_run_is_no_verb(rheobase, with_other):
    """A folder, and a name that shells would take apart."""
    place = Path(with_other["PATH"].partition(os.pathsep)[0])
    (place / "rheobase-folder").mkdir()
    shutil.copy(place / "rheobase-other", place / "rheobase-a;b")
    text = rheobase("manual", env=with_other).stdout
    assert ".B rheobase other\n" in text
    assert ".B rheobase folder\n" not in text and "a;b" not in text


def test_fish_reads_the_help_of_other_programs(rheobase, script, with_other):
    path = script(needs("fish"))
    if rheobase.path.name != "rheobase":
        pytest.skip("the program has another name")
    places = f"{rheobase.path.parent}{os.pathsep}{with_other['PATH']}"
    text = rheobase("completion", "fish", env=with_other).stdout
    path.write_text(text)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source '{path}'; complete -C 'rheobase other --m'"],
        capture_output=True,
        text=True,
        env=with_other | {"HOME": str(path.parent), "PATH": places},
    )
    assert done.stdout.split() == ["--mode"]


def test_an_unknown_shell_is_an_error_of_one_line(rheobase):
    assert "tcsh" in rheobase.refuses("completion", "tcsh")
    rheobase.refuses("completion")


def test_the_manual_page_has_every_verb_and_is_good_troff(rheobase):
    done = rheobase("manual")
    assert (done.returncode, done.stderr) == (0, "")
    for verb in ("list", "show", "eval", "random", "lut", "verify", "completion"):
        assert f".SH rheobase {verb}\n" in done.stdout
    assert done.stdout.startswith(".TH RHEOBASE 1")
    assert not [line for line in done.stdout.splitlines() if line.startswith("'")]
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    read = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww"], input=done.stdout, capture_output=True, text=True, timeout=60
    )
    assert (read.returncode, read.stderr) == (0, "")
    assert "rheobase eval gelu -5.5 0 1" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", read.stdout).replace(
        "‐", "-"
    ).replace("−", "-")


def test_instruction_sets_as_json_are_those_of_the_text(rheobase):
    text = rheobase("--targets").stdout.splitlines()
    found = json.loads(rheobase("--targets", "--json").stdout)
    assert found["targets"] == [line.split()[0] for line in text]
    assert [line.split()[0] for line in text if "in use" in line] == [found["in_use"]]
    assert "--targets" in rheobase.refuses("--json")


def test_every_verb_with_results_has_json(rheobase):
    for verb in re.findall(r"^  (\w+) {2,}\S", rheobase("--help").stdout, re.M):
        if verb not in {"completion", "manual"}:
            assert "--json" in rheobase(verb, "--help").stdout, verb


LUT = "lut gelu --in-scale 0.05 --in-zero 3 --out-scale 0.02 --out-zero -110"


@pytest.mark.parametrize(
    "mode",
    ["list", "list --forms", "show gelu", "show softmax", "show rrelu", "eval gelu 1 inf nan"]
    + ["eval swish --parameters inf", "eval softmax 1 inf", "random", "random rrelu inf", LUT]
    + ["random rrelu --seed 7 nan", "verify --forms", "verify gelu --dtype bfloat16"],
)
def test_every_mode_prints_json_for_any_reader(rheobase, mode):
    verb, *arguments = mode.split()
    done = rheobase(verb, "--json", *arguments)
    assert done.returncode <= (1 if verb == "verify" else 0) and done.stderr == ""
    assert json.loads(done.stdout, parse_constant=pytest.fail)


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["eval", "--help"], ["--targets"]])
def test_no_output_has_colours_in_a_pipe_or_with_no_color(rheobase, arguments):
    for given in ({}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color", "CLICOLOR": "1"}):
        done = rheobase(*arguments, env=os.environ | given)
        assert "\x1b" not in done.stdout + done.stderr
