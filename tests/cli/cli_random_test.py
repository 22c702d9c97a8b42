# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers: listed and shown among all others, evaluated by `rheobase random`."""

import pytest


def results(rheobase, *arguments):
    return rheobase.json("random", *arguments)["results"]


@pytest.fixture(scope="session")
def names(rheobase) -> list[str]:
    return rheobase("random").stdout.split()


@pytest.fixture(scope="session")
def random_functions(everything) -> dict[str, dict]:
    return {info["name"]: info for info in everything if info["kind"] == "random"}


def test_without_a_name_all_are_listed(names):
    assert names == sorted(names)
    assert {"rrelu", "noisy_relu", "alpha_dropout"} <= set(names)


def test_without_a_name_json_has_what_list_says_of_each(rheobase, random_functions):
    assert rheobase.json("random") == list(random_functions.values())


def test_list_has_them_with_their_kind(random_functions, names):
    assert list(random_functions) == names


def test_show_has_a_page_for_each(rheobase, random_functions):
    for name, info in random_functions.items():
        done = rheobase("show", name)
        assert (done.returncode, done.stderr) == (0, "")
        for text in (name, info["title"], info["formula"], info["parameters"][0]["meaning"], "References"):
            assert text in done.stdout
        assert rheobase.json("show", name.upper()) == info


def test_a_torch_name_says_all_that_its_file_declares(random_functions):
    (torch,) = random_functions["rrelu"]["torch"]
    assert torch["inplace"] is True and torch["fixed"] == {} and torch["choice"] is None


def test_eval_says_which_verb_they_have(rheobase):
    message = rheobase.refuses("eval", "rrelu", "1")
    assert message == "rheobase: rrelu draws random numbers: rheobase random rrelu --seed S X..."


# relu is near too, but farther.
def test_an_unknown_name_suggests_the_nearest_of_any_kind(rheobase):
    for verb in (["show", "rrelo"], ["eval", "rrelo", "1"]):
        assert "named 'rrelo'; did you mean 'rrelu'?" in rheobase.refuses(*verb)


def test_json_has_the_shortest_digits_of_the_format(rheobase):
    text = rheobase("random", "alpha_dropout", "--json", "0.1", "nan").stdout
    assert '"x": 0.1,' in text and '"x": "nan",' in text


def test_the_same_seed_and_offset_draw_the_same_numbers(rheobase, names):
    points = ["-1"] * 40
    for name in names:
        drawn = results(rheobase, name, "--seed", 7, "--offset", 3, *points)
        assert drawn == results(rheobase, name, "--seed", 7, "--offset", 3, *points)
        assert drawn != results(rheobase, name, "--seed", 7, "--offset", 4, *points)
        assert drawn[5:] == results(rheobase, name, "--seed", 7, "--offset", 3, "--first", 5, *points[5:])


def test_each_point_draws_a_number_of_its_own(rheobase):
    slopes = [row["derivative"] for row in results(rheobase, "rrelu", "--seed", 1, *["-1"] * 20)]
    assert len(set(slopes)) == 20
    assert all(1 / 8 <= slope <= 1 / 3 for slope in slopes)


def test_without_a_seed_it_is_evaluation(rheobase):
    (row,) = results(rheobase, "rrelu", "--set", "lower=0.25", "--set", "upper=0.5", "-2")
    assert row == {"x": -2, "value": -0.75, "derivative": 0.375}


def test_the_table_has_a_row_for_each_point(rheobase):
    done = rheobase(
        "random", "noisy_relu", "--seed", 7, "--dtype", "float64", "--", "-inf", "0", "inf", "nan"
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["x", "value", "derivative"]
    assert [line[0] for line in lines[1:]] == ["-inf", "0", "inf", "nan"]
    assert lines[1][1:] == ["0", "0"] and lines[3][1:] == ["inf", "1"] and lines[4][1:] == ["nan", "nan"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rrelo", "1"), "no function of random numbers named 'rrelo'; did you mean 'rrelu'?"),
        (("rrelu",), "X is missing: expected numbers after rrelu"),
        (("rrelu", "x"), "X is 'x'; expected a number, inf or nan"),
        (("alpha_dropout", "--set", "p=1", "0"), "p is 1; expected p at least 0 and below 1"),
        (("rrelu", "--offset", "1", "0"), "--seed"),
        (("rrelu", "--seed", "-1", "0"), "--seed"),
        (("rrelu", "--seed", "1", "--dtype", "float8", "0"), "--dtype"),
    ],
)
def test_a_wrong_request_gets_one_line_that_says_so(rheobase, arguments, message):
    assert message in rheobase.refuses("random", *arguments)
