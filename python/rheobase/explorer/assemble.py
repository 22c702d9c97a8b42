# SPDX-License-Identifier: Apache-2.0
"""Puts the page together: styles, scripts and the WebAssembly module in one file that fetches nothing."""

from __future__ import annotations

import os
from pathlib import Path

from rheobase._core import version

_FOLDER = Path(__file__).parent / "page"
_SCRIPTS = ("kernels.js", "bits.js", "curves.js", "selftest.js", "explorer.js")


def module_path() -> Path | None:
    """The compiled module: the one that RHEOBASE_EXPLORER names, else the installed one, or None."""
    chosen = os.environ.get("RHEOBASE_EXPLORER")
    path = Path(chosen) if chosen else Path(__file__).parents[1] / "_lib" / "rheobase-explorer.js"
    return path if chosen or path.is_file() else None


def page(module: Path) -> str:
    """The page as HTML.

    Args:
        module: the file that ``scripts/build-explorer`` makes, ``rheobase-explorer.js``.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such module.
    """
    from rheobase._pages import environment

    text = module.read_text(encoding="utf-8")
    if "rheobaseModule" not in text:
        raise ValueError(f"{module} is no module of the explorer; scripts/build-explorer makes one")
    scripts = [(_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    return (
        environment("rheobase.explorer", "page")
        .get_template("explorer.html")
        .render(module=text, scripts=scripts, version=version())
    )
