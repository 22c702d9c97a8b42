# SPDX-License-Identifier: Apache-2.0
"""One comparison: an activation, a role, a format; its contenders, verified, then timed at each size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import ModuleType

import numpy as np

from rheobase.bench import copies, formats, library, oracle, timing
from rheobase.bench.contender import DTYPES, Buffers, Contender, Prepared, Unsupported, title
from rheobase.bench.records import Row
from rheobase.bench.sample import timing_data

# Elements at the beginning, in the middle and at the end that are looked at before a large array is timed.
PART = 512


@dataclass
class Entry:
    """A contender with what is known of it so far; `failure` is why it cannot be timed."""

    contender: Contender
    version: str
    copies: bool = False  # a copy, not an activation
    verdict: oracle.Verdict | None = None
    failure: str = ""


@dataclass
class Blank:
    """A cell without a contender, and the reason."""

    peer: str
    reason: str


@dataclass
class Comparison:
    """All that takes part for one activation, role and format."""

    info: dict
    role: str
    dtype: str
    entries: list[Entry] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)


def gather(info: dict, role: str, dtype: str, threads: int, peers: dict[str, ModuleType]) -> Comparison:
    """Asks every peer. `peers` are those that are available, by name."""
    own = library.contender(info, role, dtype, threads)
    found = Comparison(info, role, dtype, [Entry(own, own.version)])

    def offered(peer: ModuleType) -> list[Contender]:
        if dtype not in getattr(peer, "DTYPES", DTYPES):
            raise Unsupported(f"takes no part in {dtype}")
        return peer.contenders(info, role, dtype, threads)

    add_peers(found, peers, offered)
    return found


def add_peers(
    found: Comparison, peers: dict[str, ModuleType], contenders: Callable[[ModuleType], list[Contender]]
) -> None:
    """Those of each peer, a blank for one that declines, an entry with the reason for one that raises."""
    for peer in peers.values():
        try:
            for contender in contenders(peer):
                found.entries.append(Entry(contender, contender.version or peer.version()))
        except Unsupported as reason:
            found.blanks.append(Blank(peer.NAME, str(reason)))
        except Exception as error:  # whatever a foreign library raises becomes a row
            lost = Contender(peer.NAME, _never)
            found.entries.append(Entry(lost, peer.version(), failure=_line(error)))


def verify(comparison: Comparison, stop: Callable[[], bool] = lambda: False) -> None:
    """Fills in the verdicts. A contender that fails to run gets its reason."""
    truth = oracle.truth(comparison.info, comparison.role, comparison.dtype)
    judge(comparison, lambda entry: oracle.verify(entry.contender, truth), stop)


def judge(
    comparison: Comparison, verdict: Callable[[Entry], oracle.Verdict], stop: Callable[[], bool]
) -> None:
    """The same by any verdict."""
    for entry in list(comparison.entries):
        if stop():
            return
        if entry.failure:
            continue
        try:
            entry.verdict = verdict(entry)
        except Unsupported as reason:
            comparison.entries.remove(entry)
            comparison.blanks.append(Blank(entry.contender.name, str(reason)))
        except Exception as error:
            entry.failure = _line(error)


def time_at(
    comparison: Comparison,
    size: int,
    data: str,
    rounds: int,
    seconds: float,
    conditions: dict,
    stop: Callable[[], bool],
    tick: Callable[[float], None],
) -> list[Row]:
    """Times everyone, the copies too, and returns their rows; none when stopped before the first round."""
    x, grad = timing_data(comparison.dtype, size, data)
    y = formats.empty(size, comparison.dtype)
    buffers = Buffers(x, grad if comparison.role == "backward" else None, y)
    copying = [Entry(c, "", copies=True) for c in copies.contenders()]
    entries = [*copying, *(replace(entry) for entry in comparison.entries)]  # a failure here is this size's
    ready = list(_prepared(entries, buffers, comparison.dtype))
    series = timing.race([prepared.call for _, prepared in ready], rounds, seconds, stop, tick)
    if series is None:
        return []
    timed = {id(entry): s for (entry, _), s in zip(ready, series, strict=True)}
    return [_row(entry, timed, entries, comparison, size, conditions) for entry in entries]


def _prepared(entries: list[Entry], buffers: Buffers, dtype: str) -> Iterator[tuple[Entry, Prepared]]:
    for entry in entries:
        if entry.failure:
            continue
        try:
            prepared = entry.contender.prepare(buffers)
            entry.failure = _difference(entry.contender, prepared, buffers, dtype)
        except Exception as error:
            entry.failure = _line(error)
        if not entry.failure:
            yield entry, prepared


def _difference(contender: Contender, prepared: Prepared, buffers: Buffers, dtype: str) -> str:
    """What is verified has to be what is timed: "" when the first, middle and last elements come out as they
    do in a small array, else how they differ. Large arrays may take other paths (threads, blocks, stores)."""
    n, part = buffers.x.size, min(PART, buffers.x.size)
    places = np.concatenate([np.arange(part) + start for start in (0, (n - part) // 2, n - part)])
    small = Buffers(
        *(None if a is None else _gathered(a, places) for a in (buffers.x, buffers.grad, buffers.y))
    )
    large = formats.wide(_result(prepared, buffers)[places], dtype)
    expected = formats.wide(_result(contender.prepare(small), small), dtype)
    # Vectors and remainders may round differently; another function is off by far more.
    near = max(1e-3, 2.0 ** (2 - formats.LAYOUT[dtype][0]))
    with np.errstate(invalid="ignore"):
        same = np.isclose(large, expected, rtol=near, atol=1e-3, equal_nan=True)
    if same.all():
        return ""
    i = int(np.argmin(same))
    return f"gives {large[i]:.6g} at element {places[i]:,} of {n:,}, in a small array {expected[i]:.6g}"


def _gathered(array: np.ndarray, places: np.ndarray) -> np.ndarray:
    found = formats.aligned(places.size, array.dtype.name)
    found[:] = array[places]
    return found


def _result(prepared: Prepared, buffers: Buffers) -> np.ndarray:
    formats.spoil(buffers.y)
    prepared.call()
    return np.asarray(prepared.result()) if prepared.result else buffers.y


def _row(
    entry: Entry, timed: dict, entries: list[Entry], comparison: Comparison, size: int, conditions: dict
) -> Row:
    facts = conditions | {
        "name": title(comparison.info),
        "role": comparison.role,
        "dtype": comparison.dtype,
        "size": size,
        "contender": entry.contender.name,
        "version": entry.version,
        "note": entry.contender.note,
        "failure": entry.failure,
    }
    if (verdict := entry.verdict) is not None:
        if verdict.worst >= 0:  # other random numbers have no error
            facts |= {"ulp": verdict.worst, "ulp_at": verdict.at, "ulp_normal": verdict.worst_normal}
        facts["points"] = verdict.points
        facts["wrong_specials"] = "; ".join(verdict.wrong_specials)
    if (series := timed.get(id(entry))) is not None:
        facts |= _numbers(series, timed, entries, size)
    return Row(**facts)


def _numbers(series: timing.Series, timed: dict, entries: list[Entry], size: int) -> dict:
    """The columns that time fills."""
    spread = timing.spread(series.seconds)
    copy = min(timing.spread(timed[id(e)].seconds).median for e in entries if e.copies and id(e) in timed)
    own = next((timed[id(e)] for e in entries if e.contender.name == library.NAME and id(e) in timed), None)
    numbers = {
        "median": spread.median,
        "low": spread.low,
        "high": spread.high,
        "rounds": len(series.seconds),
        "calls": series.calls,
        "busy": timing.spread(series.busy).median,
        "gelem": size / spread.median / 1e9,
        "copy_share": copy / spread.median,
    }
    if own is not None:
        ratio = timing.ratios(series, own)
        numbers |= {"ratio": ratio.median, "ratio_low": ratio.low, "ratio_high": ratio.high}
    return numbers


def _never(buffers: Buffers) -> Prepared:
    raise RuntimeError("not available")


def _line(error: Exception) -> str:
    """One line of at most 160 characters."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:160]
