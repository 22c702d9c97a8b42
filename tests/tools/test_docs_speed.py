# SPDX-License-Identifier: Apache-2.0
"""The tables of speed come from one complete run, whatever was measured of a few functions later."""

import csv
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import docs_speed

NAMES = ["f", "g", "h", "i", "j"]
FULL, SPOT = NAMES, NAMES[:2]


def rows(names: list[str], date: str, commit: str, gelem: float = 1.0, dtype: str = "float32") -> list[dict]:
    """Ours and a peer's of these functions."""
    shared = {"role": "value", "dtype": dtype, "data": "uniform", "size": "64", "threads": "1"}
    shared |= {"instruction_set": "AVX3", "date": date, "commit": commit, "machine": "a machine"}
    shared |= {"median": "1e-6", "failure": "", "copy_share": "0.5", "gelem": str(gelem)}
    contenders = {"rheobase": "1", "Peer": "2"}
    return [shared | {"name": n, "contender": c, "ratio": r} for n in names for c, r in contenders.items()]


def write(path: Path, *parts: list[dict]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, parts[0][0].keys())
        writer.writeheader()
        writer.writerows(row for part in parts for row in part)


def commits(folder: Path) -> dict[str, str]:
    """Which commit each function is shown of."""
    return {key[0]: found["rheobase"]["commit"] for key, found in docs_speed.newest(folder).items()}


def table(header, lines):
    return [" ".join(header), *(" ".join(line) for line in lines)]


def test_a_later_run_of_a_few_functions_does_not_replace_a_complete_one(tmp_path):
    full = rows(FULL, "2026-01-01T10:00:00+00:00", "full")
    write(tmp_path / "a.csv", full, rows(SPOT, "2026-01-02T10:00:00+00:00", "spot"))
    write(tmp_path / "b.csv", rows(SPOT, "2026-01-03T10:00:00+00:00", "elsewhere"))
    assert commits(tmp_path) == dict.fromkeys(FULL, "full")


def test_a_later_complete_run_does_and_runs_of_two_machines_are_not_mixed(tmp_path):
    write(tmp_path / "a.csv", rows(FULL, "2026-01-01T10:00:00+00:00", "first"))
    write(tmp_path / "b.csv", rows(FULL, "2026-01-01T10:10:00+00:00", "second"))
    assert commits(tmp_path) == dict.fromkeys(FULL, "second")


def test_a_run_without_a_tenth_of_the_functions_is_complete(tmp_path):
    many = [f"f{i}" for i in range(10)]
    write(
        tmp_path / "a.csv",
        rows(many, "2026-01-01T10:00:00+00:00", "first"),
        rows(many[1:], "2026-01-02T10:00:00+00:00", "second"),
    )
    assert commits(tmp_path) == dict.fromkeys(many[1:], "second")


def test_commands_one_after_the_other_are_one_run_and_the_table_names_its_commits(tmp_path):
    write(
        tmp_path / "a.csv",
        rows(FULL[2:], "2026-01-01T23:30:00+00:00", "aaaa"),
        rows(SPOT, "2026-01-02T00:10:00+00:00", "bbbb+"),
    )
    assert set(commits(tmp_path)) == set(FULL)
    assert docs_speed.speed(tmp_path, table)[:2] == [
        "Measured 2026-01-01 to 2026-01-02 on a machine, one thread.",
        "Commits aaaa, bbbb+.",
    ]


@pytest.mark.parametrize("with_float32", [True, False])
def test_speed_in_16_bits_stands_beside_that_of_float32(tmp_path, with_float32):
    date = "2026-01-01T10:00:00+00:00"
    parts = [rows(["f"], date, "a", 3.0, "bfloat16")]
    parts += [rows(["f", "g"], date, "a", 2.0)] if with_float32 else []
    write(tmp_path / "a.csv", *parts)
    _, _, _, header, short, *wide = docs_speed.speed(tmp_path, table)
    assert ("of float32:" in header) == with_float32
    assert short == f"f value bfloat16 uniform AVX-512 64 0.50 {'1.50 ' if with_float32 else ''}2.00 2.00"
    assert len(wide) == (2 if with_float32 else 0)
    if with_float32:
        assert wide[0] == "f value float32 uniform AVX-512 64 0.50  2.00 2.00"


def test_without_results_the_table_says_so(tmp_path):
    assert docs_speed.speed(tmp_path, table) == ["no results recorded yet"]
