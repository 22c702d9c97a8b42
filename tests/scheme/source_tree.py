# SPDX-License-Identifier: Apache-2.0
"""The files of the source tree."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_SOURCE = {"build", ".venv", ".git", "__pycache__", ".cache", ".hypothesis"}


def source_files() -> list[Path]:
    """What git tracks or would track, relative to the tree; without git, all but build folders."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
    )
    if listing.returncode == 0:
        found = [Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name]
    else:
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        found = [path for path in found if not NO_SOURCE & set(path.parts)]
    return sorted(path for path in found if (ROOT / path).is_file())
