# SPDX-License-Identifier: Apache-2.0
"""The explorer's page: its numbers are the native library's, bit for bit; it fits, and fetches nothing."""

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import rheobase
from rheobase import explorer
from rheobase.explorer import digest

MODULE = explorer.module_path()
NODE, CHROMIUM = shutil.which("node"), shutil.which("chromium")
built = pytest.mark.skipif(MODULE is None, reason="no WebAssembly module: scripts/build-explorer makes it")
browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
SCRIPTS = Path(explorer.__file__).parent / "page"


def dump(page: Path, fragment: str, width: int = 1280) -> str:
    """The document as headless Chromium has it once the scripts have run."""
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--window-size={width},900",
            "--virtual-time-budget=60000",
            "--enable-logging=stderr",
            "--dump-dom",
            f"{page.as_uri()}{fragment}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not console, console
    return done.stdout


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


@built
@browser
def test_the_page_in_a_browser_has_the_bits_of_the_native_library(page):
    found = re.search(r'<pre id="selftest"[^>]*>(.*?)</pre>', dump(page, "#selftest"), re.S)
    check(html.unescape(found.group(1)).split("\n"))


@built
@browser
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(page, tmp_path, width):
    # A frame has exactly the width that is asked for; windows of headless browsers have a least one.
    text = page.read_text(encoding="utf-8").replace(
        "document.body.dataset.ready",
        "parent.postMessage(`${innerWidth} ${document.documentElement.scrollWidth - innerWidth}`, '*'), "
        "document.body.dataset.ready",
    )
    (tmp_path / "inner.html").write_text(text, encoding="utf-8")
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<iframe src="inner.html" style="width:{width}px;height:900px;border:0"></iframe>'
        '<pre id="r"></pre>'
        # Virtual time does not wait for a frame's module to be compiled, so some real time is spent.
        "<script>onmessage = (event) => { document.getElementById('r').textContent = event.data; };"
        "setInterval(() => { for (let i = 0; i < 2e7; ++i); }, 200)</script>",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--window-size={width + 100},1000",
            "--virtual-time-budget=20000",
            "--dump-dom",
            outer.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    wide, over = map(int, re.search(r'<pre id="r">(-?\d+) (-?\d+)</pre>', done.stdout).groups())
    assert wide == width
    assert over <= 0


def test_no_part_of_the_page_asks_a_network():
    for path in SCRIPTS.iterdir():
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
