# SPDX-License-Identifier: Apache-2.0
"""Pictures of functions as SVG in the page's own colours, so that they follow light and dark."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

REACH = 5.0  # a picture shows [-REACH, REACH] and what its kinks need
STEPS = 400
# Colours of the pictures, and what they become: site.css gives the variables their values.
VALUE, DERIVATIVE, FRAME = "#010203", "#010204", "#010205"
PAGE_COLOURS = {
    VALUE: "var(--site-value)",
    DERIVATIVE: "var(--site-derivative)",
    FRAME: "currentColor",
}
STYLE = {
    "svg.fonttype": "path",
    "svg.hashsalt": "rheobase",
    "axes.edgecolor": FRAME,
    "axes.labelcolor": FRAME,
    "xtick.color": FRAME,
    "ytick.color": FRAME,
    "text.color": FRAME,
    "grid.color": FRAME,
    "font.size": 11,
}


def points(kinks: Sequence[float]) -> list[float]:
    """Where a picture evaluates a function: evenly, and at kinks close to both sides, not there itself."""
    reach = max([REACH, *(1.5 * abs(kink) for kink in kinks if abs(kink) < 40)])
    even = [reach * (2 * step / STEPS - 1) for step in range(STEPS + 1)]
    even = [x for x in even if all(abs(x - kink) > 1e-5 for kink in kinks)]
    beside = [kink + side * 1e-6 for kink in kinks for side in (-1, 1)]
    return sorted({*even, *beside})


def _pieces(samples: Sequence[dict], key: str, kinks: Sequence[float]):
    """Lines that stop at kinks where the curve jumps: xs and ys of each."""
    xs, ys = [], []
    for before, sample in zip([None, *samples], samples, strict=False):
        crosses = before and any(before["x"] < kink < sample["x"] for kink in kinks)
        if crosses and abs(sample[key] - before[key]) > 1e-3:
            yield xs, ys
            xs, ys = [], []
        xs.append(sample["x"])
        ys.append(sample[key])
    yield xs, ys


def picture(
    samples: Sequence[dict], kinks: Sequence[float], description: str, dots: Sequence[dict] = ()
) -> str:
    """Value and derivative over x, as an <svg> element.

    Args:
        samples: x, value and derivative, x ascending
        kinks: where the derivative jumps; a curve has a gap there and no upright line
        description: what a screen reader says
        dots: values to show as dots, such as those that random numbers gave
    """
    with matplotlib.rc_context(STYLE):
        drawing, axes = pyplot.subplots(figsize=(5.8, 3.5), layout="constrained")
        try:
            for key, colour, dashes in (("value", VALUE, "-"), ("derivative", DERIVATIVE, (0, (5, 2)))):
                for xs, ys in _pieces(samples, key, kinks):
                    axes.plot(xs, ys, color=colour, linestyle=dashes, linewidth=1.8)
            axes.plot([p["x"] for p in dots], [p["value"] for p in dots], ".", color=VALUE, alpha=0.35, ms=3)
            axes.axhline(0, color=FRAME, linewidth=0.6, alpha=0.6)
            axes.axvline(0, color=FRAME, linewidth=0.6, alpha=0.6)
            axes.grid(alpha=0.15)
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_xlabel("x")
            axes.set_xmargin(0)
            written = io.BytesIO()
            drawing.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        finally:
            pyplot.close(drawing)
    return _inline(written.getvalue().decode(), description)


def _inline(text: str, description: str) -> str:
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    for colour, variable in PAGE_COLOURS.items():
        text = text.replace(colour, variable)
    opening = re.match(r"<svg[^>]*>", text)[0]
    view = re.search(r'viewBox="[^"]*"', opening)[0]
    new = (
        f'<svg class="plot" role="img" aria-label="{description}" {view} xmlns="http://www.w3.org/2000/svg"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return "\n".join(line for line in text.replace(opening, new, 1).splitlines() if line.strip())


def sparkline(samples: Sequence[dict], width=96, height=32) -> str:
    """The value alone, small, for a table."""
    shown = [sample for sample in samples if abs(sample["x"]) <= REACH]
    values = [sample["value"] for sample in shown]
    low, high = min(values), max(values)
    scale = (height - 4) / ((high - low) or 1)

    def place(sample):
        across = 2 + (sample["x"] / REACH + 1) / 2 * (width - 4)
        return f"{across:.1f},{height - 2 - (sample['value'] - low) * scale:.1f}"

    line = " ".join(dict.fromkeys(map(place, shown[::6] + shown[-1:])))
    return (
        f'<svg class="sparkline" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f'<polyline points="{line}"/></svg>'
    )
