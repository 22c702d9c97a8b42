// SPDX-License-Identifier: Apache-2.0
// tanh_coefficients.h: written by tools/coefficients/tanh.py; with the method.
#pragma once

namespace rheo {

// clang-format off
inline constexpr float kTanhEnd = 0x1.20a3d80000000p+3F, kTanhScale = 0x1.a93fca0000000p+0F;
inline constexpr int kTanhEntries = 16;
// Centers, tanh there, 1 - tanh^2 there.
alignas(64) inline constexpr float kTanhRows[] = {
    0x1.8286900000000p-1F,
    0x1.0e34aa0000000p+0F,
    0x1.5a9f0a0000000p+0F,
    0x1.a7ea300000000p+0F,
    0x1.0dd3520000000p+1F,
    0x1.5b9b1a0000000p+1F,
    0x1.a71b1e0000000p+1F,
    0x1.f51fb20000000p+1F,
    0x1.346d300000000p+2F,
    0x1.8121bc0000000p+2F,
    0x1.cfdbfe0000000p+2F,
    0x1.0a29e80000000p+3F,
    0x0.0p+0F,
    0x0.0p+0F,
    0x1.7e5a960000000p-2F,
    0x1.0e74a60000000p-1F,
    0x1.46b2c40000000p-1F,
    0x1.915f8a0000000p-1F,
    0x1.bffee60000000p-1F,
    0x1.dbfd120000000p-1F,
    0x1.f11bbe0000000p-1F,
    0x1.fb898a0000000p-1F,
    0x1.fe9fc60000000p-1F,
    0x1.ff97d00000000p-1F,
    0x1.ffeeea0000000p-1F,
    0x1.fffe720000000p-1F,
    0x1.ffffde0000000p-1F,
    0x1.fffffc0000000p-1F,
    0x0.0p+0F,
    0x0.0p+0F,
    0x1.6d85bc0000000p-2F,
    0x1.efa5800000000p-2F,
    0x1.2f8a1c0000000p-1F,
    0x1.8ab38e0000000p-2F,
    0x1.e007b60000000p-3F,
    0x1.15f5ca0000000p-3F,
    0x1.d59a2a0000000p-5F,
    0x1.1c5ed80000000p-6F,
    0x1.5fc0d80000000p-8F,
    0x1.a0959a0000000p-10F,
    0x1.115b6c0000000p-12F,
    0x1.8dff7a0000000p-16F,
    0x1.0ff64c0000000p-19F,
    0x1.0013be0000000p-22F,
    0x1.0000000000000p+0F,
    0x1.0000000000000p+0F,
    0x1.bec32c0000000p-1F,
    0x1.880bd20000000p-1F,
};
// (tanh(t) - t) / t^3, in t^2.
inline constexpr float kTanhOfSmall[] = {
    -0x1.5555440000000p-2F,
    0x1.1106be0000000p-3F,
    -0x1.b66fce0000000p-5F,
    0x1.29d9dc0000000p-6F,
};
// clang-format on

}  // namespace rheo
