// SPDX-License-Identifier: Apache-2.0
// bits.h: bits from numbers, and numbers from bits; the lowest bit of a byte is the first one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rheo {

// Bits change at each edge, from itself on, in the order of the numbers; `first` is the bit before all edges.
template <class T>
struct Edges {
  static constexpr std::size_t kMost = 8;
  bool first;
  std::size_t count;
  T at[kMost];  // ascending
};

// Whole vectors of bits are read and written: arrays of bits have so many bytes behind their end.
inline constexpr std::size_t kBitsRoom = 8;

// Bit i of bits[(n + 7) / 8] is what the edges say of x[i], and 1 for NaN; those behind, in the last byte,
// are 0.
void bits_of(const float* x, std::size_t n, const Edges<float>& edges, std::uint8_t* bits);
void bits_of(const double* x, std::size_t n, const Edges<double>& edges, std::uint8_t* bits);
// The same of a 16-bit format whose infinity has these bits. Its edges are places in the order of the
// numbers.
void bits_of(const std::uint16_t* x, std::size_t n, const Edges<std::int16_t>& edges, std::uint16_t infinity,
             std::uint8_t* bits);
// The place of a 16-bit number: that of 0 is 0, and that of -0 is -1.
inline std::int16_t place16(std::uint16_t x) {
  return static_cast<std::int16_t>((x & 0x8000) != 0 ? x ^ 0x7FFF : x);
}

// x[i] = bit i ? one : zero.
void numbers_of(const std::uint8_t* bits, std::size_t n, std::uint16_t zero, std::uint16_t one,
                std::uint16_t* x);
void numbers_of(const std::uint8_t* bits, std::size_t n, float zero, float one, float* x);
void numbers_of(const std::uint8_t* bits, std::size_t n, double zero, double one, double* x);

}  // namespace rheo
