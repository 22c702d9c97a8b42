# SPDX-License-Identifier: Apache-2.0
"""The first C++ example of a page compiles against the library and prints what the page says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release")) / "src/librheobase.so"


@pytest.mark.parametrize("page", ["int8", "outputs"])
def test_the_example_prints_what_the_page_says(page, tmp_path):
    compiler = shutil.which("c++")
    if compiler is None or not LIBRARY.is_file():
        pytest.skip(f"needs a C++ compiler (c++) and {LIBRARY}")
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    source = re.search(r"```cpp\n(.*?)```", text, re.S)
    printed = re.search(r"prints `([^`]*)`", text)
    assert source and printed
    program = tmp_path / "example.cc"
    program.write_text(source.group(1), encoding="utf-8")
    flags = ["-std=c++20", "-Wall", "-Wextra", "-Wconversion", "-Werror", f"-I{ROOT / 'include'}"]
    linked = [str(LIBRARY), f"-Wl,-rpath,{LIBRARY.parent}"]
    subprocess.run([compiler, *flags, program, "-o", tmp_path / "example", *linked], check=True)
    done = subprocess.run([tmp_path / "example"], capture_output=True, text=True, check=True)
    assert done.stdout == printed.group(1)
