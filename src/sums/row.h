// SPDX-License-Identifier: Apache-2.0
// row.h: rows of bins, which hold a sum without rounding, and the integers of many digits that they are read
// as. For the host and for CUDA devices.
//
// A superaccumulator: Neal, Fast exact summation using small and large superaccumulators, 2015
// (arXiv:1505.05571); Collange, Defour, Graillat and Iakymchuk, Numerical reproducibility for the parallel
// reduction on multi- and many-core architectures, 2015 (doi:10.1016/j.parco.2015.09.001). Adding integers is
// associative and commutative, so the sum depends on nothing but its terms; it is rounded once, when it is
// read.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "src/core/kernels.h"

#ifdef __CUDACC__
#define RHEO_ANYWHERE inline __host__ __device__
#else
#define RHEO_ANYWHERE inline
#endif

namespace rheo {

// Bin i counts multiples of 2^(base + 32 i). A row is carried when all bins but the last are in [0, 2^32);
// there is exactly one such row for a sum. Rows are added bin by bin: 2^31 carried ones at least before a bin
// overflows.
struct BinScale {
  int base;
  std::size_t bins;
};

inline constexpr std::size_t kMostBins = 133;
inline constexpr BinScale kSums32{-160, 10};       // of float32: 2^-149 to 2^128, and 2^63 terms
inline constexpr BinScale kSquares32{-320, 19};    // of their squares
inline constexpr BinScale kSums64{-1088, 67};      // of float64
inline constexpr BinScale kSquares64{-2176, 133};  // of their squares

// How a result is rounded, to nearest, ties to even: to `precision` bits and multiples of 2^lowest; from
// 2^overflow on it is infinite.
struct RoundTo {
  int precision, lowest, overflow;
};
RHEO_ANYWHERE constexpr RoundTo rounding_to(Format format) {
  return format == Format::kFloat64    ? RoundTo{53, -1074, 1024}
         : format == Format::kFloat32  ? RoundTo{24, -149, 128}
         : format == Format::kBfloat16 ? RoundTo{8, -133, 128}
                                       : RoundTo{11, -24, 16};
}
inline constexpr RoundTo kToFloat32 = rounding_to(Format::kFloat32),
                         kToFloat64 = rounding_to(Format::kFloat64),
                         kToBfloat16 = rounding_to(Format::kBfloat16),
                         kToFloat16 = rounding_to(Format::kFloat16);

// The counts that follow a row, in the order of their words; statistics have all, sums the first three.
enum Count {
  kNan,
  kInfinite,
  kMinusInfinite,
  kElements,
  kZeros,
  kNegatives,
  kCounts
};
inline constexpr std::size_t kSumCounts = 3;

inline constexpr int kDigitBits = 32;
inline constexpr std::uint64_t kDigitMask = 0xFFFFFFFFU;

// Bins that lie `stride` words apart.
struct Bins {
  std::int64_t* words;
  std::size_t stride;

  RHEO_ANYWHERE Bins(std::int64_t* first, std::size_t between = 1) : words(first), stride(between) {}
  RHEO_ANYWHERE std::int64_t& operator[](std::size_t i) const { return words[i * stride]; }
};

// bins += mantissa 2^exponent, which has to be a multiple of 2^base. 2^31 times at most before a carry().
RHEO_ANYWHERE void deposit(BinScale scale, Bins bins, std::int64_t mantissa, int exponent) {
  int place = exponent - scale.base;
  if (place < 0) {
    if (place <= -64) return;  // a multiple of 2^base that is so small is 0
    mantissa >>= -place;       // nothing is lost: it is a multiple of 2^base
    place = 0;
  }
  const auto at = static_cast<std::size_t>(place / kDigitBits);
  const int shift = place % kDigitBits;
  const std::uint64_t low = static_cast<std::uint64_t>(mantissa) << shift;
  const std::int64_t high = shift == 0 ? mantissa >> 63 : mantissa >> (64 - shift);
  bins[at] += static_cast<std::int64_t>(low & kDigitMask);
  if (at + 2 < scale.bins) {
    bins[at + 1] += static_cast<std::int64_t>(low >> kDigitBits);
    bins[at + 2] += high;
  } else {
    bins[at + 1] += static_cast<std::int64_t>(low >> kDigitBits) + high * (std::int64_t{1} << kDigitBits);
  }
}

// The same of a finite number.
RHEO_ANYWHERE void deposit(BinScale scale, Bins bins, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto biased = static_cast<int>(bits >> 52 & 0x7FF);
  auto mantissa = static_cast<std::int64_t>(bits & 0xFFFFFFFFFFFFFU);
  if (biased != 0) mantissa |= std::int64_t{1} << 52;
  if (mantissa == 0) return;
  deposit(scale, bins, bits >> 63 != 0 ? -mantissa : mantissa, (biased > 0 ? biased : 1) - 1075);
}
// Of float32's bins: two of them.
RHEO_ANYWHERE void deposit(Bins bins, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto biased = static_cast<int>(bits >> 23 & 0xFF);
  const std::int64_t size = (bits & 0x7FFFFFU) | (biased != 0 ? 0x800000U : 0U);
  const int place = (biased > 0 ? biased : 1) - 150 - kSums32.base;
  const std::int64_t moved = (bits >> 31 != 0 ? -size : size) * (std::int64_t{1} << place % kDigitBits);
  const auto at = static_cast<std::size_t>(place / kDigitBits);
  bins[at] += moved & static_cast<std::int64_t>(kDigitMask);
  bins[at + 1] += moved >> kDigitBits;
}

RHEO_ANYWHERE void carry(BinScale scale, Bins bins) {
  std::int64_t over = 0;
  for (std::size_t i = 0; i + 1 < scale.bins; ++i) {
    // Halves first: a bin may be near the end of its range.
    const std::int64_t low =
        (bins[i] & static_cast<std::int64_t>(kDigitMask)) + (over & static_cast<std::int64_t>(kDigitMask));
    over = (bins[i] >> kDigitBits) + (over >> kDigitBits) + (low >> kDigitBits);
    bins[i] = low & static_cast<std::int64_t>(kDigitMask);
  }
  bins[scale.bins - 1] += over;
}

// An integer that is not negative, in digits of 32 bits, lowest first: at most kRoom.
template <std::size_t kRoom>
class Digits32 {
 public:
  RHEO_ANYWHERE std::size_t size() const { return size_; }
  RHEO_ANYWHERE bool is_zero() const { return size_ == 0; }
  RHEO_ANYWHERE std::uint32_t operator[](std::size_t i) const { return i < size_ ? digits_[i] : 0; }
  RHEO_ANYWHERE std::uint32_t& at(std::size_t i) { return digits_[i]; }

  RHEO_ANYWHERE void push(std::uint32_t digit) { digits_[size_++] = digit; }
  RHEO_ANYWHERE void trim() {
    while (size_ > 0 && digits_[size_ - 1] == 0) --size_;
  }
  // Bits [at, at + 64).
  RHEO_ANYWHERE std::uint64_t bits(std::size_t at) const {
    const std::size_t i = at / kDigitBits, shift = at % kDigitBits;
    const std::uint64_t low = static_cast<std::uint64_t>((*this)[i + 1]) << kDigitBits | (*this)[i];
    return shift == 0 ? low : low >> shift | static_cast<std::uint64_t>((*this)[i + 2]) << (64 - shift);
  }
  RHEO_ANYWHERE bool any_below(std::size_t bit) const {
    const std::size_t whole = bit / kDigitBits;
    for (std::size_t i = 0; i < whole && i < size_; ++i)
      if (digits_[i] != 0) return true;
    return ((*this)[whole] & ((std::uint64_t{1} << bit % kDigitBits) - 1)) != 0;
  }
  RHEO_ANYWHERE std::size_t length() const {
    if (size_ == 0) return 0;
    return size_ * kDigitBits - static_cast<std::size_t>(std::countl_zero(digits_[size_ - 1]));
  }

 private:
  std::uint32_t digits_[kRoom] = {};
  std::size_t size_ = 0;
};

// A row of bins as sign and size.
template <std::size_t kRoom>
struct SignedDigits {
  bool negative;
  Digits32<kRoom> size;
};

// Digits of a row, whose last bin has two.
inline constexpr std::size_t kRowDigits = kMostBins + 1;

template <std::size_t kRoom>
RHEO_ANYWHERE SignedDigits<kRoom> read_row(BinScale scale, const std::int64_t* given) {
  std::int64_t bins[kMostBins] = {};
  for (std::size_t i = 0; i < scale.bins; ++i) bins[i] = given[i];
  carry(scale, bins);
  SignedDigits<kRoom> result{bins[scale.bins - 1] < 0, {}};
  if (result.negative) {
    for (std::size_t i = 0; i < scale.bins; ++i) bins[i] = -bins[i];
    carry(scale, bins);
  }
  for (std::size_t i = 0; i + 1 < scale.bins; ++i) result.size.push(static_cast<std::uint32_t>(bins[i]));
  const auto top = static_cast<std::uint64_t>(bins[scale.bins - 1]);
  result.size.push(static_cast<std::uint32_t>(top));
  result.size.push(static_cast<std::uint32_t>(top >> kDigitBits));
  result.size.trim();
  return result;
}

// size 2^exponent, and a little more where `more`, rounded.
template <std::size_t kRoom>
RHEO_ANYWHERE double rounded_digits(const Digits32<kRoom>& size, int exponent, bool more, RoundTo to) {
  if (size.is_zero()) return 0;  // `more` comes with many digits
  const int length = static_cast<int>(size.length());
  const int top = exponent + length - to.precision, unit = top > to.lowest ? top : to.lowest;
  const int cut = unit - exponent;  // bits below the unit
  if (cut > length) return 0;       // less than half a unit
  const auto at = static_cast<std::size_t>(cut > 0 ? cut : 0);
  std::uint64_t kept = size.bits(at);
  if (cut > 0) {
    const bool half = (size.bits(at - 1) & 1) != 0, below = more || size.any_below(at - 1);
    if (half && (below || (kept & 1) != 0)) ++kept;
  }
  const double value = std::ldexp(static_cast<double>(kept), cut > 0 ? unit : exponent);
  return value < std::ldexp(1.0, to.overflow - 1) * 2 ? value : HUGE_VAL;
}

// The row's sum, carried or not, rounded once. A sum of 0 is +0.
RHEO_ANYWHERE double rounded_sum(BinScale scale, const std::int64_t* bins, RoundTo to) {
  const auto sum = read_row<kRowDigits>(scale, bins);
  const double size = rounded_digits(sum.size, scale.base, false, to);
  return sum.negative ? -size : size;
}

// What terms that are no finite numbers make of a sum: NaN or infinite; 0 where there were none.
RHEO_ANYWHERE double special_sum(const std::int64_t* counts) {
  const bool up = counts[kInfinite] > 0, down = counts[kMinusInfinite] > 0;
  if (counts[kNan] > 0 || (up && down)) return std::numeric_limits<double>::quiet_NaN();
  return up ? HUGE_VAL : down ? -HUGE_VAL : 0;
}

// A row's sum with the counts that belong to it.
RHEO_ANYWHERE double finished_sum(BinScale scale, const std::int64_t* bins, const std::int64_t* counts,
                                  RoundTo to) {
  const double special = special_sum(counts);
  return special != 0 ? special : rounded_sum(scale, bins, to);  // NaN is not 0
}

}  // namespace rheo
