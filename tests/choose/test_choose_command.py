# SPDX-License-Identifier: Apache-2.0
"""`rheobase choose` as a user meets it: flags, questions on a terminal, JSON, one line for bad input."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys

import pytest

from rheobase.choosing import __main__ as command
from rheobase.choosing import cost


def run(capsys, *arguments):
    code = command.main(list(arguments))
    return code, capsys.readouterr()


def test_without_flags_and_terminal_the_answer_is_for_a_hidden_layer_in_general(capsys):
    code, output = run(capsys)
    assert code == 0
    assert output.out.startswith("For: hidden layer, mlp, 4 layers")
    assert "rheobase compare" in output.out and "[1] " in output.out


@pytest.mark.parametrize("asked", ["", "--output positive", "--output regression", "--architecture rnn"])
def test_infinities_are_texts_in_json(capsys, asked):
    """Ranges of functions end there."""
    code, output = run(capsys, *asked.split(), "--json")
    assert code == 0 and re.search(r'"-?inf"', output.out)
    assert json.loads(output.out, parse_constant=pytest.fail)["ranked"]


def test_json_is_one_object_and_nothing_else(capsys):
    code, output = run(capsys, "--output", "binary", "--json")
    found = json.loads(output.out)
    assert code == 0 and output.err == ""
    assert found["summary"].startswith("output layer, binary")
    assert found["ranked"][0]["reasons"][0]["evidence"]


def test_help_has_examples_that_work(capsys, tmp_path, monkeypatch):
    with pytest.raises(SystemExit) as left:
        command.main(["--help"])
    assert left.value.code == 0
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rheobase-report").mkdir()
    stored = {"activations": [{"name": "relu", "accuracy": {"mean": 0.9}, "within_noise": True}]}
    (tmp_path / "rheobase-report/results.json").write_text(json.dumps(stored))
    lines = capsys.readouterr().out.splitlines()
    examples = [line.split("  ")[1].split() for line in lines if line.startswith("  rheobase choose")]
    assert len(examples) >= 6
    for example in examples:
        assert run(capsys, *example[2:])[0] == 0, example


def test_top_says_how_many_answers_have_reasons(capsys):
    for top in (1, 5):
        _, output = run(capsys, "--top", str(top), "--device", "gpu")
        places = [line for line in output.out.splitlines() if line[:1].isdigit() and ". " in line[:4]]
        assert len(places) == top


BAD = {
    "an unknown word": (["--device", "toaster"], "toaster"),
    "an abbreviated flag": (["--dev", "cpu"], "--dev"),
    "no layers": (["--depth", "0"], "--depth"),
    "an output of a hidden layer": (["--place", "hidden", "--output", "binary"], "--output"),
    "an output layer for nothing": (["--place", "output"], "--output"),
    "a range of nothing": (["--range", "0", "1"], "--range"),
    "a range of NaN": (["--output", "bounded", "--range", "nan", "1"], "--range"),
    "no such results": (["--results", "none.json"], "none.json"),
    "results of something else": (["--results", "other.json"], "other.json"),
    "an empty comparison": (["--results", "empty.json"], "empty.json"),
    "no such table": (["--bench", "none.csv"], "none.csv"),
    "a table of something else": (["--bench", "other.json"], "other.json"),
    "no answers": (["--top", "0"], "--top"),
}


@pytest.mark.parametrize("arguments, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_input_gives_one_line_and_code_2(arguments, mentioned, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.json").write_text('["a"]')
    (tmp_path / "empty.json").write_text('{"activations": []}')
    code, output = run(capsys, *arguments)
    assert (code, output.out) == (2, "")
    assert output.err.startswith("rheobase choose: ") and output.err.count("\n") == 1
    assert mentioned in output.err


def test_without_the_analysis_library_one_line_says_what_to_install():
    environment = {**os.environ, "RHEOBASE_ANALYSIS_LIBRARY": "/none"}
    program = [sys.executable, "-m", "rheobase.choosing", "--device", "gpu"]
    done = subprocess.run(program, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("rheobase choose: ") and done.stderr.count("\n") == 1
    assert "libboost-dev" in done.stderr


def answers(*said):
    left = iter(said)
    return lambda prompt: next(left)


def test_questions_take_numbers_beginnings_and_enter(capsys):
    asked = command.questions(answers("", "trans", "24", "3", "g", "bf", "y", "", "no"))
    assert (asked.architecture, asked.depth, asked.normalisation) == ("transformer", 24, "layer")
    assert (asked.device, asked.precision) == ("gpu", "bfloat16")
    assert (asked.smooth, asked.self_normalising, asked.learnable) == (True, False, False)
    asked = command.questions(answers("2", "bounded", "0", "255", "", ""))
    assert (asked.output, asked.range, asked.device) == ("bounded", (0, 255), "cpu")


def test_questions_ask_again_where_the_answer_is_none(capsys):
    asked = command.questions(answers("7", "outp", "multi", "multi-c", "", ""))
    assert asked.output == "multi-class"
    assert capsys.readouterr().out.count("please") == 2


def on_terminal(typed, interrupt=False):
    """What the program prints on a terminal on which that is typed, and its exit code."""
    leader, follower = pty.openpty()
    # Tests that a shell runs in the background ignore Ctrl-C, and so would the program.
    process = subprocess.Popen(
        [sys.executable, "-m", "rheobase.choosing"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    os.close(follower)
    os.write(leader, typed)
    seen, silences = b"", 0
    try:
        for _ in range(120):
            if select.select([leader], [], [], 0.5)[0]:
                part = os.read(leader, 4096)
                if not part:
                    break
                seen += part
            elif interrupt and b"[hidden]" in seen:
                # Again after ten seconds, where it came just before the program began to wait. Not earlier:
                # on a busy machine the program may still be saying that it stops.
                if silences % 20 == 0:
                    process.send_signal(signal.SIGINT)
                silences += 1
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(leader)
        process.kill()
    return seen.decode(), process.wait(timeout=30)


def test_on_a_terminal_questions_are_asked_and_answered():
    seen, code = on_terminal(b"output\nbinary\n\n\n")
    assert "Where in the network?" in seen and "1. sigmoid" in seen
    assert code in (0, -signal.SIGKILL)  # killed, if at all, after all was said


@pytest.mark.parametrize("typed", [b"", b"\x04"], ids=["Ctrl-C", "end of input"])
def test_leaving_the_questions_is_no_traceback(typed):
    seen, _ = on_terminal(typed, interrupt=not typed)
    assert "rheobase choose: stopped" in seen and "Traceback" not in seen


def test_costs_are_measured_once_and_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cost.measured.cache_clear()
    first = cost.measured()
    assert all(value > 0 for value in first.values())
    assert json.loads(cost.cache_file().read_text()) == first
    cost.measured.cache_clear()
    monkeypatch.setattr(cost, "_time", lambda names, dtype: pytest.fail("timed again"))
    assert cost.measured() == first
    cost.measured.cache_clear()


def test_a_home_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cost.measured.cache_clear()
    assert cost.measured()
    cost.measured.cache_clear()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_costs_are_those_of_the_format(dtype, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cost.measured.cache_clear()
    code, output = run(capsys, "--precision", dtype, "--json")
    reasons = json.loads(output.out)["ranked"][0]["reasons"]
    (reason,) = [reason for reason in reasons if reason["rule"] == "cost"]
    assert code == 0 and dtype in reason["evidence"][0]["field"]
    assert json.loads(cost.cache_file(dtype).read_text()) == cost.measured(dtype)
    cost.measured.cache_clear()
