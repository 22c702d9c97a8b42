# SPDX-License-Identifier: Apache-2.0
"""What is drawn in a panel: curves with their jumps, errors over the float line, a histogram; and legends."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from rheobase._evaluate import evaluate
from rheobase._specification import Chosen
from rheobase.plotting.curves import Curve
from rheobase.plotting.data import Data
from rheobase.plotting.errors import LARGEST, Errors
from rheobase.plotting.style import PIXELS_PER_INCH, POINTS_PER_PIXEL, Theme, font_pixels, look

TITLES = {"value": "f(x)", "derivative": "f′(x)", "second": "f″(x)"}
# Slopes below this pass on less than a thousandth of a gradient, as in `rheobase compare` and `watch`.
FLAT_BELOW = 1e-3
# Powers of ten that the float line is labelled with, by the room there is.
DECADES, FEW_DECADES = (-20, 0, 20), (0, 30)


def height(width: float) -> float:
    """Of a panel of functions so wide, in pixels."""
    return min(max(0.5 * width, 190), 380)


def extra_height(width: float) -> float:
    """Of a panel below those of functions, in pixels."""
    return min(max(0.32 * width, 140), 260)


def labels(curves: Sequence[Chosen]) -> tuple[str | None, list[str]]:
    """What a legend's lines say; of a fan its name is the heading, and they tell the parameters alone."""
    full = [chosen.label for chosen in curves]
    names = {chosen.name for chosen in curves}
    if len(full) == 1 or len(names) > 1 or not all(chosen.parameters for chosen in curves):
        return None, full
    return names.pop(), [label.partition(", ")[2] for label in full]


def legend_height(width: float, curves: Sequence[Chosen], headed: bool) -> float:
    """Of the legend above all panels, in pixels."""
    name, texts = labels(curves)
    lines = math.ceil(len(texts) / legend_columns(width, texts)) + (headed or name is not None)
    return 1.6 * font_pixels(width) * lines


def legend_columns(width: float, texts: Sequence[str]) -> int:
    """As many as have room: a letter is about 0.6 of its height wide, a line's sample and gaps 6 letters."""
    longest = max(map(len, texts))
    return min(len(texts), max(1, int(width * 0.92 / (font_pixels(width) * 0.6 * (longest + 6)))))


def frame(axes: Axes, low: float, high: float, theme: Theme) -> None:
    """Faint lines through 0, few and round ticks."""
    thin = {"color": theme.faint, "linewidth": 1.1 * POINTS_PER_PIXEL, "zorder": 0}
    axes.axhline(0, **thin)
    if low < 0 < high:
        axes.axvline(0, **thin)
    axes.set_xlim(low, high)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
    _colours(axes, theme)


def _colours(axes: Axes, theme: Theme) -> None:
    # matplotlib makes further ticks later, outside our settings.
    axes.tick_params(which="both", color=theme.muted, labelcolor=theme.ink)


def line(axes: Axes, curve: Curve, index: int, theme: Theme) -> None:
    """The curve of that number."""
    _draw(axes, curve, look(index, theme), theme)


def roles(axes: Axes, curves: Mapping[str, Curve], theme: Theme) -> None:
    """Value, derivative and second derivative of one function."""
    for role, curve in curves.items():
        _draw(axes, curve, _role_look(role, theme), theme)


def _role_look(role: str, theme: Theme) -> dict:
    return look(list(TITLES).index(role), theme)


def _draw(axes: Axes, curve: Curve, style: dict, theme: Theme) -> None:
    axes.plot(curve.x, curve.y, **style)
    size = 2.6 * _stroke(axes)
    marks = {"linestyle": "", "marker": "o", "markersize": size, "markeredgewidth": 0.6 * _stroke(axes),
             "markeredgecolor": style["color"], "zorder": 3, "clip_on": False}  # fmt: skip
    for jump in curve.jumps:
        for y in {jump.left, jump.right, jump.at}:
            if math.isfinite(y):
                axes.plot(
                    [jump.x], [y], markerfacecolor=style["color"] if y == jump.at else theme.page, **marks
                )
    for x, y in curve.kinks:
        axes.plot([x], [y], markerfacecolor=style["color"], **(marks | {"markersize": 1.9 * _stroke(axes)}))


def _stroke(axes: Axes) -> float:
    return axes.lines[-1].get_linewidth() if axes.lines else 1.5


def legend(figure, show: Sequence[str], label: str | None, heading: str | None, theme: Theme) -> None:
    """Which line is which role, and whose, above all panels."""
    handles = [Line2D([], [], label=TITLES[role], **_role_look(role, theme)) for role in show]
    if label is not None:
        handles = [Line2D([], [], linestyle="", label=label), *handles]
    _above(figure, handles, len(handles), heading)


def curve_legend(figure, curves: Sequence[Chosen], width: int, heading: str | None, theme: Theme) -> None:
    """Which line is which function, above all panels."""
    name, texts = labels(curves)
    handles = [Line2D([], [], label=text, **look(i, theme)) for i, text in enumerate(texts)]
    both = ": ".join(part for part in (heading, name) if part)
    _above(figure, handles, legend_columns(width, texts), both or None)


def _above(figure, handles: list, columns: int, heading: str | None) -> None:
    figure.legend(
        handles=handles, loc="outside upper left", ncols=columns, frameon=False, handlelength=2.6,
        columnspacing=1.2, borderaxespad=0.2, handletextpad=0.5, title=heading, alignment="left",
    )  # fmt: skip


def own_legend(axes: Axes, group: Sequence[Chosen]) -> None:
    """A legend inside a panel, of a fan: its parameters alone."""
    if len(group) > 1:
        lines = [line for line in axes.lines if len(line.get_xdata()) > 100]
        axes.legend(lines, labels(group)[1], frameon=False, handlelength=2.6)


def error(
    axes: Axes, curves: Sequence[Chosen], results: Sequence[Errors], role: str, interval, theme: Theme
) -> None:
    """The largest error of each column of floats."""
    _colours(axes, theme)
    for i, (chosen, result) in enumerate(zip(curves, results, strict=True)):
        style = look(i, theme)
        axes.step(result.places, result.worst, where="mid", **style, label=chosen.label)
        axes.lines[-1].set_linewidth(0.65 * axes.lines[-1].get_linewidth())
    worst = max(result.maximum for result in results)
    axes.axhline(1, color=theme.muted, linewidth=1.1 * POINTS_PER_PIXEL, linestyle=(0, (4, 3)))
    top = min(max(1.12, 1.1 * worst), 1e6) if math.isfinite(worst) else 1e6
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    if interval is None:
        decades = DECADES if _pixels(axes) >= 480 else FEW_DECADES
        ticks = [-_rank(10.0**k) for k in reversed(decades)] + [0] + [_rank(10.0**k) for k in decades]
        powers = [f"−{_power(k)}" for k in reversed(decades)] + ["0"] + [_power(k) for k in decades]
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda _, at: powers[at] if at is not None else ""))
        axes.set_xlim(-LARGEST, LARGEST)
    else:
        axes.set_xlim(*interval)
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.set_title(f"float32 {TITLES[role]}: error in ulp, largest {worst:.3g}", loc="left", color=theme.ink)
    line = "x, all float32 numbers in order" if interval is None else "x"
    axes.set_xlabel(fitting(axes, f"{line}; compared with {results[0].reference}"))


def _pixels(axes: Axes) -> float:
    return axes.figure.get_figwidth() * PIXELS_PER_INCH


def fitting(axes: Axes, text: str) -> str:
    """The text on as many lines as the picture's width asks for; letters are 0.55 of their height wide."""
    width = _pixels(axes)
    return textwrap.fill(text, max(20, int(width * 0.88 / (0.55 * font_pixels(width)))))


def _rank(x: float) -> int:
    return int(np.float32(x).view(np.uint32))


def _power(exponent: int) -> str:
    return (
        "1" if exponent == 0 else "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    )


def histogram(
    axes: Axes, data: Data, curves: Sequence[Chosen], low: float, high: float, theme: Theme
) -> dict:
    """The user's numbers along the x axis of the functions; returns what is said about them."""
    inside = data.numbers[(data.numbers >= low) & (data.numbers <= high)]
    bins = int(min(max(math.sqrt(inside.size), 10), 120))
    counts, edges = np.histogram(inside, bins=bins, range=(low, high))
    axes.stairs(counts / data.numbers.size, edges, fill=True, facecolor=theme.fill, edgecolor=theme.muted)
    axes.set_xlim(low, high)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:g} %"))
    _colours(axes, theme)
    flat = {chosen.label: flat_share(chosen, data.numbers) for chosen in curves}
    outside = data.numbers.size - inside.size
    said = [f"{data.numbers.size:,} numbers"]
    said += [f"{outside:,} outside"] if outside else []
    said += [f"{data.not_finite:,} not finite left out"] if data.not_finite else []
    said += [f"{100 * next(iter(flat.values())):.3g} % where |f′| < {FLAT_BELOW:g}"] if len(flat) == 1 else []
    axes.set_title(fitting(axes, "data: " + ", ".join(said)), loc="left", color=theme.ink)
    return {
        "name": data.name,
        "numbers": data.numbers.size,
        "not_finite": data.not_finite,
        "outside": outside,
        "mean": float(data.numbers.mean()),
        "deviation": float(data.numbers.std()),
        "flat_below": FLAT_BELOW,
        "flat": flat,
    }


def flat_share(chosen: Chosen, x: np.ndarray) -> float:
    """Share of x, 0 to 1, where abs f'(x) < FLAT_BELOW."""
    return float((np.abs(evaluate(chosen.name, x, "derivative", chosen.parameters)) < FLAT_BELOW).mean())


def describe(chosen: Chosen, lines: Mapping[str, Curve]) -> dict:
    """A curve's numbers, for ``found``."""
    found: dict = {"name": chosen.name, "parameters": dict(chosen.parameters)}
    for role, curve in lines.items():
        finite = curve.y[np.isfinite(curve.y)]
        found[role] = {
            "least": float(finite.min()) if finite.size else None,
            "largest": float(finite.max()) if finite.size else None,
            "jumps": [
                {"x": jump.x, "left": jump.left, "right": jump.right, "at": jump.at} for jump in curve.jumps
            ],
        }
        if role == "value":
            found[role]["kinks"] = [x for x, _ in curve.kinks]
    return found


def describe_error(chosen: Chosen, role: str, result: Errors) -> dict:
    """A curve's errors, for ``found``."""
    return {
        "name": chosen.name,
        "parameters": dict(chosen.parameters),
        "role": role,
        "dtype": "float32",
        "largest_ulp": result.maximum,
        "at": result.at,
        "points": result.points,
        "reference": result.reference,
    }
