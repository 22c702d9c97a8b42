# SPDX-License-Identifier: Apache-2.0
"""Statistics against scipy.stats, and the rules of the ranking."""

import numpy
import pytest
from scipy import stats

from rheobase.lab import pairs
from rheobase.lab.settings import Case
from rheobase.lab.summary import Row, interval, summarise
from rheobase.lab.training import Run, StepTime, step_time

ACCURACIES = {
    "first": [0.97, 0.98, 0.975, 0.981],
    "second": [0.96, 0.985, 0.974, 0.975],
    "third": [0.90, 0.91, 0.905, 0.913],
}


def finished(name: str, seed: int, accuracy: float, losses=(1.0, 0.5)) -> Run:
    return Run(
        name, seed, list(losses), accuracy, dead=0.1, saturated=0.2, step_time=StepTime(0.002, 0.001, 0.004)
    )


def failed(name: str, seed: int) -> Run:
    return Run(name, seed, [1.0], failed_in_epoch=2, step_time=StepTime(0.001, 0.001, 0.001))


def rows_of(names, runs) -> list[Row]:
    rows = summarise([Case(name) for name in names], runs)
    pairs.compare(rows, runs)
    return rows


def all_finished() -> list[Run]:
    return [finished(name, seed, a) for name, values in ACCURACIES.items() for seed, a in enumerate(values)]


@pytest.mark.parametrize("count", [2, 3, 10, 200])
@pytest.mark.parametrize("confidence", [0.95, 0.99, 0.9967])
def test_the_interval_of_a_mean_is_that_of_students_t(count, confidence):
    values = list(numpy.random.default_rng(count).normal(0.97, 0.01, count))
    found = interval(values, confidence)
    low, high = stats.t.interval(confidence, count - 1, numpy.mean(values), stats.sem(values))
    assert found.low == pytest.approx(low, rel=1e-9)
    assert found.high == pytest.approx(high, rel=1e-9)
    assert found.deviation == pytest.approx(numpy.std(values, ddof=1), rel=1e-12)


def test_one_value_has_a_mean_and_no_interval():
    found = interval([0.5])
    assert (found.count, found.mean, found.deviation, found.low, found.high) == (1, 0.5, None, None, None)


def test_differences_to_the_best_are_paired_and_hold_jointly():
    rows = rows_of(list(ACCURACIES), all_finished())
    assert [row.name for row in rows] == ["first", "second", "third"]
    assert rows[0].difference is None and rows[0].within_noise is None
    for row in rows[1:]:
        test = stats.ttest_rel(ACCURACIES[row.name], ACCURACIES["first"])
        expected = test.confidence_interval(
            1 - 0.05 / 3
        )  # three pairs: any of them might have been looked at
        assert row.difference.low == pytest.approx(expected.low, rel=1e-9)
        assert row.difference.high == pytest.approx(expected.high, rel=1e-9)
        assert row.p == pytest.approx(test.pvalue, rel=1e-9)
    assert rows[1].within_noise is True
    assert rows[2].within_noise is False


def test_a_difference_uses_the_seeds_that_both_finished():
    runs = all_finished()
    runs[0] = failed("first", 0)
    runs = [run for run in runs if not (run.name == "second" and run.seed == 3)]
    rows = {row.name: row for row in rows_of(list(ACCURACIES), runs)}
    # Seed 0 of "first" failed, so "second", without its seed 3, is the best of those that never failed.
    shared = [0.98 - 0.985, 0.975 - 0.974]
    assert rows["first"].difference.count == 2
    assert rows["first"].difference.mean == pytest.approx(numpy.mean(shared))


def test_activations_with_failed_runs_come_after_all_others():
    runs = all_finished()
    runs[1] = failed("first", 1)
    runs += [failed("fourth", seed) for seed in range(4)]
    rows = rows_of([*ACCURACIES, "fourth"], runs)
    assert [row.name for row in rows] == ["second", "third", "first", "fourth"]
    assert [row.failed for row in rows] == [0, 0, 1, 4]
    assert rows[3].accuracy is None and rows[3].curve is None and rows[3].difference is None


def test_equal_means_share_a_rank():
    runs = [finished(name, seed, a) for name, a in (("a", 0.9), ("b", 0.95), ("c", 0.95)) for seed in (0, 1)]
    assert [(row.name, row.rank) for row in rows_of(["a", "b", "c"], runs)] == [
        ("b", 1),
        ("c", 1),
        ("a", 3),
    ]


def test_names_without_a_run_have_no_row():
    assert [row.name for row in rows_of(["first", "unseen"], all_finished())] == ["first"]


def test_a_curve_is_the_mean_least_and_greatest_loss_of_each_epoch():
    runs = [finished("a", 0, 0.9, [4.0, 1.0]), finished("a", 1, 0.9, [2.0, 2.0])]
    (row,) = rows_of(["a"], runs)
    assert (row.curve.mean, row.curve.low, row.curve.high) == ([3.0, 1.5], [2.0, 1.0], [4.0, 2.0])
    assert row.final_loss.mean == 1.5


def test_step_times_are_quartiles_over_all_steps():
    found = step_time([4.0, 1.0, 3.0, 2.0, 5.0])
    assert (found.lower_quartile, found.median, found.upper_quartile) == (2.0, 3.0, 4.0)
    assert step_time([]) is None
