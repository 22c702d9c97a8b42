# SPDX-License-Identifier: Apache-2.0
"""Errors in ulp, medians, quartiles and ratios; the turns of a race."""

import math

import numpy as np
import pytest

from rheobase.bench import timing
from rheobase.bench.formats import aligned
from rheobase.bench.oracle import ulps
from rheobase.bench.sample import SPECIALS, sample, timing_data

TINY32, TINY64 = 2.0**-149, 2.0**-1074
MAX32 = float(np.finfo(np.float32).max)


def ulp(y: float, high: float, low: float = 0, dtype: str = "float32", shift: int = 0) -> float:
    arrays = (np.array([y], dtype), np.array([high]), np.array([low]), np.array([shift]))
    return float(ulps(*arrays, dtype)[0])


@pytest.mark.parametrize(
    ("y", "high", "low", "expected"),
    [
        (1, 1, 0, 0),
        (1 + 2**-23, 1, 0, 1),
        (1, 1, 2**-60, 2**-37),
        (1, 1, -(2**-26), 2**-2),  # the exact result is below 1, where an ulp is 2^-24
        (-1.5, 1.5, 0, 3 * 2**23),
        (TINY32, 0, 0, 1),
        (0, TINY32 / 2, 0, 0.5),
        (0, 1e-300, 0, 1e-300 / TINY32),
        (math.inf, MAX32 * (1 + 2**-24), 0, 0.5),
        (math.inf, MAX32, 0, math.inf),
        (-math.inf, MAX32 * 4, 0, math.inf),
        (math.nan, 1, 0, math.inf),
    ],
)
def test_an_error_in_float32_is_counted_in_ulp_of_the_exact_result(y, high, low, expected):
    assert ulp(y, high, low) == pytest.approx(expected, rel=1e-6)


def test_an_error_in_float64_is_counted_to_a_small_part_of_an_ulp():
    assert ulp(1, 1, 2**-54, "float64") == 0.25
    assert ulp(math.inf, math.inf, 0, "float64") == 0.5
    assert ulp(np.finfo(float).max, math.inf, 0, "float64") == 1
    assert ulp(2 * TINY64, 2.5 * 2.0**-674, 0, "float64", 400) == 0.5
    assert ulp(0, 0, 0, "float64") == 0


def test_median_and_quartiles_are_those_of_the_textbook():
    assert timing.spread([4, 1, 3, 2, 5]) == timing.Spread(3, 2, 4)
    assert timing.spread([1, 2]) == timing.Spread(1.5, 1.25, 1.75)
    assert timing.spread([7]) == timing.Spread(7, 7, 7)


def test_a_ratio_is_taken_within_rounds_so_that_a_slow_minute_cancels():
    own, other = timing.Series(seconds=[1, 10, 1]), timing.Series(seconds=[2, 20, 2])
    assert timing.ratios(other, own) == timing.Spread(2, 2, 2)


def test_each_round_has_everyone_once_and_the_order_changes():
    turns = []
    calls = [lambda i=i: turns.append(i) for i in range(4)]
    series = timing.race(calls, rounds=6, seconds=60)
    assert [len(s.seconds) for s in series] == [6] * 4
    assert all(second > 0 for s in series for second in s.seconds)
    firsts = [turn for turn, before in zip(turns[1:], turns, strict=False) if turn != before]
    orders = {tuple(firsts[i : i + 4]) for i in range(len(firsts) - 24, len(firsts), 4)}
    assert len(orders) > 1


def test_a_race_that_is_out_of_time_still_has_its_least_rounds():
    series = timing.race([lambda: None], rounds=1000, seconds=1e-9)
    assert len(series[0].seconds) == timing.LEAST_ROUNDS


def test_a_race_that_is_stopped_keeps_full_rounds_only():
    asked = iter([False] * 5 + [True] * 9)
    series = timing.race([lambda: None, lambda: None], 100, 60, stop=lambda: next(asked))
    assert [len(s.seconds) for s in series] == [2, 2]
    assert timing.race([lambda: None], 100, 60, stop=lambda: True) is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_sample_has_tails_subnormals_neighbours_of_kinks_and_the_special_values(dtype):
    found = sample(dtype, [0.0, 3.0])
    x, tiny = found.x[: found.points], np.finfo(dtype).tiny
    assert found.points > 20_000 and np.isfinite(x).all() and np.unique(x).size == x.size
    assert ((np.abs(x) < tiny) & (x != 0)).sum() > 100
    assert x.max() == np.finfo(dtype).max and x.min() == -np.finfo(dtype).max
    three = x.dtype.type(3)
    assert {np.nextafter(three, x.dtype.type(end)) for end in (0, 9)} <= set(x[np.abs(x - three) < 1e-5])
    assert three not in x and 0 not in x  # special values, as a derivative there is a convention
    assert np.array_equal(found.specials, [*SPECIALS, 3], equal_nan=True)
    assert found.grad.shape == found.x.shape == (found.points + 37 * 6,)
    assert np.array_equal(x, sample(dtype, [0.0, 3.0]).x[: found.points])


def test_data_begins_on_a_page_and_is_the_same_each_time():
    for kind in ("uniform", "normal"):
        x, grad = timing_data("float32", 640, kind)
        assert x.ctypes.data % 4096 == grad.ctypes.data % 4096 == 0
        assert np.array_equal(x, timing_data("float32", 640, kind)[0])
    assert 7.9 < np.abs(timing_data("float64", 6400, "uniform")[0]).max() <= 8
    assert 95 < np.abs(timing_data("float32", 6400, "far")[0]).max() <= 96
    assert 0 < np.abs(timing_data("float32", 6400, "subnormal")[0]).max() < 2.0**-126
    assert set(timing_data("float32", 640, "infinite")[0]) == {-np.inf, np.inf}
    assert np.isnan(timing_data("float64", 64, "nan")[0]).all()
    assert aligned(100, "float64").size == 100
