# SPDX-License-Identifier: Apache-2.0
"""Bad input: one clear line on stderr, exit code 2, nothing written."""

import os
import subprocess
import sys

import pytest

from rheobase.lab import compare
from rheobase.lab.output import FILES, OutputFolder

BAD = {
    "an unknown name": (["rellu"], "relu"),
    "one unknown name among good ones": (["relu", "gelu_tan"], "gelu_tanh"),
    "an empty name": ([""], ""),
    "no epochs": (["--epochs", "0"], "--epochs"),
    "a fraction of an epoch": (["--epochs", "1.5"], "'1.5'"),
    "a learning rate that is no number": (["--lr", "nan"], "--lr"),
    "an infinite learning rate": (["--lr", "inf"], "--lr"),
    "a negative learning rate": (["--lr", "-1"], "--lr"),
    "no seeds": (["--seeds", "0"], "--seeds"),
    "a negative seed": (["--first-seed", "-1"], "--first-seed"),
    "seeds beyond 64 bits": (["--first-seed", str(2**63 - 1), "--seeds", "2"], "--first-seed"),
    "an empty batch": (["--batch", "0"], "--batch"),
    "a batch larger than the training set": (["--batch", "1700"], "training images"),
    "a test share of everything": (["--test-share", "1"], "--test-share"),
    "an unknown initialisation": (["--init", "zeros"], "--init"),
    "no hidden units": (["--hidden", "0"], "--hidden"),
    "no threads": (["--threads", "0"], "--threads"),
    "an unknown flag": (["--colour"], "--colour"),
    "an abbreviated flag": (["--epoch", "1"], "--epoch"),
    "a flag without its value": (["--epochs"], "--epochs"),
}


@pytest.mark.parametrize("arguments, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_input_gives_one_line_code_2_and_no_folder(arguments, mentioned, tmp_path, capsys):
    code = compare.main([*arguments, "--out", str(tmp_path / "new" / "report")])
    output = capsys.readouterr()
    assert code == 2
    assert output.out == ""
    assert output.err.startswith("rheobase compare: ") and output.err.count("\n") == 1
    assert mentioned in output.err
    assert list(tmp_path.iterdir()) == []


def test_the_module_as_a_program_behaves_the_same(tmp_path):
    command = [sys.executable, "-m", "rheobase.lab.compare", "gleu", "--out", str(tmp_path / "report")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("rheobase compare: ") and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_instruction_set_that_does_not_exist_is_one_line_too(tmp_path):
    command = [sys.executable, "-m", "rheobase.lab.compare", "--out", str(tmp_path / "report")]
    environment = {**os.environ, "RHEOBASE_TARGET": "ABACUS"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ABACUS" in done.stderr and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def refused(out, capsys) -> str:
    assert compare.main(["relu", "--out", str(out)]) == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1
    assert output.err.startswith(f"rheobase compare: --out {out}: cannot be written to")
    return output.err


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    refused(tmp_path / "file", capsys)
    refused(tmp_path / "file" / "report", capsys)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_the_place_of_a_file_is_refused_and_the_rest_left_alone(tmp_path, capsys):
    (tmp_path / "report.html").mkdir()
    assert "report.html" in refused(tmp_path, capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path, capsys):
    tmp_path.chmod(0o555)
    assert "Permission denied" in refused(tmp_path / "report", capsys)
    tmp_path.chmod(0o755)


def test_a_folder_that_was_made_for_nothing_goes_again(tmp_path):
    with OutputFolder(tmp_path / "a" / "b", FILES):
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []


def test_when_one_file_cannot_be_written_none_appears_and_old_ones_stay(tmp_path):
    (tmp_path / "one").write_text("old")
    with OutputFolder(tmp_path, ("one", "two")) as folder, pytest.raises(UnicodeEncodeError):
        folder.write({"one": "new", "two": "\ud800"})  # a lone surrogate has no UTF-8
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "old"}
