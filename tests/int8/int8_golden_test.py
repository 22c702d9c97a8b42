# SPDX-License-Identifier: Apache-2.0
"""`rheobase lut` against exact arithmetic and against tables of LiteRT, ONNX Runtime and PyTorch."""

import pytest
from int8_cases import Case, beside_a_tie, cases, scaled_results, table

CONVENTIONS = ("tflite", "onnx", "torch")
# LiteRT's kernels of these take fixed-point multipliers instead of tables, and round twice.
FIXED_POINT = ("relu", "relu6", "leaky_relu", "hardswish")


def recorded(golden, convention: str):
    """Pairs of a case and the framework's own 256 codes."""
    for row in golden[convention]["tables"]:
        case = Case(row["name"], tuple(row["parameters"].items()), row["type"], *row["in"], *row["out"])
        codes = bytes.fromhex(row["table"])
        yield case, [code - 256 if case.type == "int8" and code > 127 else code for code in codes]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_record_has_the_cases_of_this_version(golden, convention):
    made = [case for case, _ in recorded(golden, convention)]
    names = list(dict.fromkeys(case.name for case in made))
    assert made == [case for name in names for case in cases(convention, name)]
    assert len(names) >= 9


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_tables_are_those_of_exact_arithmetic(lut, golden, convention):
    for case, _ in recorded(golden, convention):
        assert lut(case, convention) == table(case, convention), case


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_framework_gives_the_same_code_by_code(lut, golden, convention):
    """But where the exact result, rounded to float32, is so close to a tie that an error of a few ulp in the
    framework's own float32 function decides."""
    total = 0
    for case, theirs in recorded(golden, convention):
        if convention == "tflite" and case.name in FIXED_POINT:
            continue
        ours = lut(case, convention)
        if ours == theirs:
            continue
        scaled = scaled_results(case, convention)
        for at in (i for i in range(256) if ours[i] != theirs[i]):
            assert abs(ours[at] - theirs[at]) == 1 and beside_a_tie(scaled[at]), (case, case.low + at)
            total += 1
    assert total <= {"tflite": 2, "onnx": 0, "torch": 0}[convention]


def test_fixed_point_kernels_of_litert_are_within_one_code_and_not_always_the_same(lut, golden):
    differing = dict.fromkeys(FIXED_POINT, 0)
    for case, theirs in recorded(golden, "tflite"):
        if case.name not in FIXED_POINT:
            continue
        ours = lut(case, "tflite")
        assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) <= 1, case
        differing[case.name] += ours != theirs
    assert all(differing.values()), differing


def test_the_conventions_differ_where_there_are_ties(lut):
    """So that a mistaken one cannot pass."""
    case = Case("identity", (), "int8", 2**-4, 0, 2**-3, 1)
    tflite, onnx, torch = (lut(case, convention) for convention in CONVENTIONS)
    assert onnx == torch and sum(a != b for a, b in zip(tflite, onnx, strict=True)) == 64
    case = Case("identity", (), "int8", 0.025, 0, 0.05, 0)
    assert len({tuple(lut(case, convention)) for convention in CONVENTIONS}) >= 2
