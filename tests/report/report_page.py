# SPDX-License-Identifier: Apache-2.0
"""What the report's tests share: making pages, reading their tables, and a headless browser."""

import html
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

from rheobase.report import __main__ as command

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")


def write(path: Path, *arguments: str) -> str:
    """A page made with these arguments, as text."""
    assert command.main([*arguments, "-o", str(path)]) == 0
    return path.read_text(encoding="utf-8")


class _Tables(HTMLParser):
    """Rows of cells' texts, by the table's id; a part of a cell in small print does not count."""

    def __init__(self):
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows, self._cell, self._small = None, None, 0

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attributes).get("id") or "", [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
            self._cell = True
        elif tag == "small":
            self._small += 1

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._cell = None
        elif tag == "small":
            self._small -= 1

    def handle_data(self, data):
        if self._cell and not self._small:
            self._rows[-1][-1] += data.strip()


def table(page: str, name: str) -> dict[str, list[str]]:
    """The rows of a table by their first cell, headings left out."""
    parser = _Tables()
    parser.feed(page)
    return {row[0]: row[1:] for row in parser.tables[name][1:]}


def run_in_browser(page: Path, script: str, width: int = 1280) -> str:
    """What a script returns (a promise of a text) on a page in a frame of exactly this width.

    Windows of headless browsers have a least width, frames have none. Fails on anything in the console.
    """
    inner = page.with_name(f"inner-{width}.html")
    inner.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    outer = page.with_name(f"outer-{width}.html")
    outer.write_text(
        f'<iframe id="f" src="{inner.name}" style="width:{width}px;height:900px;border:0"></iframe>'
        '<pre id="r"></pre><script>'
        "document.getElementById('f').addEventListener('load', async () => {"
        "const view = document.getElementById('f').contentWindow, page = view.document;"
        "const until = async (f) => { while (!f()) await new Promise((go) => setTimeout(go, 20)); };"
        f"const found = await (async () => {{ {script} }})();"
        "document.getElementById('r').textContent = `[${found}]`; })</script>",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
            f"--window-size={width + 100},1000", "--virtual-time-budget=60000", "--enable-logging=stderr",
            "--dump-dom", outer.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not console, console
    found = re.search(r'<pre id="r">\[(.*?)\]</pre>', done.stdout, re.S)
    assert found, "the script did not end"
    return html.unescape(found.group(1))
