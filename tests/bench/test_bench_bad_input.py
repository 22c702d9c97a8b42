# SPDX-License-Identifier: Apache-2.0
"""Wrong requests: exit code 2 and one line that names the argument and the value."""

import pytest
from bench_fakes import run

from rheobase.bench import __main__ as program
from rheobase.bench import oracle

CASES = {
    ("gleu",): "'gleu'",
    ("--role", "slope"): "'slope'",
    ("--dtype", "float8"): "'float8'",
    ("--dtype", "float32,"): "''",
    ("--dtype", "float16", "--sizes", "64"): "--sizes 64: in 16 bits expected multiples of 128",
    ("--sizes", "0"): "'0'",
    ("--sizes", "100"): "multiples of 64, not 100",
    ("--sizes", "64,,128"): "''",
    ("--sizes", "9" * 30): "'999",
    ("--threads", "-1"): "--threads",
    ("--threads", "two"): "'two'",
    ("--peers", "numpi"): "--peers numpi",
    ("--peers", "a,,b"): "'a,,b'",
    ("--rounds", "0"): "'0'",
    ("--seconds", "nan"): "'nan'",
    ("--seconds", "-1"): "'-1'",
    ("--data", "zeros"): "'zeros'",
    ("--csv", "x", "--no-csv"): "--csv x",
    ("--xnnpack", "/nowhere"): "--xnnpack /nowhere",
    ("--frobnicate",): "--frobnicate",
}


@pytest.mark.parametrize("arguments", CASES, ids=" ".join)
def test_a_wrong_request_is_one_line_that_names_it(arguments, monkeypatch, capsys):
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    assert program.main(["relu", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1
    assert output.err.startswith("rheobase bench: ") and CASES[arguments] in output.err


def test_without_the_oracle_nothing_is_timed(monkeypatch, capsys):
    monkeypatch.setattr(oracle, "program", lambda name: None)
    assert run(monkeypatch, {}, "--no-csv") == 1
    output = capsys.readouterr()
    assert (
        output.out == "" and "rheobase-exact is not installed" in output.err and output.err.count("\n") == 1
    )


def test_the_help_has_examples(capsys):
    with pytest.raises(SystemExit) as done:
        program.main(["--help"])
    assert done.value.code == 0
    assert "examples:" in capsys.readouterr().out
