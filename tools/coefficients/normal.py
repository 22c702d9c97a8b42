# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/normal_coefficients.h: rational functions for the normal distribution's quantiles.

With u in (0, 1) the share of the distribution inside [-z, z], erf(z / sqrt(2)) = u. For u <= 0.8,
z = u C(0.64 - u^2); beyond, z = T(r - 1.5) with r = sqrt(-log((1 - u) / 2)), up to the largest u = 1 - 2^-53
(the two regions are those of Wichura 1988, doi:10.2307/2347330, whose second and third one are one here).
C and T are interpolated at Chebyshev nodes with 50 digits, then rounded. All coefficients are positive, so
that sums lose nothing. The script evaluates the rounded functions again, prints the largest relative error,
and fails when it is above its bound.

Usage: python tools/coefficients/normal.py > src/math/normal_coefficients.h
"""

import sys

import mpmath as mp
from _header import begin, end, show

mp.mp.dps = 50
BORDER = mp.mpf("0.8")
CENTRE = mp.mpf(0.64)  # as float64 has it
START = mp.mpf("1.5")
LAST = 54 * mp.log(2)  # -log of the smallest tail
CENTRAL_DEGREES, CENTRAL_BOUND = (7, 7), mp.mpf(2) ** -52
TAIL_DEGREES, TAIL_BOUND = (9, 8), mp.mpf(2) ** -51


def central(t):
    """C(t)."""
    u = mp.sqrt(CENTRE - t)
    return mp.sqrt(2) * mp.erfinv(u) / u if u > mp.mpf("1e-20") else mp.sqrt(mp.pi / 2)


def tail(t):
    """T(t), by Newton's method on the logarithm of the tail."""
    wanted = (START + t) ** 2 - mp.log(2)  # -log(1 - u)
    z = mp.mpf("0.9") * mp.sqrt(2 * wanted)
    for _ in range(200):
        rest = mp.erfc(z / mp.sqrt(2))
        step = (mp.log(rest) + wanted) * rest / (mp.sqrt(2 / mp.pi) * mp.exp(-z * z / 2))
        z += step
        if abs(step) < mp.mpf("1e-42"):
            break
    return z


def value(numerator, denominator, t):
    return mp.polyval(numerator[::-1], t) / mp.polyval(denominator[::-1], t)


def interpolate(function, low, high, degrees):
    """Numerator and denominator, lowest powers first, the denominator's first coefficient 1."""
    top, bottom = degrees
    count = top + bottom + 1
    middle, half = (low + high) / 2, (high - low) / 2
    matrix, right = mp.matrix(count, count), mp.matrix(count, 1)
    for i in range(count):
        t = middle + half * mp.cos(mp.pi * (i + mp.mpf(1) / 2) / count)
        wanted = function(t)
        for j in range(top + 1):
            matrix[i, j] = t**j / wanted
        for j in range(1, bottom + 1):
            matrix[i, top + j] = -(t**j)
        right[i] = 1
    solved = list(mp.lu_solve(matrix, right))
    return [float(c) for c in solved[: top + 1]], [1.0] + [float(c) for c in solved[top + 1 :]]


def worst(function, low, high, numerator, denominator):
    """Largest relative error over 501 points."""
    points = [low + (high - low) * (1 - mp.cos(mp.pi * k / 500)) / 2 for k in range(501)]
    top, bottom = [mp.mpf(c) for c in numerator], [mp.mpf(c) for c in denominator]
    return max(abs(value(top, bottom, t) / function(t) - 1) for t in points)


def main():
    begin("normal", "; with its error bounds.")
    first = mp.sqrt(-mp.log((1 - BORDER) / 2))
    regions = (
        ("Central", central, CENTRE - BORDER**2, CENTRE, CENTRAL_DEGREES, CENTRAL_BOUND),
        ("Tail", tail, first - START, mp.sqrt(LAST) - START, TAIL_DEGREES, TAIL_BOUND),
    )
    print(f"inline constexpr double kNormalBorder = {float(BORDER)};")
    print(f"inline constexpr double kNormalCentre = {float(CENTRE)};")
    print(f"inline constexpr double kNormalStart = {float(START)};")
    for name, function, low, high, degrees, bound in regions:
        numerator, denominator = interpolate(function, low, high, degrees)
        error = worst(function, low, high, numerator, denominator)
        print(f"{name}: relative error 2^{mp.nstr(mp.log(error, 2), 4)}", file=sys.stderr)
        if error > bound or min(numerator + denominator) < 0:
            sys.exit(f"{name}: error above 2^{mp.nstr(mp.log(bound, 2), 4)}, or a negative coefficient")
        show(f"kNormal{name}Top", numerator)
        show(f"kNormal{name}Bottom", denominator)
    end()


if __name__ == "__main__":
    main()
