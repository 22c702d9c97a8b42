# SPDX-License-Identifier: Apache-2.0
"""Derives src/math/exp2_coefficients.h: 2^(j / 16) for the exponential of pairs.

Each power is kept as its nearest float64 and what is missing, as a part of it: power (1 + rest).

Usage: python tools/coefficients/exp2.py > src/math/exp2_coefficients.h
"""

import mpmath as mp

mp.mp.dps = 60
PARTS = 16  # one permutation of AVX-512 looks up 16 numbers


def show(name, values):
    print(f"alignas(64) inline constexpr double {name}[] = {{")
    for value in values:
        print(f"    {value!r},")
    print("};")


def main():
    exact = [mp.mpf(2) ** (mp.mpf(j) / PARTS) for j in range(PARTS)]
    nearest = [float(v) for v in exact]
    print("// SPDX-License-Identifier: Apache-2.0")
    print("// exp2_coefficients.h: written by tools/coefficients/exp2.py: 2^(j / 16) = power (1 + rest).")
    print("#pragma once\n\nnamespace rheo {\n")
    print("// clang-format off")
    print(f"inline constexpr int kExp2Parts = {PARTS};")
    show("kExp2Power", nearest)
    show("kExp2Rest", [float(v / mp.mpf(n) - 1) for v, n in zip(exact, nearest, strict=True)])
    print("// clang-format on\n\n}  // namespace rheo")


if __name__ == "__main__":
    main()
