# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/tanh_coefficients.h: tanh(z) for z >= 0 in float32, by the addition theorem.

[0, END] is cut into intervals that grow with z: an interval's number is the last bits of the exponent and the
first two of the mantissa of 1 + z SCALE. With its center c, t = z - c and u = tanh(t), an odd polynomial,

    tanh(z) = T + (1 - T^2) u / (1 + T u),   T = tanh(c).

Each center is a float32 beside which tanh(c) is nearly one too, so that no more than the quotient rounds,
which is a fraction of the result. Above END the result is 1.

Usage: python tools/coefficients/tanh.py > src/math/tanh_coefficients.h
"""

from pathlib import Path

import numpy as np
from _fit import check, horner, rounded, rounded_in_turn, ulp
from _header import begin, end, show

ENTRIES = 16
END = float(np.float32(9.02))
SCALE = float(np.float32(1 / 0.602))
TERMS = 4  # beside u itself
MOST = 0.97  # ulp, of the sample below


def place(z):
    bits = rounded(z * SCALE + 1).astype(np.float32).view(np.uint32)
    return (bits >> 21) & (ENTRIES - 1)


def sample():
    return rounded(np.concatenate([np.linspace(1e-4, END, 900001), np.geomspace(1e-6, 0.6, 400000)]))


def centers(z, n):
    """By the interval's place; both of the first two are 0."""
    found = np.zeros(ENTRIES)
    for i in range(ENTRIES):
        inside = z[n == i]
        if inside.min() < 0.25:
            continue
        wanted, width = (inside.min() + inside.max()) / 2, inside.max() - inside.min()
        near = np.unique(rounded(wanted + np.linspace(-0.3, 0.3, 600001) * width))
        value = np.tanh(near)
        missing = np.abs(value - rounded(value)) / ulp(value)
        # Where 1 - tanh^2 is as small as the rounding of tanh, it counts as well.
        rest = (1 - value) * (1 + value)
        missing += 0.05 * np.abs(rest - rounded(rest)) / ulp(rest)
        found[i] = near[(missing + 0.05 * np.abs(near - wanted) / width).argmin()]
    return found


def series(z, n, c):
    """Of u in t, the odd powers from the third on."""
    t = z - c[n]
    keep = np.abs(t) > 1e-3
    t, rest = t[keep], (1 - np.tanh(c[n[keep]]) ** 2)
    weight = np.abs(t) ** 3 * rest / ulp(np.tanh(z[keep]))
    some = np.random.default_rng(1).permutation(len(t))[:40000]
    t, weight = t[some], weight[some]
    return rounded_in_turn(t, (np.tanh(t) - t) / t**3, weight, range(0, 2 * TERMS, 2))


def value(z, c, q):
    """By the kernel's own operations: products of float32 are exact in float64."""
    n = place(z)
    t = rounded(z - c[n])
    square = rounded(t * t)
    u = rounded(rounded(square * t) * horner(square, q) + t)
    high = rounded(np.tanh(c))[n]
    rest = rounded(1 - np.tanh(c) ** 2)[n]
    return rounded(high + rounded(rounded(u * rest) / rounded(high * u + 1)))


def main():
    z = sample()
    n = place(z)
    c = centers(z, n)
    q = series(z, n, c)
    stem = Path(__file__).stem
    check(stem, value(z, c, q), np.tanh(z), MOST)
    begin(stem, "; with the method.")
    print(f"inline constexpr float kTanhEnd = {END.hex()}F, kTanhScale = {SCALE.hex()}F;")
    print(f"inline constexpr int kTanhEntries = {ENTRIES};")
    print("// Centers, tanh there, 1 - tanh^2 there.")
    rows = [c, np.tanh(c), 1 - np.tanh(c) ** 2]
    show("kTanhRows", rounded(np.concatenate(rows)), "float", aligned=True)
    print("// (tanh(t) - t) / t^3, in t^2.")
    show("kTanhOfSmall", q, "float")
    end()


if __name__ == "__main__":
    main()
