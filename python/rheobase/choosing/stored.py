# SPDX-License-Identifier: Apache-2.0
"""Accuracies from a stored comparison: results.json or runs.jsonl of `rheobase compare` (docs/compare.md)."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

# Where the file does not say which differences are noise: within two standard errors of the best.
ERRORS = 2.0


def accuracies(path: Path) -> dict[str, tuple[float, bool]]:
    """Of each activation the mean test accuracy, 0 to 1, and whether it equals the best but for noise.

    Raises ValueError, one line, where the file cannot be read or has no finished runs.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: is not what rheobase compare writes") from None
    try:
        found = _from_runs(text) if path.suffix == ".jsonl" else _from_results(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"{path}: is not what rheobase compare writes") from None
    if not found:
        raise ValueError(f"{path}: has no finished runs")
    return found


def _from_results(results: dict) -> dict[str, tuple[float, bool]]:
    found = {}
    for entry in results["activations"]:
        if entry.get("accuracy"):
            name = entry.get("label") or entry["name"]
            found.setdefault(name, (float(entry["accuracy"]["mean"]), entry.get("within_noise") is not False))
    return found


def _from_runs(text: str) -> dict[str, tuple[float, bool]]:
    runs: dict[str, list[float]] = {}
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            break  # a process was killed while it wrote
        entry = json.loads(line)
        if entry.get("type") == "run" and entry.get("accuracy") is not None:
            runs.setdefault(entry["activation"], []).append(float(entry["accuracy"]))
    means = {name: statistics.fmean(values) for name, values in runs.items()}
    if not means:
        return {}
    best = max(means, key=means.get)
    return {name: (mean, _even(runs[name], runs[best])) for name, mean in means.items()}


def _even(values: list[float], best: list[float]) -> bool:
    if values is best:
        return True
    if min(len(values), len(best)) < 2:
        return False
    error = sum(statistics.variance(sample) / len(sample) for sample in (values, best)) ** 0.5
    return statistics.fmean(best) - statistics.fmean(values) <= ERRORS * error
