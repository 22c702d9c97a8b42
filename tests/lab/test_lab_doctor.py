# SPDX-License-Identifier: Apache-2.0
"""`rheobase doctor`: scripts and checkpoints, healthy and sick, its exit codes, and bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import rheobase.torch
from rheobase.doctor import __main__ as doctor

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """\
import sys, torch
from rheobase.lab import data
torch.manual_seed(0)
digits = data.load(0.25)
model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
optimizer, loss = torch.optim.SGD(model.parameters(), lr=float(sys.argv[1])), torch.nn.CrossEntropyLoss()
for step in range(80):
    at = torch.randint(0, 1000, (64,))
    optimizer.zero_grad()
    loss(model(digits.train_inputs[at]), digits.train_labels[at]).backward()
    optimizer.step()
print("trained", __name__, len(sys.argv))
"""


def run(capsys, *arguments):
    """In this process, whose sys.path and sys.argv stay as they are."""
    before = sys.path[:], sys.argv
    try:
        code = doctor.main(list(map(str, arguments)))
    finally:
        sys.path[:], sys.argv = before
    return code, capsys.readouterr()


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return path


def test_a_script_that_trains_well_is_healthy(script, capsys):
    code, output = run(capsys, script, "--", 0.3)
    assert code == 0 and "trained __main__ 2" in output.out
    assert "healthy: no limit was crossed" in output.out and "1 ReLU" in output.out


def test_a_script_that_kills_its_units_is_diagnosed(script, capsys):
    code, output = run(capsys, "--every", 4, script, "--", 50)
    assert code == 1
    assert "units are dead (never above 0" in output.out and "lower the learning rate" in output.out


def test_a_script_that_raises_keeps_its_traceback_its_exit_code_and_the_diagnosis(script, capsys):
    script.write_text(SCRIPT.replace('print("trained"', 'raise KeyError("gone"'))
    code, output = run(capsys, script, "--", 0.3)
    assert code == 1 and "KeyError" in output.err and "doctor" not in output.err
    assert output.err.count("File ") == 1  # the script's own frame alone
    assert "1 ReLU" in output.out and "the script ended with exit code 1" in output.out
    script.write_text(SCRIPT + "sys.exit(7)\n")
    assert run(capsys, script, "--", 0.3)[0] == 7


FAILING = {
    "a syntax error": ("x = (", 1),
    "an exception": ("raise KeyError('early')", 1),
    "an exit code": ("import sys; sys.exit(7)", 7),
    "a layer without an activation": ("import torch; torch.nn.Linear(2, 2)(torch.ones(2)); 1 / 0", 1),
}


@pytest.mark.parametrize("kind", FAILING)
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["tables", "json"])
def test_a_script_that_fails_before_any_activation_is_not_judged(kind, options, script, capsys):
    text, ended = FAILING[kind]
    script.write_text(text + "\n")
    code, output = run(capsys, *options, script)
    assert code == 2 and output.out == ""
    assert output.err.splitlines()[-1] == (
        f"rheobase doctor: {script}: no activation was called, so nothing was judged; "
        f"the script ended with exit code {ended}"
    )


def test_hooks_are_gone_after_the_script(script, capsys):
    run(capsys, script, "--", 0.3)
    assert not torch.nn.modules.module._has_any_global_hook()


def test_with_json_stdout_holds_nothing_else(script):
    command = [sys.executable, "-m", "rheobase.doctor", "--json", str(script), "--", "50"]
    done = subprocess.run(command, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert done.returncode == 1 == found["exit_code"] and found["script_exit_code"] == 0
    (model,) = found["models"]
    assert (
        model["steps"] == 80 and model["layers"][0]["dead"] > 0.2 and model["findings"][0]["kind"] == "dead"
    )
    assert "trained" in done.stderr


def test_models_and_functions_are_told_apart_and_compiled_ones_are_seen(tmp_path, capsys):
    path = tmp_path / "two.py"
    path.write_text(
        "import torch\n"
        "class First(torch.nn.Module):\n"
        "    def forward(self, x): return torch.tanh(x)\n"
        "first, second = First(), torch.compile(torch.nn.Sequential(torch.nn.ReLU()), backend='eager')\n"
        "for _ in range(20): second(first(torch.randn(64, 8)))\n"
    )
    code, output = run(capsys, "--json", path)
    assert code == 0
    models = json.loads(output.out)["models"]
    assert [model["steps"] for model in models] == [20, 20]
    assert [model["layers"][0]["layer"] for model in models] == ["two.py:3:tanh", "0"]


def model():
    torch.manual_seed(0)
    layers = [
        torch.nn.Linear(16, 32),
        torch.nn.ReLU(),
        torch.nn.Linear(32, 32),
        torch.nn.PReLU(),
        torch.nn.Linear(32, 4),
    ]
    return torch.nn.Sequential(*layers)


def damage(kind, net):
    with torch.no_grad():
        if kind == "dead":
            net[0].bias[:20] = -5
        elif kind == "not_finite":
            net[2].weight[3, 4] = float("nan")
        elif kind == "exploding":
            net[2].weight *= 100
        elif kind == "vanishing":
            net[2].weight *= 0.01
            net[2].bias *= 0.01
        elif kind == "parameter":
            net[3].weight.fill_(3.0)


@pytest.mark.parametrize("kind", ["dead", "not_finite", "exploding", "vanishing"])
@pytest.mark.parametrize("whole", [False, True])
def test_a_sick_checkpoint_is_diagnosed(kind, whole, tmp_path, capsys):
    net = model()
    damage(kind, net)
    torch.save(net if whole else {"epoch": 3, "model": net.state_dict()}, tmp_path / "c.pt")
    code, output = run(capsys, "--json", *["--trust"] * whole, tmp_path / "c.pt")
    findings = json.loads(output.out)["models"][0]["findings"]
    assert code == 1 and [finding["kind"] for finding in findings] == [kind]


def test_a_number_that_is_infinite_is_text_in_json(tmp_path, capsys):
    torch.save({"0.weight": torch.full((4, 4), 1e200, dtype=torch.float64)}, tmp_path / "c.pt")
    code, output = run(capsys, "--json", tmp_path / "c.pt")
    (finding,) = json.loads(output.out, parse_constant=pytest.fail)["models"][0]["findings"]
    assert (code, finding["kind"], finding["value"]) == (1, "exploding", "inf")


@pytest.mark.parametrize("legacy", [False, True])
def test_a_healthy_checkpoint_is_left_alone(legacy, tmp_path, capsys):
    torch.save(model().state_dict(), tmp_path / "c", _use_new_zipfile_serialization=not legacy)
    code, output = run(capsys, tmp_path / "c")
    assert code == 0 and "healthy" in output.out


def test_a_learned_slope_out_of_range_is_found_in_a_whole_model(tmp_path, capsys):
    net = model()
    damage("parameter", net)
    torch.save(net, tmp_path / "c.pt")
    code, output = run(capsys, "--trust", tmp_path / "c.pt")
    assert code == 1 and "3.weight: from 3 to 3, a slope of 3" in output.out


def test_each_learned_parameter_is_judged_by_its_own_name(tmp_path, capsys):
    steep, inverted = rheobase.torch.nn.Learned("elu"), rheobase.torch.nn.Learned("hardtanh", "max_val")
    with torch.no_grad():
        steep.alpha.fill_(3)
        inverted.max_val.fill_(-2)  # below min_val
    torch.save(torch.nn.Sequential(steep, inverted), tmp_path / "c.pt")
    code, output = run(capsys, "--trust", tmp_path / "c.pt")
    assert code == 1 and "0.alpha: from 3 to 3, a slope of 3" in output.out
    assert "1.max_val: from -2 to -2, which is outside its domain" in output.out


def refused(capsys, *arguments) -> str:
    code, output = run(capsys, *arguments)
    assert code == 2 and output.out == "" and output.err.count("\n") == 1
    assert output.err.startswith("rheobase doctor: ")
    return output.err


def test_bad_input_gives_one_line_and_code_2(tmp_path, capsys):
    (tmp_path / "noise").write_bytes(bytes(range(256)))
    (tmp_path / "text").write_text("this is neither ( of the two")
    (tmp_path / "half.pt").write_bytes(b"\x80\x02}q")
    (tmp_path / "nothing.py").write_text("x = 1\n")
    torch.save({"epoch": 3}, tmp_path / "no_tensors.pt")
    torch.save(model(), tmp_path / "whole.pt")
    torch.save(model().state_dict(), tmp_path / "c.pt")
    cases = {
        (): "SCRIPT_OR_CHECKPOINT",
        (tmp_path / "missing.py",): "there is no such file",
        (tmp_path,): "is no file",
        (tmp_path / "noise",): "neither a Python script",
        (tmp_path / "text",): "neither a Python script",
        (tmp_path / "half.pt",): "cannot be read",
        (tmp_path / "nothing.py",): "no activation was called",
        (tmp_path / "no_tensors.pt",): "no floating-point tensors",
        (tmp_path / "whole.pt",): "--trust",
        (tmp_path / "c.pt", "--", "x"): "takes no arguments",
        ("--every", 0, tmp_path / "c.pt"): "--every",
        ("--window", "x", tmp_path / "c.pt"): "--window",
        ("--colour", tmp_path / "c.pt"): "--colour",
    }
    for arguments, words in cases.items():
        assert words in refused(capsys, *arguments), arguments


def test_the_help_has_examples_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as stop:
        doctor.main(["--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0 and "examples:" in text and "Exit code:" in text


def test_the_program_finds_the_verb_beside_the_interpreter(tmp_path):
    """As installed: the launcher lies beside an interpreter."""
    launcher = tmp_path / "rheobase-doctor"
    launcher.write_text((ROOT / "python/bin/rheobase-doctor").read_text())
    launcher.chmod(0o755)
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "python").chmod(0o755)
    done = subprocess.run([launcher, "nowhere.py"], capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 2 and done.stderr.startswith("rheobase doctor: nowhere.py")


def test_every_python_block_of_the_page_runs(tmp_path, monkeypatch):
    blocks = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8").split("```python\n")[1:]
    assert len(blocks) >= 2
    scope = {}
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(compile(block.partition("```")[0], "docs/monitoring.md", "exec"), scope)
    assert (tmp_path / "run.jsonl").is_file()
