# SPDX-License-Identifier: Apache-2.0
"""What `rheobase analyze` found (docs/analyze.md), as lines of a table."""

from __future__ import annotations

from program import figure

SMOOTHNESS = {
    "discontinuous": "jumps",
    "C0": "continuous, with kinks",
    "C1": "differentiable once, continuously",
    "C2": "differentiable twice, continuously",
    "Cinf": "differentiable as often as you like",
}
DIGITS = 6
NOISE = 1e-7  # what is smaller is 0 but for how roots and integrals are found
MOST = 4  # zeros or extrema named one by one


def lines(found: dict) -> list[tuple[str, str]]:
    """Label and text of each property that the activation's file does not state itself."""
    return [
        ("smoothness", SMOOTHNESS.get(found["smoothness"], found["smoothness"])),
        ("zeros", _zeros(found["zeros"])),
        ("extrema", _list(map(_extremum, found["extrema"]))),
        ("convex or concave", _convexity(found["convexity"])),
        ("Lipschitz constant", _lipschitz(found["lipschitz"]["value"])),
        ("Lipschitz constant of the derivative", _lipschitz(found["lipschitz"]["derivative"])),
        ("saturates", _saturation(found["saturation"])),
        ("mean of f(z), z normal", short(found["moments"]["mean"])),
        ("variance of f(z)", short(found["moments"]["variance"])),
        ("mean of f′(z)²", short(found["moments"]["derivative_second_moment"])),
        ("share of exact zeros, z normal", _percent(found["sparsity"])),
        ("share of vanishing gradients, abs f′(z) < 0.001", _percent(found["shares"]["normal"]["vanishing"])),
    ]


def short(value) -> str:
    """A number with few digits; a dash for one that does not exist."""
    if value is None:
        return "–"
    value = float(value)
    return "0" if abs(value) < NOISE else figure(float(f"{value:.{DIGITS}g}"))


def _extremum(found: dict) -> str:
    at, to = short(found["x"]), short(found["to"])
    where = f"at x = {at}" if at == to else f"for x from {at} to {to}"
    return f"{found['kind']} {short(found['value'])} {where}"


def _percent(share) -> str:
    return "–" if share is None else f"{100 * float(share):.3g} %"


def _list(texts) -> str:
    texts = list(texts)
    more = [f"and {len(texts) - MOST} more"] if len(texts) > MOST else []
    return ", ".join(texts[:MOST] + more) or "–"


def _zeros(found: dict) -> str:
    texts = [f"x = {short(x)}" for x in found["points"]]
    texts += [f"all x from {short(low)} to {short(high)}" for low, high in found["intervals"]]
    return _list(texts)


def _convexity(found: dict) -> str:
    at = _list(f"x = {short(x)}" for x in found["inflections"])
    return found["kind"] + (f"; the curvature changes its sign at {at}" if found["inflections"] else "")


def _lipschitz(found: dict) -> str:
    at = f", at x = {short(found['at'])}" if found["at"] is not None else ""
    return short(found["constant"]) + at


def _saturation(found: dict) -> str:
    texts = []
    for side in ("left", "right"):
        one = found[side]
        if not one["saturates"]:
            continue
        text = f"to the {side}"
        if one["rate"] == "hard":
            text += f", constant beyond x = {short(one['from'])}"
        elif one["rate"]:
            text += f", at an {one['rate']} rate"
        texts.append(text)
    return "; ".join(texts) or "no"
