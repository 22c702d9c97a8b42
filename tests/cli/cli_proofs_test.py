# SPDX-License-Identifier: Apache-2.0
"""`rheobase check --status` and `--exhaustive`: what is proven, what is out of date, and wrong requests."""

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "relu"  # any that has a proof


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of one proof, to be spoilt."""
    recorded = ROOT / "proofs" / f"{NAME}.json"
    if not recorded.is_file():
        pytest.skip("no proofs are recorded")
    shutil.copy(recorded, tmp_path)
    return tmp_path


@pytest.fixture
def source(tmp_path) -> Path:
    """A copy of what proofs depend on."""
    tree = tmp_path / "tree"
    for name in ("activations", "tables", "src/math", "src/block"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name)
    return tree


def status(rheobase, *arguments):
    """Exit code, and the rows by name and role."""
    done = rheobase("check", "--status", "--json", "--dtype", "float32", *arguments)
    assert done.stderr == "", done
    rows = json.loads(done.stdout)
    assert {row["format"] for row in rows} == {"float32"}
    return done.returncode, {(row["name"], row["role"]): row for row in rows}


def states(rheobase, *arguments) -> list[str]:
    _, rows = status(rheobase, NAME, *arguments)
    return [rows[NAME, role]["state"] for role in ("value", "derivative")]


def change(folder: Path, **fields) -> None:
    path = folder / f"{NAME}.json"
    proof = json.loads(path.read_text())
    proof["value"].update(fields)
    path.write_text(json.dumps(proof))


def refusal(rheobase, *arguments) -> str:
    done = rheobase("check", *arguments)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith("rheobase check: ") and done.stderr.count("\n") == 1, done
    return done.stderr


def test_status_lists_all_roles_of_every_name(rheobase, activations):
    code, rows = status(rheobase)
    roles = ("value", "derivative", "backward")
    assert set(rows) == {(info["name"], role) for info in activations for role in roles}
    assert code == (0 if all(row["state"] == "proven" for row in rows.values()) else 1)


def test_status_in_words_ends_with_the_number_of_proofs(rheobase, folder):
    done = rheobase("check", "--status", NAME, "--dtype", "float32", "--proofs", folder)
    *rows, total, backward, total_of_backward = done.stdout.splitlines()
    assert [row.split()[:2] for row in rows] == [[NAME, "value"], [NAME, "derivative"]]
    assert total == f"{sum(row.split()[2] == 'proven' for row in rows)} of 2 proven"
    assert backward.split()[:2] == [NAME, "backward"]
    assert total_of_backward == f"{int(backward.split()[2] == 'proven')} of 1 proven for backward"


def test_status_lists_16_bit_formats_too(rheobase, activations, folder):
    rows = json.loads(rheobase("check", "--status", "--json").stdout)
    assert {(row["name"], row["format"], row["role"]) for row in rows if row["format"] != "float32"} == {
        (info["name"], dtype, role)
        for info in activations
        for dtype in ("bfloat16", "float16")
        for role in ("value", "derivative", "backward")
    }
    narrow = ["check", "--status", NAME, "--dtype", "float16", "--role", "value", "--proofs", folder]
    row, total = rheobase(*narrow).stdout.splitlines()
    assert row.split()[:3] == [NAME, "value", "float16"]
    assert total == f"{int(row.split()[3] == 'proven')} of 1 proven in 16-bit formats"


def test_16_bit_values_are_proven_and_kept(rheobase, tmp_path):
    arguments = [
        "check",
        "--exhaustive",
        NAME,
        "--dtype",
        "bfloat16",
        "--role",
        "value",
        "--proofs",
        tmp_path,
    ]
    row, total = rheobase(*arguments).stdout.splitlines()
    assert row.startswith(f"{NAME} bfloat16 value ") and row.endswith("  proven")
    assert total.startswith("1 of 1 hold in 16-bit formats")
    kept = json.loads((tmp_path / f"{NAME}.json").read_text())["bfloat16"]["value"]
    assert kept["rounded_wrongly"] == 0 and len(kept["digest"]) == 32
    (total,) = rheobase(*arguments).stdout.splitlines()
    assert total.startswith("0 of 0 hold") and total.endswith("1 were proven before")


def test_backward_is_broken_above_its_bound_and_as_old_as_its_sources(rheobase, folder):
    path = folder / f"{NAME}.json"
    proof = json.loads(path.read_text())
    proof["backward"] = {
        "bound": 1.5,
        "maximum": 0.75,
        "at_most": 1.0,
        "x": -0.5,
        "grad": 1.75,
        "result": 1.0,
    }
    proof["backward"] |= {"decided_by_balls": 0, "seconds": 1.0, "sources": proof["value"]["sources"]}
    proof["backward"] |= {key: proof["value"][key] for key in ("date", "compiler", "flags", "target")}
    state = ("check", "--status", NAME, "--dtype", "float32", "--role", "backward", "--proofs", folder)
    for changed, expected in (
        ({}, states(rheobase, "--proofs", folder)[0]),
        ({"at_most": 1.75}, "BROKEN"),
        ({"at_most": 1.0, "sources": "0" * 32}, "unproven: older than its sources"),
    ):
        proof["backward"] |= changed
        path.write_text(json.dumps(proof))
        row, total = rheobase(*state).stdout.splitlines()
        assert row.split(maxsplit=2)[2].startswith(expected), row
        assert total == f"{int(expected == 'proven')} of 1 proven for backward"
    del proof["backward"]
    path.write_text(json.dumps(proof))
    done = rheobase(*state)
    assert done.returncode == 1 and done.stdout.splitlines()[1] == "0 of 1 proven for backward"


def test_nothing_is_proven_in_an_empty_folder(rheobase, tmp_path):
    code, rows = status(rheobase, "--proofs", tmp_path)
    assert code == 1
    assert {row["state"] for row in rows.values()} == {"unproven"}


def test_nothing_is_proven_in_a_folder_that_is_not_there(rheobase, tmp_path):
    assert states(rheobase, "--proofs", tmp_path / "none") == ["unproven", "unproven"]


def test_a_proof_is_as_old_as_the_activations_own_file(rheobase, folder, source):
    fresh = states(rheobase, "--proofs", folder, "--source", source)
    assert fresh == states(rheobase, "--proofs", folder)
    file = next(
        path for path in (source / "activations").glob("*.h") if f"struct {NAME} " in path.read_text()
    )
    other = next(path for path in (source / "activations").glob("*.h") if path != file)
    other.write_text(other.read_text() + "\nint more;\n")
    file.write_text(file.read_text() + "\n// more words\n")
    assert states(rheobase, "--proofs", folder, "--source", source) == fresh
    file.write_text(file.read_text() + "\nint more;\n")
    old = "unproven: older than its sources"
    assert states(rheobase, "--proofs", folder, "--source", source) == [old, old]


def test_errors_above_the_bound_are_broken(rheobase, folder):
    if states(rheobase, "--proofs", folder)[0] != "proven":
        pytest.skip("the recorded proof is out of date")
    for fields in ({"at_most": 1.5}, {"at_most": "nan"}, {"at_most": "inf"}):
        change(folder, **fields)
        assert states(rheobase, "--proofs", folder) == ["BROKEN", "proven"], fields


SPOILT = {
    "no JSON": lambda text: "proof",
    "nothing": lambda text: "",
    "half a file": lambda text: text[: len(text) // 2],
    "a list": lambda text: "[]",
    "another function's": lambda text: text.replace(f'"{NAME}"', '"someone"', 1),
    "another digest": lambda text: text.replace('"digest": "', '"digest": "0', 1),
    "a field less": lambda text: text.replace('"at_most"', '"at_least"', 1),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_proof_is_one_line_that_names_the_file(rheobase, folder, how):
    path = folder / f"{NAME}.json"
    path.write_text(SPOILT[how](path.read_text()))
    assert str(path) in refusal(rheobase, "--status", "--json", NAME, "--proofs", folder)


@pytest.mark.parametrize(
    "arguments, shown",
    [
        (["--exhaustive", NAME, "--set", "alpha=1"], "alpha=1"),
        (["softmax"], "softmax is no function of one number; expected --forms softmax"),
        (["--status", NAME, "--set", "alpha=1"], "alpha=1"),
        (["--exhaustive", "--status"], "--exhaustive"),
        (["--again"], "--exhaustive"),
        (["--role", "value"], "--exhaustive"),
        (["--dtype", "bfloat16", NAME], "--exhaustive"),
        (["--exhaustive", "--dtype", "float64", NAME], "'float64'"),
        (["--status", "--source", "/no/such/tree"], "/no/such/tree"),
        (["--status", "no such name"], "'no such name'"),
        (["--exhaustive", "no such name"], "'no such name'"),
        (["--exhaustive", NAME, "--threads", "0"], "--threads"),
    ],
)
def test_wrong_requests_are_one_line_that_names_the_argument(rheobase, arguments, shown):
    assert shown in refusal(rheobase, *arguments)


def test_a_tree_without_sources_is_refused(rheobase, tmp_path):
    message = refusal(rheobase, "--status", NAME, "--source", tmp_path)
    assert str(tmp_path) in message and "cannot be read" in message
