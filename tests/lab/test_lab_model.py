# SPDX-License-Identifier: Apache-2.0
"""Models from a file of the user's: the contract, and what is said where they break it."""

import json
import re
from pathlib import Path

import pytest
from lab_run import run

from rheobase.lab import compare

MODELS = """\
import torch

def network(activation, shape, classes):
    print("made on stdout")
    return torch.nn.Sequential(
        torch.nn.Unflatten(1, (1, *shape)), torch.nn.Conv2d(1, 4, 3), activation(4), torch.nn.Flatten(),
        torch.nn.Linear(4 * 36, 16), activation(16), torch.nn.Linear(16, classes),
    )

def sized(activation, **task):
    sizes = [task["inputs"], *[task["width"]] * task["depth"], task["classes"]]
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(before, after), activation(after)]
    return torch.nn.Sequential(*layers[:-1])

def raises(activation):
    raise ValueError("in two\\nlines")

def number(activation):
    return 3

def nothing(activation):
    pass

def unused(activation):
    activation()
    return torch.nn.Linear(64, 10)

def frozen(activation):
    return torch.nn.Sequential(torch.nn.Linear(64, 10), activation()).requires_grad_(False)

def few(activation):
    return torch.nn.Sequential(torch.nn.Linear(64, 7), activation())

def wrong_inputs(activation):
    return torch.nn.Sequential(torch.nn.Linear(63, 10), activation())

class Late(torch.nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.linear, self.act, self.calls = torch.nn.Linear(64, 10), activation(), 0

    def forward(self, x):
        self.calls += self.training
        if self.calls > 30:
            raise KeyError("late")
        return self.act(self.linear(x))

value = 3
"""

BAD = {
    "raises": "raised ValueError: in two lines (models.py, line 18)",
    "number": "returned a value of type int, not a torch.nn.Module",
    "nothing": "returned None, not a torch.nn.Module",
    "unused": "none of the activations",
    "frozen": "no parameters to train",
    "few": "gives (8, 7), not numbers of shape (8, 10)",
    "wrong_inputs": "a batch of shape (8, 64) raised RuntimeError",
    "value": "not a callable, named 'value'",
    "missing": "has no 'missing'",
}
QUICK = ("--seeds", "2", "--epochs", "1", "--quiet", "--jobs", "1")


@pytest.fixture
def models(tmp_path):
    path = tmp_path / "models.py"
    path.write_text(MODELS)
    return path


def refused(tmp_path, capsys, model, *flags) -> str:
    code = compare.main(["relu", *QUICK, "--model", model, "--out", str(tmp_path / "out"), *flags])
    output = capsys.readouterr()
    assert code == 2 and output.err.count("\n") == 1 and not (tmp_path / "out").exists()
    return output.err


@pytest.mark.parametrize("name", BAD)
def test_a_model_that_breaks_the_contract_is_refused_in_one_line(name, models, tmp_path, capsys):
    assert BAD[name] in refused(tmp_path, capsys, f"{models}:{name}")


def test_a_file_that_raises_or_is_missing_is_refused_in_one_line(models, tmp_path, capsys):
    assert "there is no file" in refused(tmp_path, capsys, str(tmp_path / "none.py:f"))
    assert "expected FILE.py:CALLABLE" in refused(tmp_path, capsys, str(models))
    for text, said in (
        ("import no_such_module_at_all", "ModuleNotFoundError"),
        ("x = 1\nraise SystemExit(3)", "SystemExit: 3 (broken.py, line 2)"),
        ("def f(:", "SyntaxError"),
    ):
        path = tmp_path / text[:1] / "broken.py"
        path.parent.mkdir()
        path.write_text(text)
        assert said in refused(tmp_path, capsys, f"{path}:f")


def test_a_size_that_the_model_does_not_take_is_refused(models, tmp_path, capsys):
    assert "--depth: " in refused(tmp_path, capsys, f"{models}:network", "--depth", "2")
    assert "--width: " in refused(tmp_path, capsys, f"{models}:network", "--hidden", "16")
    assert "--init" in refused(tmp_path, capsys, f"{models}:network", "--init", "he")


def test_a_network_of_convolutions_is_trained_and_its_layers_measured(models, tmp_path, capsys):
    names = ("relu", "swish:learn,per_unit", "softmax")
    trained = run(tmp_path / "out", *names, *QUICK, "--model", f"{models}:network", "--lr", "0.1")
    output = capsys.readouterr()
    assert trained.code == 0 and "made on stdout" in output.err and output.out == ""
    runs = {r["name"]: r for r in trained.results["runs"]}
    assert runs["relu"]["depth"] is None and runs["relu"]["width"] is None
    assert [layer["units"] for layer in runs["relu"]["layers"]] == [4, 16]  # channels, then units
    counts = runs["relu"]["parameters"], runs["swish:learn,per_unit"]["parameters"]
    assert counts == (4 * 10 + 144 * 16 + 16 + 170, counts[0] + 20)
    assert runs["softmax"]["dead"] is None and runs["softmax"]["layers"][0]["gradient_start"] > 0
    assert trained.results["model"]["callable"] == "network"
    assert "The model of" in trained.page


def test_a_model_that_takes_depth_and_width_can_be_swept(models, tmp_path):
    flags = ("--model", f"{models}:sized", "--depth", "1,2", "--width", "8", "--lr", "0.1")
    swept = run(tmp_path / "out", "relu", *QUICK, *flags)
    counted = {r["depth"]: r["parameters"] for r in swept.results["runs"]}
    assert counted == {1: 64 * 8 + 8 + 90, 2: 64 * 8 + 8 + 72 + 90}


def test_the_model_of_the_documentation_is_one(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "my.py").write_text(code)
    flags = ("--model", f"{tmp_path / 'my.py'}:make_model", "--depth", "2", "--width", "32", "--epochs", "5")
    trained = run(tmp_path / "out", "relu", "swish:learn,per_unit", *QUICK, *flags)
    assert trained.code == 0 and all(r["accuracy"] > 0.2 for r in trained.results["runs"])  # chance is 0.1


def test_the_seed_decides_on_the_weights_of_a_model_too(models, tmp_path):
    once, again = (
        run(tmp_path / name, "relu", *QUICK, "--model", f"{models}:network") for name in ("one", "two")
    )
    losses = [[r["losses"] for r in c.results["runs"]] for c in (once, again)]
    assert losses[0] == losses[1] and losses[0][0] != losses[0][1]


def test_a_model_that_raises_while_it_trains_ends_the_command_and_keeps_what_was_done(
    models, tmp_path, capsys
):
    flags = [*QUICK, "--model", f"{models}:Late", "--epochs", "2"]
    code = compare.main(["relu", *flags, "--out", str(tmp_path / "out")])
    output = capsys.readouterr()
    assert code == 1 and output.err.count("\n") == 1
    assert "relu, seed 0: training raised KeyError: 'late' (models.py, line 47)" in output.err


def test_the_model_is_a_part_of_what_a_resumed_comparison_must_repeat(models, tmp_path, capsys):
    flags = ["relu", *QUICK, "--model", f"{models}:network", "--out", str(tmp_path / "out")]
    assert compare.main(flags) == 0
    assert json.loads((tmp_path / "out" / "runs.jsonl").read_text().partition("\n")[0])["model"]["digest"]
    models.write_text(MODELS + "\n")
    assert compare.main([*flags, "--resume"]) == 2
    assert "--model" in capsys.readouterr().err
