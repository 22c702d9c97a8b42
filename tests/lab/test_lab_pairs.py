# SPDX-License-Identifier: Apache-2.0
"""Paired tests against scipy.stats, Holm's correction against its definition, and the tables made of them."""

import itertools

import numpy
import pytest
from scipy import stats

from rheobase.lab import pairs
from rheobase.lab.settings import Case
from rheobase.lab.summary import summarise
from rheobase.lab.training import Run

SEEDS = 8


def runs_of(shifts: dict[str, float], depth: int = 1, noise: float = 0.01) -> list[Run]:
    random = numpy.random.default_rng(depth)
    luck = random.normal(0, 0.02, SEEDS)  # shared by all: the seeds'
    return [
        Run(name, seed, [0.1], 0.9 + shift + luck[seed] + random.normal(0, noise), depth=depth)
        for name, shift in shifts.items()
        for seed in range(SEEDS)
    ]


def compared(runs: list[Run], resolution: float = 0.0):
    cases = list(dict.fromkeys(run.case for run in runs))
    rows = summarise(cases, runs)
    return rows, pairs.compare(rows, runs, resolution)


def accuracies(runs: list[Run], case: Case) -> list[float]:
    return [run.accuracy for run in runs if run.case == case]


def test_p_is_that_of_the_paired_t_test_of_scipy():
    runs = runs_of({"a": 0.02, "b": 0.01, "c": 0.0})
    _, found = compared(runs)
    assert len(found) == 3
    for pair in found:
        first, second = (accuracies(runs, Case(name)) for name in (pair.first, pair.second))
        expected = stats.ttest_rel(first, second)
        interval = expected.confidence_interval(1 - 0.05 / 3)
        assert pair.p == pytest.approx(expected.pvalue, rel=1e-9)
        assert (pair.low, pair.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def rejected_by_holm(ps: list[float], level: float) -> set[int]:
    """By the definition: the k-th smallest is rejected while all up to it are at most level / (m - k + 1)."""
    rejected = set()
    for k, index in enumerate(numpy.argsort(ps)):
        if ps[index] > level / (len(ps) - k):
            break
        rejected.add(int(index))
    return rejected


@pytest.mark.parametrize("seed", range(20))
def test_corrected_values_reject_what_holms_procedure_rejects_at_every_level(seed):
    random = numpy.random.default_rng(seed)
    ps = list(random.beta(0.3, 2, size=random.integers(1, 12)))
    made = [pairs.Pair("", "", 1, 1, 2, 0, 0, 0, p) for p in ps]
    pairs.correct(made)
    for level in (0.001, 0.01, 0.05, 0.2, 0.7):
        assert {n for n, pair in enumerate(made) if pair.p_holm <= level} == rejected_by_holm(ps, level)


def test_a_difference_that_one_look_would_find_is_not_claimed_after_many():
    names = {f"n{number}": 0.0 for number in range(12)}
    found = [pair for depth in range(1, 6) for pair in compared(runs_of(names, depth))[1]]
    assert any(pair.p < 0.05 for pair in found)  # of 330 pairs without any difference
    assert not any(pair.distinguishable for pair in found)


def test_all_networks_are_one_family():
    runs = [run for depth in (1, 2) for run in runs_of({"a": 0.02, "b": 0.0}, depth)]
    rows, found = compared(runs)
    assert [pair.depth for pair in found] == [1, 2] and len(rows) == 4
    smallest = min(found, key=lambda pair: pair.p)
    assert smallest.p_holm == pytest.approx(2 * smallest.p)


def test_an_interval_without_zero_is_never_said_to_be_noise():
    for noise, shift in itertools.product((0.001, 0.01, 0.05), (0.0, 0.005, 0.03)):
        rows, _ = compared(runs_of({"a": shift, "b": 0.0, "c": 0.01}, noise=noise))
        for row in rows[1:]:
            if not row.difference.low <= 0 <= row.difference.high:
                assert row.within_noise is False


def test_pairing_finds_what_unpaired_intervals_hide():
    runs = runs_of({"a": 0.01, "b": 0.0}, noise=0.001)
    rows, (pair,) = compared(runs)
    assert rows[0].accuracy.low < rows[1].accuracy.high  # the seeds' luck is larger than the difference
    assert pair.distinguishable


def test_seeds_that_agree_by_rounding_do_not_prove_a_difference():
    one = 1 / 449  # a test example
    assert pairs.p_value([one, one]) == 0
    assert pairs.p_value([one, one], one) > 0.1
    assert pairs.p_value([0.0, 0.0], one) == pairs.p_value([0.0, 0.0]) == 1


def test_what_cannot_be_paired_is_not_tested():
    runs = runs_of({"a": 0.0, "b": 0.0})
    for run in runs:
        if run.name == "b" and run.seed > 0:
            run.accuracy, run.failed_in_epoch = None, 1
    rows, found = compared(runs)
    assert found == [] and rows[1].difference.count == 1 and rows[1].within_noise is None
