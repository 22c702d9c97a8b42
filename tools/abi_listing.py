#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what programs that were linked with the library rely on: its symbols, structs and numbers.

    tools/abi_listing.py LIBRARY [INCLUDE] > tests/packages/abi.txt

LIBRARY is a librheobase.so, INCLUDE the folder with its headers (include/). Listed are the exported symbols
with their versions; each struct of the headers with its size and, per field, offset and size, in bytes; each
enumerator and each number that is a macro. tests/packages compares that with the listing that is kept: a
line that is gone or changed breaks programs, a new one is an addition to be recorded.

Needs a C compiler (cc) and nm. Exit code 2 and one line where the listing cannot be made.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Of a library of its own, and no part of this one's symbols.
OTHER_LIBRARIES = {"analysis.h", "cuda.h", "cuda_learned.h", "cuda_rows.h"}


def symbols(library: Path) -> list[str]:
    """Exported symbols, name@@VERSION, sorted."""
    command = ["nm", "-D", "--defined-only", "--with-symbol-versions", str(library)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    found = (line.split() for line in lines)
    return sorted(f"symbol {words[2]}" for words in found if len(words) == 3 and words[1] != "A")


def bare(text: str) -> str:
    """C without its comments."""
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def fields(body: str) -> list[str]:
    """The names that a struct's declarations declare."""
    names = []
    for declaration in body.split(";"):
        pointer = re.search(r"\(\*(\w+)\)\(", declaration)  # of functions
        if pointer:
            names.append(pointer.group(1))
        elif declaration.strip():
            names += [
                re.search(r"(\w+)(\[\w+\])?$", part.strip()).group(1) for part in declaration.split(",")
            ]
    return names


def program(headers: list[Path]) -> str:
    """A C program that prints the sizes, offsets and numbers that the headers declare."""
    lines = []
    for header in headers:
        text = bare(header.read_text(encoding="utf-8"))
        for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (\w+);", text, re.S):
            lines.append(f'printf("struct {name} %zu\\n", sizeof({name}));')
            for field in fields(body):
                member = f"(({name}*)0)->{field}"
                numbers = f"offsetof({name}, {field}), sizeof {member}"
                lines.append(f'printf("field {name}.{field} %zu %zu\\n", {numbers});')
        for body in re.findall(r"typedef enum \w+ \{(.*?)\} \w+;", text, re.S):
            for name in re.findall(r"(\w+) =", body):
                lines.append(f'printf("number {name} %lld\\n", (long long){name});')
        for name in re.findall(r"^#define (RHEO_\w+) \d+$", text, re.M):
            lines.append(f'printf("number {name} %lld\\n", (long long){name});')
    includes = "".join(f'#include "rheobase/{header.name}"\n' for header in headers)
    body = "\n  ".join(lines)
    return (
        f"#include <stddef.h>\n#include <stdio.h>\n{includes}int main(void) {{\n  {body}\n  return 0;\n}}\n"
    )


def layout(include: Path) -> list[str]:
    headers = sorted(p for p in (include / "rheobase").glob("*.h") if p.name not in OTHER_LIBRARIES)
    with tempfile.TemporaryDirectory() as folder:
        source, binary = Path(folder) / "layout.c", Path(folder) / "layout"
        source.write_text(program(headers), encoding="utf-8")
        subprocess.run(["cc", "-std=c11", f"-I{include}", source, "-o", binary], check=True)
        return subprocess.run([binary], check=True, capture_output=True, text=True).stdout.splitlines()


def listing(library: Path, include: Path) -> str:
    return "\n".join([*symbols(library), *layout(include)]) + "\n"


def main(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if not 1 <= len(arguments) <= 2:
        print("abi_listing.py: expected LIBRARY [INCLUDE]; see --help", file=sys.stderr)
        return 2
    library = Path(arguments[0])
    include = Path(arguments[1]) if len(arguments) == 2 else ROOT / "include"
    for path in (library, include / "rheobase"):
        if not path.exists():
            print(f"abi_listing.py: there is no {path}", file=sys.stderr)
            return 2
    try:
        print(listing(library, include), end="")
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"abi_listing.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
