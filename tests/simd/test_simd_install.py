# SPDX-License-Identifier: Apache-2.0
"""The headers for vectors in registers, as a user has them: installed, with Highway and a compiler."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/simd.md"
ONE_TARGET = ("-DHWY_COMPILE_ONLY_STATIC",)  # that of the compiler's options: none, so that all can run it


def test_every_installed_header_has_its_licence_and_only_installed_neighbours(installed):
    headers = [p for p in installed.headers.rglob("*") if p.is_file()]
    assert len(headers) > 50
    for header in headers:
        text = header.read_text(encoding="utf-8")
        assert "SPDX-License-Identifier: Apache-2.0" in text.split("\n", 1)[0], header
        for included in re.findall(r'#include "([^"]+)"', text):
            if not included.startswith("hwy/"):
                assert (installed.prefix / "include" / included).is_file(), (header, included)


def test_the_matmul_of_the_examples_has_the_librarys_bits_on_every_instruction_set(installed, tmp_path):
    source = tmp_path / "matmul_epilogue.cc"
    shutil.copy(ROOT / "examples" / source.name, source)
    program = installed.program(source, tmp_path / "matmul_epilogue", "-O2")
    done = subprocess.run([program, "64", "96", "64"], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) >= 3
    assert all(line.endswith(" same bits") for line in lines[:-2])
    for arguments, words in (
        (["62"], "M is '62'; expected a multiple of 4"),
        (["4", "x"], "K is 'x'"),
        (["4", "4", "4", "4"], "4 arguments; expected up to 3"),
    ):
        done = subprocess.run([program, *arguments], capture_output=True, text=True)
        assert done.returncode == 2
        assert words in done.stderr and done.stderr.count("\n") == 1


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def test_the_example_of_the_page_prints_what_it_says(installed, tmp_path):
    source = tmp_path / "simd.cc"
    source.write_text(blocks("cpp")[0], encoding="utf-8")
    printed = re.search(r"prints `([^`]*)`", PAGE.read_text(encoding="utf-8"))
    assert printed
    for name, options in {"dynamic": ["-O2"], "static": ["-O1", *ONE_TARGET]}.items():
        program = installed.program(source, tmp_path / name, *options)
        done = subprocess.run([program], capture_output=True, text=True, check=True)
        assert done.stdout == printed.group(1)


STATIC = """
#include <hwy/highway.h>
{headers}
HWY_BEFORE_NAMESPACE();
namespace mine {{
namespace HWY_NAMESPACE {{
namespace hn = hwy::HWY_NAMESPACE;
namespace simd = rheobase::HWY_NAMESPACE::simd;
void use() {{
  const hn::ScalableTag<float> d;
  const hn::ScalableTag<int> di;
  const hn::ScalableTag<double> dd;
  auto v = hn::Zero(d);
  [[maybe_unused]] auto vi = hn::Zero(di);
  [[maybe_unused]] auto vd = hn::Zero(dd);
  {statement}
}}
}}  // namespace HWY_NAMESPACE
}}  // namespace mine
HWY_AFTER_NAMESPACE();
"""


def compile_statement(
    installed, folder: Path, statement: str, *options: str, names: tuple[str, ...] = ("elu", "relu")
) -> subprocess.CompletedProcess:
    source = folder / "static.cc"
    headers = "\n".join(f"#include <rheobase/simd/{name}-inl.h>" for name in names)
    source.write_text(STATIC.format(statement=statement, headers=headers), encoding="utf-8")
    return installed.compile(source, "-O0", "-S", "-o", "/dev/null", *ONE_TARGET, *options)


def test_all_headers_together_compile_without_foreach_target(installed, tmp_path):
    done = compile_statement(installed, tmp_path, "v = simd::Relu6(d, v);", names=("all",))
    assert done.returncode == 0 and not done.stderr, done.stderr


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("simd::Relu(di, vi);", "the lanes of d are float or double"),
        ("simd::ReluInPlace(d, v, vd);", "a vector is not of the type hn::Vec<D> that belongs to d"),
        ("simd::Relu(dd, v);", "a vector is not of the type hn::Vec<D> that belongs to d"),
        ("simd::PrepareElu(d)(d, v);", "give all parameters of the activation"),
        ("simd::PrepareElu(d, 1.0, 2.0)(d, v);", "give all parameters of the activation"),
        ('simd::PrepareElu(d, "1")(d, v);', "parameters are numbers"),
        ("simd::PrepareElu(d, 1.0)(dd, vd);", "it was prepared for another lane type"),
    ],
)
def test_a_wrong_call_is_one_error_that_says_what_is_wrong(installed, tmp_path, statement, words):
    done = compile_statement(installed, tmp_path, statement)
    assert done.returncode != 0
    errors = [line for line in done.stderr.splitlines() if "error:" in line]
    assert len(errors) == 1, done.stderr
    assert "rheobase::simd: " in errors[0] and words in errors[0]


@pytest.mark.parametrize("option", ["-ffast-math", "-ffinite-math-only", "-fassociative-math"])
def test_options_that_change_bits_are_refused(installed, tmp_path, option):
    extra = ["-fno-signed-zeros", "-fno-trapping-math"] if option == "-fassociative-math" else []
    done = compile_statement(installed, tmp_path, "v = simd::Relu(d, v);", option, *extra)
    assert done.returncode != 0
    assert "rheobase/simd: -ffast-math and its parts change results" in done.stderr


BAD_PARAMETERS = """
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <hwy/highway.h>
#include <rheobase/simd/elu-inl.h>
#include <rheobase/simd/hardtanh-inl.h>
int main() {
  const hwy::HWY_NAMESPACE::ScalableTag<float> d;
  namespace simd = rheobase::HWY_NAMESPACE::simd;
  try { simd::PrepareElu(d, std::nan("")); } catch (const std::invalid_argument& e) { std::puts(e.what()); }
  try { simd::PrepareElu(d, 1e300); } catch (const std::invalid_argument& e) { std::puts(e.what()); }
  try { simd::PrepareHardtanh(d, 2, 1); } catch (const std::invalid_argument& e) { std::puts(e.what()); }
}
"""


def test_bad_parameters_are_refused_as_by_the_library(installed, tmp_path):
    source = tmp_path / "bad.cc"
    source.write_text(BAD_PARAMETERS, encoding="utf-8")
    program = installed.program(source, tmp_path / "bad", "-O1", *ONE_TARGET)
    lines = subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0] == "elu: alpha is nan; expected a number"
    assert lines[1] == "elu: alpha is 1e+300; expected a number that the lanes' format can hold"
    assert re.fullmatch(r"hardtanh: \w+ is 2, \w+ is 1; expected .+", lines[2])
    assert len(lines) == 3
