# SPDX-License-Identifier: Apache-2.0
"""The installed files: no machine's path in any of them, hidden symbols hidden."""

import re
import shutil

import linked
import pytest
from installation import BUILD, ROOT, run

# The developers' own programs read the sources; the bench's libraries are built for one machine.
DEVELOPERS = {"rheobase-check", "rheobase-exact"}


def test_no_installed_file_names_a_folder_of_the_build(prefix, settings):
    highway = settings.get("FETCHCONTENT_SOURCE_DIR_HIGHWAY") or str(BUILD / "_deps")
    folders = [folder.encode() for folder in (str(ROOT) + "/", str(BUILD), highway)]
    files = [p for p in prefix.rglob("*") if p.is_file() and not p.is_symlink() and p.name not in DEVELOPERS]
    assert len(files) > 40
    for path in files:
        content = path.read_bytes()
        assert not [folder for folder in folders if folder in content], path


def test_a_loader_looks_beside_the_file_alone(prefix):
    programs = [prefix / "bin/rheobase", *prefix.rglob("*.so")]
    if shutil.which("readelf") is None:
        pytest.skip("readelf is not installed")
    for path in programs:
        if path.is_file() and "/bench/" not in str(path):
            for found in re.findall(r"R(?:UN)?PATH.*\[(.*)\]", run("readelf", "-d", path).stdout):
                assert all(part.startswith("$ORIGIN") for part in found.split(":")), (path, found)


def test_what_is_installed_needs_what_the_documentation_says_of_a_wheel(prefix):
    """But that fmt, and Highway and xxHash where they are installed, may be libraries of the system."""
    paths = [path for path in linked.binaries(prefix) if path.name not in DEVELOPERS]
    linked.check(paths, lent=("libtorch_cpu.so", "libfmt.so", "libhwy.so", "libxxhash.so"))


def test_the_moved_program_runs(prefix, activation):
    program = prefix / "bin/rheobase"
    if not program.is_file():
        pytest.skip("built without the program")
    run(program, "eval", activation, 0.5)
    assert "rheobase verify" in run(program, "show", activation).stdout


def test_the_shared_library_exports_its_functions_alone(library):
    lines = run("nm", "-D", "--defined-only", "--with-symbol-versions", library).stdout.splitlines()
    names = {line.split()[-1] for line in lines} - {"RHEOBASE_0.1"}
    assert len(names) > 30
    for name in names:
        assert re.fullmatch(r"rheo_\w+@@RHEOBASE_\d\.\d+", name), name


def test_the_subset_of_symbols_in_the_archive_is_that_of_the_shared_library(library):
    archive = library.with_suffix(".a")
    if not archive.is_file():
        pytest.skip("this build has no static library (RHEOBASE_STATIC)")

    def functions(*command) -> set[str]:
        return set(re.findall(r" T (rheo_\w+)", run(*command).stdout))

    assert functions("nm", archive) == functions("nm", "-D", library)
