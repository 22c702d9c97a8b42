# SPDX-License-Identifier: Apache-2.0
"""What the tables of all programs have in common on a terminal; needs rich."""

from rich import box
from rich.console import Console
from rich.table import Table


def new_table(**options) -> Table:
    """A table without a frame. options: further ones of rich's."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), **options)


def make_room(console: Console, table: Table) -> None:
    """A terminal that is too narrow wraps lines; rich would crush columns instead."""
    unbounded = console.options.update(max_width=1000)
    console.width = max(console.width, console.measure(table, options=unbounded).maximum)
