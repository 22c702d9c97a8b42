# SPDX-License-Identifier: Apache-2.0
"""The points at which contenders are compared with the oracle, and the data on which they are timed."""

from dataclasses import dataclass

import numpy as np

from rheobase.bench import formats
from rheobase.bench.arguments import SHORT
from rheobase.bench.formats import aligned

# Ranges of x that matter, each with a share of the random points.
RANGES = (2, 10, 30, 120, 800)
COUNT = 20_000
# Random numbers are the same in each run, so that a reported maximum can be found again.
SEED = 20261121
SPECIALS = (np.nan, -np.inf, np.inf, 0.0, -0.0)
# Each special value stands at so many places: in the middle of vectors and in what is left over at the end.
REPEATS = 37


@dataclass(frozen=True)
class Sample:
    """x and, for backward, gradients: first `points` ordinary ones, then the `specials`, REPEATS times. All
    as the format is kept in NumPy's arrays (`formats.ITEMS`)."""

    x: np.ndarray
    grad: np.ndarray
    points: int
    specials: np.ndarray


def sample(dtype: str, kinks: list[float], count: int = COUNT) -> Sample:
    """More than `count` points: random ones of the usual ranges and of every exponent, subnormals, and the
    neighbours of 0, of 1, of the format's ends and of kinks; of 16-bit formats all finite numbers. In random
    order, as in data.

    Zeros and kinks themselves are among the special values: what a derivative is there is a convention.
    """
    if dtype in SHORT:
        return _all(dtype, kinks)
    random = np.random.default_rng(SEED)
    parts = [r * random.uniform(-1, 1, count * 3 // 4 // len(RANGES)) for r in RANGES]
    parts.append(_every_exponent(random, dtype, count - count * 3 // 4))
    parts += [_around(centre, dtype) for centre in (0.0, 1.0, -1.0, *kinks)]
    parts += [sign * end for sign in (-1, 1) for end in (_ends(dtype))]
    points = np.concatenate([np.asarray(part, dtype) for part in parts])
    specials = np.array([*SPECIALS, *(kink for kink in kinks if kink != 0)], dtype)
    points = np.unique(points[np.isfinite(points) & ~np.isin(points, specials)])
    random.shuffle(points)
    x = np.concatenate([points, np.tile(specials, REPEATS)])
    exponents = 20 if dtype == "float32" else 200
    grad = random.choice([-1, 1], x.size) * np.exp2(random.uniform(-exponents, exponents, x.size))
    grad[points.size :] = 1
    return Sample(x, grad.astype(dtype), points.size, specials)


def _all(dtype: str, kinks: list[float]) -> Sample:
    """Every finite number of a 16-bit format."""
    random = np.random.default_rng(SEED)
    specials = formats.rounded(np.array([*SPECIALS, *(kink for kink in kinks if kink != 0)]), dtype)
    numbers = np.arange(2**16, dtype=np.uint16).view(specials.dtype)
    ordinary = np.isfinite(formats.wide(numbers, dtype)) & ~np.isin(numbers, specials)
    points = numbers[ordinary]
    random.shuffle(points)
    x = np.concatenate([points, np.tile(specials, REPEATS)])
    exponents = {"bfloat16": 20, "float16": 6}[dtype]
    grad = random.choice([-1, 1], x.size) * np.exp2(random.uniform(-exponents, exponents, x.size))
    grad[points.size :] = 1
    return Sample(x, formats.rounded(grad, dtype), points.size, specials)


def timing_data(dtype: str, size: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """x and gradients: "uniform" on [-8, 8], "normal" of mean 0 and deviation 1, "far" uniform on [-96, 96],
    "subnormal" uniform among those of either sign, "infinite" of either sign, "nan" all NaN; gradients are
    normal."""
    random = np.random.default_rng(SEED)
    x, grad = (aligned(size, formats.base(dtype)) for _ in range(2))
    if kind == "normal":
        random.standard_normal(out=x, dtype=x.dtype)
    elif kind == "nan":
        x.fill(np.nan)
    elif kind == "infinite":
        x[:] = random.choice([-np.inf, np.inf], size)
    else:
        random.random(out=x, dtype=x.dtype)
        x -= x.dtype.type(0.5)
        x *= {"uniform": 16, "far": 192, "subnormal": 2 * formats.tiny(dtype)}[kind]
    random.standard_normal(out=grad, dtype=grad.dtype)
    if dtype in SHORT:
        return formats.rounded(x, dtype), formats.rounded(grad, dtype)
    return x, grad


def _every_exponent(random: np.random.Generator, dtype: str, count: int) -> np.ndarray:
    low, high = (-149, 127) if dtype == "float32" else (-1074, 1023)
    exponents = np.tile(np.arange(low, high + 1), count // (high - low + 1) + 1)
    signs = random.choice([-1.0, 1.0], exponents.size)
    return signs * np.ldexp(random.uniform(1, 2, exponents.size), exponents)


def _around(centre: float, dtype: str) -> np.ndarray:
    """The 64 numbers of the format on each side of `centre`, and itself."""
    kind = np.dtype(dtype).type
    numbers = [kind(centre)]
    for end in (-np.inf, np.inf):
        number = kind(centre)
        for _ in range(64):
            number = np.nextafter(number, kind(end))
            numbers.append(number)
    return np.array(numbers, dtype)


def _ends(dtype: str) -> list[np.ndarray]:
    """Neighbourhoods of the largest and of the smallest normal number."""
    facts = np.finfo(dtype)
    largest = facts.max
    with np.errstate(over="ignore"):
        return [_around(float(facts.tiny), dtype), _around(float(largest), dtype)]
