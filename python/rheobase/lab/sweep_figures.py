# SPDX-License-Identifier: Apache-2.0
"""Figures of a sweep: how accuracy, and the gradient that arrives, depend on depth or width."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from rheobase.lab.figures import FIRST, LINE, MUTED, PANEL, STYLE, identifier, logarithmic, new_figure, svg
from rheobase.lab.summary import Interval, Row

# One look for each further line of a panel: widths, where depths go across.
DASHES = ((), (5, 2), (2, 2), (8, 2, 2, 2))
Value = Callable[[Row], Interval | None]


def draw(rows: Sequence[Row]) -> list[dict]:
    """What the page shows of a sweep: for each quantity a title, a caption, and a panel per activation."""
    across, other = _axes_of(rows)
    lines = sorted({getattr(row, other) for row in rows}, key=lambda value: value or 0)
    names = list(dict.fromkeys(row.name for row in rows))
    said = f"{'Hidden layers' if across == 'depth' else 'Units of each hidden layer'} across"
    if len(lines) > 1:
        looks = ("solid", "dashed", "dotted", "dash-dotted")
        unit = "units" if other == "width" else "hidden layers"
        said += "; " + ", ".join(
            f"{value} {unit}: {looks[min(n, len(looks) - 1)]}" for n, value in enumerate(lines)
        )
    found = []
    for key, title, value, caption in (
        ("accuracy", "Test accuracy, %", lambda row: row.accuracy, ""),
        (
            "gradient",
            "Gradient that reaches the first layer",
            lambda row: row.gradient_start,
            " Before training: root mean square of the loss’s gradient at the first activation’s input, over "
            "that at the output, on a logarithmic scale. Far below 1 it vanishes, far above it explodes.",
        ),
    ):
        if not any(value(row) for row in rows):
            continue
        panels = [(name, _panel(rows, name, across, other, lines, key, value)) for name in names]
        found.append({"title": title, "caption": f"{said}.{caption}", "panels": panels})
    return found


def _axes_of(rows: Sequence[Row]) -> tuple[str, str]:
    """What goes across, and what makes a line each: depth and width, unless width alone varies."""
    depths, widths = {row.depth for row in rows}, {row.width for row in rows}
    return ("width", "depth") if len(depths) == 1 and len(widths) > 1 else ("depth", "width")


def _panel(rows, name: str, across: str, other: str, lines: list, key: str, value: Value) -> str:
    """One activation in colour, with the intervals of its means, before all others in grey."""
    positions = sorted({getattr(row, across) for row in rows})
    with matplotlib.rc_context(STYLE):
        figure = new_figure(*PANEL)
        axes = figure.add_axes((0.2, 0.16, 0.77, 0.8))
        scale = 100 if key == "accuracy" else 1
        for other_name in dict.fromkeys(row.name for row in rows):
            if other_name != name:
                for line in lines:
                    _line(axes, _of(rows, other_name, other, line), across, positions, value, scale, None)
        for look, line in enumerate(lines):
            mine = _of(rows, name, other, line)
            _line(axes, mine, across, positions, value, scale, DASHES[min(look, len(DASHES) - 1)])
        _scale_axes(axes, positions, key, *_limits(rows, key, value, scale))
        label = f"{key.capitalize()} of {name} against {across}. All numbers are in the tables."
        return svg(figure, f"sweep-{key}-{identifier(name)}", label)


def _of(rows: Sequence[Row], name: str, other: str, line) -> list[Row]:
    return [row for row in rows if row.name == name and getattr(row, other) == line]


def _line(axes: Axes, rows, across, positions, value: Value, scale: float, dashes) -> None:
    """dashes: None for the grey of the others, () for a solid line. A gradient that underflowed to 0 has no
    place on a logarithmic axis, nor has the lower end of an interval there."""
    known = [(positions.index(getattr(row, across)), value(row)) for row in rows if value(row)]
    known = sorted(((at, found) for at, found in known if found.mean > 0), key=lambda item: item[0])
    x, y = [at for at, _ in known], [scale * found.mean for _, found in known]
    if dashes is None:
        axes.plot(x, y, color=LINE, linewidth=1, zorder=1)
        return
    for at, found in known:
        if found.low is not None and found.low > 0:
            axes.plot([at, at], [scale * found.low, scale * found.high], color=MUTED, linewidth=1.5, zorder=2)
    style = {"dashes": dashes} if dashes else {}
    axes.plot(x, y, color=FIRST, linewidth=2, marker="o", markersize=3.5, zorder=3, **style)


def _limits(rows: Sequence[Row], key: str, value: Value, scale: float) -> tuple[float, float]:
    """The same in every panel."""
    means = [scale * found.mean for row in rows if (found := value(row)) and found.mean > 0] or [1.0]
    if key == "accuracy":
        margin = 0.06 * max(max(means) - min(means), 1.0)
        return min(means) - margin, min(max(means) + margin, 100.5)
    return min(means) / 2, max(means) * 2


def _scale_axes(axes: Axes, positions: list, key: str, low: float, high: float) -> None:
    axes.set_xlim(-0.3, len(positions) - 0.7)
    axes.xaxis.set_major_locator(FixedLocator(range(len(positions))))
    axes.set_xticklabels([str(position) for position in positions])
    axes.tick_params(length=3)
    if key == "accuracy":
        axes.set_ylim(low, high)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    else:
        logarithmic(axes, low, high)
