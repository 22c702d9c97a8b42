# SPDX-License-Identifier: Apache-2.0
"""Pictures as SVG text without colours of its own: classes that the page's style sheet knows."""

from __future__ import annotations

import math

import numpy as np

from rheobase._specification import Chosen
from rheobase.plotting.curves import Curve, curve

# x, before kinks widen it; those further out than FAR would only shrink the rest.
SPAN, BEYOND_KINK, FAR = 5.0, 2.0, 30.0
WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 38, 8, 8, 22
SMALL_WIDTH, SMALL_HEIGHT = 72, 36


def reach(kinks: list[float]) -> tuple[float, float]:
    """The interval of x to show."""
    near = [x for x in kinks if abs(x) <= FAR]
    return (
        min([-SPAN, *(x - BEYOND_KINK for x in near)]),
        max([SPAN, *(x + BEYOND_KINK for x in near)]),
    )


class _Map:
    """From numbers to pixels."""

    def __init__(self, curves: list[Curve], low: float, high: float, box: tuple[float, float, float, float]):
        values = np.concatenate([c.y for c in curves])
        values = values[np.isfinite(values)]
        least, most = min(0.0, values.min()), max(0.0, values.max())
        if not most > least:
            least, most = least - 1, most + 1
        margin = 0.06 * (most - least)
        self.low, self.high, self.least, self.most = low, high, least - margin, most + margin
        self.left, self.top, self.right, self.bottom = box

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.top + (self.most - value) / (self.most - self.least) * (self.bottom - self.top)

    def path(self, drawn: Curve) -> str:
        """Pieces of lines; NaN breaks them. Tenths of a pixel."""
        parts, pen_down, last = [], False, None
        for x, y in zip(drawn.x, drawn.y, strict=True):
            if not math.isfinite(y):
                pen_down = False
                continue
            point = f"{self.x(x):.1f} {self.y(y):.1f}"
            if not pen_down or point != last:
                parts.append(("L" if pen_down else "M") + point)
            pen_down, last = True, point
        return "".join(parts)


def small(name: str) -> str:
    """The value alone, without numbers, for a table's row."""
    drawn = curve(Chosen(name), "value", -SPAN, SPAN, 61)
    area = _Map([drawn], -SPAN, SPAN, (1, 2, SMALL_WIDTH - 1, SMALL_HEIGHT - 2))
    zero_x, zero_y = area.x(0), area.y(0)
    return (
        f'<svg class="small" viewBox="0 0 {SMALL_WIDTH} {SMALL_HEIGHT}" width="{SMALL_WIDTH}" '
        f'height="{SMALL_HEIGHT}" aria-hidden="true">'
        f'<path class="axis" d="M0 {zero_y:.1f}H{SMALL_WIDTH}M{zero_x:.1f} 0V{SMALL_HEIGHT}"/>'
        f'<path class="curve value" d="{area.path(drawn)}"/></svg>'
    )


def large(name: str, kinks: list[float]) -> str:
    """Value and derivative over a grid, jumps as gaps between circles, kinks as dots."""
    low, high = reach(kinks)
    curves = {role: curve(Chosen(name), role, low, high, 241) for role in ("value", "derivative")}
    return picture(curves, f"{name} and its derivative for x from {low:g} to {high:g}")


def picture(curves: dict[str, Curve], label: str, draws: Curve | None = None) -> str:
    """Curves by role over the same interval; label is for screen readers, draws are single values as dots."""
    low, high = (float(curves["value"].x[end]) for end in (0, -1))
    box = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM)
    area = _Map([*curves.values(), *([draws] if draws else [])], low, high, box)
    parts = [*_grid(area, low, high)]
    for role, drawn in reversed(curves.items()):
        parts.append(f'<path class="curve {role}" d="{area.path(drawn)}"/>')
        parts += _marks(area, role, drawn)
    for x, y in zip(draws.x, draws.y, strict=True) if draws else ():
        parts.append(f'<circle class="draw" cx="{area.x(x):.1f}" cy="{area.y(y):.1f}" r="1.5"/>')
    return (
        f'<svg class="large" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        + "".join(parts)
        + "</svg>"
    )


def _marks(area: _Map, role: str, drawn: Curve) -> list[str]:
    circles = []
    for jump in drawn.jumps:
        limits = {limit for limit in (jump.left, jump.right) if limit != jump.at}
        circles += [("open", jump.x, limit) for limit in sorted(limits) if math.isfinite(limit)]
        circles += [("full", jump.x, jump.at)] if math.isfinite(jump.at) else []
    circles += [("full", *place) for place in drawn.kinks]
    return [
        f'<circle class="{kind} {role}" cx="{area.x(x):.1f}" cy="{area.y(y):.1f}" r="3.2"/>'
        for kind, x, y in circles
    ]


def _grid(area: _Map, low: float, high: float) -> list[str]:
    parts = []
    for x in _ticks(low, high, 8):
        at = f"{area.x(x):.1f}"
        parts.append(f'<path class="{"grid" if x else "axis"}" d="M{at} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{at}" y="{HEIGHT - 6}" text-anchor="middle">{_tick(x)}</text>')
    for y in _ticks(area.least, area.most, 6):
        at = area.y(y)
        parts.append(f'<path class="{"grid" if y else "axis"}" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_tick(y)}</text>')
    return parts


def _tick(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, at most so many between two numbers."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(power * f for f in (1, 2, 5, 10, 20) if (high - low) / (power * f) <= most)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(i * step, 12) for i in range(first, last + 1)]
