# SPDX-License-Identifier: Apache-2.0
"""list, show and eval: as text and as JSON, and that both say the same."""

import math
import re
import struct

import pytest


def float32(value: float) -> float:
    return struct.unpack("f", struct.pack("f", value))[0]


def table(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))


def test_list_prints_each_name_on_a_line_of_its_own_with_its_formula(rheobase, everything):
    done = rheobase("list")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == len(everything) > 0
    for line, info in zip(lines, everything, strict=True):
        assert line.split()[0] == info["name"]
        assert line.endswith(info["formula"])
        for parameter in info.get("parameters", []):
            assert f"{parameter['name']}=" in line


def test_list_is_sorted_by_name(everything):
    names = [info["name"] for info in everything]
    assert names == sorted(set(names))


def test_show_has_the_same_json_as_list(rheobase, everything):
    for info in everything:
        assert rheobase.json("show", info["name"]) == info


def test_show_finds_aliases_and_presets(rheobase, activations):
    aliases = 0
    listed = [alias for info in activations for alias in info["aliases"]]
    for info in activations:
        for alias in info["aliases"]:
            if listed.count(alias) > 1:  # of several activations: refused
                continue
            assert rheobase.json("show", alias) == info
            aliases += 1
        for preset in info["presets"]:
            assert rheobase.json("show", preset["name"])["activation"] == info["activation"]
    assert aliases > 0


def test_show_as_text_says_what_the_json_says(rheobase, activations):
    for info in activations:
        done = rheobase("show", info["name"])
        assert (done.returncode, done.stderr) == (0, "")
        for part in ("title", "summary", "formula"):
            assert info[part] in done.stdout
        for parameter in info["parameters"]:
            assert re.search(
                rf"^  {parameter['name']} .*{re.escape(parameter['meaning'])}", done.stdout, re.M
            )
        for reference in info["references"]:
            assert reference["text"] in done.stdout and reference["url"] in done.stdout
        for alias in info["aliases"]:
            assert alias in done.stdout


def test_eval_as_text_has_the_numbers_of_its_json(rheobase, activations):
    points = ["-2.5", "-0.0", "0", "1e-3", "7", "inf", "-inf", "nan"]
    for info in activations:
        for dtype in ("float32", "float64", "bfloat16", "float16"):
            arguments = ["eval", info["name"], "--dtype", dtype]
            done = rheobase(*arguments, "--", *points)
            assert (done.returncode, done.stderr) == (0, "")
            head, *rows = table(done.stdout)
            assert head == ["x", "value", "derivative"]
            result = rheobase.json(*arguments, "--", *points)
            assert result["name"] == info["name"] and result["format"] == dtype
            assert len(rows) == len(result["results"]) == len(points)
            for row, item in zip(rows, result["results"], strict=True):
                for text, key in zip(row, head, strict=True):
                    assert same(float(text), float(item[key])), (info["name"], item)


def test_eval_gives_the_stated_limits_at_the_infinities(rheobase, activations):
    for info in activations:
        results = rheobase.json("eval", info["name"], "--dtype", "float64", "--", "-inf", "inf")["results"]
        for item, side in zip(results, ("left", "right"), strict=True):
            limit = info["facts"]["limits"][side]
            assert same(float(item["value"]), float(limit["value"])), info["name"]
            assert same(float(item["derivative"]), float(limit["derivative"])), info["name"]


def test_eval_of_float32_prints_the_shortest_text_of_that_float(rheobase, activations):
    for info in activations:
        row = table(rheobase("eval", info["name"], "0.3").stdout)[1]
        assert row[0] == "0.3"
        for text in row[1:]:
            digits = text.lstrip("-0.").split("e")[0].replace(".", "")
            assert len(digits) <= 9, (info["name"], text)


def test_eval_of_16_bit_formats_prints_the_shortest_text(rheobase, activations):
    name = activations[0]["name"]
    for dtype, x, rounded in (
        ("float16", "0.1", "0.1"),
        ("float16", "2049", "2048"),
        ("bfloat16", "257", "256"),
        ("bfloat16", "1e-40", "9e-41"),
    ):
        row = table(rheobase("eval", name, "--dtype", dtype, "--", x).stdout)[1]
        assert float(row[0]) == float(rounded), (dtype, row)


def test_eval_rounds_x_to_the_format_first(rheobase, activations):
    name = activations[0]["name"]
    third = rheobase.json("eval", name, "0.333333333333")["results"][0]
    assert float32(third["x"]) == float32(1 / 3)


def test_eval_uses_the_parameters_that_are_set(rheobase, activations):
    found = 0
    for info in activations:
        for parameter in info["parameters"]:
            found += 1
            arguments = ["eval", info["name"], "--dtype", "float64", "--set", f"{parameter['name']}=0.625"]
            points = ["--", "-3", "0.5625", "1", "3"]
            changed = rheobase.json(*arguments, *points)
            plain = rheobase.json("eval", info["name"], "--dtype", "float64", *points)
            assert changed["results"] != plain["results"], parameter
    assert found > 0


def test_eval_prints_parameter_derivatives_on_request(rheobase, activations):
    """Against the difference quotient, at points that no kink comes near."""
    found, h, points = 0, 1e-6, ["--dtype", "float64", "--", "-2.3", "0.4"]
    for info in activations:
        rows = rheobase.json("eval", info["name"], "--parameters", *points)["results"]
        names = [p["name"] for p in info["parameters"]]
        assert all(list(row.get("parameters", {})) == names for row in rows)
        head = table(rheobase("eval", info["name"], "--parameters", "0.3").stdout)[0]
        assert head == ["x", "value", "derivative", *(f"d/d{name}" for name in names)]
        for p in info["parameters"]:
            default = float(p["default"])
            if math.isinf(default) or default == 0:
                continue
            settings = (["--set", f"{p['name']}={default + step}"] for step in (h, -h))
            up, down = (rheobase.json("eval", info["name"], *s, *points)["results"] for s in settings)
            for row, right, left in zip(rows, up, down, strict=True):
                quotient = (float(right["value"]) - float(left["value"])) / (2 * h)
                assert float(row["parameters"][p["name"]]) == pytest.approx(quotient, abs=1e-6), info["name"]
                found += 1
    assert found > 0


def test_eval_takes_several_settings_at_once(rheobase, activations):
    for info in activations:
        if len(info["parameters"]) < 2:
            continue
        settings = [word for p in info["parameters"] for word in ("--set", f"{p['name']}={p['default']}")]
        changed = rheobase.json("eval", info["name"], *settings, "--", "-1", "2")
        assert changed["results"] == rheobase.json("eval", info["name"], "--", "-1", "2")["results"]
        return
    pytest.skip("no activation has two parameters")


def test_eval_takes_negative_numbers_as_they_are(rheobase, activations):
    name = activations[0]["name"]
    with_dashes = rheobase("eval", name, "--", "-5.5", "-1e-9", "-3").stdout
    assert rheobase("eval", name, "-5.5", "-1e-9", "-3").stdout == with_dashes != ""
