# SPDX-License-Identifier: Apache-2.0
"""The site: every function and page is there, every link leads somewhere, nothing comes from elsewhere."""

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from program import kind_of
from snippets import ROOT, Block, blocks, compiled, program_of, run_program, run_python, run_sh
from staging import Stage

# Attributes by which a page loads something, as opposed to leading there.
LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("source", "src"), ("iframe", "src")}


class Page(HTMLParser):
    """The links, anchors, text and loaded files of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.links, self.anchors, self.loads, self.text = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.anchors.add(value)
            if (tag, name) == ("a", "href"):
                self.links.append(value)
            if (tag, name) in LOADS:
                self.loads.append(value)

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_function_of_the_registry_has_a_page_and_a_line_in_the_table(markdown, functions):
    assert markdown.keys() == {info["name"] for info in functions} | {""}
    lines = re.findall(r'(?:href="|\]\()(\w+)\.(?:html|md)', markdown[""])
    assert sorted(lines) == sorted(info["name"] for info in functions)


def test_a_functions_page_and_its_pictures_are_in_the_site(site, chosen):
    for info in chosen:
        text = (site / f"functions/{info['name']}.html").read_text(encoding="utf-8")
        assert text.count('<svg class="large"') == 1, info["name"]
        assert ("<math" in text) == (info["kind"] != "random"), info["name"]


def test_every_page_of_the_repository_is_in_the_site_and_in_the_menu(site, pages):
    menu = {link.split("#")[0] for link in pages[site / "index.html"].links}
    for path in sorted((ROOT / "docs").glob("*.md")):
        assert (site / f"docs/{path.stem}.html").is_file(), path.name
        assert f"docs/{path.stem}.html" in menu, path.name


def broken(site: Path, pages: dict[Path, Page]) -> list[str]:
    found = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            place = f"{path.relative_to(site)}: {link}"
            if parts.scheme or parts.netloc:
                good = parts.scheme == "https" and re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", parts.netloc)
                if not good or not re.fullmatch(r"[!-~]+", link):
                    found.append(place)
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchors = pages[target].anchors if target in pages else {unquote(parts.fragment)}
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors):
                found.append(place)
    return found


def test_every_link_leads_to_a_page_and_a_heading(site, pages):
    assert not broken(site.resolve(), {path.resolve(): page for path, page in pages.items()})


def test_a_link_to_a_heading_that_is_not_there_is_noticed(tmp_path):
    path = tmp_path / "a.html"
    path.write_text('<a href="#here">x</a><a href="b.html">y</a><a href="http://x">z</a><i id="there"></i>')
    assert len(broken(tmp_path, {path: Page(path.read_text())})) == 3


def test_nothing_is_loaded_from_another_place(site, pages):
    elsewhere = [
        (path.name, load) for path, page in pages.items() for load in page.loads if urlsplit(load).netloc
    ]
    assert not elsewhere
    for style in site.rglob("*.css"):
        found = re.findall(
            r"(?:@import\s*|url\()['\"]?(?:https?:)?//[^)'\"]+", style.read_text(encoding="utf-8")
        )
        assert not found, (style.name, found)


def test_a_functions_page_states_what_the_registry_says(functions, markdown):
    for info in functions:
        said = [info["title"], *(p["meaning"] for p in info.get("parameters", [])), *info["aliases"]]
        said += [reference["text"] for reference in info["references"]]
        said += [preset["name"] for preset in info.get("presets", [])]
        page = markdown[info["name"]].replace("\\|", "|")
        missing = [part for part in said if part not in page]
        assert not missing, info["name"]


def cells_of(page: str, *first: str) -> list[str]:
    """The other cells of the one line of a table that begins with these."""
    start = "".join(f"| {cell} " for cell in first) + "| "
    (line,) = (line for line in page.split("\n") if line.startswith(start))
    return [cell.strip() for cell in line.removeprefix(start).rstrip("| ").split("|")]


@pytest.mark.parametrize("role", ["value", "derivative", "backward"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_a_functions_page_has_the_numbers_of_its_proof(dtype, role, functions, markdown):
    for info in kind_of(functions, "unary"):
        recorded = json.loads((ROOT / f"proofs/{info['name']}.json").read_text(encoding="utf-8"))
        proof = (recorded if dtype == "float32" else recorded[dtype])[role]
        promised, largest, none_above, _, grad, how = cells_of(markdown[info["name"]], dtype, role)
        assert float(promised) == proof["bound"], info["name"]
        assert largest == (f"{proof['maximum']:.4f}" if proof["maximum"] else "0"), info["name"]
        assert bool(grad) == (role == "backward" and proof["maximum"] > 0), info["name"]
        assert how.startswith("proven, all"), info["name"]
        assert bool(none_above) == ("at_most" in proof), info["name"]
        assert not none_above or 0 <= float(none_above) - proof["at_most"] <= 1e-4, info["name"]


def test_backward_in_float64_is_promised_and_tested(functions, markdown):
    for info in kind_of(functions, "unary"):
        assert cells_of(markdown[info["name"]], "float64", "backward") == ["1.5", *[""] * 4, "tested"]


def test_a_preset_without_tables_has_the_speed_of_its_activation(markdown):
    said = "as [`leaky_relu`](leaky_relu.md), which runs the same kernels with other parameters; all"
    assert said in " ".join(markdown["leaky_relu_tf"].split())
    rows = [re.findall(r"^\| value \|.*", markdown[name], re.M) for name in ("leaky_relu_tf", "leaky_relu")]
    assert rows[0] == rows[1] != []
    # Its numbers are in tables of its own, which may take another time.
    assert "Not in the last recorded run" in markdown["softplus_torch"]


def test_a_functions_links_lead_to_pages_that_exist(functions, markdown, tmp_path):
    stage, names = Stage(ROOT, tmp_path), {info["name"] for info in functions}
    for name, text in markdown.items():
        stage.with_links(f"functions/{name}.md", text)
        assert names >= set(re.findall(r"\]\((\w+)\.md\)", text)), name


SECTIONS = {
    "unary": "Formula, Call it, Properties, Special values, Accuracy, Speed, Pitfalls",
    "rows": "Formula, Call it, Properties, Special rows, Accuracy, Speed, Pitfalls",
    "random": "Formula, Call it, Properties, Special values, Accuracy, Speed, Pitfalls",
}
MORE = {"Parameters", "Presets", "Other names", "References"}  # of those that have any


def test_the_pages_of_a_kind_have_its_sections_in_order(functions, markdown):
    for info in functions:
        found = re.findall(r"^## (.+)$", markdown[info["name"]], re.M)
        wanted = SECTIONS[info["kind"]].split(", ")
        assert [title for title in found if title not in MORE] == wanted, info["name"]


def test_no_section_of_a_functions_page_is_empty(markdown):
    for name, text in markdown.items():
        assert not re.search(r"^## .+\n\s*(?:^## |\Z)", text, re.M), name


def blocks_of(markdown: dict[str, str], language: str) -> list[Block]:
    found = [block for name, text in markdown.items() for block in blocks(f"functions/{name}.md", text)]
    return [block for block in found if block.language == language]


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_the_calls_of_all_functions_compile_and_run(language, markdown, functions, library, tmp_path):
    parts = blocks_of(markdown, language)
    assert len(parts) == len(functions)
    assert run_program(compiled(program_of(parts), language, tmp_path, library)) == ""


def test_the_calls_of_all_functions_run_in_python(markdown, functions):
    pytest.importorskip("torch")
    parts = blocks_of(markdown, "python")
    assert len(parts) >= len(functions)
    for block in parts:
        assert run_python(block, {"__name__": "__main__"}) == "", block.place


def test_the_calls_of_all_functions_run_on_the_command_line(markdown, functions, program, tmp_path):
    parts = blocks_of(markdown, "sh")
    assert len(parts) == len(functions)
    together = dataclasses.replace(parts[0], code="".join(block.code for block in parts))
    assert run_sh(together, tmp_path, program)
