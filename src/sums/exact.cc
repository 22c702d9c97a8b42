// SPDX-License-Identifier: Apache-2.0
// exact.cc: bins, and the integers of many digits that they are read as.
#include "src/sums/exact.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace rheo {

namespace {

constexpr int kDigitBits = 32;
constexpr std::uint64_t kDigitMask = 0xFFFFFFFFU;

__extension__ using Wide = unsigned __int128;

// An integer that is not negative, in digits of 32 bits, lowest first.
class Natural {
 public:
  // A count times the squares, or the square of a sum, and what is shifted in before a division.
  static constexpr std::size_t kRoom = 2 * kMostBins + 16;

  std::size_t size() const { return size_; }
  bool is_zero() const { return size_ == 0; }
  std::uint32_t operator[](std::size_t i) const { return i < size_ ? digits_[i] : 0; }

  void push(std::uint32_t digit) { digits_[size_++] = digit; }
  void trim() {
    while (size_ > 0 && digits_[size_ - 1] == 0) --size_;
  }
  // Bits [at, at + 64).
  std::uint64_t bits(std::size_t at) const {
    const std::size_t i = at / kDigitBits, shift = at % kDigitBits;
    const Wide three = static_cast<Wide>((*this)[i + 2]) << 64 |
                       static_cast<Wide>((*this)[i + 1]) << kDigitBits | (*this)[i];
    return static_cast<std::uint64_t>(three >> shift);
  }
  bool any_below(std::size_t bit) const {
    const std::size_t whole = std::min(bit / kDigitBits, size_);
    for (std::size_t i = 0; i < whole; ++i)
      if (digits_[i] != 0) return true;
    return ((*this)[whole] & ((std::uint64_t{1} << bit % kDigitBits) - 1)) != 0 && whole == bit / kDigitBits;
  }
  std::size_t length() const {
    return size_ == 0 ? 0
                      : size_ * kDigitBits - static_cast<std::size_t>(std::countl_zero(digits_[size_ - 1]));
  }
  Natural shifted(std::size_t digits) const {
    Natural result;
    for (std::size_t i = 0; i < digits; ++i) result.push(0);
    for (std::size_t i = 0; i < size_; ++i) result.push(digits_[i]);
    result.trim();
    return result;
  }
  // Divides in place, rounding down; whether there was a remainder.
  bool divide(std::uint64_t divisor) {
    Wide rest = 0;
    for (std::size_t i = size_; i-- > 0;) {
      rest = rest << kDigitBits | digits_[i];
      digits_[i] = static_cast<std::uint32_t>(rest / divisor);
      rest %= divisor;
    }
    trim();
    return rest != 0;
  }

  friend Natural operator*(const Natural& a, const Natural& b) {
    Natural product;
    for (std::size_t i = 0; i < a.size_ + b.size_; ++i) product.push(0);
    for (std::size_t i = 0; i < a.size_; ++i) {
      std::uint64_t over = 0;
      for (std::size_t j = 0; j < b.size_; ++j) {
        over += std::uint64_t{a.digits_[i]} * b.digits_[j] + product.digits_[i + j];
        product.digits_[i + j] = static_cast<std::uint32_t>(over);
        over >>= kDigitBits;
      }
      product.digits_[i + b.size_] = static_cast<std::uint32_t>(over);
    }
    product.trim();
    return product;
  }
  // 0 where b is larger.
  friend Natural operator-(const Natural& a, const Natural& b) {
    Natural difference;
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < std::max(a.size_, b.size_); ++i) {
      borrow += static_cast<std::int64_t>(a[i]) - static_cast<std::int64_t>(b[i]);
      difference.push(static_cast<std::uint32_t>(borrow));
      borrow >>= kDigitBits;
    }
    if (borrow < 0) return {};
    difference.trim();
    return difference;
  }

 private:
  std::uint32_t digits_[kRoom] = {};
  std::size_t size_ = 0;
};

Natural natural_of(std::uint64_t value) {
  Natural n;
  n.push(static_cast<std::uint32_t>(value)), n.push(static_cast<std::uint32_t>(value >> kDigitBits));
  n.trim();
  return n;
}

// A row of bins as sign and size.
struct Signed {
  bool negative;
  Natural size;
};

Signed read(BinScale scale, const std::int64_t* given) {
  std::int64_t bins[kMostBins];
  std::copy_n(given, scale.bins, bins);
  carry(scale, bins);
  Signed result{bins[scale.bins - 1] < 0, {}};
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
double rounded(const Natural& size, int exponent, bool more, RoundTo to) {
  if (size.is_zero()) return 0;  // `more` comes with many digits
  const int length = static_cast<int>(size.length());
  const int unit = std::max(exponent + length - to.precision, to.lowest);
  const int cut = unit - exponent;  // bits below the unit
  if (cut > length) return 0;       // less than half a unit
  const auto at = static_cast<std::size_t>(std::max(cut, 0));
  std::uint64_t kept = size.bits(at);
  if (cut > 0) {
    const bool half = (size.bits(at - 1) & 1) != 0, below = more || size.any_below(at - 1);
    if (half && (below || (kept & 1) != 0)) ++kept;
  }
  const double value = std::ldexp(static_cast<double>(kept), cut > 0 ? unit : exponent);
  return value < std::ldexp(1.0, to.overflow - 1) * 2 ? value : std::numeric_limits<double>::infinity();
}

}  // namespace

void deposit(BinScale scale, std::int64_t* bins, std::int64_t mantissa, int exponent) {
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

void deposit(BinScale scale, std::int64_t* bins, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto biased = static_cast<int>(bits >> 52 & 0x7FF);
  auto mantissa = static_cast<std::int64_t>(bits & 0xFFFFFFFFFFFFFU);
  if (biased != 0) mantissa |= std::int64_t{1} << 52;
  if (mantissa == 0) return;
  deposit(scale, bins, std::signbit(value) ? -mantissa : mantissa, std::max(biased, 1) - 1075);
}

void deposit_square(BinScale scale, std::int64_t* bins, double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::fabs(fraction), 53));
  const int unit = 2 * (exponent - 53);
  constexpr int kHalf = 27;
  const std::int64_t high = mantissa >> kHalf, low = mantissa & ((std::int64_t{1} << kHalf) - 1);
  deposit(scale, bins, high * high, unit + 2 * kHalf);
  deposit(scale, bins, high * low, unit + kHalf + 1);
  deposit(scale, bins, low * low, unit);
}

void carry(BinScale scale, std::int64_t* bins) {
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

double rounded_sum(BinScale scale, const std::int64_t* bins, RoundTo to) {
  const Signed sum = read(scale, bins);
  const double size = rounded(sum.size, scale.base, false, to);
  return sum.negative ? -size : size;
}

double rounded_mean(BinScale scale, const std::int64_t* bins, std::int64_t count, RoundTo to) {
  constexpr int kDigits = 4;  // so that 64 bits remain of the quotient
  const Signed sum = read(scale, bins);
  Natural quotient = sum.size.shifted(kDigits);
  const bool more = quotient.divide(static_cast<std::uint64_t>(count));
  const double size = rounded(quotient, scale.base - kDigits * kDigitBits, more, to);
  return sum.negative ? -size : size;
}

double rounded_variance(BinScale sum_scale, const std::int64_t* sum, BinScale square_scale,
                        const std::int64_t* squares, std::int64_t count, int less, RoundTo to) {
  constexpr int kDigits = 6;  // likewise, of a quotient by count (count - less)
  const Natural first = read(sum_scale, sum).size, second = read(square_scale, squares).size;
  const auto n = static_cast<std::uint64_t>(count);
  Natural quotient = (natural_of(n) * second - first * first).shifted(kDigits);
  const bool low = quotient.divide(n), high = quotient.divide(n - static_cast<std::uint64_t>(less));
  return rounded(quotient, square_scale.base - kDigits * kDigitBits, low || high, to);
}

}  // namespace rheo
