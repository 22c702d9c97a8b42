# SPDX-License-Identifier: Apache-2.0
"""The blocks of code in the pages: what they are, and how each language is run.

A block runs unless the line above it says otherwise. Marks are comments, which no reader sees:

    <!-- not run: REASON -->   the block is shown only
    <!-- given: CODE -->       the block goes on from this code, as a part of a program does

A block of text right after one is what that one prints.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("sh", "bash", "python", "c", "cpp")
MARK = re.compile(r"<!-- (not run|given): (.+) -->")
FENCE = re.compile(r"(`{3,})(\S*).*")
FLAGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused", "-O0"]
# How far functions of a page's snippets are apart in one program: #line says where an error is.
PRELUDE = "#include <cstdint>\n#include <cstdio>\n#include <span>\n#include <vector>\n"


@dataclass(frozen=True)
class Block:
    page: str
    line: int  # of its first line of code
    language: str
    code: str
    printed: str | None
    given: str = ""
    reason: str = ""  # why it is not run

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def is_program(self) -> bool:
        return bool(re.search(r"^int main\(", self.code, re.M))


def pages() -> list[str]:
    """All that a reader may copy code from."""
    found = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "activations/README.md")]
    return [path.relative_to(ROOT).as_posix() for path in [*found, *sorted((ROOT / "docs").glob("*.md"))]]


def blocks(page: str, text: str) -> list[Block]:
    lines, found, at = text.split("\n"), [], 0
    while at < len(lines):
        opening = FENCE.fullmatch(lines[at])
        if not opening:
            at += 1
            continue
        end = next(n for n in range(at + 1, len(lines)) if lines[n].rstrip() == opening[1])
        language, code = opening[2], "\n".join([*lines[at + 1 : end], ""])
        after = lines[end + 1] if end + 1 < len(lines) else ""
        printed = None
        if language in LANGUAGES:
            mark = MARK.fullmatch(lines[at - 1]) if at else None
            if after == "```text":
                stop = lines.index("```", end + 2)
                printed = "\n".join([*lines[end + 2 : stop], ""])
            said = {mark[1]: mark[2]} if mark else {}
            found.append(
                Block(page, at + 2, language, code, printed, said.get("given", ""), said.get("not run", ""))
            )
        at = end + 1
    return found


def environment(program: Path) -> dict[str, str]:
    """That of a user who has the program and this Python on the path."""
    folders = [str(program.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    # pytest-xdist's processes have a width, as of a terminal, at which text would be wrapped.
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    return {**inherited, "PATH": os.pathsep.join(folders), "NO_COLOR": "1"}


def run_sh(block: Block, folder: Path, program: Path) -> str:
    """What the commands print; raises CalledProcessError where one fails."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.given + "\n" + block.code],
        cwd=folder,
        env=environment(program),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    problem = f"{block.place}: exit code {done.returncode}; docs/site.md says how to mark what cannot run"
    assert done.returncode == 0, f"{problem}\n{done.stderr}"
    return done.stdout


def run_python(block: Block, namespace: dict[str, object]) -> str:
    """What the block prints; namespace goes from one block of a page to the next."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        if block.given:
            exec(block.given, namespace)
        # As if it stood in the page, so that a traceback shows the page's line.
        exec(compile("\n" * (block.line - 1) + block.code, str(ROOT / block.page), "exec"), namespace)
    return printed.getvalue()


def program_of(parts: list[Block]) -> str:
    """One program of many fragments, each a function: compiling the headers takes longer than all of them."""
    includes, functions = [], []
    for number, block in enumerate(parts):
        lines = block.code.split("\n")
        includes += [line for line in lines if line.startswith("#include")]
        body = "\n".join("" if line.startswith("#include") else line for line in lines)
        at = f'#line {block.line} "{block.page}"'
        functions.append(f"static void snippet_{number}(void) {{\n{block.given}\n{at}\n{body}\n}}\n")
    calls = "".join(f"  snippet_{number}();\n" for number in range(len(parts)))
    return "\n".join([*dict.fromkeys(includes), *functions, f"int main(void) {{\n{calls}  return 0;\n}}\n"])


def compiled(source: str, language: str, folder: Path, library: Path) -> Path:
    """Compiles a program against the library, with warnings as errors."""
    compiler, standard, ending = ("c++", "c++20", "cc") if language == "cpp" else ("cc", "c11", "c")
    file = folder / f"snippet.{ending}"
    head = PRELUDE if language == "cpp" else "#include <stdio.h>\n"
    file.write_text(head + source, encoding="utf-8")
    command = [
        compiler,
        f"-std={standard}",
        *FLAGS,
        f"-I{ROOT / 'include'}",
        str(file),
        "-o",
        str(folder / "snippet"),
    ]
    for one in (library, *library.parent.glob("*/librheobase_*.so")):  # the analysis is a library of its own
        command += [str(one), f"-Wl,-rpath,{one.parent}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / "snippet"


def run_program(program: Path) -> str:
    done = subprocess.run([program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout
