# SPDX-License-Identifier: Apache-2.0
"""`rheobase check --exhaustive --dtype float16`: proofs of backward over all pairs are renewed, too."""

import json

import pytest

pytestmark = pytest.mark.slow

NAME, FORMAT, ROLE = "relu", "float16", "backward"  # quick to prove
OLD = "0" * 32


def test_backward_is_renewed_for_the_same_results_and_proven_for_others(rheobase, tmp_path):
    path = tmp_path / f"{NAME}.json"

    def run() -> list[str]:
        options = ("--dtype", FORMAT, "--role", ROLE, "--proofs", tmp_path)
        done = rheobase("check", "--exhaustive", NAME, *options, timeout=300)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout.splitlines()

    def record() -> dict:
        return json.loads(path.read_text())[FORMAT][ROLE]

    def age(**fields) -> None:
        proof = json.loads(path.read_text())
        proof[FORMAT][ROLE] |= {"sources": OLD, "date": "2020-02-02", **fields}
        path.write_text(json.dumps(proof))

    row, total = run()
    fresh = record()
    assert row.endswith("  proven") and "1 proven, 0 renewed by their digests" in total
    assert len(fresh["digest"]) == len(fresh["truth"]) == 32 and "renewed" not in fresh

    age()
    row, total = run()
    assert row.endswith("  renewed") and "the same results as proven on 2020-02-02" in row
    assert "0 proven, 1 renewed by their digests; 0 were proven before" in total
    renewed = record()
    assert renewed.pop("renewed")["compiler"] == fresh["compiler"]
    assert renewed == fresh | {"date": "2020-02-02"}
    status = rheobase("check", "--status", NAME, "--dtype", FORMAT, "--role", ROLE, "--proofs", tmp_path)
    assert f"2020-02-02, renewed {fresh['date'][:2]}" in status.stdout
    assert "0 of 0 hold" in run()[-1]

    age(digest=OLD)
    note, row, _ = run()
    assert "differs from what was proven" in note and row.endswith("  proven")
    assert record() == fresh | {key: record()[key] for key in ("date", "seconds")}

    age(truth=OLD)
    assert run()[0].endswith("  proven")
