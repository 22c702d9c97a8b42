// SPDX-License-Identifier: Apache-2.0
// expm1_coefficients.h: written by tools/coefficients/expm1.py; with the method.
#pragma once

namespace rheo {

// clang-format off
inline constexpr float kExpm1End = -0x1.2000000000000p+4F;
// log(2) in two parts, and its reciprocal.
inline constexpr float kExpm1Log2 = 0x1.62e4300000000p-1F, kExpm1Log2Low = -0x1.05c6100000000p-29F;
inline constexpr float kExpm1Steps = 0x1.7154760000000p+0F;
// (exp(t) - 1 - t) / t^2.
inline constexpr float kExpm1Series[] = {
    0x1.fffffa0000000p-2F,
    0x1.5554980000000p-3F,
    0x1.5559540000000p-5F,
    0x1.12351e0000000p-7F,
    0x1.6a569c0000000p-10F,
};
// clang-format on

}  // namespace rheo
