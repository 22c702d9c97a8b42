# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/sigmoid_coefficients.h: exp(-x) in float32, for the logistic function.

With n the nearest integer to -x ENTRIES / log(2) and t = x + n log(2) / ENTRIES,

    exp(-x) = b (1 + p(t)),   b = 2^((n + SHIFT) / ENTRIES),   p(t) = exp(-t - SHIFT log(2) / ENTRIES) - 1.

SHIFT is chosen so that all 2^((j + SHIFT) / ENTRIES) are nearly float32; as it is above 1/2, p is negative
everywhere, which lets differences be exact (src/math/pair32-functions-inl.h). Near entries are an idea of
S. Gal, Computing elementary functions, 1986, https://doi.org/10.1007/3-540-16798-6_1.

b's bits are the entry's with n added behind the mantissa's first three, so that entry j is shown with j
taken from them. For |x| up to FAR, exp(x) is neither too large nor too small; up to NEAR, neither is a
product's low part. Above both the result is 1, so larger x may be held there.

Usage: python tools/coefficients/sigmoid.py > src/math/sigmoid_coefficients.h
"""

from pathlib import Path

import numpy as np
from _fit import check, horner, rounded, rounded_in_turn, ulp
from _header import begin, end, show

ENTRIES = 8
TERMS = 5
FAR = 86.0
NEAR = 69.0
MOST = 0.27  # ulp of exp(-x), before the last rounding
STEP = np.log(2) / ENTRIES
HIGH = float(rounded(STEP))
LOW = float(rounded(STEP - HIGH))
STEPS = float(rounded(1 / STEP))


def entries(shift):
    return 2.0 ** ((np.arange(ENTRIES) + shift) / ENTRIES)


def missing(shifts):
    """How far the entries are from float32, in ulp, for each shift."""
    worst = np.zeros(len(shifts))
    for j in range(ENTRIES):  # one by one: all would take much memory
        v = 2.0 ** ((j + shifts) / ENTRIES)
        worst = np.maximum(worst, np.abs(v - rounded(v)) / ulp(v))
    return worst


def best_shift():
    coarse = np.linspace(0.51, 0.8, 2000001)
    near = coarse[np.argsort(missing(coarse))[:50]]
    step = coarse[1] - coarse[0]
    fine = np.concatenate([center + np.linspace(-step, step, 2001) for center in near])
    return float(fine[missing(fine).argmin()])


def series(shift):
    half = STEP / 2 * 1.0001
    t = half * np.cos(np.linspace(0, np.pi, 2001))
    return rounded_in_turn(t, np.expm1(-t - shift * STEP), np.ones_like(t), range(TERMS))


def sample():
    return rounded(np.concatenate([np.linspace(-FAR, 60, 800001), np.geomspace(1e-6, 1, 100000)]))


def exponential(x, shift, p):
    """b (1 + p), with the kernel's own operations but for the last sum."""
    n = np.rint(-x * STEPS)
    t = rounded(rounded(x + n * HIGH) + n * LOW)
    b = rounded(entries(shift))[n.astype(int) % ENTRIES] * 2.0 ** (n // ENTRIES)
    return b + rounded(b * horner(t, p))


def main():
    shift = best_shift()
    p, x = series(shift), sample()
    stem = Path(__file__).stem
    check(stem, exponential(x, shift, p), np.exp(-x), MOST)
    begin(stem, "; with the method.")
    print("// log(2) / 8 in two parts, and its reciprocal.")
    print(f"inline constexpr float kExpStep = {HIGH.hex()}F, kExpStepLow = {LOW.hex()}F;")
    print(f"inline constexpr float kExpSteps = {STEPS.hex()}F;")
    print(f"inline constexpr float kExpFar = {FAR.hex()}F, kExpNear = {NEAR.hex()}F;")
    print(f"inline constexpr int kExpEntries = {ENTRIES};")
    bits = rounded(entries(shift)).astype(np.float32).view(np.uint32) - (
        np.arange(ENTRIES, dtype=np.uint32) << 20
    )
    show("kExpRows", bits.view(np.float32), "float", aligned=True)
    print("// exp(-t) for the entry, less 1.")
    show("kExpSeries", p, "float")
    end()


if __name__ == "__main__":
    main()
