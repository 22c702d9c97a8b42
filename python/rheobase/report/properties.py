# SPDX-License-Identifier: Apache-2.0
"""What a function is like: found by rheobase.analyze where it is installed, else what its file declares."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import rheobase
from rheobase.report.text import INFINITY, interval, listed, number, percent

# What the overview filters by, in its order.
FLAGS = ("smooth", "kinked", "monotone", "bounded", "saturating", "odd")
# C0, C1 ...: how often a function can be differentiated with a continuous result.
_SMOOTH = {"Cinf": f"C{INFINITY}"}


@dataclass(frozen=True)
class Properties:
    """What the overview sorts and filters by, and rows (name, text) for the function's own section.

    flags: "smooth", "monotone", "bounded", "saturating", "odd", "kinked", as far as they hold.
    """

    range: str
    low: float
    high: float
    monotone: str
    smoothness: str
    flags: list[str]
    rows: list[tuple[str, str]]


def analyser() -> Callable[[str], dict] | None:
    """rheobase.analyze as a function from a name to a dictionary (docs/analyze.md), where it is installed."""
    try:
        from rheobase import analyze

        analyze(rheobase.names()[0])
    except (ImportError, AttributeError):
        return None
    return lambda name: analyze(name).as_dict()


def of(name: str, analyse: Callable[[str], dict] | None) -> Properties:
    """Of a function with its default parameters, or a preset's."""
    facts = rheobase.info(name)["facts"]
    return _declared(facts) if analyse is None else _found(analyse(name), facts)


def _declared(facts: dict) -> Properties:
    low, high = map(float, facts["range"])
    kinks = [float(x) for x in facts["kinks"]]
    flags = {
        "smooth": not kinks,
        "kinked": bool(kinks),
        "monotone": facts["monotone"] == "increasing",
        "bounded": math.isfinite(low) and math.isfinite(high),
        "odd": facts["odd"],
    }
    limits = facts["limits"]
    rows = [
        ("range", interval(low, high)),
        ("monotone", "never decreasing" if flags["monotone"] else "no"),
        ("kinks or jumps", listed([number(x) for x in kinks]) if kinks else "nowhere"),
        ("odd", "yes, exactly" if facts["odd"] else "no"),
        ("at the infinities", f"{number(limits['left']['value'])} and {number(limits['right']['value'])}"),
    ]
    smoothness = f"{len(kinks)} kink{'s' if len(kinks) > 1 else ''}" if kinks else "no kinks"
    return Properties(
        interval(low, high), low, high, "increasing" if flags["monotone"] else "no", smoothness,
        [flag for flag, holds in flags.items() if holds], rows,
    )  # fmt: skip


def _found(a: dict, facts: dict) -> Properties:
    low, high = (float(a["range"][end]["value"]) for end in ("low", "high"))
    saturated = [side for side in ("left", "right") if a["saturation"][side]["saturates"]]
    flags = {
        "smooth": not a["kinks"],
        "kinked": bool(a["kinks"]),
        "monotone": a["monotone"]["kind"] != "no",
        "bounded": a["range"]["bounded"] == "both",
        "saturating": bool(saturated),
        "odd": a["symmetry"] in ("odd", "both"),
    }
    smoothness = _SMOOTH.get(a["smoothness"], a["smoothness"])
    return Properties(
        _range(a["range"]), low, high, a["monotone"]["kind"], smoothness,
        [flag for flag, holds in flags.items() if holds],
        [*_shape(a, smoothness), *_gradients(a, saturated), *_layers(a)],
    )  # fmt: skip


def _range(found: dict) -> str:
    low, high = found["low"], found["high"]
    left, right = "[" if low["attained"] else "(", "]" if high["attained"] else ")"
    return f"{left}{number(low['value'])}, {number(high['value'])}{right}"


def _shape(a: dict, smoothness: str) -> list[tuple[str, str]]:
    zeros = [number(x) for x in a["zeros"]["points"]]
    zeros += [interval(*ends) for ends in a["zeros"]["intervals"]]
    # On a plateau that is endless there is nothing to see but the limit.
    extrema = [
        f"{e['kind']} {number(e['value'])} at {number(e['x'])}" for e in a["extrema"] if e["x"] == e["to"]
    ]
    breaks = [f"{number(b['x'])} ({('f', 'f′', 'f″', 'f‴')[b['order']]} jumps)" for b in a["breaks"]]
    centre = a["centre"]
    return [
        ("range", _range(a["range"])),
        ("monotone", a["monotone"]["kind"]),
        ("convexity", a["convexity"]["kind"]),
        ("smoothness", f"{smoothness}" + (f"; {listed(breaks)}" if breaks else "")),
        ("zeros", listed(zeros) if zeros else "nowhere"),
        ("local extrema", listed(extrema) if extrema else "no isolated ones"),
        ("symmetry", f"about (0, {number(centre)})" if centre is not None else "neither odd nor even"),
    ]


def _gradients(a: dict, saturated: list[str]) -> list[tuple[str, str]]:
    steep = a["lipschitz"]["value"]
    sides = []
    for side in saturated:
        found = a["saturation"][side]
        sides.append(f"{side}, {found['rate'] or 'of no simple law'}")
    normal = a["shares"]["normal"]
    return [
        ("Lipschitz constant", f"{number(steep['constant'])} at {number(steep['at'])}"),
        ("of f′", number(a["lipschitz"]["derivative"]["constant"])),
        ("saturates", "; ".join(sides) if sides else "on neither side"),
        ("|f′| < 0.001, x normal(0, 1)", percent(normal["vanishing"])),
        ("f = 0, x normal(0, 1)", percent(normal["zero"])),
    ]


def _layers(a: dict) -> list[tuple[str, str]]:
    moments = a["moments"]
    rows = [
        ("mean and variance, x normal(0, 1)", f"{number(moments['mean'])}, {number(moments['variance'])}")
    ]
    edges = a["edge_of_chaos"]["at_sigma_b"]
    if edges:
        texts = listed([f"{number(edge['sigma_w'])} (q = {number(edge['q'])})" for edge in edges], 3)
        rows.append(("edge of chaos, σ_w without biases", texts))
    if a["self_normalising"]["zero_one"]:
        rows.append(("self-normalising", "mean 0 and variance 1 are a fixed point"))
    return rows
