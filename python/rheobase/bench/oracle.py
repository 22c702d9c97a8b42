# SPDX-License-Identifier: Apache-2.0
"""Contenders against exact results: the largest error in ulp, and special values that come out wrong."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rheobase.bench import formats
from rheobase.bench.contender import Buffers, Contender
from rheobase.bench.formats import LAYOUT
from rheobase.bench.places import program
from rheobase.bench.sample import REPEATS, Sample, sample

PROGRAM = "rheobase-exact"
# From here on a table marks an error: two decimal digits of float32 are lost for good.
GROSS = 1000.0
# What special values give may be rounded, but differs from exact results by less than this share.
ROUNDING = 1 / 16
# Results of float64 below this are asked for once more, times 2^SHIFT, or their digits would be lost.
SMALL, SHIFT = 2.0**-900, 400


@dataclass(frozen=True)
class Truth:
    """A sample and its exact results, (high + low) 2^-shift; those of the special values come last."""

    sample: Sample
    high: np.ndarray
    low: np.ndarray
    shift: np.ndarray
    role: str
    dtype: str


@dataclass(frozen=True)
class Verdict:
    """What a contender computed, compared with the truth. `worst` is infinite where a finite x gave NaN, or
    an infinity in place of a number."""

    worst: float  # ulp
    at: float  # x
    got: float
    worst_normal: float  # where x and the exact result are no subnormal numbers
    points: int
    wrong_specials: list[str] = field(default_factory=list)  # "-inf gives nan"

    @property
    def gross(self) -> bool:
        return not self.worst < GROSS


def require() -> Path:
    """The oracle's program. Raises FileNotFoundError."""
    path = program(PROGRAM)
    if path is None:
        raise FileNotFoundError(
            f"{PROGRAM} is not installed, and nothing is timed unchecked: build with RHEOBASE_TESTS=ON"
        )
    return path


def truth(info: dict, role: str, dtype: str) -> Truth:
    """Asks rheobase-exact. Raises FileNotFoundError if it is absent, RuntimeError if it fails."""
    points = sample(dtype, [float(kink) for kink in info["facts"]["kinks"]])
    base = formats.base(dtype)  # that rheobase-exact reads
    x, grad = (formats.wide(array, dtype).astype(base) for array in (points.x, points.grad))
    settings = info.get("settings")
    high, low = ask(info["name"], role, base, x, grad, parameters=settings)
    shift = np.zeros(high.size, np.int64)
    small = np.flatnonzero(np.abs(high) < SMALL) if dtype == "float64" else ()
    if len(small):
        shift[small] = SHIFT
        more = ask(info["name"], role, base, x[small], grad[small], SHIFT, settings)
        high[small], low[small] = more
    return Truth(points, high, low, shift, role, dtype)


def ask(
    name: str,
    role: str,
    dtype: str,
    x: np.ndarray,
    grad: np.ndarray | None = None,
    exponent: int = 0,
    parameters: Mapping[str, float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """What rheobase-exact says, times 2^exponent, as sums of two float64. Raises as truth() does."""
    given = x.tobytes() + (grad.tobytes() if role == "backward" else b"")
    command = [require(), name, "--role", role, "--format", dtype, "--exponent", str(exponent)]
    for key, value in (parameters or {}).items():
        command += ["--set", f"{key}={value!r}"]
    done = subprocess.run(command, input=given, capture_output=True)
    if done.returncode != 0:
        message = " ".join(done.stderr.decode(errors="replace").split())
        raise RuntimeError(message or f"{PROGRAM}: exit {done.returncode}")
    pairs = np.frombuffer(done.stdout, "<f8").reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def verify(contender: Contender, against: Truth) -> Verdict:
    """Runs the contender once on the sample. What the contender raises is passed on."""
    return judge(computed(contender, against), against)


def computed(contender: Contender, against: Truth) -> np.ndarray:
    """What the contender makes of the sample."""
    points = against.sample
    x, y = (formats.empty(points.x.size, against.dtype) for _ in range(2))
    x[:] = points.x
    formats.spoil(y)
    grad = None
    if against.role == "backward":
        grad = formats.empty(points.x.size, against.dtype)
        grad[:] = points.grad
    prepared = contender.prepare(Buffers(x, grad, y))
    formats.spoil(y)
    prepared.call()
    result = np.asarray(prepared.result()) if prepared.result else y
    if x.tobytes() != points.x.tobytes():
        raise RuntimeError("changed its input")
    if result.shape != x.shape or result.dtype != x.dtype:
        raise RuntimeError(f"result is {result.dtype}{list(result.shape)}, expected {x.dtype}{list(x.shape)}")
    return result.copy()


def judge(y: np.ndarray, against: Truth) -> Verdict:
    """Compares results for the whole sample with the truth."""
    n, dtype = against.sample.points, against.dtype
    x, y = formats.wide(against.sample.x[:n], dtype), formats.wide(y, dtype)
    errors = ulps(y[:n], against.high[:n], against.low[:n], against.shift[:n], dtype)
    worst = int(np.argmax(errors))
    smallest = formats.tiny(dtype)
    with np.errstate(under="ignore"):
        results = np.ldexp(against.high[:n], -against.shift[:n])
    normal = (np.abs(x) >= smallest) & (np.abs(results) >= smallest)
    return Verdict(
        float(errors[worst]),
        float(x[worst]),
        float(y[worst]),
        float(errors[normal].max(initial=0)),
        n,
        _wrong_specials(y[n:], against),
    )


def ulps(y: np.ndarray, high: np.ndarray, low: np.ndarray, shift: np.ndarray, dtype: str) -> np.ndarray:
    """Distances of y from (high + low) 2^-shift in ulp of the exact result. A NaN counts as infinitely far;
    so does an infinity, unless the exact result rounds to it: then it is half an ulp away."""
    precision, lowest, overflow = LAYOUT[dtype]
    mantissa, exponent = np.frexp(high)
    # Just below a power of two the ulp is that of the numbers below.
    exponent -= (np.abs(mantissa) == 0.5) & (np.sign(low) == -np.sign(high))
    unit = np.maximum(exponent - precision, lowest + shift)
    unit[high == 0] = (lowest + shift)[high == 0]
    limit = np.inf if dtype == "float64" else np.ldexp(1 - 2.0 ** -(precision + 1), overflow)
    with np.errstate(invalid="ignore", over="ignore"):
        wide = np.ldexp(y.astype(np.float64), shift)
        errors = np.abs(np.ldexp((wide - high) - low, -unit))
    infinite = np.isinf(y)
    rounds_up = (np.sign(y) == np.sign(high)) & (np.abs(high) >= limit)
    errors[infinite] = np.where(rounds_up[infinite], 0.5, np.inf)
    exact_infinite = np.isinf(high) & ~infinite  # beyond float64: the largest number is one step away
    errors[exact_infinite] = np.where(np.abs(y[exact_infinite]) == formats.largest(dtype), 1.0, np.inf)
    errors[np.isnan(y)] = np.inf
    return errors


def _wrong_specials(y: np.ndarray, against: Truth) -> list[str]:
    """Special values that give something else anywhere; signs of zeros and rounding errors do not count."""
    specials, n = formats.wide(against.sample.specials, against.dtype), against.sample.points
    exact = np.ldexp(against.high[n:], -against.shift[n:])[: specials.size]
    got = y.reshape(REPEATS, specials.size)
    tolerance = min(GROSS * 2.0 ** (1 - LAYOUT[against.dtype][0]), ROUNDING)
    faults = []
    for i, x in enumerate(specials):
        column = got[:, i]
        if np.isfinite(exact[i]):
            wrong = ~(np.abs(column - exact[i]) <= tolerance * abs(exact[i]))
        else:
            wrong = ~((column == exact[i]) | (np.isnan(column) & np.isnan(exact[i])))
        if wrong.any():
            faults.append(f"{_text(x)} gives {_text(column[np.argmax(wrong)])}")
    return faults


def _text(value: float) -> str:
    return f"{float(value):.6g}"
