# SPDX-License-Identifier: Apache-2.0
"""What nvcc makes of the device kernels, in PTX and in ptxas' report. Skipped where there is no nvcc."""

import re
from pathlib import Path

import pytest
from device_code import ROOT, entries, ptx_of, report_of

# One of a function, whose derivative has a table, one of plain arithmetic, one with parameters for some of
# which there is a table, one with tables of both, and two that draw random numbers: uniform and normal ones.
FILES = ["sigmoid", "relu", "swish", "mish", "random/rrelu", "random/noisy_relu"]
# Kernels whose parameters are arrays: they take elements one by one, and a thread finds out about tables.
LEARNED = re.compile(r"\d+(map|term)_kernel")


def generated(file: str, folder: Path) -> Path:
    """kernel_<name>.cu as the build makes it."""
    name = Path(file).name
    tables = sorted((ROOT / "tables" / name).glob("*.h"))
    text = (ROOT / f"src/cuda/{'random/' if '/' in file else ''}kernel.cu.in").read_text()
    values = {
        "table_includes": "".join(f'#include "tables/{name}/{t.name}"\n' for t in tables),
        "table_names": ", ".join(t.stem for t in tables),
        "name": name,
    }
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    path = folder / f"kernel_{name}.cu"
    path.write_text(text)
    return path


@pytest.fixture(scope="module", params=FILES)
def code(request, tmp_path_factory) -> tuple[str, str]:
    """PTX, and ptxas' report of it."""
    folder = tmp_path_factory.mktemp(request.param.replace("/", "_"))
    path = folder / "kernel.ptx"
    return ptx_of(generated(request.param, folder), path), report_of(path)


def pack_kernels(ptx: str) -> dict[str, str]:
    return {name: body for name, body in entries(ptx).items() if not LEARNED.search(name)}


def learned_kernels(ptx: str) -> dict[str, str]:
    return {name: body for name, body in entries(ptx).items() if LEARNED.search(name)}


def blocks(body: str) -> dict[int, tuple[list[str], set[int]]]:
    """Basic blocks: lines, and the numbers of the blocks that may follow."""
    parts, labels, lines = [], {}, []
    for line in body.splitlines():
        text = line.strip()
        if text.startswith("."):  # declarations
            continue
        if match := re.match(r"(\$\w+):", text):
            parts.append(lines)
            labels[match[1]] = len(parts)
            lines = []
        else:
            lines.append(text)
            if re.search(r"\bbra(\.uni)?\b|^ret;", text):
                parts.append(lines)
                lines = []
    parts.append(lines)
    result = {}
    for i, part in enumerate(parts):
        last = part[-1] if part else ""
        target = re.search(r"\bbra(?:\.uni)?\s+(\$\w+)", last)
        follows = {labels[target[1]]} if target else set()
        if not re.match(r"bra|ret", last):
            follows.add(i + 1)
        result[i] = (part, {f for f in follows if f < len(parts)})
    return result


def reachable(graph: dict, avoided: set[int]) -> set[int]:
    seen, todo = set(), [0]
    while todo:
        at = todo.pop()
        if at in seen or at in avoided:
            continue
        seen.add(at)
        todo += graph[at][1]
    return seen


def test_whole_packs_are_loaded_and_stored_as_16_bytes(code):
    for name, body in pack_kernels(code[0]).items():
        assert re.search(r"ld\.global\.cs\.v4", body), name
        assert re.search(r"st\.global\.cs\.v4", body), name


def test_both_gradients_of_a_gate_are_stored_in_one_kernel(code):
    gates = [body for name, body in entries(code[0]).items() if "12GateBackward" in name]
    assert gates or "random_kernel" in code[0]
    for body in gates:  # each of them once in two arrays, and once in turn with the other
        assert len(re.findall(r"st\.global\.cs\.v4", body)) == 4


def test_tables_are_looked_up_in_shared_memory(code):
    """By instructions of its own: one that finds out where memory is would be slower, and wrong here."""
    functions = 0
    for name, body in pack_kernels(code[0]).items():
        if "TableBody" in name:
            assert "ld.shared.v4" in body, name
        elif "ld.shared" in body:  # a function's table
            assert "PlainBody" in name and "st.shared" in body, name
            functions += 1
        assert not re.search(r"\bld\.(v4\.)?[bfu]\d", body), name
    assert bool(functions) == bool(re.search(r"sigmoid_activation|\d+swish", code[0]))


def test_a_gates_tables_lie_one_behind_the_other(code):
    """What is brought to the beginning of shared memory ends where the other table begins."""
    gate = "GateBackwardINS0_7Float32E"
    found = [(name, body) for name, body in entries(code[0]).items() if gate in name]
    assert bool(found) == ("TableBody" in code[0] or "PlainBody" in code[0])
    for name, body in found:
        places = [int(n or 0) for n in re.findall(r"st\.shared\.v4\.f32\s+\[%r\d+(?:\+(\d+))?\]", body)]
        if len(places) < 2:  # parameters that only one of the two has a table for
            continue
        sizes = [16 * int(n) for n in re.findall(r"setp\.lt\.u32\s+%p\d+, %r\d+, (\d+);", body)]
        first = places.index(0)
        assert places[1 - first] == sizes[first]
        if f"{gate}NS0_9TableBody" not in name:  # of a function, with another kind of lookup
            assert re.search(r"ld\.shared\.[fub]32", body) and "ld.shared.v4" in body, name
            continue
        looked_up = re.findall(r"ld\.shared\.v4\.f32\s+\{[^}]+\}, \[%r\d+(?:\+(\d+))?\]", body)
        behind = [int(n or 0) >= sizes[first] for n in looked_up]
        assert any(behind) and not all(behind)


def test_nothing_of_float32_needs_double_precision_but_inputs_set_apart(code):
    """Each store can be reached without the blocks that use double precision or call for it.

    What is only loaded of the kernel's parameters, perhaps for these blocks, costs nothing.
    """
    checked = 0
    for name, body in pack_kernels(code[0]).items():
        if "7Float32" not in name or "FormulaBody" in name or "random_kernel" in name:
            continue
        graph = blocks(body)
        wide = {
            i
            for i, (lines, _) in graph.items()
            if any(re.search(r"(?<!ld\.param)\.f64|\bcall\b", line) for line in lines)
        }
        stores = {i for i, (lines, _) in graph.items() if any("st.global.cs.v4" in line for line in lines)}
        assert stores and stores <= reachable(graph, wide), name
        checked += 1
    assert checked >= 5 or "random_kernel" in code[0]


def test_float32_keeps_everything_in_registers(code):
    """Bytes of stack belong to calls of outliers alone: float64, and formulas."""
    frames = re.findall(r"Function properties for (\w+)\n\s+(\d+) bytes stack frame", code[1])
    assert frames
    for name, size in frames:
        table = "TableBody" in name or "PlainBody" in name
        if ("7Float32" in name and table) or "random_kernel" in name:
            assert int(size) == 0, name


def test_a_packs_numbers_stay_in_registers(code):
    """In local memory they would take 32 bytes. What is less keeps a number or two over an outlier's call.

    A thread that makes a body itself has it in local memory, where those calls find it.
    """
    kernels = re.findall(r"Function properties for (_ZN4rheo8one_lane\d+\w+)\n\s+(\d+) bytes stack", code[1])
    assert kernels
    for name, size in kernels:
        assert int(size) < 32 or LEARNED.search(name), name


def test_parameters_that_are_arrays_find_their_tables(code):
    """In shared memory, by the thread; and sums end in integers that are added where nobody else waits."""
    found = learned_kernels(code[0])
    assert bool(found) == ("swish" in code[0])
    for name, body in found.items():
        terms = "term_kernel" in name  # of the parameter's derivative there is no table
        float32 = "fEEvNS0_13LearnedArrays" in name
        looked_up = bool(re.search(r"ld\.shared\.(v4\.)?[fub]32", body))
        assert looked_up == (float32 and not terms), name
        assert bool(re.search(r"(red|atom)\.global(\.\w+)*\.add\.u64", body)) == terms, name
        assert bool(re.search(r"st\.shared\.[bu]64", body)) == terms, name


def test_products_and_sums_are_not_fused_behind_our_back(code):
    """Contraction would change bits: every fused operation is one that the source names."""
    for name, body in entries(code[0]).items():
        assert not re.search(r"\bmad\.f(32|64)", body), name


def test_nothing_is_flushed_or_estimated(code):
    assert not re.search(r"\.ftz|\.approx", code[0])
