# SPDX-License-Identifier: Apache-2.0
"""The results as one dictionary of plain values: what results.json holds and the page and the table are made
of."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

import torch

import rheobase
from rheobase.lab import data
from rheobase.lab.measures import SATURATED_BELOW
from rheobase.lab.settings import INITS, PIXELS, Settings, split_sizes
from rheobase.lab.summary import CONFIDENCE, Row, step_time
from rheobase.lab.training import Run

# Grows when a field changes its meaning or goes.
FORMAT = 1
# Distributions whose versions may change the numbers.
DISTRIBUTIONS = ("torch", "numpy", "scipy", "scikit-learn", "matplotlib")


def results(
    settings: Settings,
    rows: Sequence[Row],
    runs: Sequence[Run],
    planned: int,
    twins: Mapping[str, Sequence[str]],
    command: str,
    started: datetime,
) -> dict:
    """Everything a reader may want to know. Accuracies and shares are 0 to 1, losses in nats, times in
    seconds; a value that does not exist is None. All that changes from one repetition to the next is under
    "timing" or "step_time".

    planned: number of runs asked for; twins: for an activation, presets that are the same function and were
    left out.
    """
    train, test = split_sizes(settings.test_share)
    return {
        "format": FORMAT,
        "program": "rheobase compare",
        "command": command,
        "complete": len(runs) == planned,
        "planned_runs": planned,
        "done_runs": len(runs),
        "timing": {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now().astimezone() - started).total_seconds(), 1),
        },
        "settings": {
            **asdict(settings),
            "init_rule": INITS[settings.init],
            "optimizer": "plain gradient descent",
        },
        "data": {**data.DESCRIPTION, "inputs": PIXELS, "train_images": train, "test_images": test},
        "statistics": {"confidence": CONFIDENCE, "saturated_below": SATURATED_BELOW},
        "versions": _versions(),
        "machine": machine(),
        "activations": [_activation(row, twins.get(row.name, ())) for row in rows],
        "runs": [_run(run) for run in runs],
    }


def machine() -> dict:
    """Processor, system and the instruction set that rheobase chose; nothing that tells whose machine it
    is."""
    return {
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "cpus_allowed": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
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


def _processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _activation(row: Row, twins: Sequence[str]) -> dict:
    facts = rheobase.info(row.name)
    return {
        "name": row.name,
        "title": facts["title"],
        "formula": facts["formula"],
        "parameters": {parameter["name"]: parameter["default"] for parameter in facts["parameters"]},
        "same_function": list(twins),
        **{key: value for key, value in asdict(row).items() if key != "name"},
    }


def _run(run: Run) -> dict:
    fields = asdict(run)
    seconds = step_time(fields.pop("step_seconds"))
    return {**fields, "step_time": asdict(seconds) if seconds else None}
