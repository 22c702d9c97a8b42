# SPDX-License-Identifier: Apache-2.0
"""Colours, lines and sizes of pictures: legible small, in black and white, and for colour-blind readers."""

from __future__ import annotations

from dataclasses import dataclass

# A CSS pixel is 1/96 inch, a point 1/72.
PIXELS_PER_INCH, POINTS_PER_PIXEL = 96, 0.75
# At most so many curves of different looks in one panel.
MOST_CURVES = 16
# Lengths in units of the line's width. Each can be told from the others without its colour.
DASHES = (
    "-",
    (0, (5, 1.6)),
    (0, (1.2, 1.2)),
    (0, (6, 1.6, 1.2, 1.6)),
    (0, (10, 2.5)),
    (0, (2.6, 1.3)),
    (0, (6, 1.4, 1.2, 1.4, 1.2, 1.4)),
    (0, (10, 1.6, 3, 1.6)),
)
# Okabe and Ito, Color universal design (2008), https://jfly.uni-koeln.de/color/, without its yellow, which
# fades on white; on dark pages yellow stands in for blue.
LIGHT = ("#0072b2", "#d55e00", "#009e73", "#000000", "#cc79a7", "#56b4e9", "#e69f00", "#6e6e6e")
DARK = ("#56b4e9", "#e69f00", "#2fc9a0", "#ffffff", "#e29cc4", "#f0e442", "#f07a32", "#a8a8a8")


@dataclass(frozen=True)
class Theme:
    """Colours of a picture."""

    page: str
    ink: str
    muted: str
    faint: str
    fill: str
    cycle: tuple[str, ...]


THEMES = {
    False: Theme("#ffffff", "#1a1a1a", "#4d4d4d", "#c4c4c4", "#d3d9df", LIGHT),
    True: Theme("#15181c", "#f2f2f2", "#bdbdbd", "#4c5157", "#3b444e", DARK),
}


def font_pixels(width: float) -> float:
    """Height of text for a picture so wide, in pixels: still legible where it is shown at half its size."""
    return min(max(width / 40, 10.5), 18)


def settings(width: float, theme: Theme) -> dict:
    """matplotlib's rcParams for a picture so many pixels wide."""
    pixel = POINTS_PER_PIXEL
    font = font_pixels(width) * pixel
    stroke = max(width / 320, 1.3) * pixel
    return {
        "font.family": "sans-serif",
        "font.size": font,
        "axes.titlesize": font,
        "axes.labelsize": font,
        "xtick.labelsize": font * 0.92,
        "ytick.labelsize": font * 0.92,
        "legend.fontsize": font,
        "legend.title_fontsize": font,
        "figure.facecolor": theme.page,
        "savefig.facecolor": theme.page,
        "axes.facecolor": theme.page,
        "text.color": theme.ink,
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "axes.linewidth": 0.9 * pixel,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "xtick.labelcolor": theme.ink,
        "ytick.labelcolor": theme.ink,
        "lines.linewidth": stroke,
        "lines.dash_capstyle": "butt",
        "lines.solid_joinstyle": "miter",
        "lines.dash_joinstyle": "miter",
        "svg.fonttype": "none",  # text stays text
        "pdf.fonttype": 42,
        "svg.hashsalt": "rheobase",  # the same picture, the same bytes
    }


def look(index: int, theme: Theme) -> dict:
    """Colour, dashes and, from the ninth curve on, marks of a curve."""
    style = {"color": theme.cycle[index % len(theme.cycle)], "linestyle": DASHES[index % len(DASHES)]}
    if index >= len(DASHES):
        style |= {"marker": "s", "markevery": 0.1, "markersize": 3.2}
    return style
