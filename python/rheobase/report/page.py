# SPDX-License-Identifier: Apache-2.0
"""Gathers what is known, and makes the page of it: one HTML file with its styles and scripts inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import rheobase
from rheobase import _json
from rheobase.bench import machine
from rheobase.report import errors, pictures, properties, speed, text, training


@dataclass(frozen=True)
class Function:
    """One activation or preset: its description (docs/describe.md) and what was found out."""

    name: str
    info: dict
    properties: properties.Properties
    errors: list[errors.Error]

    @property
    def proven(self) -> bool:
        """Value and derivative in float32, over all inputs."""
        return all(error.maximum is not None for error in self.errors if error.format == "float32")

    def worst(self, role: str) -> float:
        """The largest float32 error, proven, or else the declared bound."""
        error = next(e for e in self.errors if (e.format, e.role) == ("float32", role))
        return error.bound if error.maximum is None else error.maximum


@dataclass(frozen=True)
class Report:
    """All that the page says. `missing` are sentences: what there is no data for, and how to get it."""

    functions: list[Function]
    speed: speed.Speed
    training: training.Training | None
    proofs: str | None
    analysed: bool
    explorer: str | None  # the explorer's page
    missing: list[str]

    @property
    def first_group(self) -> speed.Group | None:
        """The conditions whose figures the overview has."""
        return self.speed.groups[0] if self.speed.groups else None


def gather(
    names: list[str],
    results: Path | None,
    bench: Path | None,
    proofs: Path | None,
    module: Path | None,
    progress: Callable[[str], None],
) -> Report:
    """Everything about some functions. Paths that are None are looked for, but for the explorer's module,
    without which there is none. Raises ValueError, one line, for a file that cannot serve."""
    from rheobase import explorer

    trained = training.load(results)
    found = errors.folder(proofs)
    try:
        explorer_page = explorer.page(module) if module else None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no text"
        raise ValueError(f"--explorer {module}: cannot be read: {reason}") from None
    timed = speed.load(bench, names)
    analyse = properties.analyser()
    functions = []
    for done, name in enumerate(names):
        progress(f"{name} ({done + 1} of {len(names)})")
        info = rheobase.info(name)
        functions.append(Function(name, info, properties.of(name, analyse), errors.of(name, found)))
    missing = _missing(functions, found, timed, trained, analyse is not None, explorer_page)
    return Report(
        functions, timed, trained, str(found) if found else None, analyse is not None, explorer_page, missing
    )


def _missing(functions, proofs, timed, trained, analysed, explorer_page) -> list[str]:
    unproven = [function.name for function in functions if not function.proven]
    sentences = []
    if proofs is None:
        sentences.append("No proofs were found, so errors are the declared bounds: --proofs FOLDER.")
    elif unproven:
        sentences.append(f"Without a proof, so with declared bounds only: {text.listed(unproven)}.")
    if not analysed:
        sentences.append(
            "rheobase.analyze is not installed (it is built where Boost's headers are), so properties are "
            "what the files declare."
        )
    if not timed.groups:
        sentences.append(
            "There is no comparison with other libraries on this machine: run rheobase bench, or --bench "
            "FILE. Speeds are a short timing of rheobase's own kernels."
        )
    if timed.groups and not timed.here:
        sentences.append(f"Speeds were measured on another machine: {timed.machine}.")
    if trained is None:
        sentences.append("There are no results of training: run rheobase compare, then --results FILE.")
    if explorer_page is None:
        sentences.append("The explorer is left out: scripts/build-explorer makes it, then --explorer FILE.")
    return sentences


def as_json(report: Report) -> str:
    """What the page says, without pictures and the explorer; infinities as texts."""
    found = {
        "version": rheobase.__version__,
        "functions": [asdict(function) for function in report.functions],
        "speed": asdict(report.speed),
        "training": asdict(report.training) if report.training else None,
        "missing": report.missing,
    }
    return _json.text(found, indent=1, ensure_ascii=False)


def as_html(report: Report) -> str:
    """The page."""
    from rheobase._pages import environment

    templates = environment("rheobase.report")
    templates.filters.update(
        number=text.number, ulp=text.ulp, percent=text.percent, times=text.times, listed=text.listed
    )
    now = datetime.now().astimezone()
    lines = {line.name: line for line in report.first_group.lines} if report.first_group else {}
    proven = [function for function in report.functions if function.proven]
    present = {flag for function in report.functions for flag in function.properties.flags}
    return templates.get_template("report.html").render(
        report=report,
        worst={role: max((f.worst(role) for f in proven), default=None) for role in errors.ROLES},
        flags=[flag for flag in properties.FLAGS if flag in present],
        small={f.name: pictures.small(f.name) for f in report.functions},
        large={
            f.name: pictures.large(f.name, [float(x) for x in f.info["facts"]["kinks"]])
            for f in report.functions
        },
        lines=lines,
        trained=_best_accuracies(report.training),
        scale=_scale(report.training),
        explorer=_inert(report.explorer),
        version=rheobase.__version__,
        target=rheobase.target(),
        machine=f"{machine.cpu_model()}, {machine.cores()} processors",
        day=f"{now.day} {now:%B %Y}",
    )


def _best_accuracies(trained: training.Training | None) -> dict[str, float]:
    """By activation, of the network in which it did best; names with parameters stay by themselves."""
    best: dict[str, float] = {}
    for row in trained.rows if trained else []:
        if row.mean is not None:
            best[row.label] = max(best.get(row.label, 0.0), row.mean)
    return best


def _scale(trained: training.Training | None) -> tuple[float, float]:
    """The accuracies that the strips of dots reach from and to: tenths around the better half of all."""
    seen = sorted(a for row in (trained.rows if trained else []) for a in row.accuracies)
    if not seen:
        return 0.0, 1.0
    low = max(0.0, int(20 * seen[len(seen) // 4]) / 20 - 0.05)
    return low, max(seen[-1], low + 0.05)


def _inert(page: str | None) -> str | None:
    """A page as a JSON text that can stand in a script element."""
    return None if page is None else json.dumps(page).replace("<", "\\u003c")
