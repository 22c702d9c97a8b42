# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/exp2_coefficients.h: 2^(j / 16) for the exponential of pairs, and a polynomial for 2^x.

Each power is kept as its nearest float64 and what is missing, as a part of it: power (1 + rest). The
polynomial takes the values of 2^x at Chebyshev's nodes of [-1/2, 1/2].

Usage: python tools/coefficients/exp2.py > src/math/exp2_coefficients.h
"""

import mpmath as mp
from _header import begin, end, show

mp.mp.dps = 60
DEGREE = 7  # 2^x within 2^-34 of itself
PARTS = 16  # one permutation of AVX-512 looks up 16 numbers


def main():
    exact = [mp.mpf(2) ** (mp.mpf(j) / PARTS) for j in range(PARTS)]
    nearest = [float(v) for v in exact]
    begin("exp2", ": 2^(j / 16) = power (1 + rest).")
    print(f"inline constexpr int kExp2Parts = {PARTS};")
    show("kExp2Power", nearest, aligned=True)
    show("kExp2Rest", [float(v / mp.mpf(n) - 1) for v, n in zip(exact, nearest, strict=True)], aligned=True)
    nodes = [mp.cos(mp.pi * (2 * k + 1) / (2 * DEGREE + 2)) / 2 for k in range(DEGREE + 1)]
    powers = mp.matrix([[x**j for j in range(DEGREE + 1)] for x in nodes])
    brief = mp.lu_solve(powers, mp.matrix([mp.mpf(2) ** x for x in nodes]))
    worst = max(
        abs(sum(float(c) * x**j for j, c in enumerate(brief)) / mp.mpf(2) ** x - 1)
        for x in (mp.mpf(k) / 2000 for k in range(-1000, 1001))
    )
    print(f"// 2^x for |x| <= 1/2, within 2^{mp.nstr(mp.log(worst, 2), 4)} of itself.")
    show("kExp2Brief", [float(c) for c in brief])
    end()


if __name__ == "__main__":
    main()
