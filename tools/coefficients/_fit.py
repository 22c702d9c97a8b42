# SPDX-License-Identifier: Apache-2.0
"""Fits of polynomials with float32 coefficients, and float32's own arithmetic on float64 arrays."""

import sys

import numpy as np


def rounded(v):
    """To float32, as float64."""
    return np.asarray(v, np.float32).astype(float)


def ulp(y):
    """Of float32, where y is a normal number."""
    return 2.0 ** (np.floor(np.log2(np.abs(y))) - 23)


def least_largest(u, wanted, weight, powers, rounds=300):
    """Coefficients of the powers of u whose largest error, times weight, is least, by Lawson's iteration."""
    columns = np.stack([u**k for k in powers], 1)
    share = np.ones(len(u))
    best, best_error = None, np.inf
    for _ in range(rounds):
        row = weight * np.sqrt(share)
        found = np.linalg.lstsq(columns * row[:, None], wanted * row, rcond=None)[0]
        error = np.abs(columns @ found - wanted) * weight
        if error.max() < best_error:
            best, best_error = found, error.max()
        share *= error / error.mean() + 1e-12
        share /= share.sum()
    return best


def rounded_in_turn(u, wanted, weight, powers):
    """The same with float32 coefficients, the lowest power's first: later ones make up for its rounding."""
    kept = []
    left = np.array(wanted, float)
    for i, power in enumerate(powers):
        kept.append(float(rounded(least_largest(u, left, weight, powers[i:])[0])))
        left = left - kept[-1] * u**power
    return kept


def horner(t, coefficients):
    """c[0] + t (c[1] + ...) as a kernel does it: products of float32 are exact in float64."""
    total = np.full_like(t, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = rounded(total * t + c)
    return total


def check(name, y, truth, most):
    """Says how far y is from the truth, in ulp, and ends the program where that is above `most`."""
    error = (np.abs(y - truth) / ulp(truth)).max()
    print(f"{name}: {error:.3f} ulp", file=sys.stderr)
    if not error < most:
        sys.exit(f"{name}: error above {most} ulp")
