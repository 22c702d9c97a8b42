# SPDX-License-Identifier: Apache-2.0
"""Runs the program `rheobase` that a wheel keeps inside the package: what pip puts on PATH is this."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

FILE = "rheobase.exe" if sys.platform == "win32" else "rheobase"


def main() -> int:
    """Becomes the program, with the same arguments. Verbs written in Python lie beside what was called."""
    program = Path(__file__).parent / "_bin" / FILE
    if not program.is_file():
        print(f"rheobase: there is no {program}; install the package again", file=sys.stderr)
        return 2
    os.environ["RHEOBASE_VERBS"] = str(Path(sys.argv[0]).resolve().parent)
    command = [str(program), *sys.argv[1:]]
    if sys.platform == "win32":  # exec would not wait
        return subprocess.run(command).returncode
    for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores them, and so would the program
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    os.execv(program, command)


if __name__ == "__main__":
    sys.exit(main())
