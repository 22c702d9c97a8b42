# SPDX-License-Identifier: Apache-2.0
"""What nvcc makes of the kernels of rows, in PTX and in ptxas' report. Skipped where there is no nvcc."""

import re
from typing import NamedTuple

import pytest
from device_code import OWN, ROOT, entries, ptx_of, report_of

# Kernels, by half warps, blocks and threads: two functions' results in four formats; gradients likewise, and
# from x in two.
FILES = {"values": 3 * 8, "gradients": 3 * 12}


class Code(NamedTuple):
    ptx: str
    report: str  # of ptxas
    kernels: int  # that there should be


@pytest.fixture(scope="module", params=FILES)
def code(request, tmp_path_factory) -> Code:
    path = tmp_path_factory.mktemp(request.param) / "kernel.ptx"
    ptx = ptx_of(ROOT / f"src/cuda/rows/{request.param}.cu", path)
    return Code(ptx, report_of(path), FILES[request.param])


def test_everything_is_in_registers(code):
    frames = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores", code.report)
    assert len(frames) == code.kernels
    assert set(frames) == {("0", "0")}


def test_nothing_is_called(code):
    """A call would bring a stack with it, and fewer registers."""
    assert len(entries(code.ptx)) == code.kernels
    for name, body in entries(code.ptx).items():
        assert not re.search(r"\bcall\b|\.local\b", body), name


def test_products_and_sums_are_not_fused_behind_our_back():
    """Contraction would change bits: every fused operation is one that the source names."""
    assert "-fmad=false" in OWN


def test_nothing_is_flushed_or_estimated(code):
    assert not re.search(r"\.ftz|\.approx", code.ptx)


def test_half_warps_meet_by_shuffles_alone(code):
    """Each its own: the other half of a warp may be elsewhere, or have no row."""
    kernels = [body for name, body in entries(code.ptx).items() if "walk_rows" in name]
    assert len(kernels) == code.kernels / 3
    for body in kernels:
        assert not re.search(r"\bbar\.|\bbarrier\.|\.shared\.", body)
        masks = set(re.findall(r"shfl\.sync\.bfly\.b32.*, (\S+);", body))
        whole = {"-1", *re.findall(r"mov\.[bsu]32\s+(%\w+), -1;", body)}
        assert masks and not masks & whole


def test_blocks_meet_in_shared_memory(code):
    kernels = [body for name, body in entries(code.ptx).items() if "walk_long_rows" in name]
    assert len(kernels) == code.kernels / 3
    for body in kernels:
        assert re.search(r"\b(bar|barrier)\.sync", body) and re.search(r"st\.shared\.", body)


def test_loads_are_in_flight_together(code):
    """Four of each operand, before the first is waited for."""
    for name, body in entries(code.ptx).items():
        most = max(
            len(re.findall(r"\bld\.global", block)) for block in re.split(r"^\$\w+:", body, flags=re.M)
        )
        assert most >= 4, name
