# SPDX-License-Identifier: Apache-2.0
"""The tables in docs/ are what tools/docs_tables.py makes of the program, the proofs and the benchmarks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/docs_tables.py"
PROOFS = ROOT / "proofs"
ACCURACY = ROOT / "docs/accuracy.md"
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
# docs/bench.md has longer lines.
WRAPPED = [ROOT / "activations/README.md", *(path for path in DOCUMENTS if path.stem != "bench")]
HEADER = "date,name,role,dtype,contender,version,ulp_normal,points,failure\n"


def find_program() -> Path:
    given = os.environ.get("RHEOBASE_PROGRAM")
    build = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))
    places = [Path(given)] if given else [ROOT / ".venv/bin/rheobase", build / "src/cli/rheobase"]
    for place in places:
        if place.is_file():
            return place.resolve()
    raise pytest.UsageError(f"no program to test: there is no {' and no '.join(map(str, places))}")


@pytest.fixture(scope="module")
def program() -> Path:
    return find_program()


@pytest.fixture
def tool(program, tmp_path):
    """Runs the tool; without an option, there are no proofs and no results."""

    nothing = tmp_path / "nothing"
    nothing.mkdir()

    def run(*arguments):
        defaults = {"--program": program, "--proofs": nothing, "--results": nothing}
        options = [x for key, value in defaults.items() if key not in arguments for x in (key, value)]
        command = [sys.executable, TOOL, *options, *arguments]
        return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120)

    return run


@pytest.fixture
def document(tmp_path):
    def make(name: str, inside: str = "") -> Path:
        path = tmp_path / "document.md"
        path.write_text(f"before\n<!-- table: {name} -->\n{inside}<!-- end -->\nafter\n")
        return path

    return make


@pytest.fixture
def proofs(tmp_path) -> Path:
    """A copy of some proofs of the tree."""
    known = sorted(PROOFS.glob("*.json"))[:3]
    if not known:
        pytest.skip("no proofs in this tree")
    folder = tmp_path / "proofs"
    folder.mkdir()
    for path in known:
        shutil.copy(path, folder)
    return folder


def refusal(done) -> str:
    """The message of a run that has to fail: one line on stderr, exit code 2."""
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith("docs_tables: ") and done.stderr.count("\n") == 1, done
    return done.stderr


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_tables_of_the_documentation_are_up_to_date(tool, path):
    if path == ACCURACY and not PROOFS.is_dir():
        pytest.skip("no proofs in this tree")
    done = tool("--check", "--proofs", PROOFS, "--results", ROOT / "bench/results", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("path", WRAPPED, ids=lambda path: path.stem)
def test_lines_of_prose_have_at_most_120_characters(path):
    # Neither tables nor what says how a block of code is run, which has to stand in one line.
    prose = [line for line in path.read_text().splitlines() if not line.startswith(("|", "<!--"))]
    long = [line for line in prose if len(line) > 120]
    assert not long


def test_a_changed_number_is_found_and_nothing_is_written(tool, document):
    path = document("shape")
    assert tool(path).returncode == 0
    made = path.read_text()
    assert made.startswith("before\n<!-- table: shape -->\n| name |")
    assert made.endswith("|\n<!-- end -->\nafter\n")
    assert tool("--check", path).returncode == 0
    changed = made.replace("6", "7", 1)
    assert changed != made
    path.write_text(changed)
    done = tool("--check", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"docs_tables: out of date: {path}; run tools/docs_tables.py\n"
    assert path.read_text() == changed
    assert tool(path).returncode == 0
    assert path.read_text() == made


def test_a_changed_proof_is_found(tool, document, proofs):
    path = document("accuracy")
    assert tool(path, "--proofs", proofs).returncode == 0
    assert tool(path, "--proofs", proofs, "--check").returncode == 0
    proof = max(proofs.iterdir())
    content = json.loads(proof.read_text())
    content["value"]["perhaps_wrongly"] += 1
    proof.write_text(json.dumps(content))
    assert tool(path, "--proofs", proofs, "--check").returncode == 1


def test_renewed_proofs_are_counted_with_their_build(tool, document, proofs):
    path = document("accuracy")
    renewal = {"compiler": "GNU 99", "flags": "-O1", "target": "SSE9"}
    for file, date in zip(sorted(proofs.iterdir())[:2], ("2031-01-01", "2031-01-02"), strict=True):
        content = json.loads(file.read_text())
        content["value"]["renewed"] = {"date": date, **renewal}
        file.write_text(json.dumps(content))
    assert tool(path, "--proofs", proofs).returncode == 0
    assert (
        "\n2 renewed by their digests on 2031-01-01 to 2031-01-02: "
        "GNU 99, `-O1`, instruction set SSE9.\n" in path.read_text()
    )


def test_16_bit_proofs_are_counted_with_their_dates(tool, document, proofs):
    path = document("formats16")
    one = sorted(proofs.glob("*.json"))[0]
    proof = json.loads(one.read_text())
    proof["bfloat16"]["value"]["date"] = "2026-01-02"
    del proof["float16"]["value"]
    one.write_text(json.dumps(proof))
    assert tool("--proofs", proofs, path).returncode == 0
    (line,) = (line for line in path.read_text().splitlines() if line.startswith("Value: "))
    assert line.startswith("Value: 5 of ") and " proven, 2026-01-02 to 20" in line


BACKWARD = {"bound": 1.5, "maximum": 1.25, "at_most": 1.2504, "x": -0.5, "grad": 1.75} | {
    "date": "2031-01-02",
    "compiler": "GNU 99",
    "flags": "-O1",
    "target": "SSE9",
}


def test_backward_has_a_line_for_each_name(tool, document, proofs):
    path = document("backward")
    one, *others = sorted(proofs.glob("*.json"))
    for file in (one, *others):
        proof = json.loads(file.read_text())
        proof.pop("backward", None)
        file.write_text(json.dumps(proof | ({"backward": BACKWARD} if file == one else {})))
    assert tool("--proofs", proofs, path).returncode == 0
    lines = path.read_text().splitlines()
    assert any(line.startswith("1 of ") and line.endswith(" proven.") for line in lines)
    assert "1 on 2031-01-02: GNU 99, `-O1`, instruction set SSE9." in lines
    assert f"| {one.stem} | 1.250 | 1.251 | -0.5 | 1.75 |" in lines
    assert f"| {others[0].stem} | not proven |  |  |  |" in lines


def test_backward_that_does_not_hold_is_refused(tool, document, proofs):
    one = sorted(proofs.glob("*.json"))[0]
    proof = json.loads(one.read_text())
    one.write_text(json.dumps(proof | {"backward": BACKWARD | {"at_most": 1.75}}))
    done = tool("--proofs", proofs, document("backward"))
    assert done.returncode == 2 and "backward: at most 1.75 ulp of 1.5" in done.stderr


def test_every_name_and_role_has_a_line_whether_proven_or_not(tool, document, program):
    path = document("accuracy")
    assert tool(path).returncode == 0
    listed = json.loads(subprocess.run([program, "list", "--json"], capture_output=True, check=True).stdout)
    listed = [info for info in listed if info["kind"] == "unary"]
    text = path.read_text()
    assert f"0 of {2 * len(listed)} proven." in text
    for info in listed:
        for role in ("value", "derivative"):
            assert f"| {info['name']} | {role} | not proven |" in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"maximum": None}, "value: float()"),
        ({"input": "0x123456789"}, "value: int too big"),
        ({"input": "0x00000001", "x": 1.0}, "value: input 0x00000001 is 1.4"),
        ({"at_most": 1.5}, "value: does not hold: at most 1.5 ulp of 1"),
        ({"renewed": {"date": "2031-01-01"}}, "value: has no compiler"),
        ({"renewed": None}, "value: 'NoneType'"),
    ],
)
def test_a_proof_that_says_nonsense_or_does_not_hold_is_refused(tool, document, proofs, change, expected):
    proof = min(proofs.iterdir())
    content = json.loads(proof.read_text())
    content["value"] |= change
    proof.write_text(json.dumps(content))
    path = document("accuracy")
    before = path.read_text()
    assert f"{proof}: {expected}" in refusal(tool(path, "--proofs", proofs))
    assert path.read_text() == before


def test_proofs_that_are_broken_or_of_unknown_names_are_refused(tool, document, proofs):
    proof = min(proofs.iterdir())
    content = json.loads(proof.read_text())
    del content["value"]["at_most"]
    proof.write_text(json.dumps(content))
    assert "value: has no at_most" in refusal(tool(document("accuracy"), "--proofs", proofs))
    proof.write_text("{")
    assert f"{proof}: is no JSON" in refusal(tool(document("accuracy"), "--proofs", proofs))
    proof.write_text('{"name": "other"}')
    assert "is about 'other'" in refusal(tool(document("accuracy"), "--proofs", proofs))
    proof.rename(proofs / "other.json")
    assert "the program knows no other" in refusal(tool(document("accuracy"), "--proofs", proofs))


def test_markers_that_do_not_match_are_refused(tool, document, tmp_path):
    assert "document.md:2: no table 'nonsense'" in refusal(tool(document("nonsense")))
    path = tmp_path / "document.md"
    path.write_text("<!-- table: shape -->\nno end\n")
    assert "document.md:1: the table has no line <!-- end -->" in refusal(tool(path))
    path.write_text("<!-- table: shape -->\n<!-- table: shape -->\n<!-- end -->\n")
    assert "document.md:1: the table has no line <!-- end -->" in refusal(tool(path))
    path.write_text("text\n<!-- end -->\n")
    assert "document.md:2: <!-- end --> without a table" in refusal(tool(path))


def test_a_missing_document_folder_or_program_is_one_line(tool, document, tmp_path):
    assert "absent.md cannot be read: No such file" in refusal(tool(tmp_path / "absent.md"))
    absent = tmp_path / "absent"
    assert f"{absent} cannot be run" in refusal(tool(document("shape"), "--program", absent))
    for option in ("--proofs", "--results"):
        assert f"{absent} is no folder" in refusal(tool(document("shape"), option, absent))
    assert "list --json: " in refusal(tool(document("shape"), "--program", shutil.which("false")))


def test_peers_come_from_the_newest_results_and_a_later_row_replaces_an_earlier_one(tool, document, tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    (results / "old.csv").write_text(HEADER + "2025-01-01,f,value,float32,rheobase,0.1,9,10,\n")
    (results / "new.csv").write_text(
        HEADER
        + "2026-01-01T10:00,f,value,float32,rheobase,0.1,0.75,10,\n"
        + "2026-01-01T11:00,f,value,float32,rheobase,0.2,0.5,20,\n"
        + "2026-01-01T11:00,f,value,float32,copy,,,0,\n"
        + "2026-01-01T11:00,f,value,float32,Peer,3,1.67e7,20,\n"
        + "2026-01-02T11:00,g,value,float32,Peer,3,,0,raised\n"
    )
    path = document("peers")
    assert tool(path, "--results", results).returncode == 0
    assert path.read_text().splitlines()[2:-2] == [
        "Measured 2026-01-01 to 2026-01-02, up to 20 points each. Versions:",
        "rheobase 0.2,",
        "Peer 3.",
        "",
        "| name | role | format | rheobase | Peer |",
        "|---|---|---|---:|---:|",
        "| f | value | float32 | 0.5 | 1.7e7 |",
        "| g | value | float32 |  | failed |",
    ]


def test_results_without_a_column_or_with_a_word_for_a_number_are_refused(tool, document, tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    (results / "a.csv").write_text("date,name\n2026-01-01,f\n")
    assert "a.csv: has no column role" in refusal(tool(document("peers"), "--results", results))
    (results / "a.csv").write_text(HEADER + "2026-01-01,f,value,float32,Peer,3,much,20,\n")
    assert "a.csv: row 2: " in refusal(tool(document("peers"), "--results", results))


def test_without_results_the_table_of_peers_says_so(tool, document):
    path = document("peers", "old\n")
    assert tool(path).returncode == 0
    assert path.read_text() == "before\n<!-- table: peers -->\nno results recorded yet\n<!-- end -->\nafter\n"
