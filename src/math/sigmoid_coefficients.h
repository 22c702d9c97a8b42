// SPDX-License-Identifier: Apache-2.0
// sigmoid_coefficients.h: written by tools/coefficients/sigmoid.py; with the method.
#pragma once

namespace rheo {

// clang-format off
// log(2) / 8 in two parts, and its reciprocal.
inline constexpr float kExpStep = 0x1.62e4300000000p-4F, kExpStepLow = -0x1.05c6100000000p-32F;
inline constexpr float kExpSteps = 0x1.7154760000000p+3F;
inline constexpr float kExpFar = 0x1.5800000000000p+6F, kExpNear = 0x1.1400000000000p+6F;
inline constexpr int kExpEntries = 8;
alignas(64) inline constexpr float kExpRows[] = {
    0x1.0fb3700000000p+0F,
    0x1.084abe0000000p+0F,
    0x1.031bd20000000p+0F,
    0x1.005a3e0000000p+0F,
    0x1.003e3e0000000p+0F,
    0x1.0305260000000p+0F,
    0x1.08f1d60000000p+0F,
    0x1.124d3c0000000p+0F,
};
// exp(-t) for the entry, less 1.
inline constexpr float kExpSeries[] = {
    -0x1.d9653e0000000p-5F,
    -0x1.e269ac0000000p-1F,
    0x1.e26a2a0000000p-2F,
    -0x1.41a2400000000p-3F,
    0x1.3a511c0000000p-5F,
};
// clang-format on

}  // namespace rheo
