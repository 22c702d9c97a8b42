# SPDX-License-Identifier: Apache-2.0
"""runs.jsonl: what it holds, how a comparison goes on from it, and when that is refused."""

import errno
import json
import os

import pytest
from lab_run import run
from test_lab_compare import without_times

from rheobase.lab import compare

FLAGS = ("--seeds", "2", "--epochs", "2", "--quiet", "--jobs", "1")
BASE = ("relu", "tanh", *FLAGS)


def lines_of(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "runs.jsonl").read_text(encoding="utf-8").splitlines()]


def keep(folder, lines: int, more: str = "") -> None:
    """Leaves that many lines, as if it had been interrupted there."""
    path = folder / "runs.jsonl"
    kept = path.read_text().splitlines(keepends=True)[:lines]
    path.write_text("".join(kept) + more)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole") / "out", *BASE)


@pytest.fixture
def copy(whole, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "runs.jsonl").write_bytes((whole.folder / "runs.jsonl").read_bytes())
    return tmp_path / "out"


def resume(folder, capsys, *arguments) -> str:
    """Refused: the line on stderr."""
    before = (folder / "runs.jsonl").read_bytes() if (folder / "runs.jsonl").exists() else None
    assert compare.main([*arguments, "--out", str(folder), "--resume"]) == 2
    output = capsys.readouterr()
    assert output.err.count("\n") == 1 and output.out == ""
    assert before is None or (folder / "runs.jsonl").read_bytes() == before
    return output.err


def test_a_line_for_each_run_says_what_it_was_and_what_came_out(whole):
    header, *runs = lines_of(whole.folder)
    assert header["type"] == "header" and header["format"] == 1
    assert header["settings"]["epochs"] == 2 and header["settings"]["depth"] == [1]
    assert [a["label"] for a in header["activations"]] == ["relu", "tanh"]
    assert header["data"]["digest"] == whole.results["data"]["digest"]
    assert [(r["type"], r["activation"], r["seed"]) for r in runs] == [
        ("run", name, seed) for seed in (0, 1) for name in ("relu", "tanh")
    ]
    known = {(r["name"], r["seed"]): r for r in whole.results["runs"]}
    for line in runs:
        assert line["accuracy"] == known[line["activation"], line["seed"]]["accuracy"]
        assert line["layers"][0]["units"] == line["width"] == 256


def test_the_fields_are_those_that_the_documentation_lists(whole):
    from pathlib import Path

    page = (Path(__file__).resolve().parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")
    header, line, *_ = lines_of(whole.folder)
    for name in (*header, *line, *header["settings"], *header["data"], *line["layers"][0]):
        assert f"`{name}`" in page or f'"{name}"' in page, name


@pytest.mark.parametrize("lines, more", [(1, ""), (2, ""), (4, '{"type": "run", "activa'), (5, "")])
def test_a_resumed_comparison_gives_the_same_results_wherever_it_stopped(whole, copy, lines, more):
    keep(copy, lines, more)
    again = run(copy, *BASE, "--resume")
    assert again.code == 0
    assert without_times(again.results) == without_times(whole.results)
    kinds = [line["type"] for line in lines_of(copy)]
    assert kinds == ["header"] + ["run"] * (lines - 1) + (["header"] if lines < 5 else []) + ["run"] * (
        5 - lines
    )


def test_what_is_there_already_is_not_trained_again(copy):
    path = copy / "runs.jsonl"
    lines = path.read_text().splitlines()
    first = json.loads(lines[1])
    first["accuracy"] = 0.125  # no training gives that
    path.write_text("\n".join([lines[0], json.dumps(first), *lines[2:]]) + "\n")
    again = run(copy, *BASE, "--resume")
    assert again.results["runs"][0]["accuracy"] == 0.125


def test_seeds_activations_and_networks_may_grow(whole, copy):
    grown = run(copy, "relu", "tanh", "gelu", *FLAGS, "--seeds", "3", "--width", "256,8", "--resume")
    assert grown.code == 0 and len(grown.results["runs"]) == 3 * 3 * 2
    known = {(r["name"], r["seed"]): r for r in whole.results["runs"]}
    for found in grown.results["runs"]:
        if found["width"] == 256 and (found["name"], found["seed"]) in known:
            assert found["losses"] == known[found["name"], found["seed"]]["losses"]


CHANGES = {
    "the learning rate": (BASE + ("--lr", "0.1"), "--lr 0.1: "),
    "the epochs": (BASE + ("--epochs", "3"), "--epochs 3: "),
    "the initialisation": (BASE + ("--init", "lecun"), "--init lecun: "),
    "the first seed": (BASE + ("--first-seed", "1"), "--first-seed 1: "),
    "fewer seeds": (BASE + ("--seeds", "1"), "may only grow"),
    "an activation less": (("relu", *FLAGS), "runs of tanh"),
    "another width": (BASE + ("--width", "8"), "runs of 256"),
    "a search for rates": (BASE + ("--tune",), "--tune set: "),
}


@pytest.mark.parametrize("arguments, mentioned", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_setting_is_refused_and_named(copy, capsys, arguments, mentioned):
    assert mentioned in resume(copy, capsys, *arguments)


def test_other_versions_and_other_data_are_refused(copy, capsys):
    path = copy / "runs.jsonl"
    text = path.read_text()
    path.write_text(text.replace('"torch": "', '"torch": "0.', 1))
    assert "torch 0." in resume(copy, capsys, *BASE)
    path.write_text(text.replace('"digest": "', '"digest": "0', 1))
    assert "--data" in resume(copy, capsys, *BASE)


def test_a_file_that_is_none_of_compares_is_refused(copy, capsys):
    path = copy / "runs.jsonl"
    text = path.read_text()
    path.write_text(text + "no JSON\n")
    assert "line 6" in resume(copy, capsys, *BASE)
    path.write_text('{"type": "run"}\n')
    assert "no header" in resume(copy, capsys, *BASE)
    path.write_text(text.replace('"format": 1', '"format": 99', 1))
    assert "format 99" in resume(copy, capsys, *BASE)
    path.write_text(text.partition("\n")[0] + '\n{"type": "run", "activation": "relu"}\n')
    assert "lacks fields" in resume(copy, capsys, *BASE)
    path.unlink()
    assert "there is no" in resume(copy, capsys, *BASE)


def test_without_resume_the_old_file_is_kept_under_another_name(whole, copy):
    again = run(copy, *BASE)
    assert again.code == 0
    assert (copy / "runs.previous.jsonl").read_bytes() == (whole.folder / "runs.jsonl").read_bytes()
    assert len(lines_of(copy)) == 5


def test_two_comparisons_do_not_write_to_one_file(copy, capsys):
    fcntl = pytest.importorskip("fcntl")
    with open(copy / "runs.jsonl", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert "another comparison" in resume(copy, capsys, *BASE)


def test_a_full_disk_is_one_line_and_resume_goes_on_behind_it(whole, copy, capsys, monkeypatch):
    (copy / "results.json").write_text("mine")
    keep(copy, 3)
    write = os.write

    def full(file, content):
        if b'"seed": 1' in content:
            write(file, content[:20])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, content)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        assert compare.main([*BASE, "--out", str(copy), "--resume"]) == 1
    output = capsys.readouterr()
    assert output.err.count("\n") == 1 and f"{copy / 'runs.jsonl'}: No space left" in output.err
    assert (copy / "results.json").read_text() == "mine"
    assert without_times(run(copy, *BASE, "--resume").results) == without_times(whole.results)
