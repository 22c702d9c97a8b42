# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/exp2_coefficients.h: 2^(j / 16) for the exponential of pairs.

Each power is kept as its nearest float64 and what is missing, as a part of it: power (1 + rest).

Usage: python tools/coefficients/exp2.py > src/math/exp2_coefficients.h
"""

import mpmath as mp
from _header import begin, end, show

mp.mp.dps = 60
PARTS = 16  # one permutation of AVX-512 looks up 16 numbers


def main():
    exact = [mp.mpf(2) ** (mp.mpf(j) / PARTS) for j in range(PARTS)]
    nearest = [float(v) for v in exact]
    begin("exp2", ": 2^(j / 16) = power (1 + rest).")
    print(f"inline constexpr int kExp2Parts = {PARTS};")
    show("kExp2Power", nearest, aligned=True)
    show("kExp2Rest", [float(v / mp.mpf(n) - 1) for v, n in zip(exact, nearest, strict=True)], aligned=True)
    end()


if __name__ == "__main__":
    main()
