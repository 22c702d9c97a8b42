# SPDX-License-Identifier: Apache-2.0
"""The pages that are written by hand, staged for the generator, with their links checked.

Pages keep their places (docs/, activations/), so that their links hold. A link to any other file of the
repository becomes one to a page that shows it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from program import Problem

LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")
# A link whose text is the name of the file it leads to, as people read it on GitHub.
NAMED = re.compile(r"\[`?([\w./-]+\.md)`?\]\(([\w./-]+\.md)(#[\w-]+)?\)")
PICTURES = (".png", ".svg", ".jpg")
LANGUAGES = {
    ".h": "cpp",
    ".hpp": "cpp",
    ".cc": "cpp",
    ".c": "c",
    ".py": "python",
    ".sh": "bash",
    ".txt": "text",
}


class Stage:
    """A folder of sources for the generator. Files that did not change keep their time: no new build."""

    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        self._written: set[Path] = set()

    def pages(self) -> list[str]:
        """The repository's pages, but for README.md, which index.md is made of."""
        found = sorted((self.root / "docs").glob("*.md"))
        found += [self.root / name for name in ("activations/README.md", "CONTRIBUTING.md")]
        return [path.relative_to(self.root).as_posix() for path in found if path.is_file()]

    def write(self, place: str, text: str) -> None:
        path = self.folder / place
        self._written.add(path)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def copy(self, place: str) -> None:
        """A picture."""
        path = self.folder / place
        self._written.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.root / place, path)

    def add(self, place: str, text: str | None = None, page: str | None = None) -> None:
        """A page of the repository, or a text that stands for it; page names its place in the site."""
        if text is None:
            text = (self.root / place).read_text(encoding="utf-8")
        self.write(page or place, self.with_links(place, text))

    def with_links(self, place: str, text: str) -> str:
        """The text with links that lead somewhere in the site. Raises Problem where one does not."""
        lines = []
        for number, (line, prose) in enumerate(lines_of(text), 1):
            if prose:
                parts = re.split(r"(`+[^`]+`+)", line)  # what is code is no link
                parts[::2] = [
                    LINK.sub(lambda match, n=number: self._target(place, n, match[0]), part)
                    for part in parts[::2]
                ]
                line = "".join(parts)
                line = NAMED.sub(lambda match: self._titled(place, match), line)
            lines.append(line)
        return "\n".join(lines)

    def _target(self, place: str, line: int, link: str) -> str:
        if re.match(r"https?://|mailto:|#", link):
            return link
        path, _, anchor = link.partition("#")
        folder = PurePosixPath(place).parent
        target = PurePosixPath(os.path.normpath(folder / path)).as_posix()
        if target.startswith("functions/"):
            return link  # made by functions.py; the generator checks it
        file = self.root / target
        if target.startswith("..") or not file.exists():
            raise Problem(f"{place}:{line}: links to {link}, which is not there")
        if target in self.pages():
            return link
        if target == "README.md":
            return os.path.relpath("index.md", folder) + (f"#{anchor}" if anchor else "")
        if file.suffix in PICTURES:
            self.copy(target)
            return link
        return os.path.relpath(self._shown(target), folder)

    def _titled(self, place: str, link: re.Match) -> str:
        """The link with its page's title as text."""
        file = self.root / os.path.normpath(PurePosixPath(place).parent / link[2])
        if PurePosixPath(link[1]).name != file.name or not file.is_file():
            return link[0]
        title = re.search(r"^# (.+)$", file.read_text(encoding="utf-8"), re.M)
        return f"[{title[1]}]({link[2]}{link[3] or ''})" if title else link[0]

    def _shown(self, target: str) -> str:
        """The page that shows a source file, or lists a folder."""
        file, page = self.root / target, f"source/{target}.md"
        if file.is_dir():
            body = "\n".join(f"- `{entry.name}{'/' * entry.is_dir()}`" for entry in sorted(file.iterdir()))
        else:
            text, fence = file.read_text(encoding="utf-8"), "``````"
            body = f"{fence}{LANGUAGES.get(file.suffix, 'text')}\n{text.rstrip()}\n{fence}"
        self.write(page, f"---\norphan: true\n---\n\n# {target}\n\n{body}\n")
        return page

    def finish(self) -> None:
        """Removes what earlier runs left and this one did not write."""
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in self._written:
                path.unlink()


def lines_of(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of a page, and of each whether it is prose: outside blocks of code."""
    fence = None
    for line in text.split("\n"):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and fence is None:
            fence = mark[1]
            yield line, False
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = None
            yield line, False
        else:
            yield line, fence is None
