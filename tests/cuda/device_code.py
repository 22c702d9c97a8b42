# SPDX-License-Identifier: Apache-2.0
"""What nvcc makes of a source, and ptxas of that. Skips whoever imports it where there is no nvcc."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NVCC = shutil.which("nvcc")
if NVCC is None:
    pytest.skip("no nvcc, so no device code to look at", allow_module_level=True)

ARCHITECTURE = "-arch=sm_90"
# As the build has them.
OWN = re.search(r"COMPILE_LANGUAGE:CUDA>:([^>]*)>", (ROOT / "src/cuda/CMakeLists.txt").read_text())[1].split(
    ";"
)
FLAGS = ["-std=c++20", "-O3", ARCHITECTURE, f"-I{ROOT}/src/cuda/lane", f"-I{ROOT}", f"-I{ROOT}/include", *OWN]


def _run(*command) -> str:
    done = subprocess.run([NVCC, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def ptx_of(source: Path, ptx: Path) -> str:
    _run(*FLAGS, "-ptx", "-o", ptx, source)
    return ptx.read_text()


def report_of(ptx: Path) -> str:
    """Registers, stack and spills of each function."""
    return _run(ARCHITECTURE, "-cubin", "-Xptxas", "-v", "-o", ptx.with_suffix(".cubin"), ptx)


def entries(ptx: str) -> dict[str, str]:
    """The bodies of the kernels by their mangled names."""
    found = re.split(r"^(?:\.visible )?(?:\.weak )?\.entry ", ptx, flags=re.M)[1:]
    return {re.match(r"(\w+)", text)[1]: text[text.index("\n{") : text.index("\n}")] for text in found}
