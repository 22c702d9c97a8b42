# SPDX-License-Identifier: Apache-2.0
"""The build that these tests install (RHEOBASE_BUILD, else build/release), and calls that have to succeed."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))


def run(*command, **options) -> subprocess.CompletedProcess:
    """A call that has to succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    return done
