# SPDX-License-Identifier: Apache-2.0
"""The start page, made of README.md, and the order of all pages in the menu."""

from __future__ import annotations

import re
from collections.abc import Sequence

CALLS = "Three calls"  # sections of README.md
COMMANDS = "Two commands"
# The menu: captions, and the pages below them that exist.
MENU = {
    "Begin": ("docs/install", "docs/numpy", "docs/pytorch", "docs/cpp", "docs/c", "docs/glossary"),
    "Functions": ("functions/index",),
    "What is promised": ("docs/accuracy", "docs/special-values", "docs/performance", "docs/common-errors"),
    "The lab": (
        "docs/analyze",
        "docs/plot",
        "docs/choose",
        "docs/compare",
        "docs/report",
        "docs/explorer",
        "docs/monitoring",
        "docs/teaching",
    ),
    "PyTorch": ("docs/compile", "docs/learnable", "docs/distributed"),
    "Forms": (
        "docs/forms",
        "docs/rows",
        "docs/random",
        "docs/int8",
        "docs/sums",
        "docs/second",
        "docs/masks",
        "docs/outputs",
    ),
    "Other interfaces": ("docs/simd", "docs/cuda", "docs/describe"),
    "How it is made": (
        "docs/architecture",
        "activations/README",
        "docs/forge",
        "docs/bench",
        "CONTRIBUTING",
        "docs/site",
    ),
}
REST = "How it is made"  # takes the pages that the menu does not name
# Titles in the menu, where a page's own is too long for it.
SHORT = {
    "docs/analyze": "Analyse",
    "docs/plot": "Plot",
    "docs/choose": "Choose",
    "docs/compare": "Compare",
    "docs/report": "Report",
    "docs/common-errors": "Common errors",
    "docs/describe": "Descriptions as JSON",
    "docs/monitoring": "Monitoring",
    "docs/forge": "The forge",
    "docs/int8": "int8",
    "docs/random": "Random functions",
    "activations/README": "Adding an activation",
}
# Shown on the start page: where a newcomer goes next.
CARDS = (
    ("All functions", "functions/index", "One page each: formula, picture, calls, bounds, speed, pitfalls."),
    ("Install", "docs/install", "pip, CMake, or a C compiler."),
    ("NumPy", "docs/numpy", "Universal functions with derivatives."),
    ("PyTorch", "docs/pytorch", "Modules, functions, and swap(model)."),
    ("C++", "docs/cpp", "Header-only over the C library."),
    ("C", "docs/c", "One struct, one call."),
    ("Accuracy", "docs/accuracy", "What is promised, proven and tested."),
    ("Common errors", "docs/common-errors", "What descriptions of activation functions get wrong."),
)


def sections(text: str) -> dict[str, str]:
    """The parts of a page by their headings of the second level."""
    parts = re.split(r"(?m)^## (.+)\n", text)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def menu(pages: Sequence[str]) -> dict[str, list[str]]:
    """Captions and their pages, of those that exist; every page is in it once."""
    there = {page.removesuffix(".md") for page in pages} | {"functions/index"}
    chosen = {caption: [page for page in names if page in there] for caption, names in MENU.items()}
    rest = there - {page for names in chosen.values() for page in names}
    chosen[REST] += sorted(rest)
    return {caption: names for caption, names in chosen.items() if names}


def start_page(readme: str, pages: Sequence[str]) -> str:
    """index.md."""
    found = sections(readme)
    claim, details = _after_table(found[""])
    first = [claim.strip(), _section(found, CALLS)]
    later = [
        "## What is promised\n\n" + details.strip() if details.strip() else "",
        _section(found, COMMANDS),
    ]
    there = {page.removesuffix(".md") for page in pages} | {"functions/index"}
    cards = [
        f":::{{grid-item-card}} {title}\n:link: {page}\n:link-type: doc\n{text}\n:::"
        for title, page, text in CARDS
        if page in there
    ]
    grid = "\n".join(["## Where to go", "", "::::{grid} 1 2 2 3", ":gutter: 2", "", *cards, "::::"])
    trees = [
        "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *map(_entry, names), "```"])
        for caption, names in menu(pages).items()
    ]
    return "\n\n".join(part for part in [*first, grid, *later, *trees] if part) + "\n"


def _section(found: dict[str, str], title: str) -> str:
    return f"## {title}\n{found[title].strip()}" if title in found else ""


def _after_table(text: str) -> tuple[str, str]:
    """What stands before the end of the first table, and the rest."""
    table = re.search(r"(?:^\|.*\n)+", text, re.M)
    return (text[: table.end()], text[table.end() :]) if table else (text, "")


def _entry(page: str) -> str:
    return f"{SHORT[page]} <{page}>" if page in SHORT else page
