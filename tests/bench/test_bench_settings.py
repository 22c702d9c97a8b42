# SPDX-License-Identifier: Apache-2.0
"""--set: everyone is given the same parameters, and rows of them are told from rows of the defaults."""

import csv

import numpy as np
import pytest
from bench_fakes import run

import rheobase
from rheobase.bench import __main__ as program
from rheobase.bench import comparison, formats, library, oracle, places
from rheobase.bench.contender import Unsupported, title
from rheobase.bench.settings import changed

CASES = [
    ("swish", {"beta": 2}),
    ("softplus", {"beta": 2}),
    ("softplus", {"beta": 2, "threshold": 1.5}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 3}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("prelu", {"alpha": 0.7}),
    ("hardtanh", {"min_val": -0.3, "max_val": 2.3}),
    ("hardshrink", {"lambd": 0.2}),
    ("softshrink", {"lambd": 0.2}),
    ("threshold", {"threshold": 1.5, "value": 3}),
    ("hardsigmoid_onnx", {"alpha": 0.3, "beta": 0.4}),
]


def described(name: str, settings: dict, dtype: str = "float32") -> dict:
    return changed(rheobase.info(name), settings, [dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_rheobase_is_compared_with_the_function_of_these_parameters(name, settings, dtype):
    info = described(name, settings, dtype)
    own = library.contender(info, "value", dtype, 1)
    verdict = oracle.verify(own, oracle.truth(info, "value", dtype))
    assert verdict.worst <= 1 and verdict.wrong_specials == [], verdict


@pytest.mark.parametrize("role", ["value", "backward"])
@pytest.mark.parametrize("peer_name", sorted(places.peers().keys() - {"torch_compile"}))
def test_a_peer_is_given_the_same_parameters_or_declines(peer_name, role):
    module, compared = places.peers()[peer_name], 0
    if module.available():
        pytest.skip(module.available())
    for name, settings in CASES:
        info = described(name, settings)
        against = oracle.truth(info, role, "float32")
        for entry in comparison.gather(info, role, "float32", 1, {peer_name: module}).entries[1:]:
            assert not entry.failure, (name, entry.failure)
            try:
                y, n = oracle.computed(entry.contender, against), against.sample.points
            except Unsupported:  # a version of the library that lacks it
                continue
            exact = np.ldexp(against.high[:n] + against.low[:n], -against.shift[:n])
            usual = np.abs(against.sample.x[:n]) < 4
            # Some lose all digits of small results; those of another parameter differ by far more.
            near = np.abs(y[:n] - exact) < 1e-5 * np.maximum(np.abs(exact), 1)
            assert np.mean(near[usual]) > 0.8, (name, settings)
            compared += 1
    assert compared or peer_name not in ("numpy", "pytorch")  # others may decline all


@pytest.mark.parametrize(
    ("name", "settings", "kinks"),
    [
        ("clipped_relu", {"ceiling": 2.3}, [0, 2.3]),
        ("hardtanh", {"min_val": 0.001, "max_val": 0.009}, [0.001, 0.009]),
        ("softplus", {"beta": 0.1, "threshold": 5}, [50]),
        ("leaky_relu", {"negative_slope": 1}, []),
        ("swish", {"beta": 100}, []),
    ],
)
def test_kinks_move_with_the_parameters(name, settings, kinks):
    found = described(name, settings)["facts"]["kinks"]
    assert found == pytest.approx(kinks, rel=1e-12)


def test_the_kinks_of_the_defaults_are_found_where_files_declare_them():
    for name in rheobase.names():
        if name == "softplus_torch":  # its slope jumps by 2e-9, less than is looked for
            continue
        info = rheobase.info(name)
        assert described(name, {})["facts"]["kinks"] == [float(kink) for kink in info["facts"]["kinks"]]


def test_rows_and_tables_say_what_was_set(monkeypatch, capsys, tmp_path):
    file = tmp_path / "rows.csv"
    arguments = ["swish", "--set", "beta=2", "--sizes", "1024", "--rounds", "3", "--seconds", "0.1"]
    monkeypatch.setattr(places, "peers", lambda: {})
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    assert program.main([*arguments, "--no-progress", "--csv", str(file)]) == 0
    assert "swish:beta=2, value, float32, 1,024 elements" in capsys.readouterr().out
    with file.open(newline="") as lines:
        assert {r["name"] for r in csv.DictReader(lines)} == {"swish:beta=2"}


def test_a_title_has_all_digits_and_is_a_name_without_settings():
    assert title(rheobase.info("silu")) == "silu"
    assert title(described("softplus", {"beta": 0.123456789, "threshold": float("inf")})) == (
        "softplus:beta=0.123456789,threshold=inf"
    )


WRONG = {
    ("--set", "beta=1"): "--set: relu has no parameters; there is no 'beta'",
    ("--set", "beta"): "not 'beta'",
    ("--set", "=1"): "not '=1'",
    ("--set", "beta=nan"): "not 'beta=nan'",
    ("--set", "beta=1", "--form", "gate"): "--set beta=1: forms are timed with default parameters",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_wrong_request_is_one_line_that_names_it(arguments, monkeypatch, capsys):
    assert run(monkeypatch, {}, *arguments) == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err.count("\n") == 1 and WRONG[arguments] in output.err


def test_parameters_that_are_not_allowed_are_refused_in_the_formats_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(program, "_limit_threads", lambda threads: None)
    for arguments in (["celu", "--set", "alpha=0"], ["swish", "--set", "beta=1e39"]):
        assert program.main(arguments) == 2
        assert arguments[0] in capsys.readouterr().err
    assert program.main(["--set", "beta=1"]) == 2
    assert "of which activation?" in capsys.readouterr().err
    assert formats.base("bfloat16") == "float32"  # in which 1e39 is too large as well
    assert described("swish", {"beta": 1e39}, "float64")["settings"] == {"beta": 1e39}
