// SPDX-License-Identifier: Apache-2.0
// constant.h: exact constants of a formula, written in decimal or as a ratio, rounded to a pair of doubles.
//
// A formula's constants are exact: `1.702_exact` is 851/500, not the nearest double. Lanes take the pair (106
// bits), ball arithmetic takes the digits, so that the oracle and the kernel speak of the same number.
#pragma once

#include <cstddef>
#include <cstdint>

// Before functions that a GPU's threads call too, and that are not inlined.
#ifdef __CUDACC__
#define RHEO_EVERYWHERE __host__ __device__
#else
#define RHEO_EVERYWHERE
#endif

namespace rheo {

// value = high + low up to 2^-106; digits is the decimal text, null for a ratio.
struct Constant {
  double high;
  double low;
  const char* digits;
  std::uint64_t numerator;
  std::uint64_t denominator;
};

namespace detail {

// A non-negative integer of up to 320 bits, enough for 60 decimal digits and the shifts of the division.
struct Big {
  static constexpr int kWords = 10;
  std::uint32_t word[kWords]{};

  consteval void multiply_add(std::uint32_t factor, std::uint32_t addend) {
    std::uint64_t carry = addend;
    for (auto& w : word) {
      carry += std::uint64_t{w} * factor;
      w = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) throw "a constant has too many digits";
  }
  consteval bool less(const Big& other) const {
    for (int i = kWords; i-- > 0;)
      if (word[i] != other.word[i]) return word[i] < other.word[i];
    return false;
  }
  consteval void subtract(const Big& other) {
    std::int64_t borrow = 0;
    for (int i = 0; i < kWords; ++i) {
      const std::int64_t d = std::int64_t{word[i]} - other.word[i] + borrow;
      word[i] = static_cast<std::uint32_t>(d);
      borrow = d < 0 ? -1 : 0;
    }
  }
};

// The next 53 binary digits of remainder / divisor, whose quotient is below 2; the remainder is left scaled
// by 2^53.
consteval double next_digits(Big& remainder, const Big& divisor) {
  double digits = 0;
  for (int i = 0; i < 53; ++i) {
    digits *= 2;
    if (!remainder.less(divisor)) {
      remainder.subtract(divisor);
      digits += 1;
    }
    remainder.multiply_add(2, 0);
  }
  return digits;
}

// n / d > 0 as a pair: 53 leading bits, then the next 53.
consteval Constant divide(Big n, Big d) {
  double scale = 1;
  while (n.less(d)) n.multiply_add(2, 0), scale /= 2;
  for (;;) {
    Big twice = d;
    twice.multiply_add(2, 0);
    if (n.less(twice)) break;
    d = twice;
    scale *= 2;
  }
  const double unit = scale / 4503599627370496.0;  // the last of 53 bits is worth scale 2^-52
  const double high = next_digits(n, d) * unit;
  const double low = next_digits(n, d) * (unit / 9007199254740992.0);
  // Round high to nearest, so that low is at most half a unit: the products of pairs count on it.
  if (low > unit / 2) return {high + unit, low - unit, nullptr, 0, 0};
  return {high, low, nullptr, 0, 0};
}

}  // namespace detail

// numerator / denominator, both positive.
consteval Constant ratio(std::uint64_t numerator, std::uint64_t denominator) {
  detail::Big n, d;
  n.word[0] = static_cast<std::uint32_t>(numerator), n.word[1] = static_cast<std::uint32_t>(numerator >> 32);
  d.word[0] = static_cast<std::uint32_t>(denominator),
  d.word[1] = static_cast<std::uint32_t>(denominator >> 32);
  Constant c = detail::divide(n, d);
  c.numerator = numerator;
  c.denominator = denominator;
  return c;
}

// 1 / n!, for n up to 20.
consteval Constant inverse_factorial(int n) {
  std::uint64_t f = 1;
  for (int i = 2; i <= n; ++i) f *= static_cast<std::uint64_t>(i);
  return ratio(1, f);
}

// A positive decimal such as 0.044715_exact, without an exponent.
consteval Constant operator""_exact(const char* digits) {
  detail::Big n, d;
  d.word[0] = 1;
  bool fraction = false;
  for (const char* p = digits; *p != 0; ++p) {
    if (*p == '\'') continue;
    if (*p == '.') {
      fraction = true;
      continue;
    }
    if (*p < '0' || *p > '9') throw "a constant is digits with at most one point";
    n.multiply_add(10, static_cast<std::uint32_t>(*p - '0'));
    if (fraction) d.multiply_add(10, 0);
  }
  Constant c = detail::divide(n, d);
  c.digits = digits;
  return c;
}

// A function's own copy of a list of constants: `static constexpr auto kTerms = copied(kList);`. A GPU's code
// cannot refer to an array outside its functions.
template <class T, std::size_t N>
struct Copied {
  T c[N];
};
template <class T, std::size_t N>
consteval Copied<T, N> copied(const T (&list)[N]) {
  Copied<T, N> result{};
  for (std::size_t i = 0; i < N; ++i) result.c[i] = list[i];
  return result;
}

}  // namespace rheo
