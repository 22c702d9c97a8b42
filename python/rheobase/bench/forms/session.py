# SPDX-License-Identifier: Apache-2.0
"""A run over cases: contenders are gathered, verified, then timed in turns with the copies."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from rheobase import _calls as calls
from rheobase.bench import copies, formats, timing
from rheobase.bench.comparison import Comparison, Entry, _line, _row, add_peers, judge
from rheobase.bench.contender import Buffers, Prepared
from rheobase.bench.forms.case import Arrays, Case
from rheobase.bench.oracle import Verdict
from rheobase.bench.records import Row
from rheobase.bench.sample import SEED
from rheobase.bench.session import Session

# Elements that are verified in full, and at the beginning, in the middle and at the end of what is timed.
SAMPLE, PART = 32_768, 512
# In parts of the unit 2^-24 (or the format's) of a result that may cancel, a wrong one is far off.
GROSS = 1000.0
# Of other random numbers: standard errors that averages may differ by, and the share that deviations may.
DEVIATIONS, SPREAD = 6.0, 0.1


class FormSession(Session):
    """The same for cases (`forms.case`) as Session for activations."""

    def run(self, cases: list[Case]) -> bool:
        return self._each(cases, self._case)

    def _case(self, case: Case) -> None:
        def verified() -> Comparison:
            found = gather(case, self._arguments.threads, self._peers)
            verify(case, found, self._stop)
            return found

        what = f"{case.name} {case.role} {case.dtype}"
        self._steps(what, "exact values", verified, lambda found, size: self._time(case, found, size))

    def _time(self, case: Case, found: Comparison, size: int) -> list[Row]:
        a = self._arguments
        arrays = case.arrays(size, np.random.default_rng(SEED), a.data)
        entries = [replace(entry) for entry in found.entries]  # a failure here is this size's
        ready = [(entry, _prepared(case, entry, arrays)) for entry in entries if not entry.failure]
        ready = [(entry, prepared) for entry, prepared in ready if not entry.failure]
        copying = _copies(arrays)
        ready += copying
        calls = [prepared.call for _, prepared in ready]
        series = timing.race(calls, a.rounds, a.seconds, self._stop, self._display.step_moves)
        if series is None:
            return []
        timed = {id(entry): s for (entry, _), s in zip(ready, series, strict=True)}
        entries = [entry for entry, _ in copying] + entries
        return [_row(entry, timed, entries, found, size, self._conditions) for entry in entries]


def gather(case: Case, threads: int, peers: dict) -> Comparison:
    """rheobase's own contenders, and those of every peer; all of these have forms."""
    own = [Entry(own, own.version) for own in case.own]
    found = Comparison(case.info | {"name": case.name}, case.role, case.dtype, own)
    add_peers(found, peers, lambda peer: peer.form_contenders(case, threads))
    return found


def verify(case: Case, found: Comparison, stop: Callable[[], bool] = lambda: False) -> None:
    """Fills in the verdicts. A contender that fails to run gets its reason."""

    def verdict(entry: Entry) -> Verdict:
        arrays = case.arrays(SAMPLE, np.random.default_rng(SEED + 1), "uniform")
        return _verdict(case, entry, arrays, np.arange(SAMPLE))

    judge(found, verdict, stop)


def _prepared(case: Case, entry: Entry, arrays: Arrays) -> Prepared | None:
    """Bound to the arrays that are timed, and right at both ends and in the middle of them."""
    size = next(iter(arrays.values())).size if "x" not in arrays else arrays["x"].size
    at = np.unique([np.arange(PART) + start for start in (0, (size - PART) // 2, size - PART)])
    try:
        prepared = entry.contender.prepare(arrays)
        verdict = _judged(case, entry, prepared, arrays, at[at >= 0])
        if verdict.gross and not entry.verdict.gross:
            entry.failure = f"is {verdict.worst:.3g} ulp off at this size"
        return prepared
    except Exception as error:
        entry.failure = _line(error)
        return None


def _verdict(case: Case, entry: Entry, arrays: Arrays, at: np.ndarray) -> Verdict:
    before = {key: array.copy() for key, array in arrays.items()}
    prepared = entry.contender.prepare(arrays)
    verdict = _judged(case, entry, prepared, arrays, at)
    for key in ("x", "a", "b", "grad", "result", "packed", "bias"):
        if key in arrays and not np.array_equal(arrays[key], before[key]):
            raise RuntimeError(f"changed its input {key}")
    return verdict


def _judged(case: Case, entry: Entry, prepared: Prepared, arrays: Arrays, at: np.ndarray) -> Verdict:
    outputs = {key: array for key, array in arrays.items() if key in ("y", "da", "db")}
    for array in outputs.values():
        formats.spoil(array)
    prepared.call()
    outputs |= prepared.result() if prepared.result else {}
    if case.facts.get("moments") and entry.contender is not case.own[0]:
        return _of_moments(case, outputs["y"], at)
    worst = SimpleNamespace(error=-1.0, at=0, got=0.0)
    for truth in case.exact(arrays, at):
        got = _numbers_of(outputs[truth.output].reshape(-1)[truth.positions], case)
        errors = _errors(got, truth, case)
        i = int(np.argmax(errors))
        if errors[i] > worst.error:
            worst = SimpleNamespace(error=float(errors[i]), at=int(truth.positions[i]), got=float(got[i]))
    x = arrays["x"] if "x" in arrays else arrays.get("a")
    place = (
        float("nan")
        if x is None or worst.at >= x.size
        else float(formats.wide(x[worst.at : worst.at + 1], _of(case))[0])
    )
    return Verdict(worst.error, place, worst.got, worst.error, at.size)


def _of(case: Case) -> str:
    return case.dtype if case.dtype in calls.FORMATS else ""


def _numbers_of(array: np.ndarray, case: Case) -> np.ndarray:
    return formats.wide(array, "bfloat16" if array.dtype == np.uint16 else "")


def _errors(got: np.ndarray, truth, case: Case) -> np.ndarray:
    if truth.unit is None:
        # Sums of 16-bit numbers are float32.
        dtype = "float32" if case.form == "sums" and case.dtype != "float64" else case.dtype
        return formats.ulps(got, truth.exact, dtype)
    unit = truth.unit
    if case.form == "rows":
        unit = np.maximum(
            np.ldexp(unit, -formats.LAYOUT[case.dtype][0]), np.ldexp(1.0, formats.LAYOUT[case.dtype][1])
        )
    with np.errstate(invalid="ignore"):
        errors = np.abs(got.astype(np.longdouble) - truth.exact) / unit
    return np.where(np.isfinite(got), errors, np.inf).astype(np.float64)


def _of_moments(case: Case, y: np.ndarray, at: np.ndarray) -> Verdict:
    """Average and deviation, compared with rheobase's own numbers for the same input. Raises RuntimeError."""
    arrays = case.arrays(SAMPLE, np.random.default_rng(SEED + 1), "uniform")
    case.own[0].prepare(arrays).call()
    if y.size != SAMPLE:  # what is timed has other data
        return Verdict(-1.0, float("nan"), float("nan"), -1.0, y.size)
    own, other = (_numbers_of(values, case) for values in (arrays["y"], y))
    error = own.std() * np.sqrt(2 / SAMPLE)
    if not abs(own.mean() - other.mean()) < DEVIATIONS * error:
        raise RuntimeError(f"average is {other.mean():.4g}, expected {own.mean():.4g}")
    if not abs(other.std() / own.std() - 1) < SPREAD:
        raise RuntimeError(f"deviation is {other.std():.4g}, expected {own.std():.4g}")
    return Verdict(-1.0, float("nan"), float("nan"), -1.0, SAMPLE)


def _copies(arrays: Arrays) -> list[tuple[Entry, Prepared]]:
    """Of the first array that is read (of numbers that are only written: one of these)."""
    origin = next((arrays[key] for key in ("x", "a") if key in arrays), arrays.get("y"))
    to = formats.aligned(origin.nbytes, "uint8")
    buffers = Buffers(origin.view(np.uint8), None, to)
    return [(Entry(copy, "", copies=True), copy.prepare(buffers)) for copy in copies.contenders()]
