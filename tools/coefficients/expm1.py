# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/expm1_coefficients.h: exp(x) - 1 for x <= 0 in float32.

With n the nearest integer to x / log(2) and t = x - n log(2), which is two fused operations,

    exp(x) - 1 = 2^n (t + t^2 q(t)) + (2^n - 1),

where 2^n - 1 is exact as far as it counts, and t is where x is small: what rounds is little beside the
result. Below END the result is -1.

Usage: python tools/coefficients/expm1.py > src/math/expm1_coefficients.h
"""

import numpy as np
from _fit import check, horner, rounded, rounded_in_turn, ulp
from _header import begin, end, show

END = -18.0
TERMS = 5  # of q
MOST = 0.92  # ulp, of the sample below
LOG2 = np.log(2)
HIGH = float(rounded(LOG2))
LOW = float(rounded(LOG2 - HIGH))
STEPS = float(rounded(1 / LOG2))


def sample():
    return rounded(np.concatenate([np.linspace(END, -1e-4, 600001), -np.geomspace(1e-6, 0.4, 200000)]))


def reduced(x):
    """n and t, by the kernel's own operations: products of float32 are exact in float64."""
    n = np.rint(x * STEPS)
    return n, rounded(rounded(x - n * HIGH) - n * LOW)


def series():
    half = LOG2 / 2 * 1.0001
    t = half * np.cos(np.linspace(0, np.pi, 4001))
    t = t[np.abs(t) > 1e-3]
    # An error of t^2 q counts most where n is 0, or -1 for positive t, as x is not.
    scale = np.where(t < 0, 1, 0.5)
    # There the rounding of t + t^2 q counts as well, so that less is left for q.
    weight = t**2 * scale / ulp(scale * np.exp(t) - 1) * np.where(t < 0, 1, 2)
    return rounded_in_turn(t, (np.expm1(t) - t) / t**2, weight, range(TERMS))


def value(x, q):
    n, t = reduced(x)
    part = rounded(rounded(t * t) * horner(t, q) + t)
    scale = 2.0**n
    return rounded(scale * part + rounded(scale - 1))


def main():
    x, q = sample(), series()
    check("expm1", value(x, q), np.expm1(x), MOST)
    begin("expm1", "; with the method.")
    print(f"inline constexpr float kExpm1End = {END.hex()}F;")
    print("// log(2) in two parts, and its reciprocal.")
    print(f"inline constexpr float kExpm1Log2 = {HIGH.hex()}F, kExpm1Log2Low = {LOW.hex()}F;")
    print(f"inline constexpr float kExpm1Steps = {STEPS.hex()}F;")
    print("// (exp(t) - 1 - t) / t^2.")
    show("kExpm1Series", q, "float")
    end()


if __name__ == "__main__":
    main()
