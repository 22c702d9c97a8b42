# SPDX-License-Identifier: Apache-2.0
"""`rheobase report` as a user meets it: one line for bad input, whole files, help."""

import json
import os
import subprocess
import sys

import pytest

from rheobase.report import __main__ as command
from rheobase.report import page

FILES = {
    "empty.json": "",
    "text.json": "no json",
    "list.json": "[]",
    "other.json": '{"a": 1}',
    "other.jsonl": '{"type": "run"}\n',
    "norun.jsonl": '{"type": "header", "command": "", "settings": {}, "data": {"name": ""}}\n',
    "empty.csv": "",
    "other.csv": "a,b\n1,2\n",
    "module.js": "let a = 1;",
}
BAD = {
    "an unknown name": (["rellu"], "relu"),
    "results that are not there": (["--results", "none.json"], "none.json: cannot be read"),
    "results that are empty": (["--results", "empty.json"], "empty.json: is empty"),
    "results that are no JSON": (["--results", "text.json"], "text.json: is not what"),
    "results that are a list": (["--results", "list.json"], "list.json: is not what"),
    "results of another program": (["--results", "other.json"], "other.json: is not what"),
    "runs without a header": (["--results", "other.jsonl"], "other.jsonl: is not what"),
    "runs without a run": (["--results", "norun.jsonl"], "norun.jsonl: has no finished runs"),
    "results that are a folder": (["--results", "folder"], "folder: cannot be read"),
    "a bench file that is not there": (["--bench", "none.csv"], "none.csv: cannot be read"),
    "a bench file that is empty": (["--bench", "empty.csv"], "empty.csv: is not what"),
    "a bench file of another program": (["--bench", "other.csv"], "other.csv: is not what"),
    "proofs that are not there": (["--proofs", "none"], "none: there are no proofs"),
    "a module that is not there": (["--explorer", "none.js"], "none.js: cannot be read"),
    "a module that is none": (["--explorer", "module.js"], "module.js is no module"),
    "a module and none": (["--explorer", "module.js", "--no-explorer"], "contradicts"),
    "a folder to write to": (["-o", "folder"], "folder: cannot be written"),
    "a folder that is not there": (["-o", "none/page.html"], "none/page.html: cannot be written"),
    "an unknown flag": (["--wrong"], "--wrong"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.mark.parametrize("arguments, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_input_gives_one_line_code_2_and_no_file(arguments, mentioned, folder, capsys):
    before = sorted(folder.rglob("*"))
    assert command.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.startswith("rheobase report: ")
    assert mentioned in output.err
    assert sorted(folder.rglob("*")) == before


def test_ctrl_c_leaves_the_old_page_as_it_was(folder, monkeypatch, capsys):
    (folder / "rheobase.html").write_text("old")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(page, "gather", stop)
    before = sorted(folder.rglob("*"))
    assert command.main([]) == 130
    assert (folder / "rheobase.html").read_text() == "old"
    assert sorted(folder.rglob("*")) == before
    assert capsys.readouterr().err == "rheobase report: stopped; nothing was written\n"


def test_help_has_examples_and_needs_nothing_heavy():
    program = (
        "import sys\nfrom rheobase.report import __main__ as command\n"
        "try: command.main(['--help'])\n"
        "finally: print(sys.modules.keys() & {'numpy', 'jinja2', 'torch'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, timeout=60
    )
    assert "examples:" in done.stdout
    assert done.stdout.endswith("set()\n")


def test_aliases_and_repeated_names_stand_once(folder, capsys):
    assert command.main(["gelu_erf", "gelu", "--json", "--no-explorer"]) == 0
    assert [f["name"] for f in json.loads(capsys.readouterr().out)["functions"]] == ["gelu"]


def test_open_opens_the_page(folder, monkeypatch):
    seen = []
    monkeypatch.setattr("webbrowser.open", seen.append)
    assert command.main(["relu", "--open", "--no-explorer", "-o", "page.html"]) == 0
    assert seen == [(folder / "page.html").as_uri()]
