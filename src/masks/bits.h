// SPDX-License-Identifier: Apache-2.0
// bits.h: bits from numbers, and numbers from bits; the lowest bit of a byte is the first one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rheo {

// Bit i of bits[(n + 7) / 8] is 1 where x[i] is another number than `zero`, or NaN; those behind are 0.
void bits_of(const float* x, std::size_t n, float zero, std::uint8_t* bits);
void bits_of(const double* x, std::size_t n, double zero, std::uint8_t* bits);

// x[i] = bit i ? one : zero.
void numbers_of(const std::uint8_t* bits, std::size_t n, std::uint16_t zero, std::uint16_t one,
                std::uint16_t* x);
void numbers_of(const std::uint8_t* bits, std::size_t n, float zero, float one, float* x);
void numbers_of(const std::uint8_t* bits, std::size_t n, double zero, double one, double* x);

}  // namespace rheo
