# SPDX-License-Identifier: Apache-2.0
"""What is written about NumPy's functions is true: docs/numpy.md, README, docstrings, signatures, stubs."""

import ast
import contextlib
import inspect
import io
import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy_cases import NAMES, WITH_PARAMETERS, others

import rheobase
from rheobase import _core

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/numpy.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.M | re.S)
ROWS, RANDOM = rheobase.names("rows"), rheobase.names("random")


def test_the_pages_blocks_run_in_order_and_print_what_it_says():
    namespace, blocks = {}, BLOCK.findall(PAGE)
    assert len(blocks) >= 5
    for code, output in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, namespace)
        assert printed.getvalue() == output, code


def test_the_pages_errors_are_those_that_are_raised():
    namespace = {"np": np, "rheobase": rheobase, "x": np.ones(3)}
    rows = re.findall(r"^\| `(rheobase\..*?)` \| `(\w+): (.*?)` \|$", PAGE, re.M)
    assert len(rows) >= 6
    for code, error, message in rows:
        with pytest.raises(Exception, match=re.escape(message).replace(re.escape("..."), ".*")) as raised:
            eval(code, namespace)
        assert raised.type.__name__ == error


def test_the_oldest_numpy_is_the_same_wherever_it_is_told():
    places = {
        "docs/numpy.md": r"serves NumPy (\d\.\d+) and later",
        "pyproject.toml": r'^numpy = \["numpy>=(\d\.\d+)"\]$',
        "python/native/numpy.cmake": r"serves NumPy (\d\.\d+) and later",
        "python/native/numpy_api.h": r"NPY_TARGET_VERSION NPY_(\d_\d+)_API_VERSION",
    }
    told = {
        path: re.search(pattern, (ROOT / path).read_text(encoding="utf-8"), re.M)[1].replace("_", ".")
        for path, pattern in places.items()
    }
    assert len(set(told.values())) == 1, told


def test_readmes_calls_of_numpy_run():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = [code for code, _ in BLOCK.findall(text) if "import numpy" in code]
    assert blocks
    for code in blocks:
        exec(code, {})


def functions() -> list:
    return list(_functions())


def _functions():
    for name in [*NAMES, *ROWS, *RANDOM]:
        function = getattr(rheobase, name)
        found = [function, function.backward]
        if name in NAMES:
            found += [function.derivative, function.second, rheobase.gate(name), rheobase.gate(name).backward]
            found += [function.derivative_by[parameter] for parameter in others(name)]
        for one in found:
            yield pytest.param(name, one, id=one.__qualname__)


@pytest.mark.parametrize(("name", "function"), functions())
def test_a_docstring_has_formula_parameters_and_an_example_that_runs(name, function):
    kind = "rows" if name in ROWS else "random" if name in RANDOM else "unary"
    info, text = rheobase.info(name, kind), inspect.getdoc(function)
    assert info["formula"] in text
    for parameter in info.get("parameters", []):
        assert f"\n{parameter['name']} : number" in text
        assert " ".join(parameter["meaning"].split()) in " ".join(text.split())
    for reference in info["references"]:
        assert reference["url"] in text
    assert max(len(line) for line in text.splitlines() if info["formula"] not in line) <= 110
    exec("\n".join(re.findall(r"^>>> (.*)$", text, re.M)), {})
    assert function.__module__ == "rheobase"
    assert function.__qualname__.startswith((name, f"gate({name!r})"))


@pytest.mark.parametrize(("name", "function"), functions())
def test_a_signature_names_what_a_call_takes(name, function):
    signature = inspect.signature(function)
    own = {key: p.default for key, p in signature.parameters.items() if p.default is not p.empty}
    inputs = [key for key, p in signature.parameters.items() if p.kind is p.POSITIONAL_ONLY]
    arguments = [np.ones(3)] * len(inputs)
    if name in RANDOM:
        own["seed"] = 1
    got, want = function(*arguments, **own), function(*arguments, **({"seed": 1} if name in RANDOM else {}))
    assert np.array_equal(got, want)


def test_help_shows_the_docstring():
    page = pydoc.render_doc(getattr(rheobase, NAMES[0]), renderer=pydoc.plaintext)
    assert rheobase.info(NAMES[0])["summary"] in " ".join(page.split())


@pytest.fixture(scope="module")
def stubs(tmp_path_factory) -> str:
    """What was installed; of the source tree, which has none, what its build would install."""
    path = Path(rheobase.__file__).parent / "__init__.pyi"
    if path.is_relative_to(ROOT / "python"):
        path = tmp_path_factory.mktemp("stubs") / path.name
        environment = os.environ | {"RHEOBASE_LIBRARY": str(_core.library_path())}
        command = [sys.executable, "-B", ROOT / "python/stubs.py", path]
        subprocess.run(command, check=True, timeout=60, env=environment)
    return path.read_text(encoding="utf-8")


class TestStubs:
    def test_they_name_every_public_name(self, stubs):
        tree = ast.parse(stubs)
        found = {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
        found |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        found |= {
            alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        assert {*NAMES, *ROWS, *RANDOM, *rheobase.__all__, *rheobase._LAZY, "__version__"} <= found

    def test_parameters_have_their_defaults(self, stubs):
        for name in [*WITH_PARAMETERS, *RANDOM]:
            kind = re.search(rf"^{name}: (\w+)$", stubs, re.M)[1]
            body = re.search(rf"^class {kind}\(.*?(?=^class |^\w+:)", stubs, re.M | re.S)[0]
            group = "random" if name in RANDOM else "unary"
            for parameter in rheobase.info(name, group)["parameters"]:
                default = float(parameter["default"])
                written = repr(default) if np.isfinite(default) else re.escape(f"float('{default}')")
                assert re.search(rf"\b{parameter['name']}: \w+ = {written}[,\s]", body), (name, body)

    def test_a_marker_says_that_the_package_is_typed(self):
        assert (Path(rheobase.__file__).parent / "py.typed").is_file()


# What a type checker accepts.
RIGHT = """\
import numpy as np
import rheobase
x = np.linspace(-3, 3, 7, dtype=np.float32)
y = rheobase.elu(x, alpha=0.5, where=x > 0, out=np.empty_like(x))
grad = rheobase.elu.backward(y, x, alpha=np.ones(7), dtype=np.float64)
by = {key: f(x, alpha=0.5) for key, f in rheobase.elu.derivative_by.items()}
da, db = rheobase.gate("silu").backward(x, x, x, limit=7.0, beta=1.5)
p = rheobase.softmax(x, axis=None, scale=0.5, mask=0.0)
q = rheobase.rrelu.derivative(x, seed=7, lower=0.1, out=(y,))
bound: np.ufunc = rheobase.elu.bind(alpha=0.5)
rheobase.set_num_threads(rheobase.get_num_threads() + rheobase.elu.second.nin)
table = rheobase.gelu.backward.outer(y, x)
name: str = rheobase.gelu.__name__ + rheobase.rrelu.__name__ + (rheobase.softmax.signature or "")
dtypes = rheobase.gelu.resolve_dtypes((x.dtype, None))
z = rheobase.gelu(x, signature="f->f") + rheobase.softmax(x, signature="f->f") + rheobase.expit(x)
rheobase.gelu.at(x, [0, 1])
swiglu = rheobase.gate("swish")(x, x, beta=1.5, signature="dd->d")
outer = rheobase.gate("expit").outer(x, x)
unknown = rheobase.gate(rheobase.names()[0])(x, x, limit=7.0, signature="ff->f")
"""

# What it refuses, and why.
WRONG = {
    "rheobase.elu(x, slope=0.5)": 'Unexpected keyword argument "slope"',
    "rheobase.elu(x, 0.5)": 'incompatible type "float"',
    "rheobase.elu(x, alpha=None)": 'Argument "alpha" .* incompatible type "None"',
    "rheobase.elu.backward(x)": "Too few arguments",
    "rheobase.elu.derivative_by[1]": 'Invalid index type "int"',
    "rheobase.elu.third(x)": 'no attribute "third"',
    "rheobase.eluu(x)": 'no attribute "eluu"',
    "rheobase.gate(3)": 'argument type "int"',
    "rheobase.gate('silu')(x)": "Too few arguments",
    "rheobase.gate('swish')(x, x, bet=1.5)": 'Unexpected keyword argument "bet"',
    "rheobase.gate('relu').backward(x, x, x, alpha=1.0)": 'Unexpected keyword argument "alpha"',
    "rheobase.gate('elu')(x, x, alpha=x)": 'Argument "alpha" .* expected "float"',
    "rheobase.gelu.outer(x, x)": 'no attribute "outer"',
    "rheobase.expit(x, alpha=1.0)": 'Unexpected keyword argument "alpha"',
    "rheobase.softmax(x, where=True)": 'Unexpected keyword argument "where"',
    "rheobase.softmax(x, axis='rows')": 'Argument "axis" .* incompatible type "str"',
    "rheobase.rrelu(x, seed='7')": 'Argument "seed" .* incompatible type "str"',
    "rheobase.set_num_threads('2')": 'incompatible type "str"; expected "int"',
}


@pytest.fixture(scope="module")
def checked(stubs, tmp_path_factory) -> dict[str, str]:
    """What mypy says of each line, by file and number."""
    pytest.importorskip("mypy")
    folder, package = tmp_path_factory.mktemp("typed"), Path(rheobase.__file__).parent
    (folder / "rheobase").mkdir()
    for path in package.iterdir():
        if path.name not in ("__init__.py", "__init__.pyi", "__pycache__"):
            (folder / "rheobase" / path.name).symlink_to(path)
    (folder / "rheobase/__init__.pyi").write_text(stubs, encoding="utf-8")
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    wrong = "import numpy as np\nimport rheobase\nx = np.ones(3)\n" + "\n".join(WRONG)
    (folder / "wrong.py").write_text(wrong, encoding="utf-8")
    options = ["--no-incremental", "--follow-imports=silent", "--hide-error-context", "--config-file="]
    files = ["rheobase/__init__.pyi", "right.py", "wrong.py"]
    command = [sys.executable, "-m", "mypy", *options, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done
    return dict(re.findall(r"^([\w/]+\.pyi?:\d+): error: (.*)$", done.stdout, re.M))


class TestTypes:
    def test_a_program_that_is_accepted_runs(self):
        exec(compile(RIGHT, "right.py", "exec"), {})

    def test_a_program_as_in_the_page_has_no_errors(self, checked):
        assert [where for where in checked if not where.startswith("wrong.py")] == []

    def test_wrong_calls_are_errors(self, checked):
        for number, (line, message) in enumerate(WRONG.items(), start=4):
            assert re.search(message, checked.get(f"wrong.py:{number}", "")), (line, checked)
