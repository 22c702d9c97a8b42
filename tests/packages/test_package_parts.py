# SPDX-License-Identifier: Apache-2.0
"""Parts of an installation (cmake --install --component), and which libraries BUILD_SHARED_LIBS asks for."""

import re
from pathlib import Path

import pytest
from installation import BUILD, ROOT, run


def part(name: str, prefix: Path) -> set[str]:
    """The files of one, installed there."""
    before = set(prefix.rglob("*"))
    run("cmake", "--install", BUILD, "--component", name, "--prefix", prefix)
    return {str(p.relative_to(prefix)) for p in set(prefix.rglob("*")) - before if not p.is_dir()}


def test_a_program_runs_with_the_runtime_part_alone(settings, activation, tmp_path):
    files = part("rheobase_Runtime", tmp_path)
    assert files and all(re.search(r"/librheobase\w*\.so\.\d", name) for name in files)
    if (BUILD / "src/cli/rheobase").is_file():
        part("rheobase_Program", tmp_path)
        assert run(tmp_path / "bin/rheobase", "eval", activation, 1).stdout


def test_what_programs_are_built_with_is_one_part(settings, tmp_path):
    files = part("rheobase_Development", tmp_path)
    assert {"include/rheobase/rheobase.h", "include/rheobase/rheobase.hpp"} <= files
    rest = {name for name in files if not name.startswith("include/rheobase/")}
    assert all(
        re.search(r"/cmake/rheobase/|/pkgconfig/rheobase|librheobase\w*\.(so|a)$", name) for name in rest
    )
    assert {Path(name).name for name in rest} >= {"rheobase-config.cmake", "rheobase.pc", "librheobase.so"}


def test_every_file_belongs_to_a_part(settings, tmp_path):
    assert part("Unspecified", tmp_path) == set()


@pytest.fixture
def configured(settings, tmp_path):
    """CMake's cache of a project, configured with these options; nothing is built."""

    def call(source: Path, *options: str) -> dict[str, str]:
        highway = settings.get("FETCHCONTENT_SOURCE_DIR_HIGHWAY")
        given = [f"-DFETCHCONTENT_SOURCE_DIR_HIGHWAY={highway}"] if highway else []
        run("cmake", "-S", source, "-B", tmp_path / "build", "-DRHEOBASE_ONLY=relu", *given, *options)
        text = (tmp_path / "build/CMakeCache.txt").read_text()
        return dict(re.findall(r"^(RHEOBASE_\w+|KIND):\w+=(.*)$", text, re.M))

    return call


@pytest.mark.parametrize(
    ("options", "shared", "static", "program"),
    [
        (["-DRHEOBASE_TESTS=OFF"], "ON", "OFF", "ON"),
        (["-DRHEOBASE_TESTS=OFF", "-DBUILD_SHARED_LIBS=ON"], "ON", "OFF", "ON"),
        (["-DBUILD_SHARED_LIBS=OFF"], "OFF", "ON", "OFF"),
        (["-DRHEOBASE_TESTS=OFF", "-DBUILD_SHARED_LIBS=OFF", "-DRHEOBASE_SHARED=ON"], "ON", "ON", "ON"),
    ],
)
def test_build_shared_libs_is_the_default(configured, options, shared, static, program):
    found = configured(ROOT, *options)
    names = ("RHEOBASE_SHARED", "RHEOBASE_STATIC", "RHEOBASE_PROGRAM")
    assert [found[name] for name in names] == [shared, static, program]


@pytest.mark.parametrize(("setting", "kind"), [("ON", "SHARED_LIBRARY"), ("OFF", "STATIC_LIBRARY")])
def test_a_project_around_it_has_the_library_it_asks_for(configured, tmp_path, setting, kind):
    source = tmp_path / "source"
    source.mkdir()
    (source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.22)\nproject(p LANGUAGES C CXX)\n"
        f"set(BUILD_SHARED_LIBS {setting})\nadd_subdirectory({ROOT} rheobase)\n"
        "get_target_property(real rheobase::rheobase ALIASED_TARGET)\n"
        "get_target_property(kind ${real} TYPE)\n"
        'set(KIND ${kind} CACHE STRING "")\n'
    )
    assert configured(source)["KIND"] == kind
