// SPDX-License-Identifier: Apache-2.0
// format16.h: bfloat16 and float16, one number at a time.
#pragma once

#include <cstdint>
#include <cstring>
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

// The bits of a float64, and back.
RHEO_EVERYWHERE inline std::uint64_t bits64(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
RHEO_EVERYWHERE inline double number64(std::uint64_t bits) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline constexpr std::uint64_t kSignBit64 = std::uint64_t{1} << 63, kInfinity64 = std::uint64_t{0x7FF} << 52;

// The bits of a number that is not negative, rounded to the nearest, ties to even; they are those of a
// float64.
RHEO_EVERYWHERE inline std::uint16_t narrowed_size(std::uint64_t size, Format16 format) {
  constexpr int kDigits = 52, kBias = 1023;
  const int exponent = static_cast<int>(size >> kDigits) - kBias;
  const int smallest = format.lowest + format.precision - 1;  // the exponent of the smallest normal numbers
  const int counted = exponent > smallest ? exponent : smallest;
  const int drop = kDigits + 1 - format.precision + (counted - exponent);
  if (drop > kDigits + 1) return 0;
  const std::uint64_t one = 1, leading = one << kDigits;
  const std::uint64_t digits = (size & (leading - 1)) | leading;  // of a subnormal all are dropped
  const std::uint64_t half = one << (drop - 1), kept = digits >> drop, rest = digits & (2 * half - 1);
  const bool up = rest > half || (rest == half && (kept & 1) != 0);
  // Above the subnormal numbers the bits go on counting: each binade has 2^(precision - 1) of them.
  const std::uint64_t bits =
      kept + (up ? 1 : 0) + (static_cast<std::uint64_t>(counted - smallest) << (format.precision - 1));
  return bits < format.infinity ? static_cast<std::uint16_t>(bits) : format.infinity;
}

// Rounded to the nearest, ties to even; NaN is quiet and positive.
RHEO_EVERYWHERE inline std::uint16_t narrowed(double value, Format16 format) {
  const std::uint64_t bits = bits64(value), size = bits & ~kSignBit64;
  if (size > kInfinity64) return static_cast<std::uint16_t>(format.infinity | format.infinity >> 1);
  return static_cast<std::uint16_t>((bits >> 48 & kSignBit16) | narrowed_size(size, format));
}

// Whether the numbers of float64 just below and above round to different ones, or have different signs.
RHEO_EVERYWHERE inline bool beside_tie(double value, Format16 format) {
  const std::uint64_t size = bits64(value) & ~kSignBit64;
  if (size == 0) return true;
  return size < kInfinity64 && narrowed_size(size - 1, format) != narrowed_size(size + 1, format);
}

RHEO_EVERYWHERE inline double widened(std::uint16_t bits, Format16 format) {
  const std::uint64_t size = bits & (kSignBit16 - 1U);
  const std::uint64_t sign = static_cast<std::uint64_t>(bits & kSignBit16) << 48;
  if (size > format.infinity) return std::numeric_limits<double>::quiet_NaN();
  if (size == format.infinity) return number64(sign | kInfinity64);
  // What an exponent of the format grows by in float64's bits.
  const auto lift = static_cast<std::uint64_t>(format.lowest + format.precision + 1021) << 52;
  const int shift = 53 - format.precision;
  const std::uint64_t smallest = std::uint64_t{1} << (format.precision - 1);  // the bits of a normal number
  if (size >= smallest) return number64(sign | ((size << shift) + lift));
  const double moved = number64(((size + smallest) << shift) + lift) - number64((smallest << shift) + lift);
  return number64(sign | bits64(moved));
}

}  // namespace rheo
