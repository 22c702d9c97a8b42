# SPDX-License-Identifier: Apache-2.0
"""Where and with what a row was measured."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import ModuleType

from rheobase import _core
from rheobase.bench.places import clone


def _cpu_info(field: str) -> str:
    """Of the first processor; "" where the system does not say."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(rf"^(?:{field})\s*:\s*(.+)$", text, re.M)
    return found.group(1) if found else ""


def cpu_model() -> str:
    """What the processor calls itself."""
    name = _cpu_info("model name|Model|cpu model") or platform.processor() or platform.machine()
    return " ".join(name.split())


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def slug() -> str:
    """The machine's name in a file's name, for example ``amd-epyc-9554-2-cores``, with the processor's family
    where its name has no number, as in virtual machines."""
    model = re.sub(r"\((r|tm)\)|\bcpu\b|\bprocessor\b", " ", cpu_model().lower())
    if not re.search(r"\d", model) and (family := _cpu_info("cpu family")):
        model += f" family {family}"
    return re.sub(r"[^a-z0-9]+", "-", f"{model} {cores()} cores").strip("-")


def load() -> float:
    """The load average of the last minute; NaN where the system has none."""
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return float("nan")


def commit() -> str:
    """Of the source tree one is in, with + where it was changed; "" without one."""
    root = clone()
    if root is None:
        return ""

    def git(*arguments: str) -> str:
        command = ["git", "-c", "safe.directory=*", "-C", str(root), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!bench/results")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")


def compiler() -> str:
    """What the library was built with; "" where the package does not know."""
    try:
        facts = json.loads((Path(__file__).parent / "_lib/build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return facts.get("compiler", "")


def unlimited(peers: Iterable[ModuleType]) -> list[str]:
    """Where RHEOBASE_TARGET holds this library below the machine's best: a line for each peer that could be
    held as well, and is not."""
    if _core.target() == _core.targets()[0]:
        return []
    lines = []
    for peer in peers:
        missing = [name for name in getattr(peer, "LIMITS", ()) if not os.environ.get(name)]
        if missing:
            lines.append(
                f"rheobase uses {_core.target()}, {peer.NAME} what it likes: {', '.join(missing)} not set"
            )
    return lines


# The columns of conditions().
CONDITIONS = ("date", "commit", "machine", "cores", "instruction_set", "compiler", "threads", "data", "load")


def conditions(threads: int, data: str) -> dict:
    """The columns that all rows of a run share."""
    return {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": cpu_model(),
        "cores": cores(),
        "instruction_set": _core.target(),
        "compiler": compiler(),
        "threads": threads,
        "data": data,
        "load": load(),
    }
