# SPDX-License-Identifier: Apache-2.0
"""The registry as Python sees it."""

import json
import os
import subprocess
import sys
import sysconfig

import pytest

import rheobase
from rheobase import _core, _json

FIELDS = {"name", "activation", "file", "title", "summary", "formula", "trace", "parameters", "presets"}
FIELDS |= {"kind", "aliases", "torch", "bounds", "plain", "forms", "facts", "references"}


def test_json_for_any_reader_has_texts_for_what_is_no_number():
    text = _json.text({"a": [float("inf"), (float("-inf"), {"b": float("nan")})], "c": 1.5, "d": None})
    found = json.loads(text, parse_constant=pytest.fail)
    assert found == {"a": ["inf", ["-inf", {"b": "nan"}]], "c": 1.5, "d": None}


def test_names_are_sorted_and_unique():
    names = rheobase.names()
    assert names
    assert names == sorted(set(names))


def test_the_list_of_names_belongs_to_the_caller():
    rheobase.names().clear()
    assert rheobase.names()


@pytest.mark.parametrize("name", rheobase.names())
def test_info_has_all_documented_fields(name):
    info = rheobase.info(name)
    assert info.keys() == FIELDS
    assert info["name"] == name
    assert info["activation"] in rheobase.names()


LISTED = [alias for name in rheobase.names() for alias in rheobase.info(name)["aliases"]]


@pytest.mark.parametrize("name", rheobase.names())
def test_an_alias_leads_to_its_name(name):
    for alias in rheobase.info(name)["aliases"]:
        if LISTED.count(alias) > 1:
            with pytest.raises(ValueError, match=f"'{alias}' is ambiguous: .*{name}"):
                rheobase.info(alias)
            continue
        assert rheobase.info(alias)["activation"] == rheobase.info(name)["activation"]
        assert alias not in rheobase.names()


def test_each_info_is_a_copy_of_its_own():
    name = rheobase.names()[0]
    rheobase.info(name)["parameters"].append("changed")
    rheobase.info(name).clear()
    assert "changed" not in rheobase.info(name)["parameters"]


def test_an_unknown_name_suggests_the_nearest():
    for name in rheobase.names():
        if len(name) > 5:
            with pytest.raises(ValueError, match=f"'{name}'"):
                rheobase.info(name + "e")
    with pytest.raises(ValueError, match="nothing like it"):
        rheobase.info("nothing like it")


@pytest.mark.parametrize("name", [None, 3, b"relu", ["relu"]], ids=repr)
def test_a_name_that_is_no_string_is_a_type_error(name):
    with pytest.raises(TypeError, match="name must be a str, not "):
        rheobase.info(name)


@pytest.mark.parametrize("name", ["", "\0", rheobase.names()[0] + "\0", "ré"])
def test_odd_strings_are_unknown_names(name):
    with pytest.raises(ValueError, match="."):
        rheobase.info(name)


def test_the_target_is_one_word():
    assert rheobase.target().isidentifier()


def test_the_version_is_the_librarys():
    assert rheobase.__version__ == _core.version()
    assert rheobase.__version__[0].isdigit()


def run_python(text, **environment):
    return subprocess.run(
        [sys.executable, "-c", text], env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


def test_a_forced_target_is_obeyed_or_refused():
    done = run_python("import rheobase; print(rheobase.target())", RHEOBASE_TARGET="NO_SUCH_SET")
    assert done.returncode == 1
    assert "NO_SUCH_SET" in done.stderr.splitlines()[-1]


def test_a_library_that_is_not_there_is_an_import_error(tmp_path):
    done = run_python("import rheobase", RHEOBASE_LIBRARY=str(tmp_path / "none.so"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ImportError: rheobase: cannot load")


def test_importing_rheobase_imports_nothing_heavy():
    done = run_python("import sys, rheobase; print([m for m in ('torch', 'numpy') if m in sys.modules])")
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "missing"), [("plot", "matplotlib"), ("plot", "numpy"), ("choose", "numpy")]
)
def test_a_function_that_needs_more_says_what_to_install(name, missing):
    done = run_python(f"import sys; sys.modules[{missing!r}] = None; import rheobase; rheobase.{name}")
    wanted = f"ImportError: rheobase.{name} needs {missing}: pip install 'rheobase[lab]'"
    assert done.stderr.splitlines()[-1] == wanted


def test_help_is_there_where_nothing_else_is(tmp_path):
    """An environment of the standard library alone."""
    text = "import sys; sys.path[:] = {!r}; import rheobase; help(rheobase)"
    library = sysconfig.get_path("stdlib")
    (tmp_path / "rheobase").symlink_to(os.path.dirname(rheobase.__file__))
    done = run_python(text.format([library, f"{library}/lib-dynload", str(tmp_path)]))
    assert (done.returncode, done.stderr) == (0, "")
    assert "names(" in done.stdout, done.stdout
