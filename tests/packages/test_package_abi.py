# SPDX-License-Identifier: Apache-2.0
"""What linked programs rely on stays as it was: tests/packages/abi.txt, kept by tools/abi_listing.py."""

import re
import subprocess
import sys
from pathlib import Path

from installation import ROOT, run

sys.path.insert(0, str(ROOT / "tools"))
import abi_listing

KEPT = Path(__file__).parent / "abi.txt"


def test_symbols_structs_and_numbers_are_those_of_the_kept_listing(prefix, library):
    listed = run(sys.executable, ROOT / "tools/abi_listing.py", library, prefix / "include").stdout
    old, new = set(KEPT.read_text().splitlines()), set(listed.splitlines())
    assert old - new == set(), "these lines are gone or changed: linked programs would break"
    assert new == old, "additions: record them with tools/abi_listing.py LIBRARY > tests/packages/abi.txt"


def test_the_kept_listing_has_every_function_of_the_headers_under_a_version():
    lines = KEPT.read_text().splitlines()
    found = {line.split("@@")[0].split()[1] for line in lines if line.startswith("symbol rheo_")}
    declared = set()
    for header in (ROOT / "include/rheobase").glob("*.h"):
        if header.name not in abi_listing.OTHER_LIBRARIES:
            declared |= set(re.findall(r"^RHEO_API [^;]*?(rheo_\w+)\(", header.read_text(), re.M))
    assert declared == found
    assert all(re.fullmatch(r"symbol rheo_\w+@@RHEOBASE_0\.\d+", line) or line.startswith("symbol RHEOBASE_")
               for line in lines if line.startswith("symbol "))  # fmt: skip


def test_a_changed_field_changes_the_listing(tmp_path):
    folder = tmp_path / "rheobase"
    folder.mkdir()
    for header in (ROOT / "include/rheobase").glob("*.h"):
        (folder / header.name).write_text(header.read_text())
    changed = (folder / "rheobase.h").read_text()
    assert "  double value;\n} rheo_parameter;" in changed
    (folder / "rheobase.h").write_text(changed.replace("  double value;\n", "  float value;\n", 1))
    lines = set(abi_listing.layout(tmp_path)) ^ set(abi_listing.layout(ROOT / "include"))
    assert {"field rheo_parameter.value 8 8", "field rheo_parameter.value 8 4"} <= lines


def test_bad_use_of_the_tool_is_one_line():
    for arguments in ([], ["/no/such/library.so"]):
        done = subprocess.run(
            [sys.executable, ROOT / "tools/abi_listing.py", *arguments], capture_output=True, text=True
        )
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
