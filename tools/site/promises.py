# SPDX-License-Identifier: Apache-2.0
"""What the pages of docs/ say of single functions: items of lists, and lines of tables, that name them."""

from __future__ import annotations

import re
from pathlib import Path


class Promises:
    """A page of docs/, by its headings; nothing where the page or the heading is not there."""

    def __init__(self, path: Path):
        self._text = path.read_text(encoding="utf-8") if path.is_file() else ""

    def section(self, heading: str) -> str:
        """Links lead from a function's page."""
        found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self._text, re.M | re.S)
        return re.sub(r"\]\((\w[\w-]*\.md)", r"](../docs/\1", found[1]) if found else ""

    def items(self, heading: str, name: str) -> list[str]:
        """The list's items in which the name stands as code or in bold, with what is indented below them."""
        items = re.split(r"^(?=- )", self.section(heading), flags=re.M)[1:]
        named = re.compile(rf"`{re.escape(name)}`|\*\*{re.escape(name)}\*\*")
        return [item.rstrip() for item in items if named.search(item)]

    def lines(self, heading: str, name: str) -> list[list[str]]:
        """Cells of the tables' lines whose first cell has the name, which may stand behind other words."""
        rows = [
            re.split(r"\s*\|\s*", line.strip("| "))
            for line in self.section(heading).split("\n")
            if "|" in line
        ]
        return [row for row in rows if name in re.findall(r"\w+", row[0])]
