// SPDX-License-Identifier: Apache-2.0
// format16.h: bfloat16 and float16, one number at a time.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "src/math/constant.h"

namespace rheo {

// A number is r 2^(lowest + k) with r < 2^precision: bits are a sign, the exponent and the rest of r.
struct Format16 {
  int precision;           // in bits, the leading one included
  int lowest;              // 2^lowest is the smallest positive number
  std::uint16_t infinity;  // its bits
};
inline constexpr Format16 kBfloat16Format{8, -133, 0x7F80};
inline constexpr Format16 kFloat16Format{11, -24, 0x7C00};

inline constexpr std::uint16_t kSignBit16 = 0x8000;

// Multiplied with these, a float32 moves by 1.5 ulp at least, and by 4.5 at most: past any tie that is within
// one ulp of it.
inline constexpr float kLess = 1 - 0x1p-22F, kMore = 1 + 0x1p-22F;

// A product below this share of its gradient may come from a derivative that float32 has lost.
inline constexpr float kLostShare = 0x1p-100F;

// Rounded to the nearest, ties to even; NaN is quiet and positive.
RHEO_EVERYWHERE inline std::uint16_t narrowed(double value, Format16 format) {
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? kSignBit16 : 0);
  const double size = std::fabs(value);
  if (value != value) return static_cast<std::uint16_t>(format.infinity | format.infinity >> 1);
  if (size > std::numeric_limits<double>::max()) return static_cast<std::uint16_t>(sign | format.infinity);
  int exponent = 0;
  std::frexp(size, &exponent);
  const int unit =
      size == 0 || exponent - format.precision < format.lowest ? format.lowest : exponent - format.precision;
  // Above the subnormal numbers the bits go on counting: each binade has 2^(precision - 1) of them.
  const double bits = std::nearbyint(std::ldexp(size, -unit)) +
                      std::ldexp(static_cast<double>(unit - format.lowest), format.precision - 1);
  return static_cast<std::uint16_t>(
      sign | (bits < format.infinity ? static_cast<std::uint16_t>(bits) : format.infinity));
}

RHEO_EVERYWHERE inline double widened(std::uint16_t bits, Format16 format) {
  const int size = bits & (kSignBit16 - 1), binade = 1 << (format.precision - 1);
  const double sign = (bits & kSignBit16) != 0 ? -1 : 1;
  if (size > format.infinity) return std::numeric_limits<double>::quiet_NaN();
  if (size == format.infinity) return sign * std::numeric_limits<double>::infinity();
  const int k = size < binade ? 0 : size / binade - 1;
  return sign * std::ldexp(static_cast<double>(size - k * binade), format.lowest + k);
}

}  // namespace rheo
