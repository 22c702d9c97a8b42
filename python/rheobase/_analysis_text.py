# SPDX-License-Identifier: Apache-2.0
"""The short text of an analysis: a heading, and rows of a name and what was found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rheobase.analysis import Analysis, Fields


def heading(a: Analysis) -> str:
    settings = ", ".join(f"{name}={_short(value)}" for name, value in a._fields["parameters"].items())
    return f"{a.name}({settings})" if settings else a.name


def _short(value) -> str:
    """Six digits."""
    return "-" if value is None else format(float(value), ".6g")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.4g} %"


def _listed(values) -> str:
    texts = [_short(value) for value in values[:8]]
    return ", ".join([*texts, f"... ({len(values)} in all)"] if len(values) > 8 else texts) or "none"


def _range(a: Analysis) -> str:
    low, high = a.range.low, a.range.high
    ends = "[" if low.attained else "(", "]" if high.attained else ")"
    places = [f"{_short(end.value)} at {_short(end.at)}" for end in (low, high) if math.isfinite(end.value)]
    return f"{ends[0]}{_short(low.value)}, {_short(high.value)}{ends[1]}" + "".join(f"; {p}" for p in places)


def _zeros(a: Analysis) -> str:
    intervals = [f"[{_short(low)}, {_short(high)}]" for low, high in a.zeros.intervals]
    return ", ".join(intervals + ([_listed(a.zeros.points)] if a.zeros.points or not intervals else []))


def _extrema(extrema: list[Fields]) -> str:
    texts = [f"{each.kind} {_short(each.value)} at {_short(each.x)}" for each in extrema[:6]]
    return ", ".join([*texts, f"... ({len(extrema)} in all)"] if len(extrema) > 6 else texts) or "none"


def _intervals(part: Fields) -> str:
    if len(part.intervals) < 2:
        return part.kind
    texts = [f"{each.kind} up to {_short(each.to)}" for each in part.intervals[:-1]]
    if len(texts) > 5:
        texts = [*texts[:5], "..."]
    return f"{part.kind}: {', '.join(texts)}, {part.intervals[-1].kind} beyond"


def _power(power: float) -> str:
    return "|x|" if power == 1 else f"|x|^{power:.3g}"


def _symmetry(a: Analysis) -> str:
    if a.symmetry == "none" and a.centre is not None:
        return f"about the point (0, {_short(a.centre)})"
    return a.symmetry


def _saturation(side: Fields, limits: Fields) -> str:
    value = "no limit" if limits.value is None else f"f → {_short(limits.value)}"
    start = side.__getattr__("from")
    slope = "" if limits.derivative is None else f", f' → {_short(limits.derivative)}"
    how = {
        "hard": lambda: "; constant" + (f" from {_short(start)} on" if math.isfinite(start) else ""),
        "exponential": lambda: f"; f' falls as exp(-{side.speed:.4g} {_power(side.power)})",
        "algebraic": lambda: f"; distance falls as |x|^-{side.power:.4g}",
        None: lambda: "; saturates" if side.saturates else "",
    }[side.rate]()
    return value + slope + how


def rows(a: Analysis) -> list[tuple[str, str]]:
    """What the short text and the notebook's table show."""
    low, high = a.options.interval
    mean, deviation = a.options.normal
    normal, share = f"N({_short(mean)}, {_short(deviation)}²)", a.shares
    sharp = [k for k in a.breaks if k.order <= 1]
    fixed = [
        f"q = {_short(p.q)} ({'stable' if p.stable else 'unstable'}, χ = {_short(p.chi)})"
        for p in a.mean_field.fixed_points
    ]
    critical = [f"σ_w = {_short(p.sigma_w)}" for p in a.edge_of_chaos.at_sigma_b]
    fixed = ["every q is fixed"] if a.mean_field.every_q else fixed
    own = [f"mean {_short(p.mean)}, variance {_short(p.variance)}" for p in a.self_normalising.fixed_points]
    own = ["every variance"] if a.self_normalising.every_variance else own
    return [
        ("range", _range(a)),
        ("zeros", _zeros(a)),
        ("extrema", _extrema(a.extrema)),
        ("monotone", _intervals(a.monotone)),
        ("convexity", _intervals(a.convexity)),
        ("kinks", _listed([k.x for k in sharp])),
        ("smoothness", a.smoothness),
        ("symmetry", _symmetry(a)),
        ("towards -∞", _saturation(a.saturation.left, a.limits.left)),
        ("towards +∞", _saturation(a.saturation.right, a.limits.right)),
        ("sup |f'|", f"{_short(a.lipschitz.value.constant)} at {_short(a.lipschitz.value.at)}"),
        ("|f'| < 0.001", f"{_percent(share.interval.vanishing)} of [{_short(low)}, {_short(high)}], "
         f"{_percent(share.normal.vanishing)} under {normal}"),
        ("|f'| > 1000", f"{_percent(share.interval.exploding)}, {_percent(share.normal.exploding)}"),
        (f"f under {normal}", f"mean {_short(a.moments.mean)}, variance {_short(a.moments.variance)}, "
         f"exact zeros {_percent(a.sparsity)}"),
        ("variance map", ", ".join(fixed) or "no fixed point"),
        ("edge of chaos", ", ".join(critical) or "none with this σ_b"),
        ("fixed moments", ", ".join(own) or "none"),
    ]  # fmt: skip
