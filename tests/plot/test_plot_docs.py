# SPDX-License-Identifier: Apache-2.0
"""The Python in docs/plot.md and docs/choose.md runs, and comments beside expressions say what they give."""

import ast
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("page", ["plot", "choose"])
def test_the_python_of_a_page_runs_and_gives_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (DOCS / f"{page}.md").read_text(encoding="utf-8"), re.M | re.S
    )
    assert blocks
    for block in blocks:
        names: dict[str, object] = {}
        for line in block.splitlines():
            expression, _, said = line.partition("  # ")
            if said:
                assert eval(expression, names) == ast.literal_eval(said), line
            else:
                exec(line, names)
