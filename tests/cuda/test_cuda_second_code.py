# SPDX-License-Identifier: Apache-2.0
"""What nvcc makes of the kernels of second derivatives. Skipped where there is no nvcc."""

import re
from typing import NamedTuple

import pytest
from device_code import OWN, ROOT, entries, ptx_of, report_of

FORMATS = 4
SOURCE = ROOT / "src/cuda/second/second.cu"


class Code(NamedTuple):
    ptx: str
    report: str  # of ptxas


@pytest.fixture(scope="module")
def code(tmp_path_factory) -> Code:
    path = tmp_path_factory.mktemp("second") / "kernel.ptx"
    ptx = ptx_of(SOURCE, path)
    return Code(ptx, report_of(path))


def kernels(code: Code, name: str) -> list[str]:
    found = [body for mangled, body in entries(code.ptx).items() if name in mangled]
    assert len(found) == FORMATS
    return found


def test_one_kernel_a_format_serves_all_activations(code):
    assert len(kernels(code, "second_kernel") + kernels(code, "zero_kernel")) == len(entries(code.ptx))


def test_everything_is_in_registers_or_shared_memory(code):
    frames = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores", code.report)
    assert len(frames) == 2 * FORMATS
    assert set(frames) == {("0", "0")}
    assert not re.search(r"\bcall\b|\.local\b", code.ptx)


def test_slots_are_in_shared_memory_and_the_program_among_the_parameters(code):
    """By instructions that know it: one that finds out where memory is would be slower."""
    for body in kernels(code, "second_kernel"):
        assert re.search(r"\bld\.shared\.f64", body) and re.search(r"\bst\.shared\.f64", body)
        assert re.search(r"\bld\.param\.f64\s+%fd\d+, \[%", body)
        assert not re.search(r"\b(ld|st)\.(v\d\.)?[bfsu]\d", body)


def test_a_step_is_fetched_by_one_load(code):
    """Of 8 bytes. Single bytes are whether float64 may do, and where the result of both numbers is."""
    for body in kernels(code, "second_kernel"):
        assert re.search(r"\bld\.param\.(v4\.[bu]16|[bu]64)\s[^;]*\[%", body)
        assert len(re.findall(r"\bld\.param\.[bsu]8\s", body)) <= 3


def test_products_and_sums_are_not_fused_behind_our_back():
    """Contraction would change bits: every fused operation is one that the source names."""
    assert "-fmad=false" in OWN


def test_nothing_is_flushed_or_estimated(code):
    assert not re.search(r"\.ftz|\.approx|\bmad\.f", code.ptx)
