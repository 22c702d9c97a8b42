// SPDX-License-Identifier: Apache-2.0
// arithmetic.h: finds at compile time whether a formula is plain arithmetic: comparisons, sums, products and
// division by constants. Such a formula is evaluated in float32 itself (pair32-inl.h).
#pragma once

#include "src/math/constant.h"

namespace rheo {

// Stands in for a number in the formula; only how it was made is kept.
struct Arithmetic {
  bool plain = true;   // nothing but arithmetic so far
  bool known = false;  // a constant, so that dividing by it is multiplying
  int roundings = 0;   // of float32 on the longest way here
  static constexpr bool kIsLane = true;

  struct Condition {
    bool plain;
    int roundings;
  };

  constexpr Arithmetic() = default;
  constexpr Arithmetic(bool is_plain, bool is_known, int count)
      : plain(is_plain), known(is_known), roundings(count) {}
  constexpr Arithmetic(double c)
      : known(true),
        roundings(static_cast<double>(static_cast<float>(c)) < c ||
                          static_cast<double>(static_cast<float>(c)) > c
                      ? 1
                      : 0) {}
  constexpr Arithmetic(Constant) : known(true), roundings(1) {}

  static constexpr int most(Arithmetic a, Arithmetic b) {
    return a.roundings > b.roundings ? a.roundings : b.roundings;
  }
  static constexpr Arithmetic both(Arithmetic a, Arithmetic b) {
    const bool known = a.known && b.known;
    return {a.plain && b.plain, known, most(a, b) + (known ? 0 : 1)};
  }
  static constexpr Condition compared(Arithmetic a, Arithmetic b) { return {a.plain && b.plain, most(a, b)}; }

  friend constexpr Arithmetic operator+(Arithmetic a, Arithmetic b) { return both(a, b); }
  friend constexpr Arithmetic operator-(Arithmetic a, Arithmetic b) { return both(a, b); }
  friend constexpr Arithmetic operator*(Arithmetic a, Arithmetic b) { return both(a, b); }
  friend constexpr Arithmetic operator/(Arithmetic a, Arithmetic b) {
    return {a.plain && b.plain && b.known, a.known && b.known, most(a, b) + 1};
  }
  friend constexpr Arithmetic operator-(Arithmetic a) { return a; }
  friend constexpr Arithmetic abs(Arithmetic a) { return a; }
  friend constexpr Arithmetic copy_sign(Arithmetic a, Arithmetic b) { return both(a, b); }
  friend constexpr Condition operator<(Arithmetic a, Arithmetic b) { return compared(a, b); }
  friend constexpr Condition operator>(Arithmetic a, Arithmetic b) { return compared(a, b); }
  friend constexpr Condition operator<=(Arithmetic a, Arithmetic b) { return compared(a, b); }
  friend constexpr Condition operator>=(Arithmetic a, Arithmetic b) { return compared(a, b); }
  friend constexpr Arithmetic select(Condition c, Arithmetic a, Arithmetic b) {
    const int most_of_all = most(a, b) > c.roundings ? most(a, b) : c.roundings;
    return {c.plain && a.plain && b.plain, false, most_of_all};
  }

  // The functions of this folder.
  static constexpr Arithmetic no() { return {false, false, 0}; }
  friend constexpr Arithmetic exp(Arithmetic) { return no(); }
  friend constexpr Arithmetic expm1(Arithmetic) { return no(); }
  friend constexpr Arithmetic log1p(Arithmetic) { return no(); }
  friend constexpr Arithmetic sigmoid(Arithmetic) { return no(); }
  friend constexpr Arithmetic softplus(Arithmetic) { return no(); }
  friend constexpr Arithmetic tanh(Arithmetic) { return no(); }
  friend constexpr Arithmetic x_minus_tanh(Arithmetic) { return no(); }
  friend constexpr Arithmetic erfc(Arithmetic) { return no(); }
  friend constexpr Arithmetic exp_minus_square(Arithmetic) { return no(); }
};

}  // namespace rheo
