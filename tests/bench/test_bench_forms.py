# SPDX-License-Identifier: Apache-2.0
"""Forms in the bench: each is right by its own oracle, and what is wrong is found."""

import csv
import math

import numpy as np
import pytest
from bench_fakes import CONDITIONS, run

from rheobase.bench import __main__ as program
from rheobase.bench import places
from rheobase.bench.arguments import parse
from rheobase.bench.contender import Contender, Prepared, Unsupported
from rheobase.bench.forms import FORMS, session
from rheobase.bench.table import print_tables

SIZE = 65_536
NAMES = ["relu", "tanh", "softmax", "log_softmax", "softmin", "rrelu", "noisy_relu", "alpha_dropout"]
NAMES += ["words", "uniforms", "normals", "terms", "statistics"]


def bound(case) -> float:
    """What the documents promise, in the unit of the bench."""
    if case.form == "int8":
        return 0
    if case.form == "rows" and case.facts["backward"]:
        return 4.5  # half an ulp more in 16 bits
    if case.form == "random":  # normal numbers are within 2^-48
        return 40 if case.dtype == "float64" else 1
    if case.form == "sums":
        return 0.51
    if case.dtype in ("bfloat16", "float16"):
        return 0.51
    return 2.5 if case.variant == "backward" else 1.51 if case.form == "rows" else 1


def cases(form: str, dtype: str) -> list:
    names = [name for name in NAMES if name in FORMS[form].names()]
    return FORMS[form].cases(names, [dtype], [SIZE], 1)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
@pytest.mark.parametrize("form", FORMS)
def test_rheobase_itself_keeps_its_promises_by_the_bench_too(form, dtype):
    found = cases(form, dtype)
    assert found or (form, dtype) in {("rows", "bfloat16"), ("rows", "float16")}
    for case in found:
        compared = session.gather(case, 1, {})
        session.verify(case, compared)
        own = compared.entries[0]
        assert own.contender.name == "rheobase" and own.failure == "", (case.name, case.role, own.failure)
        assert 0 <= own.verdict.worst <= bound(case), (case.name, case.role, own.verdict)


@pytest.mark.parametrize("form", FORMS)
def test_peers_compute_the_form_that_they_are_compared_with(form):
    peers = {n: m for n, m in places.peers().items() if hasattr(m, "form_contenders") and not m.available()}
    assert {"pytorch", "numpy"} & peers.keys()
    compared = 0
    for case in cases(form, "float32"):
        found = session.gather(case, 1, peers)
        session.verify(case, found)
        for entry in found.entries[1:]:
            assert entry.failure == "", (case.name, case.role, entry.contender.name, entry.failure)
            # Tails of theirs may be off by far; nothing is off by the size of the results everywhere.
            assert entry.verdict.worst < 1e8, (case.name, case.role, entry.contender.name, entry.verdict)
            compared += 1
    assert compared


def fake(compute, result=None):
    """A peer whose only contender calls compute(arrays)."""

    class Peer:
        NAME = "Fake"

        @staticmethod
        def form_contenders(case, threads):
            def prepare(arrays):
                return Prepared(lambda: compute(arrays), result and (lambda: result(arrays)))

            return [Contender("Fake", prepare)]

        available = staticmethod(lambda: "")
        version = staticmethod(lambda: "1")

    return Peer


def gate_case(variant: str = ""):
    return next(case for case in cases("gate", "float32") if case.name == "relu" and case.variant == variant)


def verified(compute, result=None):
    found = session.gather(gate_case(), 1, {"fake": fake(compute, result)})
    session.verify(gate_case(), found)
    return found.entries[-1]


def gate(arrays) -> None:
    np.multiply(np.maximum(arrays["a"], 0), arrays["b"], out=arrays["y"])


def test_a_right_contender_is_found_right_and_a_wrong_one_by_how_much():
    assert verified(gate).verdict.worst <= 0.5

    def wrong(arrays):
        gate(arrays)
        arrays["y"] *= np.float32(1.01)

    assert verified(wrong).verdict.gross
    assert math.isinf(verified(lambda arrays: None).verdict.worst)  # writes nothing


def test_a_contender_that_changes_its_input_or_raises_is_listed_as_failed():
    def spoils(arrays):
        gate(arrays)
        arrays["b"][:3] = 1

    def raises(arrays):
        raise ValueError("no\nluck")

    assert "changed its input b" in verified(spoils).failure
    assert verified(raises).failure == "ValueError: no luck"


def test_a_contender_that_declines_is_a_blank():
    def declines(arrays):
        raise Unsupported("not mine")

    case = gate_case()
    found = session.gather(case, 1, {"fake": fake(declines)})
    session.verify(case, found)
    assert [(blank.peer, blank.reason) for blank in found.blanks] == [("Fake", "not mine")]


def test_random_numbers_of_another_distribution_are_found_wrong():
    case = next(c for c in cases("random", "float32") if c.name == "normals")

    def outcome(compute):
        found = session.gather(case, 1, {"fake": fake(compute)})
        session.verify(case, found)
        return found.entries[-1]

    generator = np.random.default_rng(3)
    entry = outcome(lambda arrays: generator.standard_normal(out=arrays["y"]))
    assert (entry.failure, entry.verdict.points) == ("", session.SAMPLE)
    assert "average is" in outcome(lambda arrays: generator.random(out=arrays["y"])).failure
    wide = outcome(lambda arrays: np.multiply(generator.standard_normal(SIZE // 2), 1.5, out=arrays["y"]))
    assert "deviation is" in wide.failure


def test_a_run_lists_everyone_and_writes_rows(monkeypatch, capsys, tmp_path):
    file = tmp_path / "rows.csv"

    def late(arrays):  # right in the sample, wrong in what is timed
        gate(arrays)
        if arrays["y"].size != session.SAMPLE:
            arrays["y"][-1] = 1e9

    fakes = {"right": fake(gate), "late": fake(late)}
    assert run(monkeypatch, fakes, "--form", "gate", "--csv", str(file)) == 0
    text = capsys.readouterr().out
    for word in ("relu, gate halves, float32, 1,024 elements", "memcpy", "two passes", "Fake"):
        assert word in text
    with file.open(newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if r["role"] == "gate"]
    assert sum(r["failure"] != "" for r in rows) == 1
    assert all(float(r["median"]) > 0 for r in rows if not r["failure"])
    assert {r["contender"] for r in rows} >= {"memcpy", "rheobase", "two passes", "Fake"}


def test_what_has_no_error_has_no_empty_brackets(capsys):
    from rheobase.bench.records import Row

    numbers = {"role": "random", "dtype": "float32", "size": 64, "version": "", "points": 9, "gelem": 1.0}
    numbers |= {"median": 1e-6, "low": 1e-6, "high": 1e-6, "copy_share": 0.5, "ratio": 2.0}
    rows = [
        Row(**CONDITIONS, **numbers, name=name, contender=contender, ulp=ulp)
        for name in ("a", "b", "c", "d")
        for contender, ulp in (("rheobase", 0.5), ("Other", None))
    ]
    print_tables(rows, {})
    text = capsys.readouterr().out
    assert "2.00" in text and "()" not in text


def test_rows_of_forms_and_of_16_bits_have_files_of_their_own(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "clone", lambda: tmp_path)
    results = tmp_path / "bench/results"
    assert program._csv_path(parse(["relu", "--form", "gate"])).parent == results / "forms"
    assert program._csv_path(parse(["relu", "--dtype", "float32,float16"])).parent == results / "formats16"
    assert program._csv_path(parse(["relu"])).parent == results


WRONG = {
    ("--form", "gates"): "'gates'",
    ("--form", "gate", "--role", "value"): "--role value: contradicts --form gate",
    ("--form", "gate", "--data", "nan"): "--data nan",
    ("--form", "rows"): "'relu' has no form rows",
    ("--form", "gate", "--peers", "numpi"): "--peers numpi",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_request_is_one_line_that_names_it(arguments, monkeypatch, capsys):
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    assert program.main(["relu", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1 and WRONG[arguments] in output.err
