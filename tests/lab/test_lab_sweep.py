# SPDX-License-Identifier: Apache-2.0
"""Sweeps over depth and width, their page, and the gradient that reaches the first layer."""

import json

import pytest
import torch
from lab_run import run
from test_lab_page import Page

from rheobase.lab import compare, measures
from rheobase.lab.training import Run

FLAGS = ("--seeds", "2", "--epochs", "1", "--quiet", "--jobs", "1")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep") / "out"
    names = ("relu", "sigmoid", "elu:alpha=0.5")
    return run(folder, *names, *FLAGS, "--depth", "1,3", "--width", "8,16", "--init", "xavier", "--lr", "0.1")


def test_every_activation_is_trained_in_every_network(sweep):
    found = {(a["name"], a["depth"], a["width"]) for a in sweep.results["activations"]}
    names = ("relu", "sigmoid", "elu:alpha=0.5")
    assert found == {(name, depth, width) for name in names for depth in (1, 3) for width in (8, 16)}
    assert sweep.results["planned_runs"] == len(sweep.results["runs"]) == 24
    for activation in sweep.results["activations"]:
        depth, width = activation["depth"], activation["width"]
        expected = 64 * width + width + (depth - 1) * (width * width + width) + 10 * width + 10
        assert activation["trained_numbers"] == expected


def test_each_network_has_ranks_and_a_best_of_its_own(sweep):
    for depth in (1, 3):
        for width in (8, 16):
            rows = [a for a in sweep.results["activations"] if (a["depth"], a["width"]) == (depth, width)]
            means = [row["accuracy"]["mean"] for row in rows]
            assert rows[0]["rank"] == 1 and means == sorted(means, reverse=True)
            assert rows[0]["difference"] is None
            assert all(row["difference"]["mean"] <= 0 for row in rows[1:])
    assert len(sweep.results["pairs"]) == sweep.results["statistics"]["tests"] == 4 * 3


def test_the_page_has_a_panel_for_each_activation_and_a_table_for_each_network(sweep):
    page = Page(sweep.page)
    figures = [a["aria-label"] for tag, a in page.tags if tag == "svg"]
    for name in ("relu", "sigmoid", "elu:alpha=0.5"):
        assert f"Accuracy of {name} against depth. All numbers are in the tables." in figures
        assert f"Gradient of {name} against depth. All numbers are in the tables." in figures
    tables = [a["aria-label"] for tag, a in page.tags if tag == "table" and "aria-label" in a]
    assert tables[0] == "Results: 1 hidden layer of 8 units" and len(tables) == 4
    identifiers = [a["id"] for _, a in page.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    assert "3 hidden layers of 16 units: " in sweep.page
    assert "nan" not in sweep.page.partition("<tbody")[2].partition("</tbody>")[0]


def test_a_sweep_of_widths_alone_has_widths_across(tmp_path):
    swept = run(tmp_path / "out", "relu", "tanh", *FLAGS, "--width", "4,8")
    assert "Accuracy of relu against width." in swept.page


def test_a_sigmoid_lets_less_gradient_through_with_each_layer(sweep):
    def start(name, depth):
        (row,) = [
            a
            for a in sweep.results["activations"]
            if (a["name"], a["depth"], a["width"]) == (name, depth, 16)
        ]
        return row["gradient_start"]["mean"]

    assert start("sigmoid", 3) < start("sigmoid", 1) / 5  # its slope is at most 1/4, twice more
    assert start("relu", 3) > 3 * start("sigmoid", 3)


def test_the_gradient_that_arrives_is_that_of_the_chain_rule():
    generator = torch.Generator().manual_seed(0)
    first, second = torch.nn.Linear(5, 4).double(), torch.nn.Linear(4, 3).double()
    act = torch.nn.Tanh()
    inputs = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    labels = torch.arange(7) % 3
    (found,) = measures.gradients(torch.nn.Sequential(first, act, second), [act], inputs, labels)
    with torch.no_grad():
        z = first(inputs)
        outputs = torch.softmax(second(torch.tanh(z)), 1) - torch.nn.functional.one_hot(labels, 3)
        hidden = (outputs @ second.weight) * (1 - torch.tanh(z) ** 2)
        expected = (hidden.square().mean() / outputs.square().mean()).sqrt().item()
    assert found == pytest.approx(expected, rel=1e-12)
    assert all(p.grad is None for p in [*first.parameters(), *second.parameters()])


def test_a_failed_run_still_tells_the_gradient_before_training(tmp_path):
    wild = run(tmp_path / "out", "relu", "tanh", *FLAGS, "--lr", "1e30")
    failed = next(r for r in wild.results["runs"] if r["failed_in_epoch"])
    assert failed["accuracy"] is None and failed["layers"][0]["gradient_start"] > 0
    assert "gradient_end" not in failed["layers"][0]


def test_learned_parameters_are_reported_by_layer(tmp_path):
    trained = run(tmp_path / "out", "swish:learn", *FLAGS, "--depth", "2", "--width", "8")
    layers = trained.results["runs"][0]["layers"]
    assert [set(layer["learned"]) for layer in layers] == [{"beta"}, {"beta"}]
    assert layers[0]["learned"]["beta"] != 1  # its first value
    assert "learned: beta = " in trained.page


def test_a_record_is_read_back_as_the_run_that_it_was(sweep):
    lines = (sweep.folder / "runs.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    for line in map(json.loads, lines):
        assert Run.from_record(line).record() == line


def test_json_on_stdout_is_what_the_file_holds(tmp_path, capsys):
    flags = ["relu", "--seeds", "1", "--epochs", "1", "--jobs", "1", "--no-progress", "--json"]
    assert compare.main([*flags, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "out" / "results.json").read_text(encoding="utf-8")


BAD = {
    "no layers": (["--depth", "0"], "--depth"),
    "a depth twice": (["--depth", "2,2"], "each number once"),
    "an empty depth": (["--depth", "1,"], "--depth"),
    "a width of a fraction": (["--width", "8,1.5"], "'1.5'"),
    "data without a path": (["--data", "mnist"], "needs --path"),
    "a path without data": (["--path", "x"], "--path x"),
    "a column without a table": (["--label", "x"], "--label x"),
    "unknown data": (["--data", "cifar"], "--data"),
    "a rate beside a search": (["--lr", "1", "--tune"], "--lr"),
    "a split of what is split": (["--data", "mnist", "--path", "x", "--test-share", "0.5"], "--test-share"),
    "no jobs": (["--jobs", "0"], "--jobs"),
    "a model without a callable": (["--model", "my.py"], "--model"),
    "nothing to go on with": (["--resume"], "--resume"),
}


@pytest.mark.parametrize("arguments, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_flags_give_one_line_code_2_and_no_folder(arguments, mentioned, tmp_path, capsys):
    code = compare.main(["relu", *arguments, "--out", str(tmp_path / "new" / "report")])
    output = capsys.readouterr()
    assert code == 2 and output.out == "" and output.err.count("\n") == 1
    assert output.err.startswith("rheobase compare: ") and mentioned in output.err
    assert list(tmp_path.iterdir()) == []


def test_names_may_stand_behind_flags():
    from rheobase.lab.arguments import parse

    assert parse(["relu", "--seeds", "2", "tanh"]).names == ["relu", "tanh"]
