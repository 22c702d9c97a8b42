# SPDX-License-Identifier: Apache-2.0
"""The page of `rheobase report`: its numbers are their sources', and it works in a browser."""

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import chromium
import numpy as np
import pytest
from report_page import ROOT, table, write

import rheobase
from rheobase import report
from rheobase.bench.records import COLUMNS
from rheobase.report import page as report_page
from rheobase.report import pictures, properties, text

browser = pytest.mark.skipif(chromium.PROGRAM is None, reason="chromium is not installed")
TEMPLATES = Path(report.__file__).parent / "templates"


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Path:
    """A table of `rheobase bench` with an old and a new row, a slower peer and one that failed."""
    path = tmp_path_factory.mktemp("bench") / "bench.csv"
    common = dict.fromkeys(COLUMNS, "") | {
        "machine": "A Machine", "cores": "2", "instruction_set": "AVX2", "threads": "1", "data": "uniform",
        "role": "value", "dtype": "float32", "size": "65536", "name": "gelu",
    }  # fmt: skip
    rows = [
        {"date": "2026-02-01", "contender": "rheobase", "gelem": "2.5", "copy_share": "0.5", "ratio": "1"},
        {"date": "2026-01-01", "contender": "rheobase", "gelem": "9.5", "copy_share": "0.9", "ratio": "1"},
        {"date": "2026-02-01", "contender": "Slower", "gelem": "1", "ratio": "2.5"},
        {"date": "2026-02-01", "contender": "Faster", "gelem": "5", "ratio": "0.5"},
        {"date": "2026-02-01", "contender": "memcpy", "gelem": "5", "ratio": "0.5"},
    ]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(common | row for row in rows)
    return path


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """A file of runs: two activations, one failed run, and a torn last line."""
    path = tmp_path_factory.mktemp("results") / "runs.jsonl"
    head = {
        "type": "header", "command": "rheobase compare relu gelu", "settings": {"epochs": 3},
        "data": {"name": "some <digits>"},
    }  # fmt: skip
    run = {
        "type": "run",
        "depth": 1,
        "width": 8,
        "lr": 0.3,
        "losses": [2.0, 1.0],
        "dead": 0.25,
        "saturated": 0,
    }
    runs = [
        run | {"activation": "relu", "accuracy": 0.5}, run | {"activation": "gelu", "accuracy": 0.75},
        run | {"activation": "relu", "accuracy": 0.7}, run | {"activation": "gelu", "accuracy": 0.85},
        run | {"activation": "relu", "accuracy": None, "losses": [], "dead": None, "saturated": None},
        {"type": "tune", "activation": "relu", "accuracy": 0.1},
    ]  # fmt: skip
    lines = [json.dumps(entry) for entry in [head, *runs]]
    path.write_text("\n".join([*lines, '{"type": "run", "acc']))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory, bench, results) -> Path:
    path = tmp_path_factory.mktemp("report") / "page.html"
    flags = ["--bench", str(bench), "--results", str(results), "--proofs", str(ROOT / "proofs")]
    write(path, "--no-explorer", *flags)
    return path


@pytest.fixture(scope="module")
def text_of(made) -> str:
    return made.read_text(encoding="utf-8")


def test_every_function_has_a_row_a_picture_and_a_section(text_of):
    assert list(table(text_of, "overview-table")) == rheobase.names()
    assert text_of.count('<svg class="large"') == len(rheobase.names())
    for name in rheobase.names():
        assert f'id="f-{name}"' in text_of


def test_errors_are_the_maxima_of_the_proofs(text_of):
    rows = table(text_of, "errors-table")
    assert list(rows) == rheobase.names()
    for name, cells in rows.items():
        proof = json.loads((ROOT / "proofs" / f"{name}.json").read_text())
        parts = [proof, None, proof["bfloat16"], proof["float16"]]
        for i, (part, role) in enumerate((part, role) for part in parts for role in ("value", "derivative")):
            if part is None:
                assert cells[i] == f"≤ {text.number(rheobase.info(name)['bounds']['float64'][role])}"
            else:
                maximum = part[role]["maximum"]
                assert maximum - 1e-9 <= float(cells[i]) <= maximum + 0.001


def test_without_proofs_the_declared_bounds_stand_there(tmp_path, monkeypatch):
    monkeypatch.setattr("rheobase.report.errors.folder", lambda given: None)
    page = write(tmp_path / "page.html", "gelu", "--no-explorer")
    assert table(page, "errors-table")["gelu"][0] == "≤ 1"
    assert "no proof was found" in page
    assert "over all" not in page.partition("<script>")[0].lower()


def test_speed_has_the_newest_rows_and_marks_where_another_library_is_faster(text_of):
    section = text_of.partition('id="speed"')[2].partition('id="training"')[0]
    assert "2.50" in section
    assert "9.50" not in section
    assert '<td data-key="0.5" class="slower">0.50</td>' in section
    assert '<td data-key="2.5">2.50</td>' in section
    assert "memcpy" not in section
    assert "which is not this machine" in section
    assert table(text_of, "overview-table")["gelu"][6] == "50 %"
    assert table(text_of, "overview-table")["relu"][6] == "not measured"


def test_training_has_the_means_over_seeds_of_whole_lines(text_of):
    rows = table(text_of, "training-table")
    assert list(rows) == ["gelu", "relu"]  # without failed runs first
    assert rows["gelu"][0] == "80.00 %"
    assert rows["relu"][0] == "60.00 %"
    assert rows["relu"][-1] == "3, 1 failed"
    assert float(rows["relu"][2]) == pytest.approx(100 * np.std([0.5, 0.7], ddof=1), abs=0.005)
    assert "some &lt;digits&gt;" in text_of


def test_results_json_of_compare_is_read_too(tmp_path, results):
    lines = results.read_text().splitlines()[:-1]
    head, *runs = map(json.loads, lines)
    activations = [{"name": "gelu", "depth": 1, "width": 8, "rank": 1, "within_noise": None}]
    runs = [run | {"name": run["activation"]} for run in runs if run["type"] == "run"]
    for run in runs:
        del run["activation"]
    path = tmp_path / "results.json"
    path.write_text(json.dumps(head | {"complete": False, "activations": activations, "runs": runs}))
    page = write(tmp_path / "page.html", "gelu", "--results", str(path), "--no-explorer")
    assert table(page, "training-table")["gelu"][0] == "80.00 %"
    assert "best, or not distinguishable" in page
    assert "stopped early" in page


def test_what_is_missing_is_said_with_the_command_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # no results
    monkeypatch.setattr("rheobase.report.speed._default", lambda: None)
    page = write(tmp_path / "page.html", "relu", "gelu", "--no-explorer")
    for command in ("rheobase bench", "rheobase compare", "scripts/build-explorer"):
        assert command in page
        assert command in capsys.readouterr().out or command in page
    cost = float(table(page, "overview-table")["relu"][6])
    assert 0 < cost < 1000


def test_properties_are_what_the_files_declare_or_analyze_finds(text_of):
    for name, cells in table(text_of, "overview-table").items():
        low, high = rheobase.info(name)["facts"]["range"]
        shown = re.fullmatch(r"[\[(](.*), (.*)[\])]", cells[1]).groups()
        for found, declared in zip(shown, (low, high), strict=True):
            number = float(found.replace("−", "-").replace("∞", "inf"))
            assert number == pytest.approx(float(declared), rel=1e-3, abs=1e-3), name


def test_analysed_properties_take_the_place_of_declared_ones(tmp_path):
    if properties.analyser() is None:
        pytest.skip("rheobase.analyze is not installed")
    page = write(tmp_path / "page.html", "selu", "relu", "--no-explorer")
    assert "mean 0 and variance 1 are a fixed point" in page
    assert "50.0 %" in page  # of relu: f = 0, x normal


def test_a_jump_is_a_gap_between_circles_and_a_kink_a_dot():
    drawn = pictures.large("thresholded_relu", [1.0])
    value = re.search(r'<path class="curve value" d="([^"]*)"', drawn).group(1)
    assert value.count("M") == 2
    assert len(re.findall(r'<circle class="open value"', drawn)) == 1
    assert len(re.findall(r'<circle class="full value"', pictures.large("relu", [0.0]))) == 1


def test_json_says_what_the_page_says(tmp_path, capsys):
    page = write(tmp_path / "page.html", "gelu", "silu", "--json", "--no-explorer")
    found = json.loads(capsys.readouterr().out)
    assert [function["name"] for function in found["functions"]] == ["gelu", "silu"]
    assert found["missing"]
    for sentence in found["missing"]:
        assert sentence.partition(":")[0].replace("'", "&#39;") in page


def test_nothing_is_fetched(text_of):
    assert not re.search(r"""(?:src|srcset)=["'](?!#)|<link\b|url\(|@import|\bfetch\(|XMLHttp""", text_of)
    assert all(
        href.startswith(("#", "https://", "http://")) for href in re.findall(r'href="([^"]*)"', text_of)
    )


def test_numbers_are_rounded_so_that_they_stay_bounds():
    assert text.ulp(0.9999001) == "1.000"
    assert text.ulp(0.98729) == "0.988"
    assert text.ulp(0.5) == "0.500"
    assert text.number(float("-inf")) == "−∞"
    assert text.interval("-inf", 1) == "(−∞, 1]"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_script_of_the_page_parses():
    subprocess.run(["node", "--check", str(TEMPLATES / "report.js")], check=True, timeout=60)


@pytest.fixture(scope="module")
def opened():
    with chromium.browser() as page:
        yield page


@browser
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(made, opened, width):
    opened.open(made, width=width)
    script = """
        document.getElementById('expand').click();
        const sections = document.querySelectorAll('details[open]').length;
        return [innerWidth, document.documentElement.scrollWidth, sections];"""
    wide, needed, sections = opened.run(script)
    assert wide == width
    assert needed <= width
    assert sections == len(rheobase.names())
    assert not opened.console


@browser
def test_columns_sort_both_ways_and_what_has_no_number_stays_last(made, opened):
    opened.open(made)
    script = """
        const heads = document.querySelectorAll('#overview-table thead th'), head = heads[7];
        const rows = () => [...document.querySelectorAll('#overview-table tbody tr')];
        const seen = [];
        for (let i = 0; i < 2; ++i) {
          head.querySelector('button').click();
          seen.push(rows()[0].dataset.name, head.getAttribute('aria-sort'));
        }
        heads[5].querySelector('button').click();
        const keys = rows().map((row) => Number(row.cells[5].dataset.key));
        return [seen, keys, head.hasAttribute('aria-sort')];"""
    seen, errors, still = opened.run(script)
    assert seen == ["gelu", "ascending", "gelu", "descending"]
    assert errors == sorted(errors)
    assert not still
    assert not opened.console


@browser
def test_the_filter_and_keys_choose_rows_and_sections(made, opened):
    opened.open(made)
    script = """
        const press = (where, key) =>
            where.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
        press(document.body, '/');
        const box = document.getElementById('filter'), focused = document.activeElement === box;
        const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => !one.hidden);
        const shown = () => visible('#overview-table tbody tr').map((row) => row.dataset.name);
        const type = (text) => { box.value = text; box.dispatchEvent(new Event('input')); };
        type('elu erfc');
        const words = shown(), sections = visible('details.function').length;
        type('no such thing');
        const nothing = !document.getElementById('nothing').hidden;
        press(box, 'Escape');
        const every = shown().length;
        document.querySelector('[data-flag=bounded]').click();
        const bounded = shown();
        location.hash = '#f-relu';
        await until(() => document.getElementById('f-relu').open);
        return {focused, words, sections, nothing, every, bounded};"""
    found = opened.run(script)
    assert found["focused"]
    assert found["nothing"]
    assert found["words"] == ["gelu"]
    assert found["sections"] == 1
    assert found["every"] == len(rheobase.names())
    ranges = {name: rheobase.info(name)["facts"]["range"] for name in rheobase.names()}
    assert found["bounded"] == [name for name, ends in ranges.items() if np.isfinite(np.float64(ends)).all()]
    assert not opened.console


@browser
@pytest.mark.parametrize("system_is_dark", [False, True])
def test_colours_follow_the_system_or_the_choice(made, opened, system_is_dark):
    opened.open(made, dark=system_is_dark)
    script = """
        const theme = document.getElementById('theme'), seen = [];
        for (const choice of ['', 'light', 'dark']) {
          theme.value = choice;
          theme.dispatchEvent(new Event('change'));
          seen.push(getComputedStyle(document.body).backgroundColor);
        }
        return seen;"""
    light, dark = "rgb(255, 255, 255)", "rgb(20, 23, 27)"
    assert opened.run(script) == [dark if system_is_dark else light, light, dark]


def test_report_json_has_no_number_that_json_has_not():
    text = report_page.as_json(report_page.gather(["relu"], None, None, None, None, lambda _: None))
    assert '"inf"' in text and json.loads(text, parse_constant=pytest.fail)
