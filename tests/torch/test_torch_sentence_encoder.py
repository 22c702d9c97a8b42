# SPDX-License-Identifier: Apache-2.0
"""swap on a real sentence encoder, by way of its example; the example's refusals."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/sentence_encoder.py"


def load_example():
    spec = importlib.util.spec_from_file_location("sentence_encoder", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


example = load_example()
MISSING = [name for name in example.NEEDED if importlib.util.find_spec(name) is None]
needs_model = pytest.mark.skipif(
    bool(MISSING), reason=f"{', '.join(MISSING)} is not installed: {example.INSTALL}"
)


@pytest.fixture(scope="module")
def encoder():
    return example.Encoder(6)


@needs_model
def test_all_its_activations_are_found_and_undone(encoder):
    encoder.turn("before")
    classes = [type(module) for module in encoder.model.modules()]
    keys = list(encoder.model.state_dict())
    encoder.turn("after")
    changed = [(change.name, change.new) for change in encoder.report.changed]
    assert [name for name, new in changed if new == "rheobase.torch.nn.GELU(approximate='none')"] == [
        f"encoder.layer.{i}.intermediate.intermediate_act_fn" for i in range(6)
    ]
    assert changed[-1] == ("pooler.activation", "rheobase.torch.nn.Tanh()")
    assert not encoder.report.left
    assert list(encoder.model.state_dict()) == keys
    encoder.turn("before")
    assert [type(module) for module in encoder.model.modules()] == classes


@needs_model
def test_embeddings_stay_what_they_were(encoder):
    errors = example.embedding_errors(encoder)
    # Numbers of about 0.05; float32 adds up some 1,500 products of them in each of the layers.
    assert errors["float32, largest"]["after"] < 1e-6
    assert errors["float32, root mean square"]["after"] < 1.5 * errors["float32, root mean square"]["before"]
    assert (
        errors["bfloat16, root mean square"]["after"] < 1.5 * errors["bfloat16, root mean square"]["before"]
    )


@needs_model
def test_the_activations_are_within_their_bound_on_what_they_get(encoder):
    errors = example.activation_errors(encoder, example.inputs(encoder))
    assert len(errors) == 7
    assert all(error["after"] <= 1.0 for error in errors.values())


@needs_model
def test_a_training_step_has_the_gradients_that_it_had(encoder):
    gradients = {}
    for side in example.SIDES:
        encoder.turn(side)
        encoder.step()
        gradients[side] = [p.grad.clone() for p in encoder.model.parameters() if p.grad is not None]
    for before, after in zip(gradients["before"], gradients["after"], strict=True):
        assert (after - before).norm() <= 1e-4 * before.norm() + 1e-7


def test_bad_use_is_one_line_and_code_2():
    for arguments in (["--rounds", "0"], ["--sentences", "x"], ["--what"]):
        ended = subprocess.run([sys.executable, EXAMPLE, *arguments], capture_output=True, text=True)
        assert ended.returncode == 2
        assert ended.stderr.splitlines()[-1].startswith("sentence_encoder.py: error: ")


def test_a_missing_package_is_one_line_with_the_command_that_installs_it(monkeypatch, capsys):
    monkeypatch.setattr(example, "NEEDED", ("no_such_package",))
    assert example.main([]) == 1
    assert capsys.readouterr().err == (
        f"sentence_encoder.py: no_such_package is not installed: {example.INSTALL}\n"
    )
