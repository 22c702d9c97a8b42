# SPDX-License-Identifier: Apache-2.0
"""A wheel of few functions, made from the source distribution, in an environment that has nothing else.

No compiler either. And in one that has NumPy and PyTorch.
"""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import linked
import pytest
from installation import ROOT, run

pytestmark = pytest.mark.slow

BUDGET = 2.5e6  # bytes of librheobase with two activations and one instruction set; docs/install.md
NAMES = ("silu", "gelu")


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """The source distribution, unpacked."""
    if find_spec("scikit_build_core") is None:
        pytest.skip("scikit-build-core is not installed")
    folder = tmp_path_factory.mktemp("source")
    build = f"from scikit_build_core.build import build_sdist; print(build_sdist({str(folder)!r}))"
    run(sys.executable, "-c", build, cwd=ROOT)
    run("cmake", "-E", "tar", "xzf", next(folder.glob("rheobase-0.1.0.tar.gz")), cwd=folder)
    return folder / "rheobase-0.1.0"


@pytest.fixture(scope="module")
def wheel(request, settings, tmp_path_factory) -> Path:
    """One that was built before, where RHEOBASE_WHEEL names it."""
    if given := os.environ.get("RHEOBASE_WHEEL"):
        return Path(given)
    source = request.getfixturevalue("source")
    folder = tmp_path_factory.mktemp("wheel")
    defined = {
        "RHEOBASE_ONLY": ";".join(NAMES),
        "RHEOBASE_MARCH": "x86-64-v2" if os.uname().machine == "x86_64" else "armv8-a",
        "CMAKE_CXX_FLAGS_RELEASE": "-O1",  # quick to compile
    }
    for key in ("FETCHCONTENT_SOURCE_DIR_HIGHWAY", "CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER", "hwy_DIR"):
        if settings.get(key):
            defined[key] = settings[key]
    # Debian's pip 23.0 does not know -C.
    options = [f"--config-settings=cmake.define.{key}={value}" for key, value in defined.items()]
    run(
        sys.executable, "-m", "pip", "wheel", source, "--no-deps", "--no-build-isolation", "--no-index",
        "-w", folder, f"--config-settings=build-dir={folder / 'build'}", *options,
        env=os.environ | {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count())},
    )  # fmt: skip
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory):
    """Runs programs of a new environment with the wheel; PATH has neither a compiler nor the environment."""
    folder = tmp_path_factory.mktemp("fresh") / "env"
    venv.create(folder, with_pip=True)
    run(folder / "bin/python", "-m", "pip", "install", "--no-index", "--no-deps", wheel)

    def call(program: str, *arguments, check=True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [folder / "bin" / program, *map(str, arguments)],
            capture_output=True, text=True, cwd=folder, env={"PATH": "/nonexistent", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert not check or done.returncode == 0, done
        return done

    call.folder = folder
    return call


@pytest.fixture(scope="module")
def beside(fresh, tmp_path_factory):
    """Runs lines of Python with the wheel's package and, behind it, what these tests' interpreter has."""
    folder = tmp_path_factory.mktemp("beside") / "env"
    venv.create(folder)
    places = [next((fresh.folder / "lib").glob("python3*/site-packages")), sysconfig.get_path("purelib")]
    site = next((folder / "lib").glob("python3*/site-packages"))
    (site / "others.pth").write_text("".join(f"{place}\n" for place in places))

    def call(*lines: str) -> str:
        text = "\n".join(
            ["import rheobase", f"assert rheobase.__file__.startswith({str(places[0])!r})", *lines]
        )
        return run(folder / "bin/python", "-c", text, cwd=folder).stdout

    return call


def extensions() -> set[str]:
    """What a wheel has beside the core, built by this interpreter."""
    files, header = set(), Path(sysconfig.get_path("include"), "Python.h")
    if find_spec("numpy") and header.is_file():
        files.add(f"_rheobase_numpy{sysconfig.get_config_var('EXT_SUFFIX')}")
    if find_spec("torch"):
        files |= {"librheobase_torch.so", "librheobase_torch_forms.so"}
    return files


def test_it_holds_each_file_once_and_no_path_of_this_machine(request, wheel, tmp_path):
    places = [ROOT] if "RHEOBASE_WHEEL" in os.environ else [ROOT, request.getfixturevalue("source")]
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert [name for name in names if "librheobase." in name] == ["rheobase/_lib/librheobase.so.0"]
    assert "rheobase/__init__.pyi" in names
    assert not [name for name in names if "rheobase_peer" in name or name.endswith((".a", ".h"))]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [place for place in places if f"{place}/".encode() in content], path


def test_it_has_the_parts_for_numpy_and_pytorch_where_they_could_be_built(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert extensions() <= {name.removeprefix("rheobase/_lib/") for name in names}


def test_its_binaries_need_what_the_documentation_says_and_nothing_else(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    linked.check(linked.binaries(tmp_path), lent=("libtorch_cpu.so",))


def test_a_library_of_two_activations_keeps_to_its_budget(wheel):
    with zipfile.ZipFile(wheel) as archive:
        size = archive.getinfo("rheobase/_lib/librheobase.so.0").file_size
    print(f"{size} bytes")
    assert size < BUDGET


def test_its_extras_are_those_of_the_documentation(wheel):
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
    assert set(re.findall(r"^Provides-Extra: (\w+)", text, re.M)) == {"numpy", "torch", "lab", "all"}
    assert not [
        line for line in text.splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]


def test_the_program_runs_where_nothing_else_is(fresh):
    assert fresh("rheobase", "--version").stdout == "rheobase 0.1.0\n"
    for name in NAMES:
        assert fresh("rheobase", "eval", name, "-1", "2").stdout
    assert "proven" in fresh("rheobase", "show", NAMES[0]).stdout  # the proofs came along
    assert fresh("rheobase", "eval", "relux", "1", check=False).returncode == 2


def test_the_package_imports_where_nothing_else_is(fresh):
    done = fresh("python", "-c", "import rheobase; print(rheobase.names(), rheobase.__version__)")
    for name in NAMES:
        assert repr(name) in done.stdout
    done = fresh("python", "-c", "import rheobase.torch", check=False)
    assert done.stderr.splitlines()[-1].startswith("ImportError: rheobase.torch needs PyTorch 2.10 or newer")


def test_verbs_in_python_are_found_and_say_what_they_need(fresh):
    assert "compare" in fresh("rheobase", "--help").stdout
    done = fresh("rheobase", "compare", NAMES[0], check=False)
    assert done.returncode != 0 and done.stderr.count("\n") == 1
    assert "pip install" in done.stderr and "Traceback" not in done.stderr


def test_the_manual_page_and_completions_are_where_programs_look(fresh):
    share = fresh.folder / "share"
    assert (share / "man/man1/rheobase.1").read_text().startswith(".TH RHEOBASE")
    for place in ("bash-completion/completions/rheobase", "zsh/site-functions/_rheobase"):
        assert "compare" in (share / place).read_text()


def test_numpy_functions_of_the_wheel_compute(beside):
    if not [name for name in extensions() if "numpy" in name]:
        pytest.skip("no NumPy 2 with the headers of Python")
    printed = beside(
        "import math, numpy",
        "x = numpy.linspace(-4, 4, 9)",
        "expected = [v / 2 * (1 + math.erf(v / math.sqrt(2))) for v in x]",
        "assert numpy.allclose(rheobase.gelu(x), expected, rtol=1e-15, atol=1e-16)",
        "slope = (rheobase.gelu(x + 1e-6) - rheobase.gelu(x - 1e-6)) / 2e-6",
        "assert numpy.allclose(rheobase.gelu.backward(numpy.full(9, 2.0), x), 2 * slope, atol=1e-8)",
        "print(type(rheobase.gelu(x.astype('f4'))[0]).__name__)",
    )
    assert printed == "float32\n"


def test_modules_of_the_wheel_for_pytorch_train(beside):
    if "librheobase_torch.so" not in extensions():
        pytest.skip("no PyTorch")
    printed = beside(
        "import torch, rheobase.torch as rt",
        "x = torch.linspace(-4, 4, 9, requires_grad=True)",
        "rt.nn.GELU()(x).sum().backward()",
        "mine = x.grad.clone()",
        "x.grad = None",
        "torch.nn.functional.gelu(x).sum().backward()",
        "assert torch.allclose(mine, x.grad, atol=1e-6)",
        "print(type(rt.nn.GELU()).__module__)",
    )
    assert printed.startswith("rheobase.torch")


def test_what_cibuildwheel_asks_of_numpys_part_holds(beside):
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    if not [name for name in extensions() if "numpy" in name]:
        pytest.skip("no NumPy 2 with the headers of Python")
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["cibuildwheel"]["test-command"]
    program, option, line = shlex.split(next(command for command in told if "numpy" in command))
    assert (program, option) == ("python", "-c")
    beside(line)


def test_the_source_distribution_has_all_that_a_build_needs(source):
    names = {str(path.relative_to(source)) for path in source.rglob("*")}
    for folder in ("activations", "cmake", "include", "proofs", "python", "src", "tables"):
        for path in (ROOT / folder).rglob("*"):
            inside = path.relative_to(ROOT)
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(inside) in names, inside
    assert not [name for name in names if name.startswith(("build/", ".venv/"))]
