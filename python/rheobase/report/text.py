# SPDX-License-Identifier: Apache-2.0
"""Numbers as people read them."""

from __future__ import annotations

import math

INFINITY, MINUS, NO_NUMBER = "\N{INFINITY}", "\N{MINUS SIGN}", "\N{EN DASH}"


def number(value: float | str | None, digits: int = 4) -> str:
    """In so many significant digits, with a true minus; a dash for None."""
    if value is None:
        return NO_NUMBER
    value = float(value)
    if math.isinf(value):
        return (MINUS if value < 0 else "") + INFINITY
    return f"{value:.{digits}g}".replace("-", MINUS)


def interval(low: float | str, high: float | str) -> str:
    """[low, high]; ends at infinity are open."""
    left = "(" if math.isinf(float(low)) else "["
    right = ")" if math.isinf(float(high)) else "]"
    return f"{left}{number(low)}, {number(high)}{right}"


def ulp(value: float | None) -> str:
    """An error in ulp, rounded up: what is shown is a bound too."""
    return NO_NUMBER if value is None else f"{math.ceil(value * 1000 - 1e-9) / 1000:.3f}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of 0 to 1 in per cent."""
    return NO_NUMBER if share is None else f"{100 * share:.{digits}f} %"


def times(ratio: float | None) -> str:
    """How many times faster."""
    return NO_NUMBER if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def listed(items: list[str], most: int = 6) -> str:
    """a, b, c and 3 more."""
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")
