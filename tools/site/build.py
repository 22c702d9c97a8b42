#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the documentation site: the repository's pages, and one page for each function of the registry.

docs/site.md says what it is made of. scripts/docs calls this with everything installed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
EXAMPLES = """examples:
  scripts/docs                         the whole site, into build/site
  scripts/docs --open                  and show it in a browser
  tools/site/build.py --only gelu,tanh --output /tmp/site     the pages of two functions alone
"""


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/site/build.py",
        description="Builds the documentation site. Warnings are errors.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    program = ROOT / "build/release/src/cli/rheobase"
    parser.add_argument(
        "--output", type=Path, default=ROOT / "build/site", metavar="FOLDER", help="[build/site]"
    )
    parser.add_argument(
        "--program", type=Path, default=program, metavar="FILE", help="[build/release/src/cli/rheobase]"
    )
    parser.add_argument(
        "--only", metavar="NAMES", default="", help="functions with pages, by commas; default: all"
    )
    parser.add_argument("--open", action="store_true", help="show the site in a browser")
    return parser.parse_args(arguments)


def stage(options: argparse.Namespace, folder: Path) -> int:
    """Writes the sources of all pages into the folder; returns the number of functions' pages."""
    from functions import Functions
    from program import Problem, Program
    from staging import Stage
    from start import start_page

    program, staged = Program(options.program), Stage(ROOT, folder)
    only = [name for name in options.only.split(",") if name]
    for name in only:
        if name not in {info["name"] for info in program.functions}:
            raise Problem(f"--only: there is no function {name!r}; rheobase list shows all")
    functions, pages = Functions(program, ROOT, only), staged.pages()
    for page in pages:
        staged.add(page)
    staged.add("README.md", start_page((ROOT / "README.md").read_text(encoding="utf-8"), pages), "index.md")
    staged.write("functions/index.md", functions.index())
    for number, info in enumerate(functions.all, 1):
        place = f"functions/{info['name']}.md"
        staged.write(place, staged.with_links(place, functions.page(info)))
        progress(f"{number} of {len(functions.all)} functions")
    progress("")
    staged.finish()
    return len(functions.all)


def progress(text: str) -> None:
    """Over itself, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def sphinx(source: Path, output: Path) -> int:
    """Runs the generator; its warnings and errors go to standard error."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "--builder",
        "html",
        "--fail-on-warning",
        "--quiet",
        "--jobs",
        "auto",
    ]
    command += [
        "--conf-dir",
        HERE,
        "--doctree-dir",
        output.with_name(output.name + "-doctrees"),
        source,
        output,
    ]
    return subprocess.run(
        list(map(str, command)), env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ).returncode


def main(arguments: Sequence[str]) -> int:
    options = parsed(arguments)
    try:
        import furo  # noqa: F401
        import sphinx as _  # noqa: F401

        import rheobase  # noqa: F401
    except ImportError as error:
        print(f"tools/site/build.py: {error}; scripts/docs installs it", file=sys.stderr)
        return 2
    from program import Problem

    started = time.monotonic()
    output = options.output.absolute()
    source = output.with_name(output.name + "-source")
    try:
        count = stage(options, source)
    except Problem as problem:
        print(f"tools/site/build.py: {problem}", file=sys.stderr)
        return 2
    if sphinx(source, output) != 0:
        print("tools/site/build.py: the site has warnings or errors, see above", file=sys.stderr)
        return 1
    pages = sum(1 for _ in output.rglob("*.html"))
    index = output / "index.html"
    seconds = time.monotonic() - started
    print(f"{index}: {pages} pages, {count} of them functions ({seconds:.0f} s)")
    if options.open:
        import webbrowser

        webbrowser.open(index.as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
