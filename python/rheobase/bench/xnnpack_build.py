# SPDX-License-Identifier: Apache-2.0
"""--xnnpack DIR, or RHEOBASE_XNNPACK_DIR: builds the peer from XNNPACK's source, in build/release."""

import subprocess
from pathlib import Path

from rheobase.bench.arguments import PROGRAM, UsageError
from rheobase.bench.places import clone, native_folder, native_library

TARGET = "rheobase_peer_xnnpack"


def built() -> bool:
    return native_library(TARGET) is not None


def build(source: Path) -> None:
    """Configures build/release with RHEOBASE_XNNPACK_DIR, builds the peer and puts it where it is looked for.
    Raises UsageError, RuntimeError."""
    if not (source / "include/xnnpack.h").is_file():
        raise UsageError(f"--xnnpack {source}: there is no include/xnnpack.h")
    root = clone()
    folder = root / "build/release" if root is not None else None
    if folder is None or not (folder / "CMakeCache.txt").is_file():
        raise UsageError(f"--xnnpack {source}: only works in rheobase's source tree, after scripts/setup")
    print(f"{PROGRAM}: building XNNPACK, which takes a while; its output is in build/xnnpack.log", flush=True)
    with (root / "build/xnnpack.log").open("w") as log:
        for command in (
            ["cmake", "-S", root, "-B", folder, f"-DRHEOBASE_XNNPACK_DIR={source.resolve()}"],
            ["cmake", "--build", folder, "--target", TARGET],
        ):
            if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT).returncode != 0:
                raise RuntimeError(f"XNNPACK was not built: see {log.name}")
    built = folder / "bench" / f"lib{TARGET}.so"
    target = native_folder()
    target.mkdir(parents=True, exist_ok=True)
    (target / built.name).write_bytes(built.read_bytes())
