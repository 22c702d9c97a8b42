# SPDX-License-Identifier: Apache-2.0
"""Contenders against exact results: the largest error in ulp, and special values that come out wrong."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rheobase.bench.contender import Buffers, Contender
from rheobase.bench.places import program
from rheobase.bench.sample import REPEATS, SPECIALS, Sample, aligned, sample

PROGRAM = "rheobase-exact"
# Precision, smallest exponent, largest exponent of a format, as in docs/accuracy.md.
LAYOUT = {"float32": (24, -149, 128), "float64": (53, -1074, 1024)}
# From here on a table marks an error: two decimal digits of float32 are lost for good.
GROSS = 1000.0


@dataclass(frozen=True)
class Truth:
    """A sample and its exact results, high + low; those of the special values follow the points'."""

    sample: Sample
    high: np.ndarray
    low: np.ndarray
    role: str
    dtype: str


@dataclass(frozen=True)
class Verdict:
    """What a contender computed, compared with the truth. `worst` is infinite where a finite x gave NaN, or
    an infinity in place of a number."""

    worst: float  # ulp
    at: float  # x
    got: float
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
    path = require()
    points = sample(dtype, [float(kink) for kink in info["facts"]["kinks"]])
    given = points.x.tobytes() + (points.grad.tobytes() if role == "backward" else b"")
    command = [path, info["name"], "--role", role, "--format", dtype]
    done = subprocess.run(command, input=given, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(
            " ".join(done.stderr.decode(errors="replace").split()) or f"{PROGRAM}: exit {done.returncode}"
        )
    pairs = np.frombuffer(done.stdout, "<f8").reshape(-1, 2)
    return Truth(points, pairs[:, 0].copy(), pairs[:, 1].copy(), role, dtype)


def verify(contender: Contender, against: Truth) -> Verdict:
    """Runs the contender once on the sample. What the contender raises is passed on."""
    return judge(computed(contender, against), against)


def computed(contender: Contender, against: Truth) -> np.ndarray:
    """What the contender makes of the sample."""
    points = against.sample
    x, y = aligned(points.x.size, against.dtype), aligned(points.x.size, against.dtype)
    x[:] = points.x
    y.fill(np.nan)  # what is not written must not look right
    grad = None
    if against.role == "backward":
        grad = aligned(points.x.size, against.dtype)
        grad[:] = points.grad
    prepared = contender.prepare(Buffers(x, grad, y))
    y.fill(np.nan)
    prepared.call()
    result = np.asarray(prepared.result()) if prepared.result else y
    if not np.array_equal(x, points.x, equal_nan=True):
        raise RuntimeError("changed its input")
    if result.shape != x.shape or result.dtype != x.dtype:
        raise RuntimeError(f"result is {result.dtype}{list(result.shape)}, expected {x.dtype}{list(x.shape)}")
    return result.copy()


def judge(y: np.ndarray, against: Truth) -> Verdict:
    """Compares results for the whole sample with the truth."""
    n = against.sample.points
    errors = ulps(y[:n], against.high[:n], against.low[:n], against.dtype)
    worst = int(np.argmax(errors))
    return Verdict(
        float(errors[worst]),
        float(against.sample.x[worst]),
        float(y[worst]),
        n,
        _wrong_specials(y[n:], against),
    )


def ulps(y: np.ndarray, high: np.ndarray, low: np.ndarray, dtype: str) -> np.ndarray:
    """Distances of y from high + low in ulp of the exact result; a NaN counts as infinitely far, an infinity
    as half an ulp where the exact result rounds to it, else as infinitely far."""
    precision, lowest, overflow = LAYOUT[dtype]
    mantissa, exponent = np.frexp(high)
    # Just below a power of two the ulp is that of the numbers below.
    exponent -= (np.abs(mantissa) == 0.5) & (np.sign(low) == -np.sign(high))
    unit = np.where(high == 0, lowest, np.maximum(exponent - precision, lowest))
    limit = np.ldexp(1 - 2.0 ** -(precision + 1), overflow) if dtype == "float32" else np.inf
    with np.errstate(invalid="ignore", over="ignore"):
        wide = y.astype(np.float64)
        errors = np.abs(np.ldexp((wide - high) - low, -unit))
    infinite = np.isinf(y)
    rounds_up = (np.sign(y) == np.sign(high)) & (np.abs(high) >= limit)
    errors[infinite] = np.where(rounds_up[infinite], 0.5, np.inf)
    exact_infinite = np.isinf(high) & ~infinite  # beyond float64: the largest number is one step away
    errors[exact_infinite] = np.where(np.abs(y[exact_infinite]) == np.finfo(dtype).max, 1.0, np.inf)
    errors[np.isnan(y)] = np.inf
    return errors


def _wrong_specials(y: np.ndarray, against: Truth) -> list[str]:
    """Special values whose result differs anywhere; signs of zeros are not compared."""
    expected = against.high[against.sample.points :][: len(SPECIALS)].astype(against.dtype)
    got = y.reshape(REPEATS, len(SPECIALS))
    faults = []
    for i, x in enumerate(SPECIALS):
        column = got[:, i]
        wrong = ~np.isnan(column) if np.isnan(expected[i]) else ~(column == expected[i])
        if wrong.any():
            faults.append(f"{_text(x)} gives {_text(column[np.argmax(wrong)])}")
    return faults


def _text(value: float) -> str:
    return f"{float(value):.6g}"
