# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/erfc_coefficients.h: polynomials for the scaled complementary error function.

For z >= 0, erfc(z) = exp(-z^2) P(t) / (1 + 2 z) with t = (z - c) / (z + c), which maps [0, inf) to [-1, 1).
P(t) = (1 + 2 z) exp(z^2) erfc(z) is smooth and stays between 1 and 1.2, so one polynomial serves all z
(the form of Shepherd and Laframboise 1981, doi:10.1090/S0025-5718-1981-0595058-X).
P is interpolated at Chebyshev nodes with 60 digits, turned into powers of t and rounded; the script evaluates
the rounded polynomials again and prints the largest relative error, which has to stay below its bound.

Usage: python tools/coefficients/erfc.py > src/math/erfc_coefficients.h
"""

import sys

import mpmath as mp
from _header import begin, end, show

mp.mp.dps = 60
CENTRE = mp.mpf("3.75")  # of 2, 3, 3.75 and 5 the one whose Chebyshev coefficients fall fastest
PLAIN_DEGREE, PLAIN_BOUND = 23, mp.mpf(2) ** -53
QUICK_DEGREE, QUICK_BOUND = 26, mp.mpf(2) ** -57
QUICK_PAIRS = 4  # so many low-order coefficients need a low part
WIDE_DEGREE, WIDE_BOUND = 30, mp.mpf(2) ** -66
WIDE_PAIRS = 12  # so many low-order coefficients need a low part; the rest matter below 2^-66 of P


def scaled(t):
    """P(t) for t in [-1, 1)."""
    z = CENTRE * (1 + t) / (1 - t)
    return (1 + 2 * z) * mp.exp(z * z) * mp.erfc(z)


def interpolate(degree):
    """Power-basis coefficients of the interpolant at degree + 1 Chebyshev nodes, lowest first."""
    count = degree + 1
    nodes = [mp.cos(mp.pi * (k + mp.mpf(1) / 2) / count) for k in range(count)]
    values = [scaled(t) for t in nodes]
    result = [mp.mpf(0)] * count
    previous, current = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]  # T_0, T_1 as powers
    for j in range(count):
        weight = (2 if j else 1) * mp.fsum(
            v * mp.cos(mp.pi * j * (k + mp.mpf(1) / 2) / count) for k, v in enumerate(values)
        )
        basis = previous if j == 0 else current
        for i, b in enumerate(basis):
            result[i] += weight / count * b
        if j:
            following = [mp.mpf(0)] + [2 * b for b in current]
            for i, b in enumerate(previous):
                following[i] -= b
            previous, current = current, following
    return result


def split(value):
    high = float(value)
    return high, float(value - mp.mpf(high))


def worst(coefficients):
    """Largest relative error over 4,001 points of [-1, 0.98] (z up to 371)."""
    points = [-1 + mp.mpf("1.98") * k / 4000 for k in range(4001)]
    return max(abs(mp.polyval(coefficients[::-1], t) / scaled(t) - 1) for t in points)


def main():
    plain = [float(c) for c in interpolate(PLAIN_DEGREE)]
    quick = [split(c) for c in interpolate(QUICK_DEGREE)]
    pairs = [split(c) for c in interpolate(WIDE_DEGREE)]
    wide = [mp.mpf(h) + (mp.mpf(low) if i < WIDE_PAIRS else 0) for i, (h, low) in enumerate(pairs)]
    rounded = [mp.mpf(c) for c in plain]
    rounded_quick = [mp.mpf(h) + (mp.mpf(low) if i < QUICK_PAIRS else 0) for i, (h, low) in enumerate(quick)]
    for name, coefficients, bound in (
        ("plain", rounded, PLAIN_BOUND),
        ("quick", rounded_quick, QUICK_BOUND),
        ("wide", wide, WIDE_BOUND),
    ):
        error = worst(coefficients)
        print(f"{name}: relative error 2^{mp.nstr(mp.log(error, 2), 4)}", file=sys.stderr)
        if error > bound:
            sys.exit(f"{name}: error above 2^{mp.nstr(mp.log(bound, 2), 4)}")
    begin("erfc", "; with its error bounds.")
    print(f"inline constexpr double kErfcCentre = {float(CENTRE)};")
    show("kErfcPlain", plain)
    show("kErfcQuick", [h for h, _ in quick])
    print("// Low parts of the first coefficients of kErfcQuick.")
    show("kErfcQuickLow", [low for _, low in quick[:QUICK_PAIRS]])
    show("kErfcWide", [h for h, _ in pairs])
    print("// Low parts of the first coefficients of kErfcWide.")
    show("kErfcWideLow", [low for _, low in pairs[:WIDE_PAIRS]])
    end()


if __name__ == "__main__":
    main()
