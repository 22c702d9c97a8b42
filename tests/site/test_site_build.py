# SPDX-License-Identifier: Apache-2.0
"""What building the site does with bad input, pages that colleagues add, and a build without all parts."""

import os
import subprocess
import sys
from pathlib import Path

import analysis
import pytest
from program import Problem, figure
from staging import Stage
from start import menu, start_page

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path) -> Path:
    """A repository of three pages and a header."""
    for place, text in {
        "README.md": "# r\n\nWhat it is.\n\n## Three calls\nx\n\n## More\ny\n",
        "CONTRIBUTING.md": "# How\n",
        "activations/README.md": "# Anatomy\n",
        "docs/a.md": "# A\n[b](b.md#part) [h](../include/h.h) [web](https://example.org) [s](#a) "
        "[b.md](b.md) `f[0](x)` [`h`](b.md)\n\n```sh\n[x](y.md)\n```\n",
        "docs/b.md": "# B\n",
        "include/h.h": "int f(void);\n",
    }.items():
        (tmp_path / "tree" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / place).write_text(text)
    return tmp_path / "tree"


def test_links_to_pages_stay_and_those_to_files_lead_to_pages_that_show_them(tree, tmp_path):
    stage = Stage(tree, tmp_path / "stage")
    stage.add("docs/a.md")
    text = (tmp_path / "stage/docs/a.md").read_text()
    assert "[b](b.md#part) [h](../source/include/h.h.md) [web](https://example.org) [s](#a)" in text
    assert "[B](b.md) `f[0](x)` [`h`](b.md)" in text  # a page's title says more than the name of its file
    assert "[x](y.md)" in text  # code is left alone
    assert "int f(void);" in (tmp_path / "stage/source/include/h.h.md").read_text()


@pytest.mark.parametrize("link", ["c.md", "../include/none.h", "../../outside.md", "c.md#part"])
def test_a_link_to_what_is_not_there_names_page_and_line(tree, tmp_path, link):
    (tree / "docs/a.md").write_text(f"# A\n\nSee [it]({link}).\n")
    with pytest.raises(Problem, match=r"^docs/a\.md:3: links to .*, which is not there$"):
        Stage(tree, tmp_path / "stage").add("docs/a.md")


def test_an_unchanged_page_keeps_its_time_and_an_abandoned_one_goes(tree, tmp_path):
    for _ in range(2):
        stage = Stage(tree, tmp_path / "stage")
        stage.add("docs/b.md")
        stage.write("functions/old.md", "# Old\n")
        stage.finish()
        os.utime(tmp_path / "stage/docs/b.md", (1, 1))
    assert (tmp_path / "stage/docs/b.md").stat().st_mtime == 1
    stage = Stage(tree, tmp_path / "stage")
    stage.add("docs/b.md")
    stage.finish()
    assert (tmp_path / "stage/docs/b.md").exists() and not (tmp_path / "stage/functions/old.md").exists()


def test_a_new_page_is_in_the_menu_by_itself(tree):
    pages = Stage(tree, tree.with_name("stage")).pages()
    listed = [page for names in menu([*pages, "docs/numpy.md"]).values() for page in names]
    assert {"docs/a", "docs/b", "docs/numpy", "activations/README", "CONTRIBUTING"} <= set(listed)
    assert len(listed) == len(set(listed))


def test_the_start_page_has_what_the_readme_begins_with_and_the_calls(tree):
    text = start_page((tree / "README.md").read_text(), ["docs/a.md"])
    assert text.startswith("# r\n\nWhat it is.") and "## Three calls\nx" in text and "## More" not in text


FOUND = {
    "smoothness": "C1",
    "zeros": {"points": [0.0], "intervals": [["-inf", -1.0]]},
    "extrema": [
        {"kind": "minimum", "value": -0.25, "x": -1.5, "to": -1.5},
        {"kind": "maximum", "value": 2e-9, "x": 3.0, "to": "inf"},
    ],
    "convexity": {"kind": "neither", "inflections": [-2.0, 2.0]},
    "lipschitz": {"value": {"constant": 1.5, "at": 1.25}, "derivative": {"constant": "inf", "at": None}},
    "saturation": {
        "left": {"saturates": True, "rate": "exponential", "from": None},
        "right": {"saturates": True, "rate": "hard", "from": 6.0},
    },
    "moments": {"mean": 0.28, "variance": None, "derivative_second_moment": 0.5},
    "sparsity": 0.5,
    "shares": {"normal": {"vanishing": 0.0014647}},
}


def test_an_analysis_becomes_lines_that_can_be_read():
    lines = dict(analysis.lines(FOUND))
    assert lines["zeros"] == "x = 0, all x from −∞ to −1"
    assert lines["extrema"] == "minimum −0.25 at x = −1.5, maximum 0 for x from 3 to ∞"
    assert lines["Lipschitz constant"] == "1.5, at x = 1.25"
    assert lines["Lipschitz constant of the derivative"] == "∞"
    assert lines["saturates"] == "to the left, at an exponential rate; to the right, constant beyond x = 6"
    assert lines["variance of f(z)"] == "–" and lines["share of exact zeros, z normal"] == "50 %"
    assert lines["share of vanishing gradients, abs f′(z) < 0.001"] == "0.146 %"


def test_numbers_in_tables_keep_signs_of_zeros():
    assert [figure(x) for x in (-0.0, 0.0, "-inf", float("nan"), -1.5)] == ["−0", "0", "−∞", "NaN", "−1.5"]


def run(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "tools/site/build.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--program", "/no/program"],
            "/no/program cannot be run: No such file or directory; scripts/setup builds it",
        ),
        (["--only", "gellu"], "--only: there is no function 'gellu'; rheobase list shows all"),
    ],
)
def test_bad_use_is_one_line_and_exit_code_2(program, tmp_path, arguments, message):
    pytest.importorskip("sphinx", reason="needs requirements/docs.txt: scripts/docs installs it")
    done = run("--program", program, "--output", tmp_path / "site", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"tools/site/build.py: {message}\n"
    assert not (tmp_path / "site").exists()


def test_the_script_refuses_unknown_arguments_and_explains_itself():
    def script(*arguments):
        return subprocess.run([ROOT / "scripts/docs", *arguments], capture_output=True, text=True, timeout=30)

    done = script("--bad")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scripts/docs: unknown argument '--bad'; see scripts/docs --help\n"
    assert "Examples:" in script("--help").stdout


def test_a_warning_of_the_generator_is_an_error(tmp_path):
    pytest.importorskip("sphinx", reason="needs requirements/docs.txt: scripts/docs installs it")
    (tmp_path / "stage").mkdir()
    (tmp_path / "stage/index.md").write_text("# A\n\n[there](#nowhere)\n")
    code = "import sys, pathlib, build; sys.exit(build.sphinx(*map(pathlib.Path, sys.argv[1:])))"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "stage", tmp_path / "site"],
        cwd=ROOT / "tools/site",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0 and "nowhere" in done.stderr
