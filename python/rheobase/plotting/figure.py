# SPDX-License-Identifier: Apache-2.0
"""``rheobase.plot``: which panels a picture has, and what is drawn in each."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from rheobase._evaluate import ROLES
from rheobase._specification import Chosen, read
from rheobase.plotting import panels
from rheobase.plotting.curves import bends, curve
from rheobase.plotting.data import Data, from_array, from_file
from rheobase.plotting.errors import ROLES as ERROR_ROLES
from rheobase.plotting.errors import errors
from rheobase.plotting.style import MOST_CURVES, PIXELS_PER_INCH, THEMES, settings

# Half of the default interval; it reaches BEYOND kinks, save those farther than FAR, which would shrink all.
SPAN, BEYOND, FAR = 5.0, 2.0, 30.0
# Beyond it matplotlib's axes lose their footing.
FARTHEST, NARROWEST = 1e30, 1e-9
MOST_PANELS = 64
LEAST_PIXELS, MOST_PIXELS = 160, 8000
# Of a picture, and of one of several panels side by side: what is chosen, and what is needed at least.
DEFAULT_WIDTH, PANEL_WIDTH, LEAST_PANEL = 640, 280, 150


class Picture(Figure):
    """A matplotlib figure that notebooks show without pyplot; ``found`` says in numbers what it shows."""

    found: dict

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=2 * PIXELS_PER_INCH)
        return buffer.getvalue()


@dataclass(frozen=True)
class Request:
    """What is to be drawn, checked."""

    groups: list[list[Chosen]]
    show: list[str]
    low: float
    high: float
    given_interval: bool
    panels: bool
    error: bool
    data: Data | None
    width: int
    height: int | None
    dark: bool
    title: str | None

    @property
    def curves(self) -> list[Chosen]:
        return [chosen for group in self.groups for chosen in group]


def plot(
    *names: str | tuple[str, Mapping],
    interval: Sequence[float] | None = None,
    show: Sequence[str] = ("value", "derivative"),
    panels: bool = False,
    error: bool = False,
    data=None,
    column: str | None = None,
    size: int | tuple[int, int] | None = None,
    dark: bool = False,
    title: str | None = None,
) -> Picture:
    """A picture of activations and their derivatives, computed by the library's float64 kernels.

    Where a function or derivative jumps, its line is broken: a full circle is the value there, an empty one
    the limit that is not taken. A dot marks a kink of the function.

    Args:
        names: activations, presets or aliases; with parameters as ``"elu:alpha=0.5"`` or ``("elu", {"alpha":
            0.5})``; with several values, ``"elu:alpha=0.5,1,2"``, a curve for each
        interval: of x, (low, high); by default [-5, 5], wider where kinks or data are
        show: of "value", "derivative" and "second"
        panels: a panel for each name, rather than one for each of `show`
        error: the error of float32 results as well, in ulp, against ball arithmetic where the developer
            build's ``rheobase-exact`` is installed, else against the library's float64 results; over all
            float32 numbers, or the interval where one is given
        data: numbers whose histogram is drawn: an array of any shape, or a path (.npy, .npz, .csv, .txt)
        column: which array of .npz, which column of .csv
        size: width, or (width, height), in pixels of 1/96 inch; by default 640 wide, more for several panels
        dark: light on dark
        title: a line above the picture

    Returns:
        a matplotlib ``Figure``; ``.savefig(path)`` writes it, ``.found`` is a dictionary of what is in it:
        jumps and kinks of each curve, errors in ulp, shares of the data where abs f' is below 0.001.

    Raises:
        ValueError: unknown name; parameter, interval, size or data that make no sense. Nothing is drawn then.
        TypeError: an argument of a wrong type.

    Example:
        >>> rheobase.plot("elu:alpha=0.5,1,2").savefig("elu.svg")
    """
    request = check(
        names, interval=interval, show=show, panels=panels, error=error, data=data, column=column, size=size,
        dark=dark, title=title,
    )  # fmt: skip
    return draw(request)


def check(
    names, *, interval, show, panels, error, data, column, size, dark, title
) -> Request:  # fmt: skip
    """The arguments of ``plot``, checked. Raises ValueError and TypeError."""
    if not names:
        raise ValueError("names: expected at least one activation")
    groups = [read(name) for name in names]
    curves = sum(map(len, groups))
    most = MOST_PANELS if panels else MOST_CURVES
    if curves > most or any(len(group) > MOST_CURVES for group in groups):
        hint = "" if panels else ", or up to 64 with a panel for each name"
        raise ValueError(f"names: {curves} curves; at most {MOST_CURVES} can be told apart{hint}")
    if isinstance(show, str) or not show or any(role not in ROLES for role in show):
        raise ValueError(f"show: expected some of {', '.join(ROLES)}, not {show!r}")
    show = [role for role in ROLES if role in show]
    if error and show == ["second"]:
        raise ValueError("error: is of values and derivatives, and neither is shown")
    found = None
    if data is not None:
        if isinstance(data, (str, Path)):
            found = from_file(Path(data), column)
        elif column is not None:
            raise ValueError(f"column: {column!r} is of a file, and data is an array")
        else:
            found = from_array(data)
    elif column is not None:
        raise ValueError(f"column: {column!r} is of data, and there are none")
    low, high = _interval(interval, found, groups)
    columns = _columns(groups, bool(panels))
    width, height = _size(size, columns)
    if panels and not _merged(groups, True) and width < LEAST_PANEL * columns:
        raise ValueError(
            f"size: {columns} panels side by side need {LEAST_PANEL * columns} pixels, not {width}"
        )
    return Request(
        groups,
        show,
        low,
        high,
        interval is not None,
        bool(panels),
        bool(error),
        found,
        width,
        height,
        bool(dark),
        title,
    )


def _default_interval(data: Data | None, groups: list[list[Chosen]]) -> tuple[float, float]:
    places = [-SPAN, SPAN]
    for chosen in (chosen for group in groups for chosen in group):
        for x in bends(chosen, -FAR, FAR):
            places += [x - BEYOND, x + BEYOND]
    if data is not None:
        # What lies far out is counted, and would only shrink the rest.
        places += np.clip(np.quantile(data.numbers, (0.001, 0.999)), -FARTHEST, FARTHEST).tolist()
    return min(places), max(places)


def _interval(
    given: Sequence[float] | None, data: Data | None, groups: list[list[Chosen]]
) -> tuple[float, float]:
    if given is None:
        return _default_interval(data, groups)
    try:
        low, high = map(float, given)
    except (TypeError, ValueError):
        raise TypeError(f"interval: expected two numbers, not {given!r}") from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"interval: expected finite numbers, not {low:g} and {high:g}")
    if max(abs(low), abs(high)) > FARTHEST:
        raise ValueError(
            f"interval: reaches from -{FARTHEST:g} to {FARTHEST:g} at most, not {low:g} to {high:g}"
        )
    if low >= high:
        raise ValueError(f"interval: is empty: {low:g} is not below {high:g}")
    if high - low <= NARROWEST * max(abs(low), abs(high)):
        raise ValueError(f"interval: too narrow to be drawn: {low!r} to {high!r}")
    return low, high


def _columns(groups: list[list[Chosen]], panels: bool) -> int:
    """How many panels stand side by side where there is room."""
    if not panels:
        return 1
    return min(4, math.ceil(math.sqrt(len(groups)))) if _merged(groups, True) else len(groups)


def _size(given, columns: int) -> tuple[int, int | None]:
    if given is None:
        return max(DEFAULT_WIDTH, PANEL_WIDTH * columns), None
    pair = (given, None) if isinstance(given, (int, float)) else given
    try:
        width, height = pair
        fine = all(LEAST_PIXELS <= edge <= MOST_PIXELS for edge in (width, height) if edge is not None)
    except (TypeError, ValueError):
        raise TypeError(f"size: expected a width or (width, height), not {given!r}") from None
    if not fine:
        raise ValueError(
            f"size: expected {LEAST_PIXELS} to {MOST_PIXELS} pixels, not {width if height is None else given}"
        )
    return width, height


def draw(request: Request) -> Picture:
    """The picture of a checked request."""
    theme = THEMES[request.dark]
    rows, columns = _grid(request)
    width = request.width
    extras = _extras(request)
    heights = [panels.height(width / columns)] * rows + [panels.extra_height(width)] * len(extras)
    height = request.height or sum(heights) + panels.legend_height(width, request.curves, bool(request.title))
    with matplotlib.rc_context(settings(width / min(columns, 2), theme)):
        figure = Picture(
            figsize=(width / PIXELS_PER_INCH, height / PIXELS_PER_INCH),
            dpi=PIXELS_PER_INCH,
            layout="constrained",
        )
        figure.found = {"interval": [request.low, request.high], "curves": [], "errors": [], "data": None}
        spaces = figure.add_gridspec(len(heights), columns, height_ratios=heights)
        drawn = {}
        points = max(2001, 4 * width)
        for i, chosen in enumerate(request.curves):
            lines = {role: curve(chosen, role, request.low, request.high, points) for role in request.show}
            drawn[i] = lines
            figure.found["curves"].append(panels.describe(chosen, lines))
        _functions(figure, spaces, request, drawn, rows, columns, theme)
        for row, extra in enumerate(extras, rows):
            extra(figure, figure.add_subplot(spaces[row, :]), theme)
        # Settled now, so that the picture does not depend on rcParams at the time it is saved.
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            figure.draw_without_rendering()
    if any("constrained_layout" in str(warning.message) for warning in said):
        raise ValueError(f"size: {width} x {height:.0f} pixels are too small for what is to be drawn")
    return figure


def _merged(groups: list[list[Chosen]], panels: bool) -> bool:
    """Whether value and derivative share a panel: where each panel has one function."""
    return (panels or len(groups) == 1) and all(len(group) == 1 for group in groups)


def _grid(request: Request) -> tuple[int, int]:
    """Rows and columns of the panels of functions."""
    columns = _columns(request.groups, request.panels)
    if _merged(request.groups, request.panels):
        columns = max(1, min(columns, request.width // LEAST_PANEL))
        return math.ceil(len(request.groups) / columns), columns
    return len(request.show), columns


def _functions(figure, spaces, request: Request, drawn, rows: int, columns: int, theme) -> None:
    merged = _merged(request.groups, request.panels)
    start = 0
    for place, group in enumerate(request.groups if request.panels else [request.curves]):
        own = range(start, start + len(group))
        start += len(group)
        for row, role in enumerate(["all"] if merged else request.show):
            at = spaces[divmod(place, columns)] if merged else spaces[row, place if request.panels else 0]
            axes = figure.add_subplot(at)
            panels.frame(axes, request.low, request.high, theme)
            for i in own:
                if merged:
                    panels.roles(axes, drawn[i], theme)
                else:
                    panels.line(axes, drawn[i][role], i - own[0], theme)
            if merged:
                axes.set_title(group[0].label if request.panels else "", loc="left", color=theme.ink)
            else:
                head = f"{group[0].name}: " if request.panels else ""
                axes.set_title(head + panels.TITLES[role], loc="left", color=theme.ink)
            if request.panels and not merged and row == 0:
                panels.own_legend(axes, group)
    if merged:
        label = None if request.panels else request.curves[0].label
        panels.legend(figure, request.show, label, request.title, theme)
    elif not request.panels:
        panels.curve_legend(figure, request.curves, request.width, request.title, theme)
    elif request.title:
        figure.suptitle(request.title, color=theme.ink)


def _extras(request: Request) -> list:
    """Functions that draw what stands below: errors, then the histogram."""
    found = []
    interval = (request.low, request.high) if request.given_interval else None

    def error_panel(role):
        def into(figure, axes, theme):
            results = [errors(chosen, role, interval) for chosen in request.curves]
            panels.error(axes, request.curves, results, role, interval, theme)
            figure.found["errors"] += [
                panels.describe_error(chosen, role, result)
                for chosen, result in zip(request.curves, results, strict=True)
            ]

        return into

    def histogram(figure, axes, theme):
        figure.found["data"] = panels.histogram(
            axes, request.data, request.curves, request.low, request.high, theme
        )

    if request.error:
        found += [error_panel(role) for role in request.show if role in ERROR_ROLES]
    if request.data is not None:
        found.append(histogram)
    return found
