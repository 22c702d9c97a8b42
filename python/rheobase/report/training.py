# SPDX-License-Identifier: Apache-2.0
"""Results of training: results.json or runs.jsonl of `rheobase compare` (docs/compare.md)."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path("rheobase-report/results.json")


@dataclass(frozen=True)
class Row:
    """An activation in one network, over seeds. Shares are 0 to 1; deviation is None for one seed.

    even: whether it is the best of its network, or not distinguishable from it; None where the file does not
    say.
    """

    label: str
    depth: int | None
    width: int | None
    lr: float | None
    runs: int
    failed: int
    accuracies: list[float]
    mean: float | None
    deviation: float | None
    loss: float | None
    dead: float | None
    saturated: float | None
    even: bool | None


@dataclass(frozen=True)
class Training:
    """A comparison: where it is from, what was trained on, and its rows, best first in each network."""

    source: str
    command: str
    data: str
    epochs: int | None
    complete: bool
    rows: list[Row]

    @property
    def networks(self) -> int:
        return len({(row.depth, row.width) for row in self.rows})


def load(given: Path | None) -> Training | None:
    """None where no file is given and there is none. Raises ValueError for a file of another kind."""
    if given is None and not DEFAULT.is_file():
        return None
    path = given or DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"--results {path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        text = "?"
    if not text.strip():
        raise ValueError(f"--results {path}: is empty")
    try:
        head, runs, even = _jsonl(text) if path.suffix == ".jsonl" else _json(json.loads(text))
        rows = _rows(runs, even)
        found = Training(
            path.name, str(head["command"]), str(head["data"]["name"]), head["settings"].get("epochs"),
            bool(head.get("complete", True)), rows,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise ValueError(f"--results {path}: is not what rheobase compare writes") from None
    if not found.rows:
        raise ValueError(f"--results {path}: has no finished runs")
    return found


def _json(results: dict) -> tuple[dict, list[dict], dict]:
    even = {}
    for entry in results["activations"]:
        noise = entry.get("within_noise")
        even[_place(entry)] = True if entry.get("rank") == 1 else noise
    return results, results["runs"], even


def _jsonl(text: str) -> tuple[dict, list[dict], dict]:
    """A last line without its end is what a process that was killed leaves; it does not count."""
    lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    head = [line for line in lines if line.get("type") == "header"][-1]
    return head, [line for line in lines if line.get("type") == "run"], {}


def _place(entry: dict) -> tuple:
    return entry.get("activation") or entry["name"], entry.get("depth"), entry.get("width")


def _rows(runs: list[dict], even: dict) -> list[Row]:
    places: dict[tuple, list[dict]] = {}
    for run in runs:
        places.setdefault(_place(run), []).append(run)
    rows = [_row(place, found, even.get(place)) for place, found in places.items()]

    def order(row: Row) -> tuple:
        return row.depth or 0, row.width or 0, row.failed > 0, -(row.mean or 0), row.label

    return sorted(rows, key=order)


def _row(place: tuple, runs: list[dict], even: bool | None) -> Row:
    whole = [run for run in runs if run.get("accuracy") is not None]
    accuracies = [float(run["accuracy"]) for run in whole]

    def mean(values: list) -> float | None:
        numbers = [float(value) for value in values if value is not None]
        return statistics.fmean(numbers) if numbers else None

    return Row(
        *place,
        lr=mean([run.get("lr") for run in runs]),
        runs=len(runs),
        failed=len(runs) - len(whole),
        accuracies=accuracies,
        mean=mean(accuracies),
        deviation=statistics.stdev(accuracies) if len(accuracies) > 1 else None,
        loss=mean([run["losses"][-1] for run in whole if run["losses"]]),
        dead=mean([run.get("dead") for run in whole]),
        saturated=mean([run.get("saturated") for run in whole]),
        even=even,
    )
