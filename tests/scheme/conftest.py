# SPDX-License-Identifier: Apache-2.0
"""The build that the tests belong to: RHEOBASE_BUILD, else build/release."""

import os
import re
from pathlib import Path

import pytest
from source_tree import ROOT


@pytest.fixture(scope="session")
def build_folder() -> Path:
    return Path(os.environ.get("RHEOBASE_BUILD", ROOT / "build/release"))


@pytest.fixture(scope="session")
def build_settings(build_folder) -> dict[str, str]:
    """CMake's cache of that build; empty when there is none."""
    cache = build_folder / "CMakeCache.txt"
    if not cache.exists():
        return {}
    return dict(re.findall(r"^(\w+):\w+=(.+)$", cache.read_text(), re.M))
