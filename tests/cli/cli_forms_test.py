# SPDX-License-Identifier: Apache-2.0
"""Forms in the program: listed and shown with each function, verified against proofs/forms.txt."""

import json
from pathlib import Path

import pytest

PROOFS = Path(__file__).resolve().parents[2] / "proofs"
RECORD = PROOFS / "forms.txt"
ALL = {"gate", "fused", "mask", "int8", "rows", "random", "numbers", "sums", "gradient", "second", "output"}

recorded = pytest.mark.skipif(not RECORD.is_file(), reason="no digests of forms are recorded")


def test_each_activation_says_which_forms_it_has(activations):
    for info in activations:
        forms = info["forms"]
        assert forms.keys() == {"gate", "fused", "int8", "mask"}
        assert forms["gate"] is forms["fused"] is forms["int8"] is True
        mask = forms["mask"]
        assert mask.keys() == {"possible", "slopes", "reason"}
        assert len(mask["slopes"]) == (2 if mask["possible"] else 0)
        assert (mask["reason"] is None) == mask["possible"]


def test_masks_are_where_the_slopes_are_known(activations):
    masks = {info["name"]: info["forms"]["mask"] for info in activations}
    assert masks["relu"]["slopes"] == [0, 1]
    assert not masks["tanh"]["possible"] and "two values" in masks["tanh"]["reason"]


def test_show_says_which_forms_there_are_and_why_others_are_not(rheobase):
    relu, tanh, gelu = (rheobase("show", name).stdout for name in ("relu", "tanh", "gelu"))
    assert "mask       slopes 0 and 1" in relu
    assert "mask       none: the derivative takes more than two values" in tanh
    assert "output     derivative and backward from f(x)" in tanh
    assert "output     none: " in gelu
    for page in (relu, tanh, gelu):
        assert "second     f''(x), and times a gradient" in page
    assert "rows       value, backward" in rheobase("show", "softmax").stdout


def test_list_forms_has_a_line_for_everything(rheobase, everything):
    done = rheobase("list", "--forms")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split()[:2] for line in done.stdout.splitlines()]
    tanh = next(line for line in done.stdout.splitlines() if line.startswith("tanh "))
    assert tanh.split()[2:] == ["gate", "fused", "int8", "-", "second", "output"]
    assert lines == [[info["name"], info["kind"]] for info in everything]


def test_forms_as_json_are_those_of_the_table_with_reasons(rheobase, everything):
    found = json.loads(rheobase("list", "--forms", "--json").stdout)
    table = [line.split() for line in rheobase("list", "--forms").stdout.splitlines()]
    assert [[row["name"], row["kind"]] for row in found] == [line[:2] for line in table]
    for row, line in zip(found, table, strict=True):
        forms = row["forms"]
        if row["kind"] == "unary":
            columns = [form if told["possible"] else "-" for form, told in forms.items()]
            assert columns == line[2 : 2 + len(columns)]
        assert all(told["meaning"] for told in forms.values() if told["possible"])
    tanh = next(row["forms"] for row in found if row["name"] == "tanh")
    assert "more than two values" in tanh["mask"]["reason"] and "meaning" not in tanh["mask"]


@recorded
def test_all_forms_are_as_recorded(rheobase):
    done = rheobase("verify", "--forms", timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), done
    *lines, total = done.stdout.splitlines()
    assert {line.split()[1] for line in lines} == ALL
    same, _, count, *_ = total.split()
    assert same == count and int(count) > 0


@recorded
def test_names_choose_among_forms(rheobase):
    rows = json.loads(rheobase("verify", "--forms", "--json", "tanh", "softmax").stdout)
    assert {row["name"] for row in rows} == {"tanh", "softmax"}
    assert {row["form"] for row in rows} == {"gate", "fused", "int8", "rows", "second", "output"}
    assert {row["state"] for row in rows} == {"same"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the record, to be spoilt."""
    (tmp_path / RECORD.name).write_text(RECORD.read_text())
    return tmp_path


@recorded
def test_what_differs_and_what_is_not_recorded_is_listed_and_fails(rheobase, folder):
    path = folder / RECORD.name
    lines = path.read_text().splitlines()
    changed = [line[:-16] + "0" * 16 if line.startswith("gate tanh float32") else line for line in lines]
    path.write_text("".join(f"{line}\n" for line in changed if not line.startswith("int8 tanh uint8")))
    done = rheobase("verify", "--forms", "--proofs", folder, "tanh")
    assert done.returncode == 1, done
    found = [line.split() for line in done.stdout.splitlines()]
    assert ["tanh", "gate", "float32", "DIFFERENT"] in found
    assert ["tanh", "int8", "uint8", "no", "digest"] in found
    states = {
        row["state"] for row in json.loads(rheobase("verify", "--forms", "--json", "--proofs", folder).stdout)
    }
    assert states == {"same", "different", "no digest"}


def test_a_missing_record_is_one_line_that_says_how_to_make_it(rheobase, tmp_path):
    message = rheobase.refuses("verify", "--forms", "--proofs", tmp_path)
    assert f"there is no {tmp_path / RECORD.name}" in message
    assert "rheobase check --forms --record" in message


@recorded
@pytest.mark.parametrize(
    ("text", "words"),
    [("# calls 0\n", "is out of date"), ("{calls}gate tanh\n", "line 2"), ("", "line 1")],
)
def test_a_record_of_other_calls_or_a_corrupt_one_is_refused(rheobase, tmp_path, text, words):
    calls = RECORD.read_text().splitlines(keepends=True)[0]
    (tmp_path / RECORD.name).write_text(text.format(calls=calls))
    message = rheobase.refuses("verify", "--forms", "--proofs", tmp_path)
    assert str(tmp_path / RECORD.name) in message and words in message


def test_wrong_requests(rheobase):
    assert "--forms is given with --role" in rheobase.refuses("verify", "--forms", "--role", "value")
    assert "did you mean 'softmax'" in rheobase.refuses("verify", "--forms", "softmacks")


def check(rheobase, *arguments):
    done = rheobase("check", "--forms", *arguments, timeout=300)
    if done.returncode == 2 and "no verb 'check'" in done.stderr:
        pytest.skip("rheobase-check is not installed")
    return done


@recorded
def test_check_compares_instruction_sets_and_records(rheobase, tmp_path):
    assert "--record makes it" in check(rheobase, "--proofs", tmp_path, "relu").stderr
    done = check(rheobase, "--proofs", tmp_path, "--record", "relu", "rrelu")
    assert (done.returncode, done.stderr) == (0, ""), done
    lines = (tmp_path / RECORD.name).read_text().splitlines()
    assert set(lines) <= set(RECORD.read_text().splitlines())
    assert {line.split()[1] for line in lines[1:]} == {"relu", "rrelu"}
    assert check(rheobase, "--proofs", tmp_path, "relu").returncode == 0
    assert "no form of 'rellu'" in check(rheobase, "--proofs", tmp_path, "rellu").stderr
    spoilt = [line[:-16] + "0" * 16 if line.startswith("mask relu") else line for line in lines]
    (tmp_path / RECORD.name).write_text("".join(f"{line}\n" for line in spoilt))
    done = check(rheobase, "--proofs", tmp_path, "relu")
    assert done.returncode == 1 and done.stdout.count(": not as recorded") == 4
    done = check(rheobase, "--proofs", tmp_path, "--json", "relu")
    rows = json.loads(done.stdout)
    assert done.returncode == 1 and {row["name"] for row in rows} == {"relu"}
    assert sum(row["state"] == "different" for row in rows) == 4
    assert {row["state"] for row in rows} == {"same", "different"} and not any(row["others"] for row in rows)
    assert f"{rows[0]['form']} relu {rows[0]['format']} {rows[0]['digest']}" in RECORD.read_text()
    assert "--record is given with --json" in check(rheobase, "--record", "--json", "relu").stderr
    done = check(rheobase, "--proofs", tmp_path, "--record", "relu")
    assert "4 changed, 0 new" in done.stdout
    assert (tmp_path / RECORD.name).read_text().splitlines() == lines
