# SPDX-License-Identifier: Apache-2.0
"""The tables, the rows and their file."""

import csv
import io
import json
import os
import signal
import subprocess
import sys

import pytest
from bench_fakes import CONDITIONS, peer, right, run, wrong
from rich.console import Console

from rheobase import _core
from rheobase._arguments import UsageError
from rheobase.bench import machine, places
from rheobase.bench.comparison import Blank
from rheobase.bench.records import COLUMNS, Results, Row, as_json
from rheobase.bench.table import print_tables


def row(**fields) -> Row:
    facts = {"name": "relu", "role": "value", "dtype": "float32", "size": 64, "version": "1"}
    return Row(**(CONDITIONS | facts | fields))


def measured(contender: str, ratio: float, **fields) -> Row:
    numbers = {
        "median": 1e-6,
        "low": 1e-6,
        "high": 2e-6,
        "gelem": 1.0,
        "copy_share": 0.5,
        "ulp": 0.5,
        "points": 9,
    }
    return row(contender=contender, ratio=ratio, **(numbers | fields))


def printed(rows: list[Row], blanks: dict | None = None) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_tables(rows, blanks or {}, console)
    return console.file.getvalue()


def test_a_run_lists_everyone_with_error_and_speed(monkeypatch, capsys, tmp_path):
    file = tmp_path / "deep/rows.csv"
    fakes = {"a": peer("Right", right), "b": peer("Wrong", wrong)}
    assert run(monkeypatch, fakes, "--csv", str(file)) == 0
    text = capsys.readouterr().out
    for word in ("memcpy", "rheobase", "Right", "Wrong", "inf!", "wrong specials: inf gives 0", str(file)):
        assert word in text
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == COLUMNS
    by_name = {r["contender"]: r for r in rows}
    assert {"memcpy", "rheobase", "Right", "Wrong"} <= set(by_name)
    for r in rows:
        assert float(r["low"]) <= float(r["median"]) <= float(r["high"])
        assert float(r["gelem"]) == pytest.approx(1024 / float(r["median"]) / 1e9, rel=1e-3)
        assert r["machine"] and int(r["cores"]) > 0 and r["instruction_set"] and r["rounds"] == "3"
    assert max(float(r["copy_share"]) for r in rows if r["ulp"] == "") == 1
    assert float(by_name["rheobase"]["ratio"]) == 1
    assert by_name["Wrong"]["ulp"] == "inf" and by_name["Wrong"]["wrong_specials"] == "inf gives 0"
    assert by_name["Right"]["version"] == "1.0" and int(by_name["Right"]["points"]) > 20_000


def test_the_file_only_grows_and_keeps_what_it_had(monkeypatch, capsys, tmp_path):
    file = tmp_path / "rows.csv"
    assert run(monkeypatch, {}, "--csv", str(file)) == 0
    before = file.read_bytes()
    assert run(monkeypatch, {}, "--csv", str(file)) == 0
    after = file.read_bytes()
    assert after.startswith(before) and after.count(b"\n") == 2 * before.count(b"\n") - 1


@pytest.mark.parametrize("content", ["a,b\n1,2\n", ",".join(COLUMNS) + "\nhalf a row", "\xff"])
def test_a_file_that_is_something_else_is_refused_and_left_alone(content, tmp_path):
    file = tmp_path / "other.csv"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError, match="--csv .*other.csv: has other columns or a broken last line"):
        Results(file)
    assert file.read_bytes() == content.encode("latin-1")


def test_a_file_that_cannot_be_written_is_found_before_anything_is_measured(monkeypatch, capsys, tmp_path):
    assert run(monkeypatch, {}, "--csv", str(tmp_path)) == 2
    assert "Is a directory" in capsys.readouterr().err


def test_json_is_one_array_of_all_columns(monkeypatch, capsys):
    assert run(monkeypatch, {"b": peer("Wrong", wrong)}, "--json", "--no-csv") == 0
    rows = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert all(list(r) == COLUMNS for r in rows)
    assert next(r for r in rows if r["contender"] == "Wrong")["ulp"] == "inf"
    assert json.loads(as_json([row(contender="x")]))[0]["median"] is None


def test_where_rheobase_is_slower_is_marked_and_counted():
    rows = [measured("rheobase", 1.0), measured("Fast", 0.5), measured("Slow", 2.0)]
    for names in (["relu"], ["relu", "elu", "gelu", "mish"]):
        text = printed([Row(**(vars(r) | {"name": name})) for name in names for r in rows])
        assert "0.50<" in text and "2.00<" not in text
        assert f"rheobase is slower (ratio below 1, <) in {len(names)} of {2 * len(names)}" in text
    assert "slowest: relu Fast 64 0.50" in text


def test_a_failure_and_a_blank_are_shown_with_their_reasons():
    rows = [measured("rheobase", 1.0), row(contender="Broken", failure="ValueError: no luck")]
    blanks = {("relu", "value", "float32"): [Blank("Absent", "is not installed")]}
    text = printed(rows, blanks)
    assert "Broken" in text and "failed" in text and "[1] Broken: ValueError: no luck" in text
    assert "[2] Absent: is not installed" in text


def test_a_footnote_that_is_about_some_activations_names_them():
    rows = [measured("rheobase", 1.0, name=name) for name in ("elu", "gelu", "mish", "relu")]
    rows += [measured("P", 2.0, name=name, note="odd") for name in ("gelu", "mish")]
    assert "[1] P: odd (gelu, mish)" in printed(rows)


def test_a_contender_that_uses_more_processors_than_asked_for_has_a_footnote():
    assert "kept more than 1 processors busy" in printed(
        [measured("rheobase", 1.0), measured("P", 1.0, busy=1.9)]
    )


def test_a_machine_that_was_not_quiet_is_said_to_be_so():
    assert "had as little as 50 % of a processor" in printed([measured("rheobase", 1.0, busy=0.5)])
    assert "not quiet" not in printed([measured("rheobase", 1.0, busy=0.99)])


def test_a_peer_that_is_not_there_is_a_blank_with_its_reason(monkeypatch, capsys):
    absent = peer("Absent", right, available=lambda: "is not installed")
    assert run(monkeypatch, {"a": absent}, "--no-csv") == 0
    assert "Absent: is not installed" in capsys.readouterr().out
    assert run(monkeypatch, {"a": absent}, "--list-peers") == 0
    assert "not available: is not installed" in capsys.readouterr().out


def test_peers_are_listed_as_json_too(monkeypatch, capsys):
    peers = {"a": peer("Absent", right, available=lambda: "is not installed"), "b": peer("Here", right)}
    assert run(monkeypatch, peers, "--list-peers", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"peer": "a", "name": "Absent", "version": None, "reason": "is not installed"},
        {"peer": "b", "name": "Here", "version": "1.0", "reason": None},
    ]


def test_peers_that_could_be_held_to_our_instruction_set_and_are_not_are_named(monkeypatch):
    peers = [
        peer("A", right, LIMITS=("A_ISA", "B_ISA")),
        peer("B", right, LIMITS=("B_ISA",)),
        peer("C", right),
    ]
    monkeypatch.setenv("B_ISA", "old")
    monkeypatch.delenv("A_ISA", raising=False)
    monkeypatch.setattr(machine._core, "targets", lambda: ["NEW", "OLD"])
    monkeypatch.setattr(machine._core, "target", lambda: "OLD")
    assert machine.unlimited(peers) == ["rheobase uses OLD, A what it likes: A_ISA not set"]
    monkeypatch.setattr(machine._core, "target", lambda: "NEW")
    assert machine.unlimited(peers) == []


def test_a_run_on_an_instruction_set_that_was_forced_warns(tmp_path):
    if reason := places.peers()["pytorch"].available():
        pytest.skip(reason)
    forced = subprocess.run(
        [sys.executable, "-m", "rheobase.bench", "relu", "--peers", "pytorch", "--sizes", "64", "--no-csv"]
        + ["--rounds", "1", "--no-progress"],
        env=os.environ | {"RHEOBASE_TARGET": _core.targets()[-1], "ATEN_CPU_CAPABILITY": "default"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert forced.returncode == 0, forced.stderr
    warned = "what it likes: MKL_ENABLE_INSTRUCTIONS not set" in forced.stderr
    assert warned == (len(_core.targets()) > 1)


def test_the_machine_has_a_name_that_can_be_a_files():
    assert set(machine.slug()) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert machine.cores() >= 1


def test_a_clone_is_found_from_a_folder_within_it(tmp_path):
    for folder in ("bench/peers", "activations", "deep/er"):
        (tmp_path / folder).mkdir(parents=True)
    assert places.clone(tmp_path / "deep/er") == tmp_path


def test_ctrl_c_leaves_the_rows_measured_so_far(tmp_path):
    file = tmp_path / "rows.csv"
    command = [sys.executable, "-m", "rheobase.bench", "relu", "elu", "--peers", "none", "--sizes", "64,128"]
    command += ["--rounds", "100000", "--seconds", "1", "--csv", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if "3 of 6" in line:
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.endswith("rheobase bench: stopped early; what was measured is kept\n")
    assert "Traceback" not in errors
    with file.open(newline="") as lines:
        sizes = [r["size"] for r in csv.DictReader(lines) if r["contender"] == "rheobase"]
    assert sizes in (["64"], ["64", "128"])
