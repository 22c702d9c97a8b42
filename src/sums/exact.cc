// SPDX-License-Identifier: Apache-2.0
// exact.cc: means and variances of rows of bins, by arithmetic on integers of many digits.
#include "src/sums/exact.h"

#include <algorithm>
#include <cmath>

namespace rheo {

namespace {

__extension__ using Wide = unsigned __int128;

// A count times the squares, or the square of a sum, and what is shifted in before a division.
constexpr std::size_t kRoom = 2 * kMostBins + 16;
using Natural = Digits32<kRoom>;

Natural natural_of(std::uint64_t value) {
  Natural n;
  n.push(static_cast<std::uint32_t>(value)), n.push(static_cast<std::uint32_t>(value >> kDigitBits));
  n.trim();
  return n;
}

Natural shifted(const Natural& number, std::size_t digits) {
  Natural result;
  for (std::size_t i = 0; i < digits; ++i) result.push(0);
  for (std::size_t i = 0; i < number.size(); ++i) result.push(number[i]);
  result.trim();
  return result;
}

// Divides in place, rounding down; whether there was a remainder.
bool divide(Natural& number, std::uint64_t divisor) {
  Wide rest = 0;
  for (std::size_t i = number.size(); i-- > 0;) {
    rest = rest << kDigitBits | number[i];
    number.at(i) = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  number.trim();
  return rest != 0;
}

Natural operator*(const Natural& a, const Natural& b) {
  Natural product;
  for (std::size_t i = 0; i < a.size() + b.size(); ++i) product.push(0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t over = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      over += std::uint64_t{a[i]} * b[j] + product[i + j];
      product.at(i + j) = static_cast<std::uint32_t>(over);
      over >>= kDigitBits;
    }
    product.at(i + b.size()) = static_cast<std::uint32_t>(over);
  }
  product.trim();
  return product;
}

// 0 where b is larger.
Natural operator-(const Natural& a, const Natural& b) {
  Natural difference;
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    borrow += static_cast<std::int64_t>(a[i]) - static_cast<std::int64_t>(b[i]);
    difference.push(static_cast<std::uint32_t>(borrow));
    borrow >>= kDigitBits;
  }
  if (borrow < 0) return {};
  difference.trim();
  return difference;
}

}  // namespace

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

double rounded_mean(BinScale scale, const std::int64_t* bins, std::int64_t count, RoundTo to) {
  constexpr int kShift = 4;  // so that 64 bits remain of the quotient
  const auto sum = read_row<kRoom>(scale, bins);
  Natural quotient = shifted(sum.size, kShift);
  const bool more = divide(quotient, static_cast<std::uint64_t>(count));
  const double size = rounded_digits(quotient, scale.base - kShift * kDigitBits, more, to);
  return sum.negative ? -size : size;
}

double rounded_variance(BinScale sum_scale, const std::int64_t* sum, BinScale square_scale,
                        const std::int64_t* squares, std::int64_t count, int less, RoundTo to) {
  constexpr int kShift = 6;  // likewise, of a quotient by count (count - less)
  const Natural first = read_row<kRoom>(sum_scale, sum).size,
                second = read_row<kRoom>(square_scale, squares).size;
  const auto n = static_cast<std::uint64_t>(count);
  Natural quotient = shifted(natural_of(n) * second - first * first, kShift);
  const bool low = divide(quotient, n), high = divide(quotient, n - static_cast<std::uint64_t>(less));
  return rounded_digits(quotient, square_scale.base - kShift * kDigitBits, low || high, to);
}

}  // namespace rheo
