# SPDX-License-Identifier: Apache-2.0
"""`rheobase lut`: its text, JSON and C say the same, and wrong requests are one line."""

import ctypes
import shutil
import subprocess

import pytest

SCALES = ("--in-scale", "0.05", "--in-zero", "3", "--out-scale", "0.02", "--out-zero", "-110")
UNSIGNED = ("--in-scale", "0.05", "--in-zero", "131", "--out-scale", "0.02", "--out-zero", "18")


@pytest.fixture(scope="session")
def name(activations) -> str:
    """An activation with one parameter that may be any number."""
    return next(
        info["name"]
        for info in activations
        if [parameter["domain"] for parameter in info["parameters"]] == ["finite"]
    )


def test_text_has_every_code_with_its_number_and_the_results(rheobase, activations):
    for info in activations[:3]:
        done = rheobase("lut", info["name"], *SCALES)
        assert (done.returncode, done.stderr) == (0, "")
        header, *rows = [line.split() for line in done.stdout.splitlines()]
        assert header == ["code", "x", "result", "y"]
        table = rheobase.json("lut", info["name"], *SCALES)["table"]
        assert [int(row[0]) for row in rows] == list(range(-128, 128))
        assert [int(row[2]) for row in rows] == table
        for code, x, result, y in rows:
            assert float(x) == pytest.approx(0.05 * (int(code) - 3), rel=1e-6, abs=1e-9)
            assert float(y) == pytest.approx(0.02 * (int(result) + 110), rel=1e-6, abs=1e-9)


def test_json_says_what_was_asked(rheobase, name, activations):
    parameter = next(info for info in activations if info["name"] == name)["parameters"][0]["name"]
    answer = rheobase.json("lut", name, *SCALES, "--set", f"{parameter}=0.25", "--convention", "onnx")
    assert answer | {"table": None} == {
        "name": name,
        "type": "int8",
        "convention": "onnx",
        "parameters": {parameter: 0.25},
        "in": {"scale": 0.05, "zero": 3},
        "out": {"scale": 0.02, "zero": -110},
        "first": -128,
        "table": None,
    }
    assert len(answer["table"]) == 256
    assert answer == rheobase.json(
        "lut", name, *SCALES, "--param", f"{parameter}=0.25", "--convention", "onnx"
    )


@pytest.mark.parametrize(("type_", "scales"), [("int8", SCALES), ("uint8", UNSIGNED)])
def test_c_compiles_without_warnings_and_gives_the_same(rheobase, activations, tmp_path, type_, scales):
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler (cc) on PATH")
    source = tmp_path / "table.c"
    for info in activations[:2]:
        name = info["name"]
        done = rheobase("lut", name, *scales, "--type", type_, "--c")
        assert (done.returncode, done.stderr) == (0, "")
        call = f"int at(int q) {{ return {name}_{type_}(({type_}_t)q); }}\n"
        source.write_text(done.stdout + "int at(int q);\n" + call)
        library = tmp_path / f"{name}.so"
        flags = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, "-o", library, source], check=True, capture_output=True)
        at = ctypes.CDLL(str(library)).at
        answer = rheobase.json("lut", name, *scales, "--type", type_)
        first = answer["first"]
        assert [at(code) for code in range(first, first + 256)] == answer["table"]


def test_a_name_becomes_an_identifier(rheobase, activations):
    info = next(info for info in activations if info["aliases"])
    for given in (info["aliases"][0].upper(), info["aliases"][0].replace("_", "-")):
        done = rheobase("lut", given, *SCALES, "--c")
        if done.returncode == 0:  # an alias may be that of several
            identifier = "".join(c if c.isalnum() else "_" for c in given)
            assert f"static inline int8_t {identifier}_int8(int8_t q)" in done.stdout


CASES = {
    "without a name": (SCALES, "NAME"),
    "an unknown name": (("no such name", *SCALES), "'no such name'"),
    "without scales": (("{name}",), "--in-scale"),
    "without the result's zero": (("{name}", *SCALES[:-2]), "--out-zero"),
    "a scale of 0": (("{name}", *SCALES, "--in-scale", "0"), "--in-scale"),
    "an unknown convention": (("{name}", *SCALES, "--convention", "tf"), "tf"),
    "an unknown type": (("{name}", *SCALES, "--type", "int4"), "int4"),
    "an unknown parameter": (("{name}", *SCALES, "--set", "temperature=1"), "'temperature'"),
    "a parameter without a number": (("{name}", *SCALES, "--set", "alpha"), "'alpha'"),
    "two forms": (("{name}", *SCALES, "--c", "--json"), "--json"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_request_is_one_line_that_names_the_argument(rheobase, name, case):
    arguments, shown = CASES[case]
    assert shown in rheobase.refuses("lut", *(argument.format(name=name) for argument in arguments))


@pytest.mark.parametrize("side", ["--in", "--out"])
def test_scales_and_zeros_that_no_code_can_have_are_refused(rheobase, name, side):
    def refused(option, value, *more):
        scales = dict(zip(SCALES[::2], SCALES[1::2], strict=True)) | {option: value}
        arguments = [f"{key}={given}" for key, given in scales.items()]
        message = rheobase.refuses("lut", name, *arguments, *more)
        assert option in message and f"'{value}'" in message

    for value in ("0", "-0.5", "inf", "-inf", "nan", "1e-60", "1e60", "1e400", "half"):
        refused(f"{side}-scale", value)
    for value in ("128", "-129", "1.5", "nan", "inf", "1e30", "three"):
        refused(f"{side}-zero", value)
    refused(f"{side}-zero", "-1", "--type", "uint8")


def test_a_scale_without_a_reciprocal_is_refused_unless_it_is_divided_by(rheobase, name):
    scales = ("--in-scale", "1e-40", "--in-zero", "0", "--out-scale", "1e-40", "--out-zero", "0")
    assert "out_scale" in rheobase.refuses("lut", name, *scales)
    assert rheobase("lut", name, *scales, "--convention", "onnx").returncode == 0
