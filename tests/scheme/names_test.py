# SPDX-License-Identifier: Apache-2.0
"""Only its own file names an activation: no other source quotes its name, or that of its class in torch."""

import ast
import json
import re
import subprocess

import pytest
from source_tree import ROOT, source_files

# What may name activations: their folder, their proofs and tables, tests, names of others in benchmarks,
# and prose.
EXEMPT = ("activations/", "proofs/", "tables/", "tests/", "bench/peers/")
PROSE = (".md",)

# Words that have another meaning where they stand. An entry that is not needed any more fails a test below.
ALLOWED = {
    ("src/core/trace.h", "sigmoid"): "an elementary function that formulas are made of",
    ("src/core/trace.h", "softplus"): "an elementary function that formulas are made of",
    ("src/core/trace.h", "tanh"): "an elementary function that formulas are made of",
    ("src/second/program.cc", "sigmoid"): "likewise",
    ("src/second/program.cc", "softplus"): "likewise",
    ("src/second/program.cc", "tanh"): "likewise",
    ("tools/forge/formula.py", "sigmoid"): "likewise",
    ("tools/forge/formula.py", "softplus"): "likewise",
    ("tools/forge/formula.py", "tanh"): "likewise",
    ("src/cli/show.cc", "none"): "no kinks",
    ("src/analysis/json.cc", "none"): "no side that saturates",
    ("src/analysis/json.cc", "linear"): "neither convex nor concave",
    ("src/analysis/shape.cc", "linear"): "likewise",
    ("src/analysis/shape.cc", "none"): "no symmetry",
    ("src/analysis/program/page.cc", "none"): "no kinks",
    ("python/rheobase/_analysis_text.py", "none"): "likewise",
    ("python/rheobase/bench/arguments.py", "none"): "no peers",
    ("python/rheobase/plotting/style.py", "none"): "matplotlib's word for text that stays text",
    ("python/rheobase/lab/figures.py", "none"): "matplotlib's word for text that stays text",
}

C_TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'""", re.S)
HASH_TOKENS = re.compile(r"""(?:^|(?<=\s))\#[^\n]*|"((?:[^"\\]|\\.)*)"|'([^']*)'""", re.S)
MARKUP_TOKENS = re.compile(r"""<!--.*?-->|\{\#.*?\#\}|"([^"\n]*)"|'([^'\n]*)'""", re.S)
C_LIKE = (".h", ".hpp", ".cc", ".c", ".cpp", ".cu", ".cuh", ".inc", ".in", ".js", ".css", ".map")
MARKUP = (".html", ".svg", ".xml")


def literals_of_python(text: str):
    """All strings but docstrings, f-strings' parts included."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def literals_of(tokens: re.Pattern, text: str):
    for match in tokens.finditer(text):
        value = next((group for group in match.groups() if group is not None), None)
        if value is not None:
            yield text.count("\n", 0, match.start()) + 1, value


def literals(path: str, text: str):
    """The quoted texts of a source, with their lines; comments are prose."""
    if path.endswith(".py") or text.startswith("#!/usr/bin/env python"):
        return literals_of_python(text)
    if path.endswith(C_LIKE):
        return literals_of(C_TOKENS, text)
    return literals_of(MARKUP_TOKENS if path.endswith(MARKUP) else HASH_TOKENS, text)


@pytest.fixture(scope="module")
def names(build_folder) -> set[str]:
    """Names, presets, aliases, and what torch.nn calls them, as the built program lists them."""
    program = build_folder / "src/cli/rheobase"
    assert program.exists(), f"{program} is not built"
    listed = subprocess.run([program, "list", "--json"], capture_output=True, text=True, check=True).stdout
    found = set()
    for info in json.loads(listed):
        found |= {info["name"], info.get("activation", info["name"]), *info["aliases"]}
        found |= {preset["name"] for preset in info.get("presets", [])}
        for torch in info["torch"]:
            found |= {torch["module"], torch["function"]}
    return found


@pytest.fixture(scope="module")
def quoted(names) -> dict[tuple[str, str], list[str]]:
    """Where sources quote a name: (path, name) to places."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in map(str, source_files()):
        if path.startswith(EXEMPT) or path.endswith(PROSE):
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # no source text
        for line, value in literals(path, text):
            if value in names:
                found.setdefault((path, value), []).append(f"{path}:{line}: {value!r}")
    return found


def test_no_source_outside_its_file_quotes_an_activations_name(quoted):
    places = [place for key, places in quoted.items() if key not in ALLOWED for place in places]
    assert not places, "activations are named outside activations/:\n" + "\n".join(places)


def test_every_exception_from_the_rule_is_still_needed(quoted):
    assert not ALLOWED.keys() - quoted.keys()


def test_there_are_names_to_look_for_and_sources_to_look_at(names):
    assert len(names) > 20
    looked_at = [path for path in map(str, source_files()) if not path.startswith(EXEMPT)]
    for folder in ("src/core/", "src/cli/", "python/", "scripts/"):
        assert any(path.startswith(folder) for path in looked_at), folder


CASES = {
    "a.cc": ['f("NAME");', "f('NAME');", '#define X "NAME"', 'a("\\"", "NAME")', '/* "x */ f("NAME");'],
    "a.py": ['f("NAME")', "f('NAME')", 'x = {"NAME": 1}', 'f(f"{x}" "NAME")', '"""doc"""\nx = "NAME"'],
    "CMakeLists.txt": ['set(x "NAME") # "', "list(APPEND x 'NAME')"],
    "script": ["x='NAME'", 'x="NAME" # y', "echo a#b 'NAME'"],
    "a.html": ['<p class="NAME">', "{{ 'NAME' }}"],
    "a.toml": ['x = "NAME"'],
    "a.json": ['{"x": "NAME"}'],
}
PROSE_CASES = {
    "a.cc": ['// f("NAME")', '/* say "NAME",\n "NAME" */', 'f("rheobase show NAME")', 'f("//"); // "NAME"'],
    "a.py": ['# f("NAME")', '"""NAME is a name: f("NAME")."""', 'f("NAMES")'],
    "CMakeLists.txt": ['# "NAME"', 'set(x y) # "NAME"'],
    "a.html": ['<!-- "NAME" -->', "{# 'NAME' #}"],
}


@pytest.mark.parametrize("path", CASES)
def test_a_quoted_name_is_found_in_every_kind_of_source(path):
    for text in CASES[path]:
        assert "NAME" in [value for _, value in literals(path, text)], text


@pytest.mark.parametrize("path", PROSE_CASES)
def test_a_name_in_a_comment_or_in_a_longer_text_is_no_quoted_name(path):
    for text in PROSE_CASES[path]:
        assert "NAME" not in [value for _, value in literals(path, text)], text
