# SPDX-License-Identifier: Apache-2.0
"""Verbs that other programs bring: `rheobase VERB` runs `rheobase-VERB`, beside the program or on PATH."""

import os
import shutil
import subprocess

import pytest

SCRIPT = """#!/bin/sh
echo "{label}"
for argument in "$@"; do echo "[$argument]"; done
cat
echo problem >&2
exit {code}
"""


def write_script(folder, verb, label="", code=0):
    path = folder / f"rheobase-{verb}"
    path.write_text(SCRIPT.format(label=label, code=code))
    path.chmod(0o755)
    return path


@pytest.fixture
def on_path(tmp_path):
    """A folder on PATH, and the environment that has it there."""
    folder = tmp_path / "path"
    folder.mkdir()
    return folder, os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def copy(rheobase, tmp_path):
    """A copy of the program in a folder of its own, which still finds its library."""
    folder = tmp_path / "bin"
    folder.mkdir()
    shutil.copy(rheobase.path, folder / "rheobase")
    libraries = [rheobase.path.parent, rheobase.path.parent / "../lib", rheobase.path.parent / ".."]
    paths = os.pathsep.join(str(path.resolve()) for path in libraries)
    # A multiarch installation has its library one folder further down.
    paths += "".join(
        os.pathsep + str(p.parent) for p in (rheobase.path.parent / "..").glob("lib*/*/librheobase.so")
    )
    return folder, os.environ | {"LD_LIBRARY_PATH": paths}


def test_a_program_on_path_is_run_with_all_arguments_as_they_are(rheobase, on_path):
    folder, env = on_path
    write_script(folder, "echo-back", label="here")
    arguments = ["--json", "two words", "", "-h", "--", "a'b\"c", "$HOME", "\\"]
    done = rheobase("echo-back", *arguments, env=env)
    assert done.returncode == 0
    assert done.stdout == "here\n" + "".join(f"[{argument}]\n" for argument in arguments)
    assert done.stderr == "problem\n"


def test_its_exit_code_is_returned(rheobase, on_path):
    folder, env = on_path
    for code in (1, 2, 77, 130):
        write_script(folder, "fail", code=code)
        assert rheobase("fail", env=env).returncode == code


def test_it_has_the_callers_standard_input(rheobase, on_path):
    folder, env = on_path
    write_script(folder, "read")
    done = subprocess.run(
        [rheobase.path, "read"], env=env, input="from stdin\n", capture_output=True, text=True
    )
    assert "from stdin\n" in done.stdout


def test_the_folder_of_the_program_comes_before_path(copy, on_path):
    beside, env = copy
    folder, with_path = on_path
    write_script(beside, "where", label="beside")
    write_script(folder, "where", label="on path")
    done = subprocess.run(
        [beside / "rheobase", "where"],
        env=env | {"PATH": with_path["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "beside\n"


def test_own_verbs_cannot_be_replaced(rheobase, on_path):
    folder, env = on_path
    for verb in ("list", "show", "eval"):
        write_script(folder, verb, label="replaced")
    assert "replaced" not in rheobase("list", env=env).stdout


def test_a_file_that_may_not_be_executed_is_not_run(rheobase, on_path):
    folder, env = on_path
    write_script(folder, "locked").chmod(0o644)
    (folder / "rheobase-folder").mkdir()
    assert "locked" in rheobase.refuses("locked", env=env)
    assert "folder" in rheobase.refuses("folder", env=env)


def test_a_program_that_cannot_be_started_is_an_error_that_names_it(rheobase, on_path):
    folder, env = on_path
    path = folder / "rheobase-broken"
    path.write_text("#!/no/such/interpreter\n")
    path.chmod(0o755)
    assert "broken" in rheobase.refuses("broken", env=env)


def test_a_verb_never_leaves_the_folders_that_are_searched(rheobase, tmp_path):
    (tmp_path / "rheobase-x").mkdir()
    write_script(tmp_path, "y", label="escaped")
    env = os.environ | {"PATH": str(tmp_path / "rheobase-x")}
    rheobase.refuses("x/../../rheobase-y", env=env)


def test_the_help_lists_the_verbs_that_can_be_found(rheobase, on_path):
    folder, env = on_path
    write_script(folder, "found-one")
    assert "found-one" in rheobase("--help", env=env).stdout
    assert "found-one" not in rheobase("--help").stdout
    assert "found-one" in rheobase.refuses("unknown-verb", env=env)
    assert "did you mean 'found-one'?" in rheobase.refuses("fuond-one", env=env)


def test_an_empty_or_missing_path_is_no_problem(rheobase):
    without = {key: value for key, value in os.environ.items() if key != "PATH"}
    for env in (without, os.environ | {"PATH": ""}, os.environ | {"PATH": "::/no/such/folder:"}):
        assert rheobase("list", env=env).returncode == 0
        rheobase.refuses("unknown-verb", env=env)
