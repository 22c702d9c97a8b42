# SPDX-License-Identifier: Apache-2.0
"""The site, built once for all tests, and the program and library it is made with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools/site"))
BUILD = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))


@pytest.fixture(scope="session")
def program() -> Path:
    path = BUILD / "src/cli/rheobase"
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def library() -> Path:
    path = BUILD / "src/librheobase.so"
    if not path.is_file() or not shutil.which("c++") or not shutil.which("cc"):
        pytest.skip(f"needs a compiler (c++, cc) and {path}")
    return path


@pytest.fixture(scope="session")
def functions(program) -> list[dict]:
    """All functions of the registry."""
    from program import Program

    return Program(program).functions


@pytest.fixture(scope="session")
def chosen(functions) -> list[dict]:
    """A function of each kind, and of those of one number some with parameters, presets, kinks."""
    found = {
        "rows": lambda info: info["kind"] == "rows",
        "random": lambda info: info["kind"] == "random",
        "parameters": lambda info: len(info.get("parameters", ())) > 1,
        "presets": lambda info: info.get("presets") and info["name"] == info["activation"],
        "preset": lambda info: info.get("activation", info["name"]) != info["name"],
        "kinks": lambda info: len(info.get("facts", {}).get("kinks", ())) > 1,
        "smooth": lambda info: info["kind"] == "unary" and not info["facts"]["kinks"],
    }
    names = {next(info["name"] for info in functions if wanted(info)) for wanted in found.values()}
    names.add(max(functions, key=lambda info: len(info["formula"]))["name"])  # the widest
    return [info for info in functions if info["name"] in names]


@pytest.fixture(scope="session")
def site(program, chosen, tmp_path_factory) -> Path:
    """The folder of the site as scripts/docs builds it: all pages, but those of some functions only."""
    pytest.importorskip("sphinx", reason="needs requirements/docs.txt: scripts/docs installs it")
    output = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, ROOT / "tools/site/build.py", "--program", program, "--output", output]
    command += ["--only", ",".join(info["name"] for info in chosen)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return output


@pytest.fixture(scope="session")
def markdown(program) -> dict[str, str]:
    """Of every function the Markdown of its page, by name; the table of all under ""."""
    pytest.importorskip("jinja2")
    from functions import Functions
    from program import Program

    class Quick(Program):  # the site's own pages have the analysis
        def analysis(self, name):
            return None

    pages = Functions(Quick(program), ROOT)
    return {info["name"]: pages.page(info) for info in pages.all} | {"": pages.index()}
