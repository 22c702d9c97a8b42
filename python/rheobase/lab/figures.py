# SPDX-License-Identifier: Apache-2.0
"""The report's figures as SVG text, ready to stand inside an HTML page and to follow its colours."""

from __future__ import annotations

import contextlib
import io
import math
import re
from collections.abc import Sequence
from html import escape

import matplotlib
import numpy
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from rheobase.lab import modules
from rheobase.lab.activations import Spec
from rheobase.lab.summary import Row, by_case
from rheobase.lab.training import Run
from rheobase.plotting.figure import BEYOND, FAR, SPAN

# Drawn in these colours, which occur nowhere else, then handed over to the page's style sheet by name: so one
# drawing serves light and dark.
COLOURS = {"ink": "#010101", "muted": "#020202", "line": "#030303", "first": "#040404", "second": "#050505"}
COLOURS["page"] = "#060606"
INK, MUTED, LINE, FIRST, SECOND, PAGE = COLOURS.values()
# A CSS pixel is drawn as one unit of the SVG, which matplotlib counts 72 to the inch.
UNITS_PER_INCH = 72
STYLE = {
    "svg.fonttype": "none",  # text stays text: the page's font, legible, selectable
    "svg.hashsalt": "rheobase",  # same drawing, same bytes
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 1,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
}
PANEL = (220, 150)
POINTS = 241
# A loss that underflowed to 0 has no place on a logarithmic axis.
LEAST_LOSS = 1e-9


def accuracy(rows: Sequence[Row], runs: Sequence[Run], width: int, where: str = "") -> str:
    """Mean accuracies with their confidence intervals over faint dots for the seeds, one line per activation,
    best on top. width: in CSS pixels; wide and narrow pages get a drawing each, since scaled text would be
    too small. where: begins its identifiers, which must differ from those of other networks."""
    rows, own = [row for row in rows if row.accuracy], by_case(runs)
    names = max(len(row.name) for row in rows) * 7.2 + 14
    height = 23 * len(rows) + 46
    with matplotlib.rc_context(STYLE):
        figure = new_figure(width, height)
        axes = figure.add_axes((names / width, 40 / height, 1 - (names + 14) / width, 1 - 46 / height))
        axes.axvline(100 * rows[0].accuracy.mean, color=LINE, linewidth=1, dashes=(3, 3), zorder=0)
        for y, row in enumerate(rows):
            _accuracy_line(axes, y, row, [run.accuracy for run in own[row.case] if not run.failed])
        low, high = axes.get_xlim()
        axes.set_xlim(max(low, -0.5), min(high, 100.5))  # intervals may go beyond what a share can be
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [row.name for row in rows], color=INK)
        axes.tick_params(axis="y", length=0, pad=8)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(5 if width < 500 else 9))
        axes.grid(axis="x", alpha=0.5)
        axes.set_axisbelow(True)
        axes.set_xlabel("test accuracy, %")
        best = rows[0]
        label = (
            f"Test accuracy of {len(rows)} activations with 95 % confidence intervals; "
            f"{best.name} leads with {100 * best.accuracy.mean:.2f} %. All numbers are in the table."
        )
        return svg(figure, f"accuracy-{where}{width}", label)


def _accuracy_line(axes: Axes, y: int, row: Row, accuracies: list[float]) -> None:
    axes.scatter(
        [100 * a for a in accuracies], [y] * len(accuracies), s=16, color=MUTED, alpha=0.4, linewidths=0
    )
    mean, low, high = row.accuracy.mean, row.accuracy.low, row.accuracy.high
    if low is not None:
        axes.plot([100 * low, 100 * high], [y, y], color=FIRST, linewidth=2, solid_capstyle="butt")
    # Hollow where the difference to the best is more than noise: a cue that needs no colour.
    behind = row.within_noise is False
    axes.plot(
        [100 * mean], [y], marker="o", markersize=7, color=FIRST, markeredgewidth=2, zorder=3,
        markerfacecolor=PAGE if behind else FIRST,
    )  # fmt: skip


def losses(rows: Sequence[Row], chosen: Row) -> str:
    """Training loss per epoch of one activation: mean and band over seeds, before the means of all others in
    grey. The axes are the same whichever is chosen, and logarithmic in the loss."""
    curves = [row.curve for row in rows if row.curve]
    low, high = min(min(c.low) for c in curves), max(max(c.high) for c in curves)
    epochs = range(1, len(chosen.curve.mean) + 1)
    with matplotlib.rc_context(STYLE):
        figure = new_figure(*PANEL)
        axes = figure.add_axes((0.19, 0.16, 0.78, 0.8))
        for curve in curves:
            axes.plot(epochs, curve.mean, color=LINE, linewidth=1, zorder=1)
        axes.fill_between(
            epochs, chosen.curve.low, chosen.curve.high, color=FIRST, alpha=0.25, linewidth=0, zorder=2
        )
        axes.plot(epochs, chosen.curve.mean, color=FIRST, linewidth=2, zorder=3)
        if len(epochs) == 1:
            axes.plot(epochs, chosen.curve.mean, marker="o", color=FIRST, zorder=3)
        logarithmic(axes, max(low, LEAST_LOSS) / 1.3, high * 1.3)
        middle = (len(epochs) + 1) // 2
        axes.xaxis.set_major_locator(FixedLocator(sorted({1, middle, len(epochs)})))
        axes.tick_params(length=3)
        label = (
            f"Training loss of {chosen.name} over {len(epochs)} epochs, from {chosen.curve.mean[0]:.3g} "
            f"to {chosen.curve.mean[-1]:.3g}."
        )
        return svg(figure, f"loss-{identifier(chosen.name)}", label)


def logarithmic(axes: Axes, low: float, high: float) -> None:
    """A logarithmic y axis with plain numbers; ticks between the powers of ten only where those are too
    few."""
    decades = math.log10(high / low)
    if decades > 1.2:
        between = (1,) if decades > 3 else (1, 3)
    else:
        between = (1, 2, 5) if decades > 0.5 else tuple(range(1, 10))
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(LogLocator(subs=between))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def function(spec: Spec) -> str:
    """An activation (solid) and its derivative (dashed) around 0, with its kinks in view; float64, learned
    parameters at their first values. "" for what is no function of one number."""
    facts = {} if spec.values else spec.facts().get("facts", {})
    kinks = [kink for kink in facts.get("kinks", []) if abs(float(kink)) <= FAR]
    x = _abscissae(kinks)
    value, derivative = _values(spec, x)
    if value is None:
        return ""
    x = x.numpy()
    derivative[numpy.isin(x, kinks)] = numpy.nan  # breaks the line where the derivative jumps
    with matplotlib.rc_context(STYLE):
        figure = new_figure(*PANEL)
        axes = figure.add_axes((0.12, 0.16, 0.85, 0.8))
        axes.axhline(0, color=LINE, linewidth=1, zorder=0)
        axes.axvline(0, color=LINE, linewidth=1, zorder=0)
        axes.plot(x, value, color=FIRST, linewidth=2)
        axes.plot(x, derivative, color=SECOND, linewidth=1.8, dashes=(4, 2))
        axes.set_xlim(x[0], x[-1])
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.tick_params(length=3)
        label = f"Graph of {spec.label} and of its derivative."
        return svg(figure, f"function-{identifier(spec.label)}", label)


def _values(spec: Spec, x: torch.Tensor) -> tuple[numpy.ndarray | None, numpy.ndarray | None]:
    """Values and derivatives, or None twice. A module of the user's may refuse float64: then there is no
    figure."""
    with contextlib.suppress(Exception):
        if modules.is_elementwise(spec):
            module = modules.build(spec).double().eval()
            column = x[:, None]
            value = module(column)[:, 0].detach().numpy()
            return value, modules.slopes(spec, module, column)[:, 0].numpy().copy()
    return None, None


def identifier(label: str) -> str:
    """A label as a part of an SVG identifier; different ones stay different."""
    return re.sub(r"[^a-zA-Z0-9_]", lambda sign: f"-{ord(sign[0]):x}-", label)


def _abscissae(kinks: Sequence[float]) -> torch.Tensor:
    """Increasing float64 x: an even grid, each kink, and its two neighbours, so that jumps are drawn
    upright."""
    kinks = numpy.asarray(kinks, dtype=float)
    low = min([-SPAN, *(kinks - BEYOND)])
    high = max([SPAN, *(kinks + BEYOND)])
    beside = [numpy.nextafter(kinks, -numpy.inf), numpy.nextafter(kinks, numpy.inf)]
    return torch.from_numpy(
        numpy.unique(numpy.concatenate([numpy.linspace(low, high, POINTS), kinks, *beside]))
    )


def new_figure(width: int, height: int) -> Figure:
    return Figure(figsize=(width / UNITS_PER_INCH, height / UNITS_PER_INCH))


def svg(figure: Figure, prefix: str, label: str) -> str:
    """The figure as an <svg> element with a label for screen readers. Identifiers get a prefix, since all
    figures of a page share one name space; what only a separate file needs goes."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"font-family: [^;]*; ", "", text)
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", text)
    text = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", text)
    for name, colour in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    text = re.sub(r"<[^>]*>", lambda tag: _rounded(tag[0]), text)
    size = re.search(r'viewBox="[^"]*"', text).group()
    text = re.sub(
        r"<svg[^>]*>", lambda _: f'<svg {size} role="img" aria-label="{escape(label)}">', text, count=1
    )
    return re.sub(r"\n\s*", "\n", text).strip()


def _rounded(tag: str) -> str:
    """A tag with its coordinates to a hundredth of a pixel, which halves the page; text between tags is not
    touched."""
    return re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), tag)
