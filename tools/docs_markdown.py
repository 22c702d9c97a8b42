# SPDX-License-Identifier: Apache-2.0
"""What the tables of the documentation have in common: Markdown, numbers, and who made a proof."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal


def number(value) -> str:
    """Of a float32 all digits, of others nine; zeros with their sign."""
    return value if isinstance(value, str) else f"{value:.9g}"


def rounded_up(value: float, places: int) -> str:
    return str(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_CEILING))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Markdown. A header that ends with a colon is aligned to the right, without it."""
    titles = [title.removesuffix(":") for title in header]
    rules = ["---:" if title.endswith(":") else "---" for title in header]
    lines = ["| " + " | ".join(titles) + " |", "|" + "|".join(rules) + "|"]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def builds(records: Iterable[dict], what: str) -> list[str]:
    """A line for each compiler and instruction set: how many, and when."""
    groups: dict[tuple, list[str]] = {}
    for record in records:
        groups.setdefault((record["compiler"], record["flags"], record["target"]), []).append(record["date"])
    lines = []
    for (compiler, flags, target), dates in sorted(groups.items()):
        when = min(dates) if min(dates) == max(dates) else f"{min(dates)} to {max(dates)}"
        lines.append(f"{len(dates)}{what} on {when}: {compiler}, `{flags}`, instruction set {target}.")
    return lines
