# SPDX-License-Identifier: Apache-2.0
"""What the report's tests share: making pages, and reading their tables."""

from html.parser import HTMLParser
from pathlib import Path

from rheobase.report import __main__ as command

ROOT = Path(__file__).parents[2]


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
