# SPDX-License-Identifier: Apache-2.0
"""--xnnpack DIR, or RHEOBASE_XNNPACK_DIR: builds the peer from XNNPACK's source, in build/xnnpack."""

import os
import subprocess
import sys
from pathlib import Path

from rheobase._arguments import UsageError
from rheobase.bench.arguments import PROGRAM
from rheobase.bench.places import clone, native_folder, native_library

TARGET = "rheobase_peer_xnnpack"


def built() -> bool:
    return native_library(TARGET) is not None


def build(source: Path) -> None:
    """Builds the peer with bench/xnnpack and puts it where it is looked for.
    Raises UsageError, RuntimeError."""
    if not (source / "include/xnnpack.h").is_file():
        raise UsageError(f"--xnnpack {source}: there is no include/xnnpack.h")
    root = clone()
    if root is None:
        raise UsageError(f"--xnnpack {source}: only works in rheobase's source tree")
    folder = root / "build/xnnpack"
    folder.mkdir(parents=True, exist_ok=True)
    # What a former run found must not outlive it: another source tree, another place of this one.
    # Compiled files stay.
    (folder / "CMakeCache.txt").unlink(missing_ok=True)
    log = root / "build/xnnpack.log"
    print(f"{PROGRAM}: building XNNPACK, minutes the first time; its output is in {log}", flush=True)
    with log.open("w") as output:
        for command in _commands(root, folder, source):
            if subprocess.run(command, stdout=output, stderr=subprocess.STDOUT).returncode != 0:
                raise RuntimeError(f"XNNPACK was not built: see {log}")
    _install(folder / f"lib{TARGET}.so")


def _commands(root: Path, folder: Path, source: Path) -> list[list]:
    settings = [f"-DRHEOBASE_XNNPACK_DIR={source.resolve()}", f"-DPython_EXECUTABLE={sys.executable}"]
    return [
        ["cmake", "-G", "Ninja", "-S", root / "bench/xnnpack", "-B", folder, *settings],
        ["cmake", "--build", folder, "--target", TARGET],
    ]


def _install(library: Path) -> None:
    target = native_folder()
    target.mkdir(parents=True, exist_ok=True)
    # A process that has loaded the former file keeps it: overwritten in place, it would crash.
    arriving = target / f".{library.name}.{os.getpid()}"
    arriving.write_bytes(library.read_bytes())
    arriving.replace(target / library.name)
