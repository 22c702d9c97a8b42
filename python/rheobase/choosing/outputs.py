# SPDX-License-Identifier: Apache-2.0
"""The rules for output layers: what a loss and a reader expect of the last values of a network."""

from __future__ import annotations

import math

from rheobase.choosing.candidates import Candidate, Evidence, RowCandidate, logarithm_of
from rheobase.choosing.rules import Finding, Measurements, Rule, cheap, known, smooth, trained
from rheobase.choosing.rules import arithmetic as plain
from rheobase.choosing.scenario import Scenario

ENDS = ("range.low.value", "range.high.value")


def _ends(c: Candidate) -> tuple[float, float]:
    return c.fact(ENDS[0]), c.fact(ENDS[1])


def probability(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = _ends(c)
    text = f"its values reach from {low:.3g} to {high:.3g}" + (
        ", as probabilities do" if (low, high) == (0, 1) else ""
    )
    return Finding(float((low, high) == (0, 1)), text, c.evidence(*ENDS))


def increasing(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    fine = "increasing" in c.fact("monotone.kind")
    text = (
        "a larger input never gives a smaller output" if fine else "a larger input may give a smaller output"
    )
    return Finding(float(fine), text, c.evidence("monotone.kind"))


def open_ends(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = c.fact("range.low.attained"), c.fact("range.high.attained")
    closed = low or high if s.output != "positive" else low
    text = "never reaches its ends: logarithms stay finite and slopes above 0"
    if closed:
        text = "reaches its ends, where a logarithm is infinite and the slope is 0"
    return Finding(float(not closed), text, c.evidence("range.low.attained", "range.high.attained"))


def log_form(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    found = logarithm_of(c)
    text = f"{found} is its logarithm, stable for a loss" if found else "no function here is its logarithm"
    return Finding(float(found is not None), text, [Evidence("measured", "exp(g(x)) = f(x)", found)])


def log_odds(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    middle = c.fact("centre")
    text = (
        "both classes are treated alike: f(-x) = 1 - f(x)"
        if middle == 0.5
        else "treats the two classes differently"
    )
    return Finding(float(middle == 0.5), text, c.evidence("centre"))


def all_numbers(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = _ends(c)
    fine = math.isinf(low) and math.isinf(high)
    return Finding(
        float(fine),
        "reaches all numbers" if fine else f"reaches {low:.3g} to {high:.3g} only",
        c.evidence(*ENDS),
    )


def proportional(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    slopes = [c.fact(f"limits.{side}.derivative") for side in ("left", "right")]
    fine = c.fact("lipschitz.derivative.constant") == 0 and slopes == [1, 1]
    text = "errors come back with slope 1 everywhere" if fine else "bends the errors that come back"
    return Finding(
        float(fine),
        text,
        c.evidence("lipschitz.derivative.constant", "limits.left.derivative", "limits.right.derivative"),
    )


def positive(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = _ends(c)
    fine = low == 0 and math.isinf(high)
    text = "its values are all numbers above 0" if fine else f"its values reach from {low:.3g} to {high:.3g}"
    return Finding(float(fine), text, c.evidence(*ENDS))


def large_linear(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    slope = c.fact("limits.right.derivative")
    text = f"its slope at +infinity is {slope}" + (": large outputs stay in proportion" if slope == 1 else "")
    return Finding(float(slope == 1), text, c.evidence("limits.right.derivative"))


def interval(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = _ends(c)
    fine = math.isfinite(low) and math.isfinite(high) and high > low
    return Finding(float(fine), f"its values stay from {low:.3g} to {high:.3g}", c.evidence(*ENDS))


def same_interval(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = _ends(c)
    if (low, high) == s.range:
        return Finding(1.0, f"its range is [{low:g}, {high:g}] as it is", c.evidence(*ENDS))
    if not (math.isfinite(low) and math.isfinite(high)):
        return Finding(0.0, "has no such range", c.evidence(*ENDS))
    scale = (s.range[1] - s.range[0]) / (high - low)
    shift = s.range[0] - scale * low
    sign = "+" if shift >= 0 else "-"
    text = f"its range has to be mapped: {scale:.4g} f(x) {sign} {abs(shift):.4g}"
    return Finding(0.4, text, c.evidence(*ENDS))


def _of(*kinds: str, weight: float):
    return lambda s: weight if s.output in kinds else 0.0


def _needs(*kinds: str):
    return lambda s: s.output in kinds


YES_NO = ("binary", "multi-label")
OUTPUT = (
    Rule("probability", probability, _of(*YES_NO, weight=1), _needs(*YES_NO)),
    Rule("all numbers", all_numbers, _of("regression", weight=1), _needs("regression")),
    Rule("positive", positive, _of("positive", weight=1), _needs("positive")),
    Rule("interval", interval, _of("bounded", weight=1), _needs("bounded")),
    Rule("increasing", increasing, lambda s: 0.5, lambda s: True),
    Rule("proportional", proportional, _of("regression", weight=3), _needs("regression")),
    Rule("open ends", open_ends, _of(*YES_NO, "positive", "bounded", weight=2)),
    Rule("log form", log_form, _of(*YES_NO, weight=2)),
    Rule("log odds", log_odds, _of(*YES_NO, weight=1)),
    Rule("large outputs", large_linear, _of("positive", weight=1)),
    Rule("range", same_interval, _of("bounded", weight=3)),
    Rule("smooth", smooth, lambda s: 2.0 if s.smooth else 0.75),
    Rule("arithmetic only", plain, lambda s: 1.0 * s.small),
    Rule("cost", cheap, lambda s: 0.25 * (s.device == "cpu")),
    Rule("training", trained, lambda s: 1.0),
    Rule("known", known, lambda s: 0.5),
)


def sums_to_one(c: RowCandidate, s: Scenario, m: Measurements) -> Finding:
    text = "each row sums to 1" if c.sums_to_one else "rows do not sum to 1"
    if c.log_sums_to_one:
        text += "; the exponentials of one do: a loss takes it, a reader does not"
    evidence = [Evidence("measured", "sum of a row is 1", c.sums_to_one)]
    return Finding(float(c.sums_to_one), text, evidence)


def keeps_order(c: RowCandidate, s: Scenario, m: Measurements) -> Finding:
    text = (
        "the largest score gets the largest share"
        if c.keeps_order
        else "the smallest score gets the largest share"
    )
    return Finding(
        float(c.keeps_order), text, [Evidence("measured", "order of a row is kept", c.keeps_order)]
    )


ROWS = (
    Rule("sums to 1", sums_to_one, lambda s: 2.0, lambda s: True),
    Rule("order", keeps_order, lambda s: 2.0, lambda s: True),
    Rule("log form", log_form, lambda s: 1.0),
    Rule("known", known, lambda s: 0.5),
)
