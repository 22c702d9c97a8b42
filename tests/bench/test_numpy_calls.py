# SPDX-License-Identifier: Apache-2.0
"""bench/numpy_calls.py: what it times beside our functions computes the same; its file has all figures."""

import csv
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "bench/numpy_calls.py"
# Of every function and role: each contender fills its outputs, which are compared with ours.
COMPARE = f"""
import sys
sys.path.insert(0, {str(SCRIPT.parent)!r})
import numpy as np, numpy_calls as script, rheobase
for role, arguments in script.ARGUMENTS.items():
    for name in rheobase.names():
        arrays = {{key: script.numbers(1024, "float64", seed) for seed, key in enumerate("xbg")}}
        outputs = [np.full(1024, np.nan) for _ in range(2 if role == "gate-backward" else 1)]
        expected = script.of_role(name, role)(*(arrays[key] for key in arguments))
        expected = expected if isinstance(expected, tuple) else (expected,)
        calls = script.formulas(name, role, arrays, outputs)
        calls["C"] = script.by_ctypes(name, role, "float64", arrays, outputs)
        for whose, call in calls.items():
            for output in outputs:
                output.fill(np.nan)
            call()
            for got, want in zip(outputs, expected, strict=True):
                assert np.allclose(got, want, rtol=1e-6, atol=1e-8), (role, name, whose)
print("compared")
"""


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120)


def test_every_contender_computes_the_function_and_role():
    done = run("-c", COMPARE)
    assert (done.returncode, done.stdout) == (0, "compared\n"), done.stderr


def test_figures_of_all_roles_and_formats_are_printed_and_kept(tmp_path):
    file = tmp_path / "deep/figures.csv"
    short = ["--elements", "1024", "--rounds", "1", "--csv", str(file)]
    done = run(str(SCRIPT), "elu", "softmax", "--role", "all", "--dtype", "all", *short)
    assert done.returncode == 0, done.stderr
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    formats = {"float32", "float64", "float16", *(["bfloat16"] if find_spec("ml_dtypes") else [])}
    roles = {"value", "derivative", "backward", "gate", "gate-backward"}
    of_elu = {(row["dtype"], row["role"]) for row in rows if row["name"] == "elu"}
    assert of_elu == {(dtype, role) for dtype in formats for role in roles}
    assert {row["role"] for row in rows if row["name"] == "softmax"} == {"value"}
    assert done.stdout.count("\n") == len(rows) + 2 * len(of_elu)  # and two lines above each table
    for row in rows:
        figures = [row["call"], *([row["C"], row["NumPy"]] if row["name"] == "elu" else [])]
        assert all(float(figure) > 0 for figure in figures), row
        keyword = row["name"] == "elu" and not row["role"].startswith("gate")
        assert bool(row["keyword"]) == keyword and row["machine"] and row["versions"].startswith("NumPy ")
    before = file.read_bytes()
    assert run(str(SCRIPT), "relu", *short).returncode == 0
    assert file.read_bytes().startswith(before) and file.read_bytes().count(b"\n") == len(rows) + 2


def test_wrong_requests_are_refused(tmp_path):
    for arguments, word in ((["gleu"], "'gleu'"), (["relu", "--csv", str(tmp_path)], "Is a directory")):
        done = run(str(SCRIPT), *arguments)
        assert (done.returncode, done.stdout) == (2, "") and word in done.stderr
