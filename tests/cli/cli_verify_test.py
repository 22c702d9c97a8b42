# SPDX-License-Identifier: Apache-2.0
"""`rheobase verify`: the recorded digests hold here; what differs, lacks or is corrupt is one clear line."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROOFS = Path(__file__).resolve().parents[2] / "proofs"
# Two functions that differ for negative numbers alone, and take a few seconds for all 2^32 results.
NAME, OTHER = "relu", "prelu"

pytestmark = pytest.mark.skipif(not PROOFS.is_dir(), reason="no proofs are recorded")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of one proof, to be spoilt."""
    shutil.copy(PROOFS / f"{NAME}.json", tmp_path)
    return tmp_path


def change(folder: Path, edit) -> None:
    path = folder / f"{NAME}.json"
    proof = json.loads(path.read_text())
    edit(proof)
    path.write_text(json.dumps(proof))


def test_the_recorded_digests_hold(rheobase):
    done = rheobase("verify", NAME, "--json", timeout=300)
    rows = json.loads(done.stdout)
    assert [(row["name"], row["role"], row["format"], row["state"]) for row in rows] == [
        (NAME, role, dtype, "same")
        for role in ("value", "derivative")
        for dtype in ("float32", "bfloat16", "float16")
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_another_functions_digest_differs_from_the_first_negative_block_on(rheobase, folder):
    other = json.loads((PROOFS / f"{OTHER}.json").read_text())
    change(folder, lambda proof: proof.update(value=other["value"]))
    done = rheobase("verify", NAME, "--role", "value", "--dtype", "float32", "--proofs", folder, timeout=300)
    assert done.returncode == 1, done
    row, total = done.stdout.splitlines()
    # All binades but the smallest, where a quarter of the number is 0 as well or subnormal, and NaNs.
    assert "DIFFERENT in" in row and "first in inputs 0x80000000 to 0x80ffffff" in row
    assert total.startswith("0 of 1 the same")


def test_every_name_has_a_recorded_digest(activations):
    for info in activations:
        proof = json.loads((PROOFS / f"{info['name']}.json").read_text())
        assert len(proof["value"]["chunks"]) == len(proof["derivative"]["chunks"]) == 256


def test_16_bit_digests_differ_where_the_functions_do(rheobase, folder):
    other = json.loads((PROOFS / f"{OTHER}.json").read_text())
    change(folder, lambda proof: proof["float16"].update(value=other["float16"]["value"]))
    done = rheobase("verify", NAME, "--dtype", "float16", "--proofs", folder)
    assert done.returncode == 1, done
    value, derivative, total = done.stdout.splitlines()
    assert value.endswith("DIFFERENT") and derivative.endswith("same") and total.startswith("1 of 2 the same")


def test_a_16_bit_format_without_a_digest_is_refused_when_asked_for(rheobase, folder):
    change(folder, lambda proof: proof.pop("float16"))
    assert (
        rheobase("verify", NAME, "--role", "value", "--dtype", "bfloat16", "--proofs", folder).returncode == 0
    )
    message = rheobase.refuses("verify", NAME, "--dtype", "float16", "--proofs", folder)
    assert f"no digest of {NAME} value in {folder}" in message


def test_a_name_without_a_digest_is_refused(rheobase, tmp_path):
    message = rheobase.refuses("verify", NAME, "--proofs", tmp_path)
    assert f"no digest of {NAME} value in {tmp_path}" in message


def test_what_is_missing_from_all_is_listed_and_fails(rheobase, tmp_path):
    done = rheobase("verify", "--proofs", tmp_path)
    assert done.returncode == 1
    assert all("no digest" in line for line in done.stdout.splitlines()[:-1])


SPOILT = {
    "half a file": lambda text: text[: len(text) // 2],
    "nothing": lambda text: "",
    "another format": lambda text: "[]",
    "a changed chunk": lambda text: text.replace('"chunks": [\n   "', '"chunks": [\n   "00', 1),
    "a changed digest": lambda text: text.replace('"digest": "', '"digest": "0', 1),
    "no digest": lambda text: text.replace('"digest"', '"digset"'),
    "another name": lambda text: text.replace(f'"{NAME}"', '"someone"', 1),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_corrupt_proof_is_one_line_that_names_it(rheobase, folder, spoil):
    path = folder / f"{NAME}.json"
    text = path.read_text()
    path.write_text(spoil(text))
    assert path.read_text() != text
    assert str(path) in rheobase.refuses("verify", NAME, "--proofs", folder)


def test_wrong_requests(rheobase, tmp_path):
    assert "'/no/such'" in rheobase.refuses("verify", NAME, "--proofs", "/no/such")
    environment = os.environ | {"RHEOBASE_PROOFS": "/no/such"}
    assert "RHEOBASE_PROOFS is '/no/such'" in rheobase.refuses("verify", NAME, env=environment)
    assert "backward" in rheobase.refuses("verify", NAME, "--role", "backward")
    assert "--threads" in rheobase.refuses("verify", NAME, "--threads", "0")
    assert "'no such name'" in rheobase.refuses("verify", "no such name")
    ambiguous = "gelu_fast"
    assert "ambiguous" in rheobase.refuses("verify", ambiguous)


HOSTS = {
    "flush-to-zero": ("#include <xmmintrin.h>", "_mm_setcsr(_mm_getcsr() | 0x8000);"),
    "denormals-are-zero": ("#include <xmmintrin.h>", "_mm_setcsr(_mm_getcsr() | 0x0040);"),
    "rounding mode": ("#include <fenv.h>", "fesetround(FE_UPWARD);"),
}


@pytest.mark.parametrize("setting", HOSTS)
def test_a_host_that_changed_the_arithmetic_is_told_so(rheobase, tmp_path, setting):
    """As a library built with -ffast-math does when it is loaded."""
    compiler = shutil.which("cc")
    if compiler is None or os.uname().machine != "x86_64":
        pytest.skip("needs a C compiler for x86-64")
    header, statement = HOSTS[setting]
    source, library = tmp_path / "host.c", tmp_path / "host.so"
    source.write_text(f"{header}\n__attribute__((constructor)) static void load(void) {{ {statement} }}\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
    message = rheobase.refuses("verify", NAME, env=os.environ | {"LD_PRELOAD": str(library)})
    assert setting in message


def test_show_says_what_is_proven(rheobase):
    text = rheobase("show", NAME).stdout
    assert "Over all 2^32 float32 inputs" in text
    assert text.count("ulp at x = ") == 2
