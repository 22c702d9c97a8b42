# SPDX-License-Identifier: Apache-2.0
"""An installation of the build that RHEOBASE_BUILD names, else build/release, and then moved."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))


def run(*command, **options) -> subprocess.CompletedProcess:
    """A call that has to succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    return done


@pytest.fixture(scope="session")
def settings() -> dict[str, str]:
    """CMake's cache of the build."""
    cache = BUILD / "CMakeCache.txt"
    if not cache.is_file() or not (BUILD / "src/librheobase.so").is_file():
        pytest.skip(f"no build in {BUILD}")
    return dict(re.findall(r"^(\w+):\w+=(.*)$", cache.read_text(), re.M))


@pytest.fixture(scope="session")
def prefix(settings, tmp_path_factory) -> Path:
    """The installation, at another place than the one it was installed to."""
    first = tmp_path_factory.mktemp("installed") / "first"
    run("cmake", "--install", BUILD, "--prefix", first)
    moved = tmp_path_factory.mktemp("moved") / "a folder"
    shutil.move(first, moved)
    return moved


@pytest.fixture(scope="session")
def library(prefix) -> Path:
    """librheobase.so in it; lib may have another name."""
    return next(p for p in sorted(prefix.glob("lib*/**/librheobase.so")) if "python" not in str(p))


@pytest.fixture(scope="session")
def activation(library) -> str:
    """A name that this build has; it may be a subset."""
    import ctypes

    loaded = ctypes.CDLL(str(library))
    names, count = ctypes.POINTER(ctypes.c_char_p)(), ctypes.c_size_t()
    assert loaded.rheo_names(ctypes.byref(names), ctypes.byref(count)) == 0
    return names[0].decode()
