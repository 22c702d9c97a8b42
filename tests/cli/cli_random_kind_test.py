# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers among all others: listed, shown, and not mistaken for unary ones."""

import pytest

NAMES = {"alpha_dropout", "noisy_relu", "rrelu"}


@pytest.fixture(scope="session")
def random_functions(everything) -> dict[str, dict]:
    return {info["name"]: info for info in everything if info["kind"] == "random"}


def test_they_are_listed_with_their_kind(random_functions):
    assert set(random_functions) >= NAMES


def test_show_has_a_page_for_each(rheobase, random_functions):
    for name, info in random_functions.items():
        done = rheobase("show", name)
        assert (done.returncode, done.stderr) == (0, "")
        for text in (name, info["title"], info["formula"], info["parameters"][0]["meaning"], "References"):
            assert text in done.stdout
        assert rheobase.json("show", name.upper()) == info


def test_eval_says_which_verb_they_have(rheobase):
    done = rheobase("eval", "rrelu", "1")
    assert done.returncode == 2
    assert done.stderr == "rheobase: rrelu draws random numbers: rheobase random rrelu --seed S X...\n"
