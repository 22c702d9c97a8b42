# SPDX-License-Identifier: Apache-2.0
"""An installation of the build, and a compiler that sees nothing else but Highway."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))


class Installed:
    """What `cmake --install` left in a folder, to compile programs with."""

    def __init__(self, prefix: Path, compiler: str, highway: list[str], library: list[str]):
        self.prefix, self.compiler, self.highway, self.library = prefix, compiler, highway, library
        self.headers = prefix / "include/rheobase/simd"

    def compile(self, source: Path, *options: str) -> subprocess.CompletedProcess:
        """To an object file, or a program where options have -o; nothing is raised."""
        command = [self.compiler, "-std=c++20", "-Wall", "-Wextra", f"-I{source.parent}"]
        command += [f"-I{self.prefix / 'include'}", *self.highway, str(source), *options]
        return subprocess.run(command, capture_output=True, text=True)

    def program(self, source: Path, to: Path, *options: str) -> Path:
        libraries = [*self.prefix.rglob("librheobase.so"), *self.library]
        rpaths = [f"-Wl,-rpath,{Path(library).parent}" for library in libraries]
        done = self.compile(source, *options, "-o", str(to), *map(str, libraries), *rpaths)
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        return to


def highway_of(settings: dict[str, str]) -> tuple[list[str], list[str]]:
    """Options for Highway's headers, and its library, of the build."""
    library = sorted(BUILD.rglob("libhwy.a"))
    source = settings.get("FETCHCONTENT_SOURCE_DIR_HIGHWAY") or str(BUILD / "_deps/highway-src")
    if library:
        return [f"-I{source}"], [str(library[0])]
    installed = Path(settings.get("hwy_DIR", "/nowhere"))
    found = [p for folder in installed.parents[:2] for p in folder.glob("libhwy.*")]
    return [f"-I{installed.parents[2] / 'include'}"] if found else [], [str(p) for p in found[:1]]


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Installed:
    compiler = shutil.which("c++")
    cache = BUILD / "CMakeCache.txt"
    if compiler is None or not cache.is_file() or not (BUILD / "src/librheobase.so").is_file():
        pytest.skip(f"needs a C++ compiler (c++) and a build in {BUILD}")
    settings = dict(re.findall(r"^(\w+):\w+=(.+)$", cache.read_text(), re.M))
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(
        ["cmake", "--install", str(BUILD), "--prefix", str(prefix)], check=True, capture_output=True
    )
    highway, library = highway_of(settings)
    return Installed(prefix, compiler, highway, library)
