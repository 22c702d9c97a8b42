# SPDX-License-Identifier: Apache-2.0
"""The pages in a browser as wide as a telephone: nothing is wider, and the console stays empty."""

import functools
import http.server
import json
import re
import shutil
import subprocess
import threading

import pytest

WIDTH = 360  # CSS pixels, the least that telephones have
# Loads each page in a frame of that width, one after the other, and writes what it found as JSON.
HARNESS = """<!doctype html><meta charset="utf-8"><pre id="found"></pre><script>
const found = {}, paths = PATHS;
// What reaches beyond the right edge and does not scroll by itself. Themes hide what is too wide, so the
// width of the document says nothing. Drawers beside the article wait outside of the screen.
const body = (page) => page.querySelector("article") ?? page.body;
const beyond = (page) => [...body(page).querySelectorAll("*")].filter((element) => {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.left >= WIDTH || box.right <= WIDTH + 1) return false;
  for (let outer = element; outer !== body(page); outer = outer.parentElement) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(outer).overflowX);
    if (scrolls && outer.getBoundingClientRect().right <= WIDTH + 1) return false;
  }
  return true;
}).map((element) => `${element.tagName} ${element.className?.baseVal ?? element.className}`);
const measured = (path) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.style = "width: WIDTHpx; height: 640px; border: 0";
  frame.onload = () => setTimeout(() => {
    const page = frame.contentDocument;
    const result = { beyond: beyond(page), title: page.title };
    const first = () => page.querySelector("table.functions tbody tr td:nth-child(2)")?.dataset.key;
    const button = page.querySelectorAll("table.functions th button")[0];
    if (button) {
      result.order = [];
      for (let press = 0; press < 2; ++press) {
        button.click();
        result.order.push([button.parentElement.getAttribute("aria-sort"), first()]);
      }
    }
    frame.remove();
    done(result);
  }, 50);
  frame.src = path;
  document.body.append(frame);
});
(async () => {
  for (const path of paths) found[path] = await measured(path);
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def in_browser(folder, paths, tmp_path) -> tuple[dict, list[str]]:
    """What the harness found on the pages of a folder, and the lines of the console."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium (apt-get install chromium): large, so that scripts/setup leaves it out")
    (folder / "harness.html").write_text(
        HARNESS.replace("PATHS", json.dumps(paths)).replace("WIDTH", str(WIDTH)), encoding="utf-8"
    )
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            command += [f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr"]
            command += ["--virtual-time-budget=600000", "--window-size=800,800", "--dump-dom"]
            command.append(f"http://127.0.0.1:{server.server_address[1]}/harness.html")
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        finally:
            server.shutdown()
    text = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    assert text and text[1], done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line and "favicon.ico" not in line]
    return json.loads(text[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")), console


def test_no_page_is_wider_than_a_telephone_and_the_console_stays_empty(site, functions, chosen, tmp_path):
    paths = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    paths = [path for path in paths if path != "harness.html" and not path.startswith("source/")]
    found, console = in_browser(site, paths, tmp_path)
    wide = {path: page["beyond"] for path, page in found.items() if page["beyond"]}
    assert found.keys() == set(paths) and all(page["title"] for page in found.values())
    assert not wide
    assert not console
    # The table of functions is sorted by the press of a heading, and by another one the other way round.
    names = sorted(info["name"] for info in chosen if info["kind"] == "unary")
    assert found["functions/index.html"]["order"] == [["ascending", names[0]], ["descending", names[-1]]]


def test_a_page_that_is_too_wide_and_a_script_that_fails_are_noticed(tmp_path):
    page = """<title>x</title><body style="overflow-x: hidden"><p style="width: 500px" class="wide">x</p>
    <div style="overflow-x: auto; max-width: 300px"><p style="width: 500px">x</p></div>
    <script>throw new Error("wrong")</script>"""
    (tmp_path / "wide.html").write_text(f"<!doctype html>{page}", encoding="utf-8")
    found, console = in_browser(tmp_path, ["wide.html"], tmp_path)
    assert found["wide.html"]["beyond"] == ["P wide"]
    assert any("wrong" in line for line in console)
