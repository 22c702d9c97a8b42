# SPDX-License-Identifier: Apache-2.0
"""bfloat16 and float16 in the bench: all inputs are compared, and the speed stands beside that of float32."""

import csv
import math

import numpy as np
import pytest
from bench_fakes import peer, right, run

import rheobase
from rheobase.bench import comparison, formats, library, oracle, places
from rheobase.bench.arguments import parse
from rheobase.bench.sample import sample, timing_data

SHORT = ["bfloat16", "float16"]


def ulp(y: float, high: float, dtype: str) -> float:
    arrays = (np.array([y]), np.array([high]), np.zeros(1), np.zeros(1, np.int64))
    return float(oracle.ulps(*arrays, dtype)[0])


@pytest.mark.parametrize("dtype", SHORT)
def test_facts_of_a_format_follow_from_its_layout(dtype):
    for base in ("float32", "float64"):
        assert (formats.tiny(base), formats.largest(base)) == (np.finfo(base).tiny, np.finfo(base).max)
    bits = {"bfloat16": (0x0080, 0x7F7F), "float16": (0x0400, 0x7BFF)}[dtype]
    numbers = formats.wide(np.array(bits, np.uint16).view(formats.ITEMS[dtype]), dtype)
    assert [formats.tiny(dtype), formats.largest(dtype)] == list(numbers)


@pytest.mark.parametrize(
    ("y", "high", "dtype", "expected"),
    [
        (1 + 2**-7, 1, "bfloat16", 1),
        (1 + 2**-10, 1, "float16", 1),
        (0, 2.0**-133, "bfloat16", 1),
        (0, 2.0**-25, "float16", 0.5),
        (math.inf, 65520, "float16", 0.5),  # the first number that rounds up
        (math.inf, 65519, "float16", math.inf),
        (-math.inf, 65520, "float16", math.inf),
        (math.nan, 1, "bfloat16", math.inf),
        (65504, 65519, "float16", 15 / 32),
    ],
)
def test_an_error_is_counted_in_ulp_of_the_format(y, high, dtype, expected):
    assert ulp(y, high, dtype) == pytest.approx(expected)


@pytest.mark.parametrize("dtype", SHORT)
def test_the_sample_is_every_finite_number_once(dtype):
    found = sample(dtype, [0.0, 3.0])
    bits = found.x.view(np.uint16)
    assert np.unique(bits[: found.points]).size == found.points
    infinite = {"bfloat16": 2 * 2**7, "float16": 2 * 2**10}[dtype]  # and NaN
    assert found.points == 2**16 - infinite - len([0.0, -0.0, 3.0])
    assert found.x.shape == found.grad.shape == (found.points + 37 * found.specials.size,)
    assert list(formats.wide(found.specials, dtype)[1:]) == [-np.inf, np.inf, 0, 0, 3]
    assert np.isfinite(formats.wide(found.grad, dtype)).all()
    assert np.array_equal(bits, sample(dtype, [0.0, 3.0]).x.view(np.uint16))


@pytest.mark.parametrize("dtype", SHORT)
def test_data_is_that_of_float32_rounded(dtype):
    for kind in ("uniform", "normal", "far", "infinite", "nan"):
        short, wide = (timing_data(one, 640, kind) for one in (dtype, "float32"))
        for found, expected in zip(short, wide, strict=True):
            assert found.ctypes.data % 4096 == 0
            same = formats.wide(formats.rounded(expected, dtype), dtype)
            assert np.array_equal(formats.wide(found, dtype), same, equal_nan=True)
    small = np.abs(formats.wide(timing_data(dtype, 6400, "subnormal")[0], dtype))
    assert 0 < small.max() <= formats.tiny(dtype)


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("role", ["value", "derivative", "backward"])
def test_rheobase_itself_is_rounded_correctly_by_this_count_too(role, dtype):
    for name in ("gelu", "hardshrink", "softplus"):
        info = rheobase.info(name)
        verdict = oracle.verify(library.contender(info, role, dtype, 1), oracle.truth(info, role, dtype))
        # Of the pairs of x and a gradient a few are next to a tie, and rounded to the other side.
        assert verdict.worst <= (0.501 if role == "backward" else 0.5), verdict
        assert verdict.wrong_specials == [] and verdict.points > 60_000


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("role", ["value", "backward"])
def test_pytorch_computes_the_function_that_it_is_compared_with(role, dtype):
    module = places.peers()["pytorch"]
    if module.available():
        pytest.skip(module.available())
    for name in ("relu", "sigmoid", "elu", "logsigmoid", "hardswish"):
        info = rheobase.info(name)
        found = comparison.gather(info, role, dtype, 1, {"pytorch": module})
        against = oracle.truth(info, role, dtype)
        for entry in found.entries[1:]:
            y, n = formats.wide(oracle.computed(entry.contender, against), dtype), against.sample.points
            parts = (part[:n] for part in (y, against.high, against.low, against.shift))
            usual = np.abs(formats.wide(against.sample.x[:n], dtype)) < 4
            # Where it is given f(x) rounded, most results are off by a few ulp.
            assert np.median(oracle.ulps(*parts, dtype)[usual]) < 2, (name, entry.failure)


def test_a_peer_that_does_not_say_so_is_asked_for_nothing_in_16_bits():
    fake = peer("Fake", right)
    found = comparison.gather(rheobase.info("relu"), "value", "bfloat16", 1, {"fake": fake})
    assert [(blank.peer, blank.reason) for blank in found.blanks] == [("Fake", "takes no part in bfloat16")]


def test_a_contender_that_is_off_by_a_share_is_found_wrong_in_16_bits_too():
    def wide(x, y):
        right(x, y)
        with np.errstate(over="ignore"):
            y *= np.float16(1.01)

    fake = peer("Fake", wide, DTYPES=("float16",))
    found = comparison.gather(rheobase.info("relu"), "value", "float16", 1, {"fake": fake})
    comparison.verify(found)
    verdict = found.entries[1].verdict
    assert math.isinf(verdict.worst) and verdict.wrong_specials == []  # 65504 becomes an infinity


def test_a_run_has_the_speed_beside_that_of_float32(monkeypatch, capsys, tmp_path):
    file = tmp_path / "rows.csv"
    assert run(monkeypatch, {}, "--dtype", "all", "--csv", str(file)) == 0
    text = capsys.readouterr().out
    assert text.count("of float32") == 2 + 1  # two tables, and the line that explains it
    with file.open(newline="") as lines:
        own = {r["dtype"]: r for r in csv.DictReader(lines) if r["contender"] == "rheobase"}
    assert set(own) == {"float32", "float64", "bfloat16", "float16"}
    share = float(own["bfloat16"]["gelem"]) / float(own["float32"]["gelem"])
    assert f"{share:.2f}" in text
    assert [own[dtype]["ulp"] for dtype in SHORT] == ["0", "0"]
    assert run(monkeypatch, {}, "--dtype", "float16", "--no-csv") == 0
    assert "of float32" not in capsys.readouterr().out


def test_formats_are_a_list_in_the_order_asked_for():
    assert parse(["--dtype", "float16,float32,float16"]).dtypes == ["float16", "float32"]
    assert parse([]).dtypes == ["float32"]
    assert parse(["--dtype", "all", "--form", "gate"]).dtypes == ["float32", "float64", *SHORT]
