# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/expm1_coefficients.h: exp(x) - 1 for x <= 0 in float32, from one lookup and one
polynomial.

[END, 0] is cut into intervals, numbered by the nearest integer to x (BEND x + LINEAR), which grow wider as
exp falls; in the last one, and below END, the result is -1, of which exp is less than half an ulp. With the
interval's center c, u = x - c and t = u + u^2 q(u), which is near exp(u) - 1,

    exp(x) - 1 = (exp(c) - 1) + exp(c) t.

Each center is a float32 beside which exp(c) - 1 is nearly one too, as in the tables of docs/forge.md. q is
the same for all: wide intervals ask less of it, as exp(c) is small there.

Usage: python tools/coefficients/expm1.py > src/math/expm1_coefficients.h
"""

import sys

import numpy as np
from _header import begin, end, show

ENTRIES = 32
END = -17.5
LINEAR = float(np.float32(3.41))  # narrow enough for the polynomial beside 0
BEND = float(np.float32(3.41 / 35.8))  # the map would turn back at -17.9
DEGREE = 5  # of t
# Where the first interval but 0's own has its center, as a part of its width: near 0, where exp(x) - 1 is
# small, little may be left for t, whose rounding counts.
FIRST = 0.3
MOST = 0.85  # ulp, of the sample below


def index(x):
    return np.rint(-x * (BEND * x + LINEAR)).astype(int)


def ulp(y):
    return 2.0 ** (np.floor(np.log2(np.abs(y))) - 23)


def rounded(v):
    return np.asarray(v, np.float32).astype(float)


def sample():
    x = rounded(np.concatenate([np.linspace(END, -1e-4, 600001), -np.geomspace(1e-6, 0.2, 60000)]))
    return x, index(x)


def centers(x, n):
    """One per interval, exactly float32."""
    low = np.array([x[n == i].min() for i in range(ENTRIES)])
    high = np.array([x[n == i].max() for i in range(ENTRIES)])
    wanted = (low + high) / 2
    wanted[1] = high[1] - FIRST * (high[1] - low[1])
    found = np.zeros(ENTRIES)
    found[-1] = END
    for i in range(1, ENTRIES - 1):
        width = high[i] - low[i]
        near = np.unique(rounded(wanted[i] + np.linspace(-0.15, 0.15, 100001) * width))
        value, scale = np.expm1(near), np.exp(near)
        missing = np.abs(value - rounded(value)) / ulp(value)
        missing += 0.1 * np.abs(scale - rounded(scale)) / ulp(scale)
        found[i] = near[(missing + 0.1 * np.abs(near - wanted[i]) / width).argmin()]
    return found


def rows(c):
    """Centers, exp - 1 there, exp there; in the last interval nothing is added to -1."""
    scale = np.exp(c)
    scale[-1] = 0
    return c, rounded(np.expm1(c)), rounded(scale)


def series(x, n, c):
    """q's coefficients: the least largest error in ulp of the result, by Lawson's iteration."""
    some = np.random.default_rng(1).permutation(len(x))[:60000]
    u, weight = x[some] - c[n[some]], rows(c)[2][n[some]] / ulp(np.expm1(x[some]))
    powers = np.stack([u**k for k in range(2, DEGREE + 1)], 1)
    wanted = np.expm1(u) - u
    share = np.ones(len(u))
    best, best_error = None, np.inf
    for _ in range(300):
        row = weight * np.sqrt(share)
        q = np.linalg.lstsq(powers * row[:, None], wanted * row, rcond=None)[0]
        error = np.abs(powers @ q - wanted) * weight
        if error.max() < best_error:
            best, best_error = q, error.max()
        share *= error / error.mean() + 1e-12
        share /= share.sum()
    return rounded(best)


def value(x, c, q):
    """By the kernel's own operations: products of float32 are exact in float64."""
    n = index(x)
    u = rounded(x - c[n])
    sum_ = np.full_like(u, q[-1])
    for k in q[-2::-1]:
        sum_ = rounded(sum_ * u + k)
    t = rounded(rounded(sum_ * u) * u + u)
    _, values, scales = rows(c)
    return rounded(scales[n] * t + values[n])


def largest_error(x, c, q):
    """In ulp."""
    y = value(x, c, q)
    truth = np.expm1(x)
    return (np.abs(y - truth) / ulp(truth)).max()


def main():
    x, n = sample()
    c = centers(x, n)
    q = series(x, n, c)
    error = largest_error(x, c, q)
    print(f"expm1: {error:.3f} ulp", file=sys.stderr)
    if not error < MOST:
        sys.exit(f"expm1: error above {MOST} ulp")
    place = -np.arange(ENTRIES) % ENTRIES  # the index counts from 0 down
    begin("expm1", "; with the method.")
    print(f"inline constexpr float kExpm1End = {END.hex()}F;")
    print(f"inline constexpr float kExpm1Bend = {BEND.hex()}F, kExpm1Linear = {LINEAR.hex()}F;")
    print(f"inline constexpr int kExpm1Entries = {ENTRIES};")
    print("// Centers, exp - 1 there, exp there.")
    show("kExpm1Rows", np.concatenate([row[place] for row in rows(c)]), "float", aligned=True)
    print("// (exp(u) - 1 - u) / u^2.")
    show("kExpm1Series", q, "float")
    end()


if __name__ == "__main__":
    main()
