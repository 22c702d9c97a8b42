# SPDX-License-Identifier: Apache-2.0
"""Contenders side by side: one sample of each per round, in an order that is shuffled each round."""

import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import repeat

# A sample repeats a call for at least so long, so that the clock and the loop do not count.
SAMPLE_SECONDS = 2e-3
# Calls shorter than this start with the caches warm: one untimed call precedes them.
WARM_SECONDS = 5e-3
# Fewer rounds have no quartiles to speak of.
LEAST_ROUNDS = 3


@dataclass
class Series:
    """Seconds per call of one contender, one entry per round, and processors busy meanwhile."""

    calls: int = 1
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Median and quartiles (both ends count as data) of one or more values."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratios(of: Series, to: Series) -> Spread:
    """How many times slower `of` is than `to`: quotients within each round, whose two times were taken under
    the same conditions."""
    return spread([a / b for a, b in zip(of.seconds, to.seconds, strict=True)])


def race(
    calls: Sequence[Callable[[], object]],
    rounds: int,
    seconds: float,
    stop: Callable[[], bool] = lambda: False,
    tick: Callable[[float], None] = lambda share: None,
) -> list[Series] | None:
    """Times all calls in turns until `rounds` are full or `seconds` are over (then at least LEAST_ROUNDS, or
    fewer if `rounds` is). None when `stop` says so before the first round is full."""
    order = list(range(len(calls)))
    shuffler = random.Random(len(calls))
    collecting = gc.isenabled()
    gc.disable()
    try:
        series = [Series(_calls_per_sample(call)) for call in calls]
        start = time.perf_counter()
        for number in range(rounds):
            shuffler.shuffle(order)
            for i in order:
                if stop():
                    return _full_rounds(series, number)
                _sample(calls[i], series[i])
            spent = (time.perf_counter() - start) / seconds
            tick(min(1.0, max((number + 1) / rounds, spent)))
            if spent >= 1 and number + 1 >= LEAST_ROUNDS:
                break
        return series
    finally:
        if collecting:
            gc.enable()


def _full_rounds(series: list[Series], number: int) -> list[Series] | None:
    if number == 0:
        return None
    return [Series(s.calls, s.seconds[:number], s.busy[:number]) for s in series]


def _calls_per_sample(call: Callable[[], object]) -> int:
    call()
    start = time.perf_counter()
    call()
    taken = time.perf_counter() - start
    return max(1, min(10_000, round(SAMPLE_SECONDS / max(taken, 1e-7))))


def _sample(call: Callable[[], object], series: Series) -> None:
    if not series.seconds or series.seconds[-1] < WARM_SECONDS:
        call()
    processor = time.process_time()
    start = time.perf_counter()
    for _ in repeat(None, series.calls):
        call()
    taken = time.perf_counter() - start
    series.seconds.append(taken / series.calls)
    series.busy.append((time.process_time() - processor) / taken)
