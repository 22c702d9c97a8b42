# SPDX-License-Identifier: Apache-2.0
"""The tables of a run for a terminal: one line per contender or, for many activations, each one."""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from rheobase._terminal import make_room, new_table
from rheobase.bench.arguments import SHORT
from rheobase.bench.comparison import Blank
from rheobase.bench.library import NAME as OWN
from rheobase.bench.oracle import GROSS
from rheobase.bench.records import Row

# Up to so many activations each contender has a line of its own.
DETAILED = 3
# With less of a processor than this while they run, contenders were disturbed.
QUIET = 0.9
# More processors than asked for, by this much, are worth a footnote.
EXTRA = 0.3
SLOWER = "<"
WRONG = "!"


class Footnotes:
    """Numbered texts, each once, with the activations that they are about."""

    def __init__(self):
        self._names: dict[str, dict[str, None]] = {}

    def mark(self, name: str, *texts: str) -> str:
        """The marks of those texts that are not empty, for example ``[1,3]``, noted for that activation."""
        for text in filter(None, texts):
            self._names.setdefault(text, {})[name] = None
        numbers = sorted(list(self._names).index(text) + 1 for text in texts if text)
        return f"[{','.join(map(str, numbers))}]" if numbers else ""

    def lines(self, all_names: int) -> list[str]:
        """In order; the names are left out where a text is about all there are."""
        lines = []
        for number, (text, names) in enumerate(self._names.items(), 1):
            about = f" ({', '.join(names)})" if len(names) < all_names else ""
            lines.append(f"[{number}] {text}{about}")
        return lines


def print_tables(
    rows: Sequence[Row], blanks: dict[tuple[str, str, str], list[Blank]], console: Console | None = None
) -> None:
    """`blanks` are the cells without a contender, by name, role and format."""
    console = console or Console(highlight=False)
    notes = Footnotes()
    detailed = len({row.name for row in rows}) <= DETAILED
    for role, dtype, size in dict.fromkeys((row.role, row.dtype, row.size) for row in rows):
        part = [row for row in rows if (row.role, row.dtype, row.size) == (role, dtype, size)]
        missing = {name: blanks.get((name, role, dtype), []) for name in dict.fromkeys(r.name for r in part)}
        wide = _float32(rows, role, size) if dtype in SHORT else {}
        for title, table in (_details if detailed else _matrix)(part, missing, notes, wide):
            _print(console, f"{title}, {role}, {dtype}, {size:,} elements", table)
    _print_legend(console, rows, notes, detailed)


def _float32(rows: Sequence[Row], role: str, size: int) -> dict[str, float]:
    """rheobase's own float32 in this run: 10^9 elements per second, by name."""
    wanted = [row for row in rows if (row.role, row.size, row.dtype) == (role, size, "float32")]
    return {row.name: row.gelem for row in wanted if row.contender == OWN and row.gelem is not None}


def _of_float32(row: Row, wide: dict[str, float]) -> str:
    """Its share of that speed."""
    known = row.contender == OWN and row.gelem is not None and row.name in wide
    return f"{row.gelem / wide[row.name]:.2f}" if known else ""


def speed_text(row: Row) -> str:
    return "" if row.gelem is None else f"{row.gelem:.3g}"


def ulp_text(ulp: float | None) -> str:
    """An error; WRONG behind one that is gross."""
    if ulp is None:
        return ""
    if not ulp < GROSS:
        return ("inf" if math.isinf(ulp) else f"{ulp:.1e}".replace("e+0", "e").replace("e+", "e")) + WRONG
    return f"{ulp:.3g}"


def ratio_text(row: Row) -> str:
    """How many times faster rheobase is; SLOWER behind a ratio below 1."""
    if row.ratio is None:
        return ""
    digits = 2 if row.ratio < 10 else 1 if row.ratio < 100 else 0
    return f"{row.ratio:.{digits}f}{SLOWER if row.ratio < 1 else ''}"


def _notes_of(row: Row, notes: Footnotes) -> str:
    texts = [f"{row.contender}: {text}" for text in (row.failure, row.note) if text]
    if row.wrong_specials:
        texts.append(f"{row.contender}, {row.role}: wrong specials: {row.wrong_specials}")
    if row.busy is not None and row.busy > row.threads + EXTRA:
        texts.append(f"{row.contender}: kept more than {row.threads} processors busy")
    return notes.mark(row.name, *texts)


def _details(part: Sequence[Row], missing: dict[str, list[Blank]], notes: Footnotes, wide: dict[str, float]):
    for name, blanks in missing.items():
        beside = ["of float32"] if wide else []
        table = _table(
            ("", "left"),
            *((title, "right") for title in ("µs", "quartiles", "Gelem/s", "of copy", *beside, "ratio")),
            *((title, "right") for title in ("worst ulp", "at x =", "normal")),
            ("", "left"),
        )
        for row in (r for r in part if r.name == name):
            times = ["failed", "", "", ""]
            if row.median is not None:
                quartiles = f"{_micro(row.low)}-{_micro(row.high)}"
                times = [_micro(row.median), quartiles, speed_text(row), f"{100 * row.copy_share:.0f} %"]
            copies = not row.points and not row.failure
            ratio = "" if copies or row.contender == OWN else ratio_text(row)
            place = "" if not row.ulp or row.ulp_at is None else f"{row.ulp_at:.6g}"
            table.add_row(
                row.contender,
                *times,
                *(_of_float32(row, wide) for _ in beside),
                ratio,
                ulp_text(row.ulp),
                place,
                ulp_text(row.ulp_normal),
                _notes_of(row, notes),
            )
        for blank in blanks:
            table.add_row(
                blank.peer, "-", *[""] * (7 + len(beside)), notes.mark(name, f"{blank.peer}: {blank.reason}")
            )
        yield name, table


def _matrix(part: Sequence[Row], missing: dict[str, list[Blank]], notes: Footnotes, wide: dict[str, float]):
    measured = [row for row in part if row.points or row.failure]
    peers = [*dict.fromkeys(row.contender for row in measured if row.contender != OWN)]
    peers += [p for p in dict.fromkeys(b.peer for bs in missing.values() for b in bs) if p not in peers]
    columns = [(peer, "right") for peer in peers]
    own_columns = ["Gelem/s", "of copy", *(["of float32"] if wide else []), "ulp"]
    table = _table(("", "left"), *((title, "right") for title in own_columns), *columns)
    for name, blanks in missing.items():
        cells = {row.contender: row for row in measured if row.name == name}
        reasons = {blank.peer: f"{blank.peer}: {blank.reason}" for blank in blanks}
        own = cells.get(OWN)
        line = [name, *[""] * len(own_columns)]
        if own is not None and own.median is not None:
            line = [
                name,
                speed_text(own),
                f"{100 * own.copy_share:.0f} %",
                *([_of_float32(own, wide)] if wide else []),
                ulp_text(own.ulp) + _notes_of(own, notes),
            ]
        for peer in peers:
            row = cells.get(peer)
            if row is None:
                line.append("-" + notes.mark(name, reasons.get(peer, "")))
            else:
                error = "" if row.ulp is None else f" ({ulp_text(row.ulp)})"
                numbers = "failed" if row.median is None else ratio_text(row) + error
                line.append(numbers + _notes_of(row, notes))
        table.add_row(*line)
    yield "rheobase; others: times slower than it (their worst ulp)", table


def _table(*columns: tuple[str, str]) -> Table:
    table = new_table()
    for title, justify in columns:
        table.add_column(title, justify=justify, no_wrap=True)
    return table


def _print(console: Console, title: str, table: Table) -> None:
    make_room(console, table)
    console.print(title, markup=False, style="bold", soft_wrap=True)
    for column in table.columns:
        column._cells = [cell.replace("[", r"\[") for cell in column._cells]
    console.print(table)


def _print_legend(console: Console, rows: Sequence[Row], notes: Footnotes, detailed: bool) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    compared = [row for row in rows if row.ratio is not None and row.points and row.contender != OWN]
    lost = [row for row in compared if row.ratio < 1]
    if compared:
        say("ratio: the contender's time over rheobase's")
        say(f"rheobase is slower (ratio below 1, {SLOWER}) in {len(lost)} of {len(compared)}")
    if any(row.dtype in SHORT and _float32(rows, row.role, row.size) for row in rows):
        say("of float32: elements per second beside rheobase's own in float32")
    if lost and not detailed:
        worst = sorted(lost, key=lambda row: row.ratio)[:10]
        say("slowest: " + ", ".join(f"{r.name} {r.contender} {r.size:,} {r.ratio:.2f}" for r in worst))
    if any(row.ulp is not None and not row.ulp < GROSS for row in rows):
        say(f"{WRONG} errs by {GROSS:.0f} ulp or more somewhere on the sample")
    if any(row.ulp is not None for row in rows):
        most = max(row.points for row in rows)
        say(
            f"worst ulp: of up to {most:,} points, subnormals among them; infinities, NaN, zeros, kinks aside"
        )
    if detailed:
        say("normal: the worst where neither x nor the exact result is subnormal")
    if (
        share := min((row.busy for row in rows if row.contender == OWN and row.busy is not None), default=1)
    ) < QUIET:
        say(f"the machine was not quiet: rheobase had as little as {100 * share:.0f} % of a processor")
    for line in notes.lines(len({row.name for row in rows})):
        say(line)


def _micro(seconds: float) -> str:
    """Microseconds to three digits."""
    value = seconds * 1e6
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"
