# SPDX-License-Identifier: Apache-2.0
"""Runs `rheobase compare` inside the process of the tests."""

import json
from dataclasses import dataclass
from pathlib import Path

from rheobase.lab import compare

TINY = ("relu", "sigmoid", "--seeds", "2", "--epochs", "2", "--quiet", "--jobs", "1")


@dataclass(frozen=True)
class Comparison:
    folder: Path
    code: int
    results: dict
    page: str


def run(folder: Path, *arguments: str) -> Comparison:
    """Runs `rheobase compare` in this process."""
    code = compare.main([*arguments, "--out", str(folder)])
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return Comparison(folder, code, results, (folder / "report.html").read_text(encoding="utf-8"))
