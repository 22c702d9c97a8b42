# SPDX-License-Identifier: Apache-2.0
"""Users' projects, built from the installation alone, every warning an error, by CMake and by pkg-config."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from installation import ROOT, run

CONSUMERS = Path(__file__).parent / "consumers"
COMPILERS = [pair for pair in (("gcc", "g++"), ("clang", "clang++")) if all(map(shutil.which, pair))]
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def has(library: Path, component: str) -> bool:
    return component == "shared" or library.with_suffix(".a").is_file()


@pytest.mark.parametrize("component", ["shared", "static"])
@pytest.mark.parametrize(("cc", "cxx"), COMPILERS)
def test_find_package_gives_c_and_cpp_all_they_need(
    prefix, library, activation, tmp_path, cc, cxx, component
):
    if not has(library, component):
        pytest.skip("this build has no static library (RHEOBASE_STATIC)")
    run(
        "cmake", "-S", CONSUMERS, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={cc}",
        f"-DCMAKE_CXX_COMPILER={cxx}", f"-DRHEOBASE_COMPONENT={component}", "-G", "Ninja",
        "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF",
    )  # fmt: skip
    run("cmake", "--build", tmp_path)
    printed = {
        run(tmp_path / program, activation).stdout for program in ("from_c", "from_cpp", "no_exceptions_none")
    }
    assert len(printed) == 1 and printed.pop().startswith("0.1.0 ")
    run(tmp_path / "from_cpp11")
    linked = run("readelf", "-d", tmp_path / "from_c").stdout
    assert ("librheobase.so.0" in linked) == (component == "shared")
    without_exceptions_a_failure_is_told(tmp_path)


def without_exceptions_a_failure_is_told(build: Path):
    done = subprocess.run([build / "no_exceptions_none", "relux"], capture_output=True, text=True)
    assert done.returncode < 0  # aborted
    assert done.stderr.startswith("rheobase: ") and "'relux'" in done.stderr
    done = subprocess.run([build / "no_exceptions_own", "relux"], capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stdout.startswith("handled 2: ") and "'relux'" in done.stdout


@pytest.mark.parametrize("component", ["shared", "static"])
def test_pkg_config_gives_c_all_it_needs(prefix, library, activation, tmp_path, component):
    if shutil.which("pkg-config") is None:
        pytest.skip("pkg-config is not installed")
    if not has(library, component):
        pytest.skip("this build has no static library (RHEOBASE_STATIC)")
    package = "rheobase-static" if component == "static" else "rheobase"
    program = tmp_path / "from_c"
    compile_by_pkg_config(library, package, CONSUMERS / "from_c.c", program)
    found = {"LD_LIBRARY_PATH": str(library.parent)} if component == "shared" else {}
    assert run(program, activation, env=os.environ | found).stdout.startswith("0.1.0 ")
    assert ("librheobase" in run("readelf", "-d", program).stdout) == (component == "shared")


def compile_by_pkg_config(library: Path, package: str, source: Path, program: Path):
    """A program in C. pkg-config escapes the blank in the moved folder's name; a shell reads that."""
    environment = os.environ | {"PKG_CONFIG_PATH": str(library.parent / "pkgconfig")}
    assert run("pkg-config", "--modversion", package, env=environment).stdout == "0.1.0\n"
    flags = run("pkg-config", "--cflags", "--libs", package, env=environment).stdout.strip()
    run("sh", "-c", f"cc -std=c11 {' '.join(WARNINGS)} '{source}' {flags} -o '{program}'")


@pytest.fixture
def analysis(library) -> Path:
    if not (library.parent / "librheobase_analysis.so.0").is_file():
        pytest.skip("this build has no analysis library: Boost was not found")
    return library


def test_pkg_config_gives_the_analysis_library(analysis, activation, tmp_path):
    if shutil.which("pkg-config") is None:
        pytest.skip("pkg-config is not installed")
    program = tmp_path / "from_analysis"
    compile_by_pkg_config(analysis, "rheobase-analysis", CONSUMERS / "from_analysis.c", program)
    found = {"LD_LIBRARY_PATH": str(analysis.parent)}
    assert json.loads(run(program, activation, env=os.environ | found).stdout)["name"] == activation


def test_find_package_gives_the_analysis_library(prefix, analysis, activation, tmp_path):
    shutil.copy(CONSUMERS / "from_analysis.c", tmp_path)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.22)\nproject(p LANGUAGES C)\n"
        "find_package(rheobase REQUIRED COMPONENTS analysis)\n"
        "add_executable(p from_analysis.c)\ntarget_link_libraries(p PRIVATE rheobase::analysis)\n"
    )
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path / "build")
    assert json.loads(run(tmp_path / "build/p", activation).stdout)["name"] == activation


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("find_package(rheobase 0.2 REQUIRED)", "0.2"),
        ("find_package(rheobase 1.0 REQUIRED)", "1.0"),
        ("find_package(rheobase REQUIRED COMPONENTS cuda)", "cuda"),
    ],
)
def test_what_is_not_there_is_refused(prefix, tmp_path, request_, words):
    text = f"cmake_minimum_required(VERSION 3.22)\nproject(p LANGUAGES C)\n{request_}\n"
    (tmp_path / "CMakeLists.txt").write_text(text)
    done = subprocess.run(
        ["cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert words in done.stderr and "rheobase" in done.stderr


@pytest.mark.parametrize("component", ["shared", "static"])
def test_a_program_in_c_needs_no_cpp_in_its_project(prefix, library, activation, tmp_path, component):
    if not has(library, component):
        pytest.skip("this build has no static library (RHEOBASE_STATIC)")
    shutil.copy(CONSUMERS / "from_c.c", tmp_path)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.22)\nproject(p LANGUAGES C)\n"
        f"find_package(rheobase REQUIRED COMPONENTS {component})\n"
        "add_executable(p from_c.c)\ntarget_link_libraries(p PRIVATE rheobase::rheobase)\n"
    )
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path / "build")
    assert run(tmp_path / "build/p", activation).stdout.startswith("0.1.0 ")


def test_every_c_header_stands_alone_in_c_and_cpp(prefix, tmp_path):
    headers = sorted((prefix / "include/rheobase").glob("*.h"))
    assert len(headers) >= len(list((ROOT / "include/rheobase").glob("*.h"))) > 5
    for header in headers:
        line = f"#include <rheobase/{header.name}>\n"
        for language, standard in (("c", "c11"), ("c++", "c++11"), ("c++", "c++20")):
            source = tmp_path / f"alone.{'c' if language == 'c' else 'cc'}"
            source.write_text(line)
            include = ["-I", str(prefix / "include")]
            run(
                "c++" if language == "c++" else "cc",
                f"-std={standard}",
                *WARNINGS,
                *include,
                "-fsyntax-only",
                source,
            )


def test_every_cpp_header_stands_alone_and_needs_no_exceptions(prefix, tmp_path):
    source = tmp_path / "alone.cc"
    for header in sorted((prefix / "include/rheobase").glob("*.hpp")):
        source.write_text(f"#include <rheobase/{header.name}>\n")
        include = ["-I", str(prefix / "include")]
        run("c++", "-std=c++20", *WARNINGS, "-fno-exceptions", *include, "-fsyntax-only", source)
