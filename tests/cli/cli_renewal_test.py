# SPDX-License-Identifier: Apache-2.0
"""`rheobase check --exhaustive`: the same results of other sources renew a proof; else it is made in full."""

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

NAME, ROLE = "relu", "derivative"  # quick to prove
FLOAT32 = ("--dtype", "float32", "--role", "value,derivative")
OLD = "0" * 32
# Of the results, and of the walk through them: a proof in full finds these again.
FOUND = (
    "bound",
    "maximum",
    "at_most",
    "input",
    "x",
    "result",
    "rounded_wrongly",
    "perhaps_wrongly",
    "digest",
)


def read(folder: Path) -> dict:
    return json.loads((folder / f"{NAME}.json").read_text())


def write(folder: Path, proof: dict) -> None:
    (folder / f"{NAME}.json").write_text(json.dumps(proof))


def proved(rheobase, folder: Path, *arguments) -> list[str]:
    """What it says of each role, and of all."""
    done = rheobase("check", "--exhaustive", NAME, *FLOAT32, "--proofs", folder, *arguments, timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def made(rheobase, tmp_path_factory) -> Path:
    """Proofs of the present sources."""
    folder = tmp_path_factory.mktemp("made")
    *rows, total = proved(rheobase, folder)
    assert [row.split()[-1] for row in rows] == ["proven", "proven"]
    assert "2 proven, 0 renewed" in total
    return folder


@pytest.fixture
def folder(made, tmp_path) -> Path:
    """A copy, to be changed."""
    shutil.copy(made / f"{NAME}.json", tmp_path)
    return tmp_path


def aged(folder: Path, **fields) -> dict:
    """Makes the proof of one role one of other sources, with an error and a date that no proof finds."""
    proof = read(folder)
    proof[ROLE] |= {"sources": OLD, "maximum": 0.25, "at_most": 0.25, "date": "2020-02-02", **fields}
    write(folder, proof)
    return proof


def assert_proven_in_full(before: dict, after: dict, made: Path) -> None:
    fresh = read(made)[ROLE]
    assert {key: after[ROLE][key] for key in FOUND} == {key: fresh[key] for key in FOUND}
    assert after[ROLE]["sources"] == fresh["sources"]
    assert after[ROLE]["truth"] == fresh["truth"]
    assert after[ROLE]["date"] > before[ROLE]["date"] == "2020-02-02"
    assert "renewed" not in after[ROLE]


def test_the_same_results_of_other_sources_renew_the_proof(rheobase, folder, made):
    before = aged(folder, compiler="GNU 1.0", flags="-O0", target="SSE2")
    row, total = proved(rheobase, folder)
    assert row.startswith(f"{NAME} {ROLE} ") and row.endswith("  renewed")
    assert "the same results as proven on 2020-02-02" in row
    assert "1 of 1 hold" in total and "0 proven, 1 renewed by their digests; 1 were proven before" in total
    after, fresh = read(folder), read(made)[ROLE]
    renewed = after[ROLE].pop("renewed")
    assert renewed == {key: fresh[key] for key in ("compiler", "flags", "target")} | {"date": renewed["date"]}
    assert renewed["date"] >= fresh["date"]
    assert after[ROLE].pop("sources") == fresh["sources"]
    assert before[ROLE].pop("sources") == OLD
    assert after == before  # all that the proof found, with its date and build
    (last,) = proved(rheobase, folder)
    assert "0 of 0 hold" in last and "2 were proven before" in last


def test_status_says_when_a_proof_was_renewed(rheobase, folder, made):
    proof = read(folder)
    build = dict.fromkeys(("compiler", "flags", "target"), "any")
    proof[ROLE]["renewed"] = {"date": "2031-03-03", **build}
    write(folder, proof)
    done = rheobase("check", "--status", NAME, *FLOAT32, "--proofs", folder)
    value, derivative, _ = done.stdout.splitlines()
    assert derivative.endswith(f"{proof[ROLE]['date']}, renewed 2031-03-03")
    assert "renewed" not in value
    rows = json.loads(rheobase("check", "--status", "--json", NAME, *FLOAT32, "--proofs", folder).stdout)
    assert [row.get("renewed") for row in rows] == [None, "2031-03-03"]


def test_other_results_are_proven_in_full(rheobase, folder, made):
    other = read(made)["value"]
    before = aged(folder, digest=other["digest"], chunks=other["chunks"])
    note, row, total = proved(rheobase, folder)
    assert note.startswith(f"{NAME} {ROLE} ") and "differs from what was proven, in inputs 0x" in note
    assert row.endswith("  proven")
    assert "1 proven, 0 renewed" in total
    assert_proven_in_full(before, read(folder), made)


def test_another_truth_is_proven_in_full(rheobase, folder, made):
    before = aged(folder, truth=OLD)
    row, total = proved(rheobase, folder)
    assert row.endswith("  proven")
    assert "1 proven, 0 renewed" in total
    assert_proven_in_full(before, read(folder), made)


def test_again_renews_nothing(rheobase, folder, made):
    before = aged(folder)
    *rows, total = proved(rheobase, folder, "--again")
    assert [row.split()[-1] for row in rows] == ["proven", "proven"]
    assert "2 proven, 0 renewed by their digests; 0 were proven before" in total
    assert_proven_in_full(before, read(folder), made)
