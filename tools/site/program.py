# SPDX-License-Identifier: Apache-2.0
"""What the built program says: the registry, values at points, and the analysis where this build has one."""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path


class Problem(Exception):
    """Why the site cannot be built: one line."""


class Program:
    """The command line program `rheobase`."""

    def __init__(self, path: Path):
        self.path = path

    @cached_property
    def functions(self) -> list[dict]:
        """All functions of all kinds, as docs/describe.md has them, sorted by name."""
        return self._json("list", "--json")

    @cached_property
    def version(self) -> str:
        return self._run("--version").stdout.strip()

    def evaluated(self, name: str, points: Iterable[float], dtype="float32", **parameters) -> list[dict]:
        """x, value and derivative at each point, in their order: numbers, infinities and NaN as floats."""
        settings = [part for item in parameters.items() for part in ("--set", "{}={!r}".format(*item))]
        texts = [repr(float(x)) for x in points]
        found = self._json("eval", name, "--dtype", dtype, *settings, "--json", "--", *texts)["results"]
        return [{key: float(value) for key, value in point.items()} for point in found]

    def drawn(self, name: str, points: Iterable[float], seed: int | None = None) -> list[dict]:
        """The same of a function that draws random numbers: with a seed in training, else in evaluation."""
        settings = [] if seed is None else ["--seed", str(seed)]
        texts = [repr(float(x)) for x in points]
        found = self._json("random", name, *settings, "--json", "--", *texts)["results"]
        return [{key: float(value) for key, value in point.items()} for point in found]

    def analysis(self, name: str) -> dict | None:
        """What `rheobase analyze` finds (docs/analyze.md); None where this build has no such verb."""
        return self._json("analyze", name, "--json") if self._analyzes else None

    def analyses(self, names: Sequence[str]) -> dict[str, dict | None]:
        """The same of many: each takes a part of a second."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(names, pool.map(self.analysis, names), strict=True))

    @cached_property
    def _analyzes(self) -> bool:
        return self._run("analyze", "--help", check=False).returncode == 0

    def _json(self, *arguments: str):
        return json.loads(self._run(*arguments).stdout)

    def _run(self, *arguments: str, check=True):
        command = [str(self.path), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = getattr(error, "strerror", None) or error
            raise Problem(f"{self.path} cannot be run: {reason}; scripts/setup builds it") from None
        if check and done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise Problem(f"rheobase {' '.join(arguments[:2])}: {lines[0]}")
        return done


def kind_of(functions: Sequence[dict], kind: str) -> list[dict]:
    return [function for function in functions if function["kind"] == kind]


def figure(value) -> str:
    """A number for a table: all digits of a float32, zeros with their sign, infinities as signs."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    text = f"{value:.9g}"
    return text.replace("-", "−") if text != "-0" else "−0"
