# SPDX-License-Identifier: Apache-2.0
"""A wheel of few functions, in an environment that has nothing else, no compiler either."""

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from installation import ROOT, run

pytestmark = pytest.mark.slow

BUDGET = 2.5e6  # bytes of librheobase with two activations and one instruction set; docs/install.md
NAMES = ("silu", "gelu")


@pytest.fixture(scope="module")
def wheel(settings, tmp_path_factory) -> Path:
    """One that was built before, where RHEOBASE_WHEEL names it."""
    if given := os.environ.get("RHEOBASE_WHEEL"):
        return Path(given)
    if find_spec("scikit_build_core") is None:
        pytest.skip("scikit-build-core is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    defined = {
        "RHEOBASE_ONLY": ";".join(NAMES),
        "RHEOBASE_MARCH": "x86-64-v2" if os.uname().machine == "x86_64" else "armv8-a",
        "CMAKE_CXX_FLAGS_RELEASE": "-O1",  # quick to compile
    }
    for key in ("FETCHCONTENT_SOURCE_DIR_HIGHWAY", "CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER", "hwy_DIR"):
        if settings.get(key):
            defined[key] = settings[key]
    # Debian's pip 23.0 does not know -C.
    options = [f"--config-settings=cmake.define.{key}={value}" for key, value in defined.items()]
    run(
        sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--no-build-isolation", "--no-index",
        "-w", folder, f"--config-settings=build-dir={folder / 'build'}", *options,
        env=os.environ | {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count())},
    )  # fmt: skip
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory):
    """Runs programs of a new environment with the wheel; PATH has neither a compiler nor the environment."""
    folder = tmp_path_factory.mktemp("fresh") / "env"
    venv.create(folder, with_pip=True)
    run(folder / "bin/python", "-m", "pip", "install", "--no-index", "--no-deps", wheel)

    def call(program: str, *arguments, check=True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [folder / "bin" / program, *map(str, arguments)],
            capture_output=True, text=True, cwd=folder, env={"PATH": "/nonexistent", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert not check or done.returncode == 0, done
        return done

    call.folder = folder
    return call


def test_it_holds_each_file_once_and_no_path_of_this_machine(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert [name for name in names if "librheobase." in name] == ["rheobase/_lib/librheobase.so.0"]
    assert "rheobase/__init__.pyi" in names
    assert not [name for name in names if "rheobase_peer" in name or name.endswith((".a", ".h"))]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert str(ROOT).encode() + b"/" not in path.read_bytes(), path


def test_a_library_of_two_activations_keeps_to_its_budget(wheel):
    with zipfile.ZipFile(wheel) as archive:
        size = archive.getinfo("rheobase/_lib/librheobase.so.0").file_size
    print(f"{size} bytes")
    assert size < BUDGET


def test_its_extras_are_those_of_the_documentation(wheel):
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
    assert set(re.findall(r"^Provides-Extra: (\w+)", text, re.M)) == {"numpy", "torch", "lab", "all"}
    assert not [
        line for line in text.splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]


def test_the_program_runs_where_nothing_else_is(fresh):
    assert fresh("rheobase", "--version").stdout == "rheobase 0.1.0\n"
    for name in NAMES:
        assert fresh("rheobase", "eval", name, "-1", "2").stdout
    assert "proven" in fresh("rheobase", "show", NAMES[0]).stdout  # the proofs came along
    assert fresh("rheobase", "eval", "relux", "1", check=False).returncode == 2


def test_the_package_imports_where_nothing_else_is(fresh):
    done = fresh("python", "-c", "import rheobase; print(rheobase.names(), rheobase.__version__)")
    for name in NAMES:
        assert repr(name) in done.stdout
    done = fresh("python", "-c", "import rheobase.torch", check=False)
    assert done.stderr.splitlines()[-1].startswith("ImportError: rheobase.torch needs PyTorch 2.10 or newer")


def test_verbs_in_python_are_found_and_say_what_they_need(fresh):
    assert "compare" in fresh("rheobase", "--help").stdout
    done = fresh("rheobase", "compare", NAMES[0], check=False)
    assert done.returncode != 0 and done.stderr.count("\n") == 1
    assert "pip install" in done.stderr and "Traceback" not in done.stderr


def test_the_manual_page_and_completions_are_where_programs_look(fresh):
    share = fresh.folder / "share"
    assert (share / "man/man1/rheobase.1").read_text().startswith(".TH RHEOBASE")
    for place in ("bash-completion/completions/rheobase", "zsh/site-functions/_rheobase"):
        assert "compare" in (share / place).read_text()


def test_the_source_distribution_has_all_that_a_build_needs(tmp_path):
    if find_spec("scikit_build_core") is None:
        pytest.skip("scikit-build-core is not installed")
    build = f"from scikit_build_core.build import build_sdist; print(build_sdist({str(tmp_path)!r}))"
    run(sys.executable, "-c", build, cwd=ROOT)
    with tarfile.open(next(tmp_path.glob("rheobase-0.1.0.tar.gz"))) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    for folder in ("activations", "cmake", "include", "proofs", "python", "src", "tables"):
        for path in (ROOT / folder).rglob("*"):
            inside = path.relative_to(ROOT)
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(inside) in names, inside
    assert not [name for name in names if name.startswith(("build/", ".venv/"))]
