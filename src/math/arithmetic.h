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
  double value = 0;    // of a constant
  static constexpr bool kIsLane = true;

  struct Condition {
    bool plain;
    int roundings;
  };

  constexpr Arithmetic() = default;
  constexpr Arithmetic(bool is_plain, bool is_known, int count)
      : plain(is_plain), known(is_known), roundings(count) {}
  constexpr Arithmetic(double c) : known(true), value(c) {
    const double nearest = static_cast<double>(static_cast<float>(c));
    roundings = nearest < c || nearest > c ? 1 : 0;
  }
  constexpr Arithmetic(Constant c) : known(true), roundings(1), value(c.high) {}

  static constexpr int most(Arithmetic a, Arithmetic b) {
    return a.roundings > b.roundings ? a.roundings : b.roundings;
  }
  static constexpr Arithmetic both(Arithmetic a, Arithmetic b) {
    return {a.plain && b.plain, false, most(a, b) + 1};
  }
  static constexpr Condition compared(Arithmetic a, Arithmetic b) { return {a.plain && b.plain, most(a, b)}; }

  // Dual numbers multiply by 0 and 1, which costs nothing.
  constexpr bool is(double c) const { return known && !(value < c) && !(value > c); }

  friend constexpr Arithmetic operator+(Arithmetic a, Arithmetic b) {
    if (a.known && b.known) return a.value + b.value;
    return a.is(0) ? b : b.is(0) ? a : both(a, b);
  }
  friend constexpr Arithmetic operator-(Arithmetic a, Arithmetic b) { return a + -b; }
  friend constexpr Arithmetic operator*(Arithmetic a, Arithmetic b) {
    if (a.known && b.known) return a.value * b.value;
    if (a.is(0) || b.is(0)) return a.plain && b.plain ? Arithmetic(0.0) : no();
    return a.is(1) ? b : b.is(1) ? a : both(a, b);
  }
  friend constexpr Arithmetic operator/(Arithmetic a, Arithmetic b) {
    if (a.known && b.known) return a.value / b.value;
    return {a.plain && b.plain && b.known, false, most(a, b) + 1};
  }
  friend constexpr Arithmetic operator-(Arithmetic a) {
    a.value = -a.value;
    return a;
  }
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
