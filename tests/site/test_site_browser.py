# SPDX-License-Identifier: Apache-2.0
"""The pages in a browser as wide as a telephone: nothing is wider, and the console stays empty."""

import chromium
import pytest

pytestmark = pytest.mark.skipif(chromium.PROGRAM is None, reason="chromium is not installed")
WIDTH = 360  # CSS pixels, the least that telephones have
MEASURE = """
// What reaches beyond the right edge and does not scroll by itself. Themes hide what is too wide, so the
// width of the document says nothing. Drawers beside the article wait outside of the screen.
const body = document.querySelector("article") ?? document.body;
const beyond = [...body.querySelectorAll("*")].filter((element) => {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.left >= innerWidth || box.right <= innerWidth + 1) return false;
  for (let outer = element; outer !== body; outer = outer.parentElement) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(outer).overflowX);
    if (scrolls && outer.getBoundingClientRect().right <= innerWidth + 1) return false;
  }
  return true;
}).map((element) => `${element.tagName} ${element.className?.baseVal ?? element.className}`);
return [innerWidth, document.title, beyond];"""
SORT = """
const button = document.querySelector("table.functions th button"), order = [];
for (let press = 0; press < 2; ++press) {
  button.click();
  const first = document.querySelector("table.functions tbody tr td:nth-child(2)");
  order.push([button.parentElement.getAttribute("aria-sort"), first.dataset.key]);
}
return order;"""


@pytest.fixture(scope="module")
def opened():
    with chromium.browser() as page:
        yield page


def measured(opened, path) -> tuple[str, list[str]]:
    """A page's title, and what is too wide on it."""
    opened.open(path, width=WIDTH, height=640)
    width, title, beyond = opened.run(MEASURE)
    assert width == WIDTH
    return title, beyond


def test_no_page_is_wider_than_a_telephone_and_the_console_stays_empty(site, opened):
    paths = [path for path in sorted(site.rglob("*.html")) if site / "source" not in path.parents]
    assert paths
    for path in paths:
        title, beyond = measured(opened, path)
        assert title, path
        assert not beyond, path
        assert not opened.console, path


def test_the_press_of_a_heading_sorts_and_another_one_the_other_way_round(site, chosen, opened):
    opened.open(site / "functions/index.html")
    names = sorted(info["name"] for info in chosen if info["kind"] == "unary")
    assert opened.run(SORT) == [["ascending", names[0]], ["descending", names[-1]]]
    assert not opened.console


def test_a_page_that_is_too_wide_and_a_script_that_fails_are_noticed(tmp_path):
    page = """<title>x</title><body style="overflow-x: hidden"><p style="width: 500px" class="wide">x</p>
    <div style="overflow-x: auto; max-width: 300px"><p style="width: 500px">x</p></div>
    <script>throw new Error("wrong")</script>"""
    (tmp_path / "wide.html").write_text(f"<!doctype html>{page}", encoding="utf-8")
    with chromium.browser() as opened:
        assert measured(opened, tmp_path / "wide.html") == ("x", ["P wide"])
        assert any("wrong" in line for line in opened.console)
