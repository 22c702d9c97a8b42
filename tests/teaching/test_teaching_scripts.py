# SPDX-License-Identifier: Apache-2.0
"""The teaching scripts run, find what they say, and save their pictures."""

import ast
import runpy
import sys
from pathlib import Path

import pytest
from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "examples/teaching"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a script with a folder for its pictures: what it printed, and its variables."""

    def run(name):
        monkeypatch.setattr(sys, "argv", [name, str(tmp_path / "new" / "pictures")])
        variables = runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
        pictures = sorted((tmp_path / "new" / "pictures").iterdir())
        assert len(pictures) >= 2
        for picture in pictures:
            with Image.open(picture) as image:
                low, high = image.convert("L").getextrema()
                assert image.width > 600 and high - low > 100, picture.name
        return capsys.readouterr().out, variables

    return run


def test_gradients_vanish_as_predicted_and_gains_bring_them_back(run):
    said, found = run("vanishing_gradients")
    measured, factor, depth = found["measured"], found["factor_per_layer"], found["DEPTH"]
    logistic, odd, rectifier = found["NAMES"]
    assert factor(logistic) < 0.4 and factor(odd) > 1 and factor(rectifier) == pytest.approx(1)
    for name in found["NAMES"]:
        sizes = measured[f"{name}, gain"]
        assert sizes[0] / sizes[-1] == pytest.approx(factor(name) ** (depth - 1), rel=0.5)
    assert measured[logistic][0] / measured[logistic][-1] < 1e-6
    assert "vanish" in said
    assert found["learned"][logistic][1] < 0.2 and found["learned"][odd][1] > 0.9


def test_units_die_of_reckless_steps_and_a_slope_keeps_them_alive(run):
    said, found = run("dead_units")
    shares = {label: dead[-1] for label, dead in found["results"].items()}
    assert shares["ReLU, modest"] < 0.05 and shares["ReLU, reckless"] > 0.2
    assert all(share < 0.01 for label, share in shares.items() if "ReLU," not in label or "Leaky" in label)
    assert "units are dead" in said


def test_moments_stay_at_the_fixed_point_and_leave_it_elsewhere(run):
    said, found = run("self_normalising")
    normalising, *others = found["NAMES"]
    mean, variance = found["followed"][normalising][-1]
    assert abs(mean) < 0.1 and abs(variance - 1) < 0.3
    assert all(found["followed"][name][-1][1] < 0.05 for name in others)
    assert abs(found["dropouts"]["alpha"][1] - 1) < 0.2 < abs(found["dropouts"]["ordinary"][1] - 1)
    assert found["learned"][normalising] == max(found["learned"].values()) > 0.9
    assert f"1. {normalising}" in said


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_script_is_a_notebook_in_percent_format(path):
    cells = path.read_text(encoding="utf-8").split("\n# %%")
    prose = [cell for cell in cells if cell.startswith(" [markdown]")]
    assert len(prose) >= 5 and len(cells) - len(prose) >= 5
    for cell in prose:
        assert all(line.startswith("#") for line in cell.splitlines()[1:] if line)
    for cell in cells:
        ast.parse("#" + cell)  # a cell never ends inside a statement
