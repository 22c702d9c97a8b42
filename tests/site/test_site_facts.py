# SPDX-License-Identifier: Apache-2.0
"""What pages of functions of rows and of random numbers say: sampled, promised in docs/, measured."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import sampled
from measured import Measured
from program import kind_of
from promises import Promises

from rheobase._evaluate import evaluate_rows

ROOT = Path(__file__).resolve().parents[2]
PAGE = """\
## First
- **Words** of `f` are

      f    x

  exact ([here](other.md#place)).
- `g` is not: `f2` neither
| | a |
|---|---|
| f, g | 1 |
| backward of f | 2 |

## Second
- `f` again
"""


@pytest.fixture
def page(tmp_path) -> Promises:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return Promises(path)


def test_items_and_lines_that_name_a_function_are_found_whole(page):
    (item,) = page.items("First", "f")
    assert item.startswith("- **Words** of `f` are\n\n      f    x\n\n  exact")
    assert "(../docs/other.md#place)" in item  # from a function's page
    assert page.items("Second", "f") == ["- `f` again"]
    assert page.lines("First", "f") == [["f, g", "1"], ["backward of f", "2"]]
    assert page.lines("First", "g") == [["f, g", "1"]]


def test_where_nothing_is_promised_there_is_nothing(page, tmp_path):
    assert page.items("Third", "f") == page.lines("First", "h") == []
    assert Promises(tmp_path / "none.md").items("First", "f") == []


def test_docs_promise_something_of_every_such_function(functions):
    rows, random = (Promises(ROOT / f"docs/{name}.md") for name in ("rows", "random"))
    for info in kind_of(functions, "rows"):
        roles = [line[0].split()[0] for line in rows.lines("Promises", info["name"])]
        assert len(roles) == 2 and roles[1] == "backward", info["name"]
    for info in kind_of(functions, "random"):
        assert random.items("What is promised", info["name"]), info["name"]


def test_sampled_rows_are_those_of_the_function():
    x = np.array([[1.0, 2.0, 4.0]])
    shares = np.exp(x) / np.exp(x).sum()
    assert np.allclose(evaluate_rows("softmax", x), shares, rtol=1e-15)
    gradient = evaluate_rows("softmax", x, np.array([[1.0, 0.0, 0.0]]))
    assert np.allclose(gradient, shares * (np.array([1.0, 0, 0]) - shares[0, 0]), rtol=1e-14)


def test_properties_of_rows_are_told_apart():
    of = {name: dict(sampled.row_properties(name)) for name in ("softmax", "log_softmax", "softmin")}
    assert of["softmax"]["values"] == of["softmin"]["values"] == "from 0 to 1"
    assert of["log_softmax"]["values"] == "from −∞ to 0"
    totals = [found["sum of a row's values"] for found in of.values()]
    assert totals[0] == totals[2] == "1, but for rounding" and "exponentials" in totals[1]
    orders = [found["order of a row's values"] for found in of.values()]
    assert orders == ["that of the row", "that of the row", "the other way round"]


def test_properties_without_a_rule_are_not_claimed(monkeypatch):
    monkeypatch.setattr(
        sampled, "evaluate_rows", lambda name, x, grad=None: np.sin(x) if grad is None else grad
    )
    found = dict(sampled.row_properties("sine"))
    assert found["sum of a row's values"] == "depends on the row"
    assert found["a number that is added to the whole row"] == "changes values"
    assert found["order of a row's values"] == "not that of the row"
    assert found["sum of a row's gradient"] == "depends on the row"


def test_properties_of_random_functions_are_those_of_the_distribution():
    found = {label: tuple(texts) for label, *texts in sampled.random_properties("rrelu")}
    mean, slope = 1 / math.sqrt(2 * math.pi), (1 / 8 + 1 / 3) / 2
    assert float(found["mean"][1]) == pytest.approx((1 - slope) * mean, abs=0.01)
    assert found["share of exact zeros"] == ("0 %", "0 %")
    still = {label: text for label, _, text in sampled.random_properties("alpha_dropout")}
    assert float(still["variance"]) == 1


def test_speed_and_errors_are_those_of_forms(functions):
    measured = Measured(ROOT)
    for kind, word in (("rows", "rows of"), ("random", "random ")):
        for info in kind_of(functions, kind):
            speed = measured.form_speed(info["name"])
            assert speed["lines"] and all(line["role"].startswith(word) for line in speed["lines"])
            assert re.match(r"\d{4}-\d\d-\d\d, ", speed["where"])
    lines = measured.form_errors("softmax")
    assert [line["contender"] for line in lines][:2] == ["rheobase", "PyTorch"]
    assert float(lines[0]["errors"][0]) <= 1.51
