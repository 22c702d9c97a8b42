# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers as formulas in long double, and Philox4x32-10, written anew from its
paper (doi:10.1145/2063384.2063405): what rheobase's are compared with."""

import math

import numpy as np

_MASK = np.uint64(0xFFFFFFFF)
_V = np.longdouble("-1.7580993408473768")  # selu's limit at -infinity as float64, as docs/random.md has it
_SECOND = 1 << 63


def words(seed: int, offset: int, index: np.ndarray, second: bool = False) -> np.ndarray:
    """The word of each element, or its second one, as uint64 below 2^32."""
    block = index.astype(np.uint64) // np.uint64(4)
    if second:
        block |= np.uint64(_SECOND)
    low, high = (block & _MASK), block >> np.uint64(32)
    constant = [np.full(block.shape, v, np.uint64) for v in (offset & 0xFFFFFFFF, offset >> 32)]
    counter = [low, high, *constant]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        a, b = counter[0] * np.uint64(0xD2511F53), counter[2] * np.uint64(0xCD9E8D57)
        counter = [
            (b >> np.uint64(32)) ^ counter[1] ^ np.uint64(key[0]), b & _MASK,
            (a >> np.uint64(32)) ^ counter[3] ^ np.uint64(key[1]), a & _MASK,
        ]  # fmt: skip
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.choose(index % 4, counter)


def numbers(kind: str, seed: int, offset: int, index: np.ndarray) -> np.ndarray:
    """Words, or "uniform" or "normal" numbers (or their plural), as long doubles."""
    first = words(seed, offset, index)
    if kind == "words":
        return first.astype(np.longdouble)
    if kind.startswith("uniform"):
        return np.ldexp((first >> np.uint64(8)).astype(np.longdouble), -24)
    other = words(seed, offset, index, second=True)
    m = ((first & np.uint64(0x7FFFFFFF)) << np.uint64(21)) | (other >> np.uint64(11))
    sizes = np.array([_quantile(int(value)) for value in m], np.longdouble)
    return np.where(first >> np.uint64(31) == 1, -sizes, sizes)


def _quantile(m: int) -> float:
    """z with 1 - erf(z / sqrt 2) = (2 m + 1) 2^-53, within 2^-46 of it: Newton's method on math.erfc, or on
    math.erf near 0."""
    share = (2 * m + 1) * 2.0**-53
    near = share > 0.5
    wanted = (2**53 - 2 * m - 1) * 2.0**-53 if near else share
    z = wanted if near else math.sqrt(-2 * math.log(share))
    for _ in range(40):
        density = math.sqrt(2 / math.pi) * math.exp(-z * z / 2)
        if near:
            step = (math.erf(z / math.sqrt(2)) - wanted) / density
        else:
            tail = math.erfc(z / math.sqrt(2))
            step = -math.log(tail / wanted) * tail / density
        if abs(step) <= 2.0**-52 * z:
            break
        z -= step
    return z


def _rrelu(x, number, lower, upper):
    slope = np.where(x > 0, 1, lower + (np.longdouble(upper) - lower) * number)
    return slope * x, slope


def _noisy_relu(x, number, through_noise):
    deviation = np.sqrt(1 / (1 + np.exp(-x)))
    noisy = x + deviation * number
    growth = deviation / (1 + np.exp(x)) / 2
    return np.maximum(noisy, 0), np.where(noisy > 0, 1 + growth * through_noise * number, 0)


def _alpha_dropout(x, number, p):
    p = np.longdouble(p)
    a = 1 / np.sqrt((1 - p) * (1 + p * _V * _V))
    dropped = number < p
    return a * np.where(dropped, _V, x) - a * p * _V, np.where(dropped, 0, a)


# Of each, f(x, number, parameters): the value and its derivative.
FORMULAS = {"rrelu": _rrelu, "noisy_relu": _noisy_relu, "alpha_dropout": _alpha_dropout}
