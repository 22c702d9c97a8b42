# SPDX-License-Identifier: Apache-2.0
"""The pictures of docs/forge.md: the error of the installed library's float32 results over the float line.

Usage: .venv/bin/python tools/error_pictures.py [NAME:ROLE...]     writes docs/images/error_<name>_<role>.png
Each point is the largest error among the floats of a column; the exact results are ball arithmetic's.
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
sys.path.insert(0, str(Path(__file__).resolve().parent))

import torch
from flint import arb
from forge.formula import Formula
from matplotlib import pyplot

import rheobase
import rheobase.torch

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
COLUMNS, IN_COLUMN, REACH = 700, 40, 14.0
INK, LIMIT = "#1b4f72", "#b03a2e"


def errors(name: str, role: str, x: np.ndarray) -> np.ndarray:
    """In ulp of the exact result."""
    function = getattr(rheobase.torch.functional, name)
    given = torch.from_numpy(x).requires_grad_(role == "derivative")
    y = function(given)
    if role == "derivative":
        (y,) = torch.autograd.grad(y, given, torch.ones_like(y))
    formula = Formula(rheobase.info(name), role)
    found = np.empty(x.size)
    for i, (at, got) in enumerate(zip(x.tolist(), y.detach().tolist(), strict=True)):
        exact = formula(arb(at))
        size = max(abs(float(exact)), 2.0**-126)
        found[i] = abs(float(arb(got) - exact)) / 2.0 ** (np.floor(np.log2(size)) - 23)
    return found


def picture(name: str, role: str) -> Path:
    edges = np.linspace(-REACH, REACH, COLUMNS + 1)
    random = np.random.default_rng(1)
    x = (edges[:-1, None] + random.uniform(0, edges[1] - edges[0], (COLUMNS, IN_COLUMN))).astype(np.float32)
    worst = errors(name, role, x.ravel()).reshape(x.shape).max(axis=1)
    figure, axes = pyplot.subplots(figsize=(7, 2.2), dpi=120)
    axes.plot((edges[:-1] + edges[1:]) / 2, worst, ".", color=INK, markersize=2)
    axes.axhline(1, color=LIMIT, linewidth=1)
    axes.set(xlim=(-REACH, REACH), ylim=(0, 1.1), xlabel="x", ylabel="largest error, ulp")
    axes.set_title(f"{name}, {role}", fontsize=10)
    figure.tight_layout()
    IMAGES.mkdir(exist_ok=True)
    path = IMAGES / f"error_{name}_{role}.png"
    figure.savefig(path, metadata={"Software": None})
    pyplot.close(figure)
    return path


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        title, _, kind = wanted.partition(":")
        print(picture(title, kind or "value"))
