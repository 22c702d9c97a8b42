# SPDX-License-Identifier: Apache-2.0
"""`rheobase compare` from end to end: what it writes, and what its numbers depend on."""

import csv
import subprocess
import sys

import pytest
from lab_run import TINY, run

import rheobase
from rheobase.lab import activations, compare
from rheobase.lab.arguments import parse
from rheobase.lab.report import percent
from rheobase.lab.settings import Settings
from rheobase.lab.terminal import print_table


def without_times(value):
    """A copy without what may differ from one repetition to the next."""
    if isinstance(value, dict):
        return {
            k: without_times(v)
            for k, v in value.items()
            if k not in ("timing", "step_time", "seconds", "command")
        }
    return [without_times(item) for item in value] if isinstance(value, list) else value


def test_a_run_leaves_exactly_four_files(tiny):
    assert tiny.code == 0
    assert sorted(path.name for path in tiny.folder.iterdir()) == [
        "report.html",
        "results.csv",
        "results.json",
        "runs.jsonl",
    ]


def test_the_results_hold_each_activation_and_each_seed(tiny):
    assert {(r["name"], r["seed"]) for r in tiny.results["runs"]} == {
        (name, seed) for name in ("relu", "sigmoid") for seed in (0, 1)
    }
    assert tiny.results["complete"] and tiny.results["done_runs"] == tiny.results["planned_runs"] == 4
    assert all(len(r["losses"]) == 2 and r["losses"][1] < r["losses"][0] for r in tiny.results["runs"])


def test_two_epochs_already_teach_the_network_most_digits(tiny):
    relu = next(a for a in tiny.results["activations"] if a["name"] == "relu")
    assert relu["accuracy"]["mean"] > 0.75  # chance is 0.1


def test_the_csv_has_the_numbers_of_the_json(tiny):
    with open(tiny.folder / "results.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["activation"] for line in lines] == [a["name"] for a in tiny.results["activations"]]
    for line, activation in zip(lines, tiny.results["activations"], strict=True):
        assert float(line["accuracy_mean"]) == activation["accuracy"]["mean"]
        assert float(line["final_loss_mean"]) == activation["final_loss"]["mean"]
        assert float(line["step_seconds_median"]) == activation["step_time"]["median"]
        difference = activation["difference"]
        assert line["difference_low"] == ("" if difference is None else repr(difference["low"]))


def test_the_same_seeds_give_the_same_numbers(tiny, tmp_path):
    again = run(tmp_path / "again", *TINY)
    assert without_times(again.results) == without_times(tiny.results)


def test_other_seeds_give_other_numbers(tiny, tmp_path):
    other = run(tmp_path / "other", *TINY, "--first-seed", "7")
    ours, theirs = ([r["losses"] for r in c.results["runs"]] for c in (tiny, other))
    assert all(a != b for a, b in zip(ours, theirs, strict=True))


def test_the_order_of_the_names_does_not_change_their_numbers(tiny, tmp_path):
    turned = run(tmp_path / "turned", "sigmoid", "relu", *TINY[2:])
    assert without_times(turned.results["activations"]) == without_times(tiny.results["activations"])


def test_two_names_of_one_function_train_alike_since_weights_and_order_are_shared(tmp_path):
    pair = run(tmp_path / "pair", "swish", "silu", *TINY[2:])
    swish, silu = ([r["losses"] for r in pair.results["runs"] if r["name"] == n] for n in ("swish", "silu"))
    assert swish == silu
    assert [a["rank"] for a in pair.results["activations"]] == [1, 1]


def test_the_table_on_a_narrow_terminal_still_has_whole_numbers(tiny, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    print_table(tiny.results, tiny.folder / "report.html")
    printed = capsys.readouterr().out
    assert "\N{HORIZONTAL ELLIPSIS}" not in printed and str(tiny.folder / "report.html") in printed
    for activation in tiny.results["activations"]:
        (line,) = [
            line for line in printed.splitlines() if f" {activation['name']} " in line and "%" not in line
        ]
        assert percent(activation["accuracy"]["mean"]) in line


def test_one_activation_and_one_seed_claim_no_intervals(tmp_path):
    alone = run(tmp_path / "alone", "gelu", "--seeds", "1", "--epochs", "1", "--quiet", "--jobs", "1")
    (gelu,) = alone.results["activations"]
    assert alone.code == 0
    assert gelu["accuracy"]["low"] is None and gelu["difference"] is None
    assert "±" not in alone.page.partition("<tbody")[2].partition("</tbody>")[0]


def test_runs_whose_loss_overflows_are_counted_and_ranked_last(tmp_path):
    wild = run(
        tmp_path / "wild",
        "relu",
        "tanh",
        "--lr",
        "1e30",
        "--seeds",
        "2",
        "--epochs",
        "2",
        "--quiet",
        "--jobs",
        "1",
    )
    relu = next(a for a in wild.results["activations"] if a["name"] == "relu")
    assert wild.code == 0
    assert relu["failed"] == relu["runs"] == 2 and relu["accuracy"] is None
    assert wild.results["activations"][-1]["accuracy"] is None
    assert all(r["accuracy"] is None for r in wild.results["runs"] if r["failed_in_epoch"])
    assert (
        "2 of 2 runs failed" in wild.page
        and "nan" not in wild.page.lower().partition("<tbody")[2].partition("</tbody")[0]
    )


@pytest.mark.parametrize("init", ["torch", "he", "xavier", "lecun"])
def test_every_initialisation_trains(tmp_path, init):
    trained = run(
        tmp_path / init, "relu", "--init", init, "--seeds", "1", "--epochs", "2", "--quiet", "--jobs", "1"
    )
    assert trained.results["activations"][0]["accuracy"]["mean"] > 0.5


def test_without_names_every_function_of_the_registry_is_chosen_once():
    chosen, twins = activations.choose([])
    assert (
        sorted([*(spec.label for spec in chosen), *(twin for names in twins.values() for twin in names)])
        == rheobase.names()
    )
    assert "silu" in twins["swish"]


def test_an_alias_stands_for_its_name_and_a_repeated_name_is_trained_once():
    chosen, _ = activations.choose(["hard_swish", "relu", "hardswish", "relu"])
    assert [spec.label for spec in chosen] == ["hardswish", "relu"]


def test_the_defaults_in_the_help_are_those_in_use(capsys):
    with pytest.raises(SystemExit) as stop:
        compare.main(["--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0
    assert "rheobase compare relu gelu" in text and text.startswith("usage: rheobase compare")
    settings = parse([]).settings
    assert settings == Settings()
    for default in (
        settings.epochs,
        settings.batch,
        settings.lr,
        settings.seeds,
        *settings.width,
        settings.test_share,
    ):
        assert f"(default: {default})" in " ".join(text.split())


def test_help_and_bad_flags_do_without_torch():
    code = "import sys\nfrom rheobase.lab import compare\n"
    code += "assert compare.main(['no_such_name']) == 2\nassert compare.main(['--lr', '0']) == 2\n"
    code += "assert not {'torch', 'sklearn', 'matplotlib'} & sys.modules.keys()\n"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
