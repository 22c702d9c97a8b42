# SPDX-License-Identifier: Apache-2.0
"""What the public headers declare, and what their comments say of it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from installation import ROOT

FOLDER = ROOT / "include/rheobase"
STATUS = {
    int(number): name
    for name, number in re.findall(
        r"^  RHEO_(?:ERROR_)?(\w+) = (\d+)",
        (FOLDER / "rheobase.h").read_text(encoding="utf-8").split("} rheo_status")[0],
        re.M,
    )
}
"""Of rheo_status: the codes' names, without what they all begin with."""


class Function(NamedTuple):
    """A function of the C ABI, and the comment above it or above the functions it is declared with."""

    header: str
    name: str
    declaration: str
    comment: str

    def errors(self) -> set[str]:
        """The codes behind "Errors:", remarks in parentheses left out."""
        plain = re.sub(r"\([^()]*\)", "", self.comment)
        return {
            name for text in re.findall(r"Errors: ([^.]*)", plain) for name in re.findall(r"[A-Z]{4,}", text)
        }

    def gives_pointers(self) -> bool:
        """Whether a text, a list or a handle comes back that the caller did not bring."""
        return bool(re.search(r"^RHEO_API const char\*|\*\* ?\w+|\*const\* ?\w+", self.declaration))


def functions() -> Iterator[Function]:
    for header in sorted(FOLDER.glob("*.h")):
        for block in re.split(r"\n\s*\n", header.read_text(encoding="utf-8")):
            first = re.search(r"^RHEO_API ", block, re.M)
            for declaration in re.findall(r"^RHEO_API [^;]*;", block, re.M):
                comment = re.sub(r"\s*\n \* ?", " ", block[: first.start()].rstrip())
                yield Function(header.name, re.search(r"(rheo_\w+)\(", declaration)[1], declaration, comment)


class Member(NamedTuple):
    """A function of a class in a header for C++, its first line, and whether a comment stands above."""

    header: str
    owner: str
    line: str
    explained: bool


def members() -> Iterator[Member]:
    """Public ones of all classes, as clang-format writes them; those of one name below each other are one."""
    for header in sorted(FOLDER.glob("*.hpp")):
        owner, public, above, known = None, False, "", None
        for line in header.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"(class|struct) (\w+)( :| \{)", line):
                owner, public, known = found[2], found[1] == "struct", None
            elif line == "};":
                owner = None
            elif owner and (found := re.match(r" (public|private|protected):", line)):
                public, known = found[1] == "public", None
            elif owner and (found := declared(line)):
                commented = above.startswith("  //")
                if public:
                    yield Member(header.name, owner, line.strip(), commented or found == known)
                known = found
            if not line.startswith("  template"):
                above = line


def declared(line: str) -> str | None:
    """The name of the function that a line in a class begins to declare."""
    if not re.match(r"  [A-Za-z\[]", line) or line.lstrip().startswith(
        ("friend", "static_assert", "template")
    ):
        return None
    found = re.search(r"(operator\(\)|operator\[\]|\w+)\(", line)
    return found[1] if found else None
