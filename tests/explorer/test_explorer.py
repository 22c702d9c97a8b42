# SPDX-License-Identifier: Apache-2.0
"""The explorer's page: its numbers are the native library's, bit for bit; it fits, and fetches nothing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import chromium
import pytest

import rheobase
from rheobase import _pages, explorer
from rheobase.explorer import digest

MODULE = explorer.module_path()
NODE = shutil.which("node")
built = pytest.mark.skipif(MODULE is None, reason="no WebAssembly module: scripts/build-explorer makes it")
browser = pytest.mark.skipif(chromium.PROGRAM is None, reason="chromium is not installed")
ROOT = Path(__file__).parents[2]
SCRIPTS = Path(explorer.__file__).parent / "page"


def check(found: list[str]) -> None:
    """Every digest is the native one; a module for tests may have a part of the functions (scripts/test)."""
    names = list(dict.fromkeys(line.split()[0] for line in found))
    assert names == [name for name in rheobase.names() if name in names]
    assert len(names) == len(rheobase.names()) or "RHEOBASE_EXPLORER" in os.environ
    assert found == digest.lines(names)


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer.page(MODULE), encoding="utf-8")
    return path


@built
@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_module_has_the_bits_of_the_native_library():
    parts = [(SCRIPTS / name).read_text() for name in ("kernels.js", "selftest.js")]
    program = (
        "delete globalThis.fetch;\n"
        f"const rheobaseModule = require({str(MODULE)!r});\n"
        + "\n".join(part.replace('"use strict";', "") for part in parts)
        + "\nrheobaseModule().then((module) => console.log(selfTest(new Kernels(module))));\n"
    )
    done = subprocess.run([NODE, "-e", program], capture_output=True, text=True, timeout=300, check=True)
    check(done.stdout.split("\n")[:-1])


WASM_DIGESTS = ROOT / "build/wasm/tests/core/rheobase_digest.js"
NATIVE_DIGESTS = ROOT / "build/release/tests/core/rheobase_digest"


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.skipif(
    not (WASM_DIGESTS.is_file() and NATIVE_DIGESTS.is_file()),
    reason="no digest programs: scripts/build-explorer and scripts/setup --tests make them",
)
def test_all_roles_formats_and_parameters_have_the_same_bits_at_chosen_points():
    # Emscripten 3.1.6 would read the program's own file with fetch, which later versions of node have.
    node = [NODE, "--no-experimental-fetch", str(WASM_DIGESTS)]
    here, there = (
        subprocess.run([*program, "2000"], capture_output=True, text=True, timeout=300, check=True).stdout
        for program in ([str(NATIVE_DIGESTS)], node)
    )
    target, *digests = there.splitlines()
    assert target.startswith("WASM")
    assert digests
    assert set(digests) <= set(here.splitlines())


@pytest.fixture(scope="module")
def opened():
    with chromium.browser() as page:
        yield page


READY = "await until(() => document.body.dataset.ready);"


@built
@browser
def test_the_page_in_a_browser_has_the_bits_of_the_native_library(page, opened):
    opened.open(page, "#selftest")
    found = opened.run(READY + "return document.getElementById('selftest').textContent;")
    check(found.split("\n"))
    assert not opened.console


@built
@browser
def test_moving_a_slider_moves_the_curve_and_the_bits(page, opened):
    opened.open(page)
    names = opened.run(READY + "return explorer.kernels.names();")
    name = next(name for name in names if rheobase.info(name)["parameters"])
    opened.open(page, f"#name={name}")
    script = """
        const shown = '#picture path, #bits td:nth-child(4), #properties td';
        const state = () => [...document.querySelectorAll(shown)].map((one) =>
            one.getAttribute('d') ?? one.textContent);
        const slider = document.querySelector('#parameters input[type=range]'), before = state();
        slider.value = 0.5;
        slider.dispatchEvent(new Event('input'));
        return [before, state(), document.getElementById('message').textContent];"""
    before, after, message = opened.run(READY + script)
    assert len(before) == len(after)
    assert before[0] != after[0]
    assert before != after
    assert message == ""
    assert not opened.console


@built
@browser
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(page, opened, width):
    opened.open(page, width=width)
    wide, needed = opened.run(READY + "return [innerWidth, document.documentElement.scrollWidth];")
    assert wide == width
    assert needed <= width
    assert not opened.console


def test_no_part_of_the_page_asks_a_network():
    for path in [*SCRIPTS.iterdir(), Path(_pages.__file__).with_name("base.css")]:
        assert not re.search(
            r"(src|href)=[\"']https?:|url\(|\bfetch\(|XMLHttpRequest|@import", path.read_text()
        ), path


def test_a_file_that_is_no_module_is_refused(tmp_path):
    wrong = tmp_path / "wrong.js"
    wrong.write_text("let a = 1;")
    with pytest.raises(ValueError, match="is no module of the explorer"):
        explorer.page(wrong)
    with pytest.raises(OSError, match="absent"):
        explorer.page(tmp_path / "absent.js")


def test_the_digest_tells_functions_apart():
    names = rheobase.names()
    assert len({digest.digest(name, "float32", "value") for name in names}) > len(names) * 0.8
