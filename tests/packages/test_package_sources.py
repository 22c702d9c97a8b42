# SPDX-License-Identifier: Apache-2.0
"""The source distribution, what builds fetch, which PyTorch lends its headers, what cibuildwheel is told."""

import json
import shutil
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from installation import ROOT, run

FIND_TORCH = ROOT / "python/native/find_torch.py"


def test_the_source_distribution_leaves_out_what_the_documented_commands_make(tmp_path):
    if find_spec("scikit_build_core") is None:
        pytest.skip("scikit-build-core is not installed")
    tree, found = tmp_path / "tree", tmp_path / "found"
    kept = ("pyproject.toml", ".gitignore", "CMakeLists.txt", "README.md", "LICENSE")
    made = (
        "env/pyvenv.cfg",
        "venv/lib/a.py",
        ".venv/lib/a.py",
        "build/wheel/a.o",
        "dist/a.whl",
        "wheelhouse/a.whl",
    )
    for name in (*made, "src/a.cc", "bench/results/a.csv", "src/__pycache__/a.pyc"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()
    for name in kept:
        shutil.copy(ROOT / name, tree)
    build = f"from scikit_build_core.build import build_sdist; build_sdist({str(found)!r})"
    run(sys.executable, "-c", build, cwd=tree)
    with tarfile.open(next(found.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert names == {*kept, "PKG-INFO", "src/a.cc"}


@pytest.mark.parametrize("kept", ["HIGHWAY", "FMT"])
def test_what_would_be_fetched_is_named_with_the_option_that_takes_a_tree(settings, kept, tmp_path):
    """The lines stand above what git says where there is no network."""
    given = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in ("hwy", "fmt")]
    highway = settings.get("FETCHCONTENT_SOURCE_DIR_HIGHWAY")
    if kept == "FMT" and not highway:
        pytest.skip("Highway is not a source tree here")
    if kept == "FMT":
        given.append(f"-DFETCHCONTENT_SOURCE_DIR_HIGHWAY={highway}")
    given += ["-DFETCHCONTENT_FULLY_DISCONNECTED=ON", "-DRHEOBASE_TESTS=OFF", "-DRHEOBASE_ONLY=relu"]
    done = subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path, *given], capture_output=True, text=True)
    assert done.returncode != 0
    wanted = f"from the network. -DFETCHCONTENT_SOURCE_DIR_{kept}=FOLDER takes a source tree instead"
    assert wanted in done.stdout


def pytorch(folder, version="2.13.0"):
    """What find_torch.py looks for, in a folder as `pip install --target` makes it."""
    (folder / "torch/include/torch/csrc/stable").mkdir(parents=True)
    (folder / f"torch-{version}.dist-info").mkdir()
    text = f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
    (folder / f"torch-{version}.dist-info/METADATA").write_text(text)


def test_a_given_folder_is_where_pytorch_is_looked_for_and_nowhere_else(tmp_path):
    pytorch(tmp_path / "given")
    done = run(sys.executable, FIND_TORCH, tmp_path / "given")
    assert done.stdout == f"{tmp_path / 'given/torch'};2.13.0\n"
    done = subprocess.run([sys.executable, FIND_TORCH, tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.parametrize(("version", "lack"), [(None, "no torch"), ("2.9.1", "torch 2.9.1 < 2.10")])
def test_a_given_folder_without_a_fit_pytorch_is_an_error(settings, version, lack, tmp_path):
    highway = settings.get("FETCHCONTENT_SOURCE_DIR_HIGHWAY")
    given = [f"-DFETCHCONTENT_SOURCE_DIR_HIGHWAY={highway}"] if highway else []
    if version:
        pytorch(tmp_path, version)
    given += ["-DRHEOBASE_TESTS=OFF", "-DRHEOBASE_PROGRAM=OFF", "-DRHEOBASE_ONLY=relu"]
    given += [f"-DRHEOBASE_PYTHON={sys.executable}", f"-DRHEOBASE_TORCH={tmp_path}"]
    done = subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path / "b", *given], capture_output=True, text=True)
    assert done.returncode != 0
    assert f"RHEOBASE_TORCH is '{tmp_path}', which has {lack}; expected" in " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def cibuildwheel() -> dict:
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["cibuildwheel"]


def test_placeholders_stand_only_where_cibuildwheel_replaces_them(cibuildwheel):
    """Not in environments, and in the settings of builds not before 4.0."""
    for table in (cibuildwheel, *(cibuildwheel[system] for system in ("linux", "macos"))):
        for option in ("environment", "config-settings"):
            assert "{" not in "".join(table.get(option, {}).values())


def test_the_headers_that_a_container_gets_are_those_it_builds_with(cibuildwheel):
    given = cibuildwheel["linux"]["config-settings"]["cmake.define.RHEOBASE_TORCH"]
    wanted = f"--target {given} torch==2.13.0"
    assert wanted in cibuildwheel["linux"]["before-all"].replace("{project}", "/project")


def test_cibuildwheels_own_schema_accepts_what_it_is_told(cibuildwheel):
    tool, jsonschema = pytest.importorskip("cibuildwheel"), pytest.importorskip("jsonschema")
    schema = Path(tool.__file__).parent / "resources/cibuildwheel.schema.json"
    jsonschema.validate(cibuildwheel, json.loads(schema.read_text(encoding="utf-8")))


def test_cibuildwheel_would_build_for_every_python_that_the_package_supports(cibuildwheel):
    tool = pytest.importorskip("cibuildwheel")
    command = ["cibuildwheel", "--print-build-identifiers", "--platform", "linux", "--archs", "x86_64"]
    names = run(sys.executable, "-m", *command, ROOT).stdout.split()
    assert names == [
        f"cp3{minor}-manylinux_x86_64" for minor in (10, 11, 12, 13, 14, "14t")
    ]  # free-threaded too
    text = (ROOT / ".github/workflows/wheels.yml").read_text()
    assert f"pypa/cibuildwheel@v{tool.__version__}\n" in text  # the version that was asked
