# SPDX-License-Identifier: Apache-2.0
"""One activation, one file: a new file in activations/ is enough for every front end.

A copy of the tree gets a file that no other source has heard of, is built, and has to show the new function
in the program, the C ABI, Python, PyTorch, the oracle, the C++ tests and the report.
"""

import ctypes
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import ROOT, source_files

pytestmark = pytest.mark.slow

NAME, PRESET, ALIAS, MODULE = "soft_corner", "wide_corner", "corner_unit", "SoftCorner"
NEIGHBOUR = "tanh"

NEW_FILE = """// SPDX-License-Identifier: Apache-2.0
// soft_corner: x for x > 0, otherwise x exp(width x).

struct soft_corner {
  static constexpr Info info{
      .name = "soft_corner",
      .title = "Soft corner",
      .summary = "Straight for what is positive, a dip for what is not.",
      .parameters = {{"width", 1.0, "how fast the dip ends", Domain::kPositive}},
      .presets = {{"wide_corner", {2.0}, "half as wide"}},
      .aliases = {"corner_unit"},
      .torch = {{.module = "SoftCorner", .function = "soft_corner", .inplace = true}},
  };

  static constexpr Facts facts(double width) {
    return {.left = {-0.0, 0}, .right = {kInfinity, 1}, .low = -0.36787944117144233 / width,
            .parameters = {{0, 0}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R width) {
    return select(x > 0.0, x, x * exp(width * x));
  }
};

using Activations = Entries<soft_corner>;
"""


def value(x: float, width: float = 1) -> float:
    return x if x > 0 else x * math.exp(width * x)


def derivative(x: float, width: float = 1) -> float:
    return 1 if x > 0 else math.exp(width * x) * (1 + width * x)


POINTS = [-3.0, -0.5, 0.0, 0.25, 4.0]


def run(*command, **options) -> subprocess.CompletedProcess:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-8000:]}\n{done.stderr[-8000:]}"
    return done


class Tree:
    """The copy: its build, and what was installed of it."""

    def __init__(self, folder: Path, settings: dict[str, str]):
        self.source, self.build, self.prefix = folder / "source", folder / "build", folder / "prefix"
        python = settings.get("RHEOBASE_PYTHON", "")
        self.python = python if Path(python).is_file() else sys.executable
        self.settings = settings

    def copy(self) -> None:
        for path in source_files():
            (self.source / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.source / path)
        new = self.source / "activations" / f"{NAME}.h"
        assert not new.exists()
        new.write_text(NEW_FILE)

    def make(self) -> None:
        given = {"RHEOBASE_PYTHON": self.python, "RHEOBASE_NATIVE": "ON", "RHEOBASE_TESTS": "ON"}
        # Few files, to be quick: this one and a neighbour.
        given |= {"RHEOBASE_ONLY": f"{NEIGHBOUR};{NAME}"}
        # Quick to compile; what the optimiser does has no influence on the bits.
        given |= {"CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_FLAGS_RELEASE": "-O1"}
        for key in ("FETCHCONTENT_SOURCE_DIR_HIGHWAY", "CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER"):
            if key in self.settings:
                given[key] = self.settings[key]
        run(
            "cmake",
            "-S",
            self.source,
            "-B",
            self.build,
            "-G",
            "Ninja",
            *(f"-D{k}={v}" for k, v in given.items()),
        )
        targets = ["rheobase", "rheobase_program", "rheobase_check", "rheobase_exact", "rheobase_core_test"]
        targets.append("rheobase_stubs")
        listed = run("ninja", "-C", self.build, "-t", "targets", "all").stdout
        # What depends on this machine's PyTorch, NumPy and Boost, and would be installed.
        for part in ("torch", "torch_forms", "numpy", "analysis", "analyze"):
            if f"rheobase_{part}:" in listed:
                targets.append(f"rheobase_{part}")
        run("cmake", "--build", self.build, "--target", *targets)
        run("cmake", "--install", self.build, "--prefix", self.prefix)

    def program(self, *arguments) -> str:
        return run(self.prefix / "bin/rheobase", *arguments).stdout

    def find(self, pattern: str) -> Path:
        found = sorted(self.prefix.rglob(pattern))
        assert found, f"no {pattern} was installed"
        return found[0]

    def in_python(self, *arguments) -> str:
        """Runs the interpreter with the installed copy of the package."""
        site = self.find("rheobase/__init__.py").parents[1]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("RHEOBASE_", "PYTHON"))}
        return run(
            self.python, *arguments, env=environment | {"PYTHONPATH": str(site)}, cwd=self.build
        ).stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory, build_settings) -> Tree:
    tree = Tree(tmp_path_factory.mktemp("one_file"), build_settings)
    tree.copy()
    tree.make()
    return tree


def test_its_name_is_in_no_other_file(tree):
    words = (NAME, PRESET, ALIAS, MODULE)
    own = Path(__file__).resolve().relative_to(ROOT)
    for path in set(source_files()) - {own}:
        text = (tree.source / path).read_bytes()
        assert not any(word.encode() in text for word in words), path


def test_the_program_lists_shows_and_evaluates_it(tree):
    listed = {info["name"]: info for info in json.loads(tree.program("list", "--json"))}
    assert listed[NAME]["file"] == NAME
    assert listed[PRESET]["activation"] == NAME
    assert json.loads(tree.program("show", ALIAS, "--json")) == listed[NAME]
    for name, width in ((NAME, 1), (PRESET, 2)):
        results = json.loads(tree.program("eval", name, "--dtype", "float64", "--json", "--", *POINTS))[
            "results"
        ]
        for x, item in zip(POINTS, results, strict=True):
            assert item["value"] == pytest.approx(value(x, width), rel=1e-14)
            assert item["derivative"] == pytest.approx(derivative(x, width), rel=1e-14)


class CCall(ctypes.Structure):
    """rheo_call."""

    _fields_ = (
        [(name, ctypes.c_uint32) for name in ("struct_size", "role", "format", "flags")]
        + [("parameters", ctypes.c_void_p), ("parameter_count", ctypes.c_size_t)]
        + [("rank", ctypes.c_int32), ("threads", ctypes.c_int32)]
        + [(name, ctypes.c_void_p) for name in ("shape", "x_strides", "grad_strides", "y_strides")]
        + [(name, ctypes.c_void_p) for name in ("x", "grad", "y", "executor", "with_respect_to")]
    )


def test_the_c_abi_finds_and_runs_it(tree):
    library = ctypes.CDLL(str(tree.find("librheobase.so")))
    activation = ctypes.c_void_p()
    assert library.rheo_find(NAME.encode(), ctypes.byref(activation)) == 0
    array = ctypes.c_double * len(POINTS)
    x, y, shape = array(*POINTS), array(), ctypes.c_int64(len(POINTS))
    call = CCall(struct_size=ctypes.sizeof(CCall), role=1, format=2, rank=1)
    call.shape, call.x, call.y = (ctypes.addressof(memory) for memory in (shape, x, y))
    assert library.rheo_run(activation, ctypes.byref(call)) == 0
    assert list(y) == pytest.approx([value(p) for p in POINTS], rel=1e-14)


def test_the_headers_for_highway_have_it(tree):
    headers = tree.prefix / "include/rheobase/simd"
    assert f'#include "rheobase/simd/{NAME}-inl.h"' in (headers / f"{PRESET}-inl.h").read_text()
    text = (headers / f"{NAME}-inl.h").read_text()
    for function in ("SoftCorner(", "SoftCornerDerivative(", "PrepareSoftCorner(", "WideCornerBackward("):
        assert f" {function}D d" in text


def test_python_describes_it(tree):
    info = json.loads(
        tree.in_python("-c", f"import json, rheobase; print(json.dumps(rheobase.info({ALIAS!r})))")
    )
    assert info["name"] == NAME


def test_editors_know_it(tree):
    text = tree.find("rheobase/__init__.pyi").read_text()
    kind = re.search(rf"^{NAME}: (\w+)$", text, re.M)[1]
    assert f"\n{PRESET}: " in text
    assert (
        "width: ArrayLike = 1.0" in re.search(rf"^class {kind}\(.*?(?=^class |^\w+:)", text, re.M | re.S)[0]
    )


PYTORCH = f"""
import json, torch, rheobase.torch as rt
x = torch.tensor({POINTS}, dtype=torch.float64, requires_grad=True)
module = rt.nn.{MODULE}(width=2.0)
y = module(x)
y.sum().backward()
print(json.dumps({{
    "function": rt.functional.{NAME}(x).tolist(),
    "preset": rt.functional.{PRESET}(x).tolist(),
    "operator": torch.ops.rheobase.{NAME}(x, 1.0).tolist(),
    "module": y.tolist(),
    "gradient": x.grad.tolist(),
    "text": repr(module),
}}))
"""


def test_pytorch_has_it_as_function_module_and_operator(tree):
    if not list(tree.prefix.rglob("librheobase_torch.so")):
        pytest.skip(f"{tree.python} has no PyTorch of 2.10 or newer, so no operators were built")
    result = json.loads(tree.in_python("-c", PYTORCH))
    for key, width in (("function", 1), ("preset", 2), ("operator", 1), ("module", 2)):
        assert result[key] == pytest.approx([value(p, width) for p in POINTS], rel=1e-14), key
    assert result["gradient"] == pytest.approx([derivative(p, 2) for p in POINTS], rel=1e-14)
    assert result["text"] == f"{MODULE}(width=2.0)"


def test_the_oracle_holds_it_to_its_bounds(tree):
    rows = json.loads(run(tree.find("rheobase-check"), NAME, PRESET, "--json", "--points", 300).stdout)
    assert {row["name"] for row in rows} == {NAME, PRESET}
    assert all(row["passed"] for row in rows)
    assert any(row["ulp"] > 0.3 for row in rows)  # it did compare


def test_the_cpp_tests_cover_it_by_themselves(tree):
    program = tree.build / "tests/rheobase_core_test"
    done = run(program, f"--gtest_filter=*/{NAME}:*/{PRESET}")
    for suite in ("SpecialValues", "Backward", "Properties", "Declaration"):
        for name in (NAME, PRESET):
            assert f"{suite}." in done.stdout and f"/{name}" in done.stdout, suite
    listed = run("ctest", "-N", cwd=tree.build).stdout
    for name in (NAME, PRESET):
        assert re.search(rf"SpecialValues.*/{name}\b", listed), name


def test_the_report_shows_it(tree, tmp_path):
    needed = ["torch", "sklearn", "matplotlib", "jinja2", "rich"]
    missing = f"import importlib.util as u; print(*(n for n in {needed} if u.find_spec(n) is None))"
    if lacking := tree.in_python("-c", missing).strip():
        pytest.skip(f"{tree.python} lacks {lacking}, which the report needs")
    out = tmp_path / "report"
    options = ["--epochs", 1, "--seeds", 1, "--hidden", 8, "--quiet", "--out", out]
    tree.in_python("-m", "rheobase.lab.compare", NAME, *options)
    pages = list(out.glob("*.html"))
    assert len(pages) == 1
    assert NAME in pages[0].read_text(encoding="utf-8")


def test_the_forge_makes_proven_tables_of_it_in_one_command(tree):
    """Last, as it changes the tree. A line on one side, a zero of the derivative on the other."""
    pytest.importorskip("flint", reason="python-flint is not installed")
    done = run(
        sys.executable, "-m", "forge", NAME, "--root", tree.source, "--build", tree.build,
        env=os.environ | {"PYTHONPATH": str(tree.source / "tools")},
    )  # fmt: skip
    proof = json.loads((tree.source / "proofs" / f"{NAME}.json").read_text())
    for role in ("value", "derivative"):
        assert (tree.source / "tables" / NAME / f"{NAME}_{role}.h").is_file(), done.stdout
        assert 0.5 < proof[role]["maximum"] <= 1
    run("cmake", "--build", tree.build, "--target", "rheobase_program")
    done = run(tree.build / "src/cli/rheobase", "eval", NAME, "--json", "--", *POINTS)
    for x, item in zip(POINTS, json.loads(done.stdout)["results"], strict=True):
        assert item["value"] == pytest.approx(value(x), rel=2e-7)
        assert item["derivative"] == pytest.approx(derivative(x), rel=2e-7)
