# SPDX-License-Identifier: Apache-2.0
"""What binaries ask of the system, compared with what docs/install.md says of wheels built on Debian 12."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from installation import ROOT, run

# What every system with a libstdc++ has.
SYSTEM = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6"}
# By auditwheel's policies, the newest symbols of each manylinux: of glibc those of its name.
GLIBCXX = {"2_28": (3, 4, 24), "2_31": (3, 4, 28), "2_34": (3, 4, 29), "2_35": (3, 4, 30)}

Version = tuple[int, ...]


def version(text: str) -> Version:
    return tuple(map(int, re.split("[._]", text)))


def binaries(folder: Path) -> list[Path]:
    """All libraries and programs; the bench's own libraries are built for one machine."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]
    return [p for p in files if p.open("rb").read(4) == b"\x7fELF" and "bench" not in p.parts]


def is_library(path: Path) -> bool:
    return ".so" in path.name


def highest(paths: Iterable[Path], family: str) -> Version:
    """The newest version of GLIBC or GLIBCXX that one of them asks for."""
    found = [(0,)]
    for path in paths:
        text = run("objdump", "-T", path).stdout
        found += [version(number) for number in re.findall(rf"\b{family}_([0-9.]+)", text)]
    return max(found)


def needed(path: Path) -> set[str]:
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", path).stdout))


def claims() -> dict[str, Version]:
    text = " ".join((ROOT / "docs/install.md").read_text(encoding="utf-8").split())
    found = re.search(
        r"built on Debian 12 is `manylinux_(?P<manylinux>\d_\d+)`.*: its libraries need glibc "
        r"(?P<libraries>[\d.]+), its programs (?P<programs>[\d.]+), .* `GLIBCXX_(?P<libstdcxx>[\d.]+)`",
        text,
    )
    return {name: version(number) for name, number in found.groupdict().items()}


def on_debian_12() -> bool:
    release = Path("/etc/os-release")
    return release.is_file() and bool(re.search(r'^VERSION_CODENAME="?bookworm', release.read_text(), re.M))


def check(paths: list[Path], lent: tuple[str, ...]) -> None:
    """That they need each other, the system, what is lent, and of glibc and libstdc++ what is claimed.

    Args:
        lent: beginnings of other libraries' names
    """
    if not shutil.which("objdump") or not shutil.which("readelf"):
        pytest.skip("binutils are not installed")
    own = {name for path in paths for name in (path.name, re.sub(r"(\.so\.\d+).*", r"\1", path.name))}
    assert len(paths) > 1
    for path in paths:
        others = {name for name in needed(path) if not name.startswith(("ld-linux", *lent))}
        assert others <= own | SYSTEM, path
    if not on_debian_12():
        return
    claimed = claims()
    assert highest(filter(is_library, paths), "GLIBC") == claimed["libraries"]
    assert highest((p for p in paths if not is_library(p)), "GLIBC") == claimed["programs"]
    assert highest(paths, "GLIBCXX") == claimed["libstdcxx"]
    fit = [name for name, newest in GLIBCXX.items() if newest >= claimed["libstdcxx"]]
    wanted = [version(name) for name in fit if version(name) >= claimed["programs"]]
    assert min(wanted) == claimed["manylinux"]
