# SPDX-License-Identifier: Apache-2.0
"""The page: same numbers as the JSON, self-contained, accessible."""

import re
from html.parser import HTMLParser

from rheobase.lab.figures import COLOURS
from rheobase.lab.report import loss, percent, signed, verdict

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects the cells of the table by row, and all tags; checks that tags are closed in order."""

    def __init__(self, text: str):
        super().__init__()
        self.rows, self.tags, self._open = {}, [], []
        self._row = None
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr" and "data-name" in attributes:
            self._row = self.rows.setdefault(attributes["data-name"], {})
        self._cell = attributes.get("data-label") if tag == "td" else getattr(self, "_cell", None)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag == "td":
            self._cell = None
        if tag == "tr":
            self._row = None

    def handle_data(self, data):
        if self._row is not None and self._cell:
            self._row[self._cell] = self._row.get(self._cell, "") + data


def test_the_table_shows_the_numbers_of_the_json(tiny):
    rows = Page(tiny.page).rows
    assert list(rows) == [a["name"] for a in tiny.results["activations"]]
    for activation in tiny.results["activations"]:
        cells = rows[activation["name"]]
        accuracy, time = activation["accuracy"], activation["step_time"]
        half = 100 * (accuracy["high"] - accuracy["low"]) / 2
        assert cells["Test accuracy, %"].split() == [f"{100 * accuracy['mean']:.2f}", "±", f"{half:.2f}"]
        assert float(cells["Spread, points"]) == round(100 * accuracy["deviation"], 2)
        assert float(cells["Final loss"]) == round(activation["final_loss"]["mean"], 4)
        assert float(cells["Dead, %"]) == round(100 * activation["dead"]["mean"], 2)
        assert float(cells["Saturated, %"]) == round(100 * activation["saturated"]["mean"], 2)
        median = cells["Time per step, µs"].partition("(")[0]
        assert int(re.sub(r"\s", "", median)) == round(1e6 * time["median"])
        assert int(cells["Runs"]) == activation["runs"]


def test_the_page_states_every_setting_and_the_command(tiny):
    shown = " ".join(re.sub(r"<[^>]*>", " ", tiny.page).split())
    for term in (
        "Epochs 2",
        "Batch 64",
        "Learning rate 0.3",
        "Seeds 2, from 0",
        "Hidden layers 1",
        "Hidden units 256",
        "Threads 1",
    ):
        assert term in shown
    assert tiny.results["command"] in shown and tiny.results["command"].startswith(
        "rheobase compare relu sigmoid"
    )


def test_the_page_needs_no_network_and_no_script(tiny):
    tags = Page(tiny.page).tags
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in tags}
    for tag, attributes in tags:
        for key in ("src", "href", "xlink:href"):
            assert attributes.get(key, "#").startswith("#") or tag == "a"
    styles = "".join(re.findall(r"<style>(.*?)</style>", tiny.page, re.DOTALL))
    assert "url(" not in styles and "@import" not in styles


def test_every_figure_has_a_label_and_identifiers_are_unique(tiny):
    tags = Page(tiny.page).tags
    figures = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(figures) == 2 + 2 * len(tiny.results["activations"])
    assert all(f["role"] == "img" and f["aria-label"] for f in figures)
    identifiers = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    used = set(re.findall(r"url\(#([^)]+)\)", tiny.page)) | set(re.findall(r'href="#([^"]+)"', tiny.page))
    used |= {a["aria-labelledby"] for _, a in tags if "aria-labelledby" in a}
    assert used <= set(identifiers)


def test_every_colour_of_a_figure_is_left_to_the_style_sheet(tiny):
    drawings = "".join(re.findall(r"<svg.*?</svg>", tiny.page, re.DOTALL))
    assert re.findall(r"#[0-9a-f]{6}", drawings) == []
    styles = tiny.page.partition("<style>")[2].partition("</style>")[0]
    assert all(styles.count(f"--{name}: #") == 3 for name in COLOURS)  # light; dark by system and by choice


def test_formulas_come_from_the_registry(tiny):
    for activation in tiny.results["activations"]:
        assert activation["formula"].replace(">", "&gt;").replace("<", "&lt;") in tiny.page


def test_numbers_are_written_for_people():
    assert percent(0.97425) == "97.42"
    assert signed(-0.0123) == "\N{MINUS SIGN}1.23" and signed(0.0123) == "+1.23"
    assert signed(-1e-9) == signed(0.0) == "0.00"
    assert (
        loss(0.01234) == "0.0123"
        and loss(0.0) == "0.0000"
        and loss(1234.56) == "1234.6"
        and loss(1.26e-5) == "1.3e\N{MINUS SIGN}05"
    )


def entry(name, rank, mean, within_noise):
    return {"name": name, "rank": rank, "accuracy": {"mean": mean}, "within_noise": within_noise}


def test_the_verdict_never_says_more_than_the_seeds_support():
    best = entry("a", 1, 0.98, None)
    near, far, tied = entry("b", 2, 0.97, True), entry("c", 3, 0.9, False), entry("d", 1, 0.98, True)
    lost = {"name": "e", "rank": 4, "accuracy": None, "within_noise": None}

    def of(*activations):
        return verdict({"activations": list(activations)})

    assert of(best) == "a classifies 98.00 % of the test examples correctly."
    assert of(best, near, far) == (
        "a reaches the highest mean test accuracy, 98.00 %; 1 of the 2 others is not distinguishable from it."
    )
    assert of(best, far).endswith("98.00 %; the other one is distinguishable from it.")
    assert of(best, tied) == "a and d reach the highest mean test accuracy, 98.00 %."
    assert of(best, tied, near, far).startswith("a and d reach the highest mean test accuracy")
    assert of(best, tied, near, far).endswith("1 of the 2 others is not distinguishable from it.")
    assert of(best, near).endswith("but no other is distinguishable from it.")
    assert of(best, entry("b", 2, 0.9, None)).endswith("so few seeds do not tell a difference from noise.")
    assert of(lost) == "No run was finished with a finite loss."
