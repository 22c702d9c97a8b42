# SPDX-License-Identifier: Apache-2.0
"""The results as one dictionary of plain values: what results.json holds and the page and the table are made
of."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

import torch

import rheobase
from rheobase.bench.machine import cores, cpu_model
from rheobase.lab import journal, tuning
from rheobase.lab.activations import Spec
from rheobase.lab.measures import SATURATED_BELOW
from rheobase.lab.pairs import Pair
from rheobase.lab.sets import VALIDATION_SHARE
from rheobase.lab.settings import INITS, Settings
from rheobase.lab.summary import CONFIDENCE, Row
from rheobase.lab.training import Run

# Grows when a field changes its meaning or goes.
FORMAT = 2
# Distributions whose versions may change the numbers.
DISTRIBUTIONS = ("torch", "numpy", "scipy", "scikit-learn", "matplotlib")


@dataclass(frozen=True)
class Outcome:
    """All that came out of a comparison."""

    specs: Sequence[Spec]
    rows: Sequence[Row]
    pairs: Sequence[Pair]
    runs: Sequence[Run]  # results
    searched: Sequence[Run]  # those that chose learning rates
    choices: Mapping  # a tuning.Choice by case
    planned: int  # results asked for
    twins: Mapping[str, Sequence[str]]  # presets that are the same function and were left out
    jobs: int
    started: datetime


def header(settings: Settings, specs: Sequence[Spec], data: dict, model: dict | None, command: str) -> dict:
    """What all runs share: the first line of runs.jsonl, and a part of results.json."""
    return {
        "format": journal.FORMAT,
        "program": "rheobase compare",
        "command": command,
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
        "settings": settings.as_dict(),
        "data": data,
        "model": model,
        "activations": [spec.describe() for spec in specs],
        "versions": _versions(),
        "machine": machine(),
    }


def results(head: dict, outcome: Outcome) -> dict:
    """Everything a reader may want to know. Accuracies and shares are 0 to 1, losses in nats, times in
    seconds; a value that does not exist is None. All that changes from one repetition to the next is under
    "timing", "step_time" or "seconds". head: as header() gives it."""
    settings = head["settings"]
    described = {activation["label"]: activation for activation in head["activations"]}
    return {
        "format": FORMAT,
        "program": head["program"],
        "command": head["command"],
        "complete": len(outcome.runs) == outcome.planned,
        "planned_runs": outcome.planned,
        "done_runs": len(outcome.runs),
        "timing": {
            "started": outcome.started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now().astimezone() - outcome.started).total_seconds(), 1),
            "jobs": outcome.jobs,
        },
        "settings": {
            **settings,
            "init_rule": "the model's own" if settings["model"] else INITS[settings["init"]],
            "optimizer": "plain gradient descent",
        },
        "data": head["data"],
        "model": head["model"],
        "statistics": {
            "confidence": CONFIDENCE,
            "interval": "Student's t over seeds",
            "test": "paired t test over seeds, two-sided",
            "correction": "Holm",
            "tests": len(outcome.pairs),
            "saturated_below": SATURATED_BELOW,
        },
        "tuning": _tuning(outcome) if settings["tune"] else None,
        "versions": head["versions"],
        "machine": head["machine"],
        "activations": [
            _activation(row, described[row.name], outcome.twins.get(row.name, ())) for row in outcome.rows
        ],
        "pairs": [{**asdict(pair), "distinguishable": pair.distinguishable} for pair in outcome.pairs],
        "runs": [_run(run) for run in outcome.runs],
    }


def machine() -> dict:
    """Processor, system and the instruction set that rheobase chose; nothing that tells whose machine it
    is."""
    return {
        "processor": cpu_model(),
        "cpus": os.cpu_count(),
        "cpus_allowed": cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "instruction_set": rheobase.target(),
    }


def _versions() -> dict:
    found = {"rheobase": rheobase.__version__, "python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            # Loaded from a source tree, without metadata.
            found[name] = str(getattr(sys.modules.get(name), "__version__", "unknown"))
    found["torch"] = torch.__version__
    return found


def _activation(row: Row, described: dict, twins: Sequence[str]) -> dict:
    known = {key: described[key] for key in ("title", "formula", "kind", "learn", "per_unit")}
    numbers = asdict(row)
    return {
        "name": row.name,
        **known,
        # Those of the activation; "parameters" of a run counts the network's.
        "parameters": described["parameters"],
        "same_function": list(twins),
        "trained_numbers": numbers.pop("parameters"),
        **{key: value for key, value in numbers.items() if key != "name"},
    }


def _tuning(outcome: Outcome) -> dict:
    return {
        "grid": list(tuning.GRID),
        "rounds": [{"rates": count, "share_of_epochs": share} for count, share in tuning.ROUNDS],
        "seeds": list(tuning.SEEDS),
        "validation_share": VALIDATION_SHARE,
        "chosen": [{**asdict(case), **asdict(choice)} for case, choice in outcome.choices.items()],
        "runs": [_run(run) for run in outcome.searched],
    }


def _run(run: Run) -> dict:
    record = run.record()
    del record["type"]
    return {"name": record.pop("activation"), **record}
