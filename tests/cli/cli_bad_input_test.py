# SPDX-License-Identifier: Apache-2.0
"""Wrong requests: one clear line on stderr, nothing on stdout, exit code 2."""

import os

import pytest

CASES = {
    "an unknown verb": (["analyse-nothing"], "analyse-nothing"),
    "an empty verb": ([""], ""),
    "a verb that is a path": (["../rheobase"], "../rheobase"),
    "an unknown flag before the verb": (["--colour"], "--colour"),
    "an unknown flag after the verb": (["list", "--colour"], "--colour"),
    "list with a name": (["list", "x"], "x"),
    "two verbs": (["list", "show"], "show"),
    "show without a name": (["show"], "NAME"),
    "show of nothing": (["show", ""], "''"),
    "show with two names": (["show", "{name}", "{name}"], "{name}"),
    "show of an unknown name": (["show", "no such name at all"], "'no such name at all'"),
    "eval without anything": (["eval"], "NAME"),
    "eval without a point": (["eval", "{name}"], "X"),
    "eval of an unknown name": (["eval", "no such name at all", "1"], "'no such name at all'"),
    "eval at a word": (["eval", "{name}", "1", "two"], "'two'"),
    "eval at an empty word": (["eval", "{name}", "--", ""], "''"),
    "eval at half a number": (["eval", "{name}", "1x"], "'1x'"),
    "eval at two numbers in one": (["eval", "{name}", "1 2"], "'1 2'"),
    "eval at a number with a comma": (["eval", "{name}", "0,5"], "'0,5'"),
    "eval at a number beyond float64": (["eval", "{name}", "1e400"], "'1e400'"),
    "eval in an unknown format": (["eval", "{name}", "1", "--dtype", "float8"], "float8"),
    "eval without a format": (["eval", "{name}", "1", "--dtype"], "--dtype"),
    "a setting without a value": (["eval", "{name}", "1", "--set"], "--set"),
    "a setting that is only a name": (["eval", "{name}", "1", "--set", "alpha"], "'alpha'"),
    "a setting without a name": (["eval", "{name}", "1", "--set", "=1"], "'=1'"),
    "a setting without a number": (["eval", "{name}", "1", "--set", "alpha="], "alpha"),
    "a setting to a word": (["eval", "{name}", "1", "--set", "alpha=much"], "'much'"),
    "a setting of an unknown parameter": (["eval", "{name}", "1", "--set", "temperature=1"], "'temperature'"),
    "a number with an unknown flag": (["eval", "{name}", "1", "--fast"], "--fast"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_one_line_that_names_the_argument(rheobase, activations, case):
    arguments, shown = CASES[case]
    name = activations[0]["name"]
    message = rheobase.refuses(*(argument.format(name=name) for argument in arguments))
    assert shown.format(name=name) in message


def test_an_unknown_name_suggests_the_nearest(rheobase, activations):
    for info in activations:
        message = rheobase.refuses("show", info["name"] + "q")
        assert f"'{info['name']}q'" in message and "did you mean '" in message


@pytest.mark.parametrize(
    ("verb", "nearest"),
    [("lsit", "list"), ("verfiy", "verify"), ("completions", "completion"), ("LIST", None)],
)
def test_an_unknown_verb_suggests_the_nearest(rheobase, verb, nearest):
    message = rheobase.refuses(verb, "gelu")
    assert f"no verb '{verb}'" in message and "here are: list show " in message
    assert ("did you mean" in message) == bool(nearest)
    assert nearest is None or f"; did you mean '{nearest}'? There are:" in message


def test_a_name_with_line_breaks_is_still_one_line(rheobase):
    rheobase.refuses("show", "two\nlines")
    rheobase.refuses("two\nlines")
    rheobase.refuses("eval", "two\r\nlines", "1")


def test_a_point_with_line_breaks_is_still_one_line(rheobase, activations):
    rheobase.refuses("eval", activations[0]["name"], "1\n2")


def test_parameters_outside_their_domain_are_refused(rheobase, activations):
    found = 0
    for info in activations:
        for parameter in info["parameters"]:
            name, found = parameter["name"], found + 1
            values = ["nan", "1e300"]
            values += ["inf", "-inf"] if parameter["domain"] != "finite_or_infinite" else []
            values += ["0", "-1"] if parameter["domain"] == "positive" else []
            values += ["0"] if parameter["domain"] == "nonzero" else []
            for value in values:
                message = rheobase.refuses("eval", info["name"], "--set", f"{name}={value}", "--", "1")
                assert name in message and value.replace("1e300", "1e+300") in message
            message = rheobase.refuses("eval", info["name"], "1", "--set", f"{name}=1", "--set", f"{name}=1")
            assert name in message and "twice" in message
    assert found > 0


@pytest.mark.parametrize("point", ["-inf", "-.5", "-nan"])
def test_a_point_that_looks_like_a_flag_is_taken_or_named_in_the_message(rheobase, activations, point):
    name = activations[0]["name"]
    if rheobase("eval", name, point).returncode != 0:
        assert point in rheobase.refuses("eval", name, point)


def test_one_bad_point_among_good_ones_prints_nothing_of_the_others(rheobase, activations):
    rheobase.refuses("eval", activations[0]["name"], "1", "2", "bad")


def test_an_unknown_instruction_set_is_refused_by_every_verb(rheobase, activations):
    env = os.environ | {"RHEOBASE_TARGET": "AVX4096"}
    for arguments in (
        ["list"],
        ["show", activations[0]["name"]],
        ["eval", activations[0]["name"], "1"],
        ["--targets"],
    ):
        message = rheobase.refuses(*arguments, env=env)
        assert "RHEOBASE_TARGET" in message and "AVX4096" in message


def test_a_bad_number_of_threads_is_refused_by_every_verb(rheobase, activations):
    for value in ("0", "-1", "1025", "many"):
        env = os.environ | {"RHEOBASE_NUM_THREADS": value}
        for arguments in (["list"], ["eval", activations[0]["name"], "1"], ["--targets"]):
            message = rheobase.refuses(*arguments, env=env)
            assert "RHEOBASE_NUM_THREADS" in message and f"'{value}'" in message


def test_a_good_number_of_threads_is_accepted(rheobase):
    for value in ("", "1", "1024"):
        assert rheobase("list", env=os.environ | {"RHEOBASE_NUM_THREADS": value}).returncode == 0
