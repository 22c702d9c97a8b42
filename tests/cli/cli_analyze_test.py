# SPDX-License-Identifier: Apache-2.0
"""`rheobase analyze`: its page, table and JSON, and bad input."""

import math
import re

DOCS_FIELD = re.compile(r"^\| `(\w+)` \|", re.M)


def documented_fields(root) -> set[str]:
    text = (root / "docs/analyze.md").read_text()
    return set(DOCS_FIELD.findall(text.split("## JSON")[1].split("`saturation`: a side")[0]))


def test_every_activation_has_a_page(rheobase, activations):
    for info in activations:
        done = rheobase("analyze", info["name"])
        assert (done.returncode, done.stderr) == (0, ""), info["name"]
        assert done.stdout.startswith(info["name"])
        assert "nan" not in done.stdout


def test_json_has_the_documented_fields(rheobase, request):
    found = rheobase.json("analyze", "gelu")
    assert documented_fields(request.config.rootpath) == found.keys()
    assert math.isclose(found["range"]["low"]["value"], -0.16997120747990369)


def test_several_names_are_an_array_a_table_or_pages(rheobase):
    assert [each["name"] for each in rheobase.json("analyze", "relu", "tanh")] == ["relu", "tanh"]
    lines = rheobase("analyze", "relu", "tanh", "--table").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["name", "relu", "tanh"]
    pages = rheobase("analyze", "relu", "tanh").stdout
    assert pages.startswith("relu\n") and "\ntanh\n" in pages


def test_options_and_parameters_are_read(rheobase):
    arguments = (
        "-p",
        "alpha=0.5",
        "--interval=-3,3",
        "--normal",
        "1,2",
        "--sigma-w",
        "1.5",
        "--sigma-b",
        "0.1",
    )
    found = rheobase.json("analyze", "elu", *arguments)
    assert found["parameters"] == {"alpha": 0.5}
    assert found["options"] == {"interval": [-3, 3], "normal": [1, 2], "sigma_w": 1.5, "sigma_b": 0.1}
    assert rheobase.json("analyze", "elu", "--interval", "-3,3")["options"]["interval"] == [-3, 3]


def test_help_has_examples_and_the_program_lists_the_verb(rheobase):
    assert "Examples:" in rheobase("analyze", "--help").stdout
    assert "analyze" in rheobase("--help").stdout


def test_bad_input_is_one_line(rheobase):
    assert "did you mean 'gelu'" in rheobase.refuses("analyze", "gelo")
    assert "NAME" in rheobase.refuses("analyze")
    assert "softmax is a function of rows" in rheobase.refuses("analyze", "softmax")
    assert "rrelu draws random numbers" in rheobase.refuses("analyze", "rrelu")
    assert "elu has no parameter 'beta'" in rheobase.refuses("analyze", "elu", "-p", "beta=1")
    assert "PARAMETER=NUMBER" in rheobase.refuses("analyze", "elu", "-p", "alpha")
    assert "interval is 3,1" in rheobase.refuses("analyze", "relu", "--interval", "3,1")
    assert "interval is nan,1" in rheobase.refuses("analyze", "relu", "--interval", "nan,1")
    assert "--interval is '3'" in rheobase.refuses("analyze", "relu", "--interval", "3")
    assert "--normal is 'x'" in rheobase.refuses("analyze", "relu", "--normal", "0,x")
    assert "normal is 0,-1" in rheobase.refuses("analyze", "relu", "--normal", "0,-1")
    assert "sigma_w is 0" in rheobase.refuses("analyze", "relu", "--sigma-w", "0")
    assert "--table" in rheobase.refuses("analyze", "relu", "--table", "--json")
    # One bad name spoils all: no half output.
    rheobase.refuses("analyze", "relu", "gelo")


def test_output_that_cannot_be_written_is_an_error(rheobase):
    with open("/dev/full", "w") as full:
        done = rheobase("analyze", "relu", capture_output=False, stdout=full, stderr=-1)
    assert done.returncode == 2 and "cannot write to standard output" in done.stderr
