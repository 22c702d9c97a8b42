# SPDX-License-Identifier: Apache-2.0
"""Row functions in the program: listed, shown, evaluated."""

import math

import pytest

NAMES = ("softmax", "log_softmax", "softmin")


@pytest.fixture(scope="session")
def rows(everything) -> dict[str, dict]:
    return {info["name"]: info for info in everything if info["kind"] == "rows"}


def values(rheobase, *arguments) -> list[float]:
    return [float(row["value"]) for row in rheobase.json("eval", *arguments)["results"]]


def test_they_are_listed_with_their_kind(rows):
    assert set(NAMES) <= set(rows)


def test_show_has_a_page_for_each(rheobase, rows):
    for name, info in rows.items():
        done = rheobase("show", name)
        assert (done.returncode, done.stderr) == (0, "")
        for text in (name, info["title"], info["summary"], info["formula"], "References"):
            assert text in done.stdout
        assert rheobase.json("show", name.upper()) == info


def test_eval_takes_its_points_as_a_row(rheobase):
    points = [-1.0, 0.5, 2.0]
    total = sum(map(math.exp, points))
    share = [math.exp(x) / total for x in points]
    for dtype, tolerance in (("float32", 1e-7), ("float64", 1e-15), ("bfloat16", 2**-8), ("float16", 2**-11)):
        got = values(rheobase, "softmax", "--dtype", dtype, "--", *points)
        assert got == pytest.approx(share, rel=tolerance)
        got = values(rheobase, "log_softmax", "--dtype", dtype, "--", *points)
        assert got == pytest.approx([math.log(s) for s in share], rel=2 * tolerance)
        got = values(rheobase, "softmin", "--dtype", dtype, "--", *(-x for x in points))
        assert got == pytest.approx(share, rel=tolerance)


def test_eval_prints_a_line_for_each_element(rheobase):
    done = rheobase("eval", "softmax", "3", "3", "-inf")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["x", "value"],
        ["3", "0.5"],
        ["3", "0.5"],
        ["-inf", "0"],
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("eval", "softmacks", "1"), "did you mean 'softmax'?"),
        (("show", "log_softmaxx"), "did you mean 'log_softmax'?"),
        (("eval", "softmax", "1", "x"), "X is 'x'"),
        (("eval", "softmax", "--set", "a=1", "1"), "softmax has no parameters"),
    ],
)
def test_a_wrong_request_gets_one_line_that_says_so(rheobase, arguments, message):
    assert message in rheobase.refuses(*arguments)
