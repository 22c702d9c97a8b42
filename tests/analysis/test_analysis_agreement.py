# SPDX-License-Identifier: Apache-2.0
"""What analysis finds by looking agrees with what the files declare, for every activation and preset."""

import itertools
import math

import pytest

import rheobase

# Values for parameters of each domain, beside the defaults.
OTHERS = {
    "finite": (-0.75, 0.5, 2.0),
    "positive": (0.5, 3.0),
    "nonnegative": (0.25, 2.0),
    "nonzero": (-0.75, 2.0),
    "finite_or_infinite": (2.5,),
}
# Found places and values are exact but for some rounding errors; limits of algebraic tails are extrapolated.
RELATIVE = 1e-12


def close(found, declared) -> bool:
    found, declared = (math.nan if value is None else float(value) for value in (found, declared))
    if math.isinf(found) or math.isinf(declared):
        return found == declared
    return abs(found - declared) <= RELATIVE * max(1, abs(declared))


def disagreements(analysis, facts) -> list[str]:
    a, f = analysis, facts
    found = []

    def compare(what, same, seen, declared):
        if not same:
            found.append(f"{what}: found {seen!r}, declared {declared!r}")

    for bound, declared in zip((a.range.low, a.range.high), f["range"], strict=True):
        compare("range", close(bound.value, declared), bound, declared)
    same = len(a.kinks) == len(f["kinks"]) and all(map(close, a.kinks, f["kinks"]))
    compare("kinks", same, a.kinks, f["kinks"])
    for side, what in itertools.product(("left", "right"), ("value", "derivative")):
        seen, declared = getattr(getattr(a.limits, side), what), f["limits"][side][what]
        compare(f"{what} at the {side}", close(seen, declared), seen, declared)
    compare("odd", (a.symmetry in ("odd", "both")) == f["odd"], a.symmetry, f["odd"])
    rises = a.monotone.kind in ("increasing", "strictly increasing", "constant")
    compare("monotone", rises == (f["monotone"] == "increasing"), a.monotone.kind, f["monotone"])
    return found


@pytest.mark.parametrize("name", rheobase.names())
def test_what_is_found_is_what_the_file_declares(name):
    assert not disagreements(rheobase.analyze(name), rheobase.info(name)["facts"])


def facts_of(name: str, values: dict) -> dict | None:
    """What a file declares for other parameters than the default is seen in its presets only."""
    for preset in rheobase.info(name)["presets"]:
        if preset["parameters"] == values:
            return rheobase.info(preset["name"])["facts"]
    return None


def test_a_preset_is_its_activation_with_the_presets_parameters():
    looked_at = 0
    for name in rheobase.names():
        info = rheobase.info(name)
        for preset in info["presets"]:
            values = {key: float(value) for key, value in preset["parameters"].items()}
            direct = rheobase.analyze(name, **values)
            assert not disagreements(direct, rheobase.info(preset["name"])["facts"]), preset["name"]
            looked_at += 1
    assert looked_at > 3


CASES = [
    pytest.param(name, {parameter["name"]: value}, id=f"{name}-{parameter['name']}={value}")
    for name in rheobase.names()
    if rheobase.info(name)["activation"] == name
    for parameter in rheobase.info(name)["parameters"]
    for value in OTHERS[parameter["domain"]]
]


@pytest.mark.parametrize(("name", "values"), CASES)
def test_for_other_parameters_what_is_found_fits_together(name, values):
    try:
        a = rheobase.analyze(name, **values)
    except ValueError as error:
        assert "expected" in str(error)  # the parameters make no sense together
        return
    low, high = a.range.low, a.range.high
    assert low.value <= high.value
    for side in (a.limits.left, a.limits.right):
        assert side.value is not None and low.value <= side.value <= high.value
    for each in a.extrema:
        assert low.value <= each.value <= high.value
    assert a.saturation.left.saturates == (
        a.limits.left.derivative == 0 and math.isfinite(a.limits.left.value)
    )
    slopes = [abs(side.derivative) for side in (a.limits.left, a.limits.right)]
    assert a.lipschitz.value.constant >= max(slopes) * (1 - RELATIVE)
    assert a.moments.second_moment == pytest.approx(a.moments.variance + a.moments.mean**2, rel=1e-9)
    assert (a.smoothness in ("discontinuous", "C0")) == bool(a.kinks)
    assert a.monotone.intervals[0].__getattr__("from") == -math.inf
    assert a.monotone.intervals[-1].to == math.inf
    assert math.isfinite(a.range.low.value) or a.range.bounded in ("above", "neither")


def test_a_wrong_declaration_would_be_noticed():
    a, facts = rheobase.analyze("elu"), rheobase.info("elu")["facts"]
    for wrong in (
        {"range": [-0.999999, "inf"]},
        {"kinks": [0]},
        {"odd": True},
        {"monotone": "no"},
        {"limits": facts["limits"] | {"right": {"value": "inf", "derivative": 0.999999}}},
    ):
        assert disagreements(a, facts | wrong), wrong
