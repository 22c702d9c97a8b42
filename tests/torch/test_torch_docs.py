# SPDX-License-Identifier: Apache-2.0
"""Every piece of Python in the pages for users of PyTorch runs, and prints what the page shows."""

import contextlib
import io
import re
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / f"docs/{page}.md" for page in ("pytorch", "compile", "second")] + [ROOT / "README.md"]
# A block of Python, with the block of text that follows it at once, if there is one.
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.M | re.S)


def sections(page: Path) -> dict[str, list[tuple[int, str, str | None]]]:
    """By heading: the line, the code and the output of each block."""
    text, found = page.read_text(encoding="utf-8"), {}
    headings = [(match.start(), match[1]) for match in re.finditer(r"^##? (.*)$", text, re.M)]
    for match in BLOCK.finditer(text):
        heading = [name for start, name in headings if start < match.start()][-1]
        line = text.count("\n", 0, match.start()) + 2
        found.setdefault(heading, []).append((line, match[1], match[2]))
    return found


def run(page: Path, block: tuple[int, str, str | None], namespace: dict[str, object]) -> str:
    """Runs a block as if it stood in the page, and returns what it prints."""
    line, code, _ = block
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), namespace)
    return printed.getvalue()


CASES = [(page, heading) for page in PAGES for heading in sections(page)]


@pytest.mark.parametrize(("page", "heading"), CASES, ids=[f"{page.name}: {name}" for page, name in CASES])
def test_the_blocks_of_a_section_run_in_order(page, heading):
    torch._dynamo.reset()
    torch.manual_seed(0)
    found = sections(page)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in next(iter(found.values()))[:1]:  # the page's imports
        run(page, block, namespace)
    for block in found[heading]:
        printed = run(page, block, namespace)
        assert printed == (block[2] or ""), f"{page.name}:{block[0]}"


def test_there_are_blocks_to_run():
    assert sum(len(blocks) for blocks in sections(PAGES[0]).values()) > 10


def test_a_block_that_prints_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\nprint(1 + 1)\n```\n```text\n3\n```\n")
    ((block,),) = sections(page).values()
    assert block == (4, "print(1 + 1)\n", "3\n")
    assert run(page, block, {}) == "2\n"
    page.write_text("# A page\n\n```python\nraise KeyError\n```\n")
    ((block,),) = sections(page).values()
    with pytest.raises(KeyError) as raised:
        run(page, block, {})
    assert (raised.traceback[-1].path, raised.traceback[-1].lineno) == (page, 3)  # counted from 0
