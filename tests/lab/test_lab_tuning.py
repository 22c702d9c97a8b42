# SPDX-License-Identifier: Apache-2.0
"""The search for a learning rate: the same budget for all, the best rate found, no look at the test."""

import json

import numpy
import pytest
from lab_run import run

from rheobase.lab import sets, tuning
from rheobase.lab.settings import Case, Settings
from rheobase.lab.training import Run

CASE = Case("a")
SETTINGS = Settings(epochs=8, tune=True)


def accuracy_at(lr: float) -> float:
    """The further from a rate of 0.1, the worse; the largest of all diverges."""
    return 0.9 - 0.05 * abs(numpy.log10(lr / 0.1))


def pretend(job) -> Run:
    failed = 1 if job.lr == max(tuning.GRID) else None
    accuracy = None if failed else accuracy_at(job.lr) + 1e-4 * job.seed / 2**62
    made = Run(job.case.activation, job.seed, [1.0], accuracy, failed_in_epoch=failed, loss=1.0, lr=job.lr)
    made.depth, made.width, made.epochs, made.round = job.case.depth, job.case.width, job.epochs, job.round
    return made


def search(cases) -> tuple[list[Run], list[list]]:
    runs, all_jobs = [], []
    for number in range(1, len(tuning.ROUNDS) + 1):
        rates = {case: tuning.candidates(number, case, runs) for case in cases}
        all_jobs.append(tuning.jobs(number, SETTINGS, rates))
        runs += map(pretend, all_jobs[-1])
    return runs, all_jobs


def test_each_round_has_half_the_rates_and_twice_the_epochs():
    _, rounds = search([CASE])
    assert [len({job.lr for job in jobs}) for jobs in rounds] == [8, 4, 2]
    assert [{job.epochs for job in jobs} for jobs in rounds] == [{2}, {4}, {8}]
    assert all({job.seed for job in jobs} == set(tuning.SEEDS) for jobs in rounds)


def test_every_activation_has_the_same_number_of_steps():
    cases = [Case("a"), Case("b"), Case("b", 2, 8)]
    _, rounds = search(cases)
    budgets = {case: sum(j.epochs for jobs in rounds for j in jobs if j.case == case) for case in cases}
    assert len(set(budgets.values())) == 1


def test_the_rate_that_is_best_is_chosen_and_one_at_the_end_of_the_grid_marked():
    runs, _ = search([CASE])
    choice = tuning.choose(CASE, runs)
    assert choice.lr == 0.1 and not choice.at_edge
    assert choice.accuracy == pytest.approx(0.9, abs=1e-3)
    last = [pretend(job) for job in tuning.jobs(3, SETTINGS, {CASE: tuning.GRID[:2]})]
    assert tuning.choose(CASE, [r for r in last if r.lr == tuning.GRID[0]]).at_edge


def test_a_rate_with_a_failed_seed_comes_after_all_without_and_lower_losses_break_ties():
    def ranked(*runs):
        return tuning.candidates(4, CASE, runs)

    def made(lr, accuracy, loss=1.0, failed=None):
        found = Run("a", 0, [1.0], None if failed else accuracy, failed_in_epoch=failed, lr=lr)
        found.loss, found.round = loss, 3
        return found

    assert ranked(made(0.1, 0.8), made(1.0, 0.99), made(1.0, None, failed=1)) == [0.1, 1.0]
    assert ranked(made(0.1, 0.8), made(1.0, 0.9)) == [1.0, 0.1]
    assert ranked(made(0.1, 0.8, 0.5), made(1.0, 0.8, 0.4)) == [1.0, 0.1]
    assert ranked(made(0.1, 0.8), made(1.0, 0.8)) == [0.1, 1.0]


def test_where_all_runs_fail_the_lowest_rate_is_taken_and_said_to_have_no_accuracy():
    runs = [Run("a", seed, failed_in_epoch=1, lr=lr) for seed in tuning.SEEDS for lr in (1.0, 0.1)]
    for each in runs:
        each.round = 3
    assert tuning.choose(CASE, runs) == tuning.Choice(0.1, None, False)


def test_rates_are_chosen_on_training_examples_alone():
    data = sets.load(Settings())
    held = data.for_validation()
    rows = {row.tobytes() for row in data.train_inputs}
    assert len(held.test_labels) == round(0.2 * len(data.train_labels))
    assert len(held.train_labels) + len(held.test_labels) == len(data.train_labels)
    assert {row.tobytes() for row in held.train_inputs} | {row.tobytes() for row in held.test_inputs} == rows
    assert numpy.bincount(held.test_labels).min() >= 20  # each class has its share of 269


def test_the_seeds_of_the_search_are_none_of_the_results():
    from rheobase.lab.arguments import LAST_SEED

    assert min(tuning.SEEDS) > LAST_SEED


def test_a_tuned_comparison_reports_the_rates_and_trains_with_them(tmp_path):
    tuned = run(
        tmp_path / "out",
        "relu",
        "sigmoid",
        "--tune",
        "--seeds",
        "2",
        "--epochs",
        "2",
        "--quiet",
        "--jobs",
        "1",
    )
    chosen = {c["activation"]: c["lr"] for c in tuned.results["tuning"]["chosen"]}
    assert chosen["sigmoid"] > chosen["relu"] and set(chosen.values()) <= set(tuning.GRID)
    assert {(r["name"], r["lr"]) for r in tuned.results["runs"]} == set(chosen.items())
    assert len(tuned.results["tuning"]["runs"]) == 2 * 2 * (8 + 4 + 2)
    assert all(a["lr"] == chosen[a["name"]] for a in tuned.results["activations"])
    assert "Learning rates" in tuned.page
    lines = [json.loads(line) for line in (tmp_path / "out" / "runs.jsonl").read_text().splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds == ["header"] + ["tune"] * 56 + ["run"] * 4
