// SPDX-License-Identifier: Apache-2.0
// arithmetic.h: finds at compile time whether a formula is plain arithmetic: comparisons, sums, products and
// division by constants, and functions where Pair32 has them. Such a formula is evaluated in float32 itself
// (pair32-inl.h).
#pragma once

#include <bit>
#include <cstdint>

#include "src/math/constant.h"

namespace rheo {

enum class Sign {
  kAny,
  kPositive,
  kNotPositive
};

// The table that a function of Pair32 looks up.
enum class FunctionRows {
  kNone,
  kExp,
  kTanh
};

// Stands in for a number in the formula; only how it was made is kept. A formula is evaluated for x of either
// sign, so that of comparisons with 0 one knows which branch they choose.
struct Arithmetic {
  bool plain = true;      // nothing but arithmetic so far
  bool known = false;     // a constant, so that dividing by it is multiplying
  bool function = false;  // of which a function was part
  bool ranged = false;    // of which a function was part that takes arguments of some sizes only
  FunctionRows rows = FunctionRows::kNone;
  bool itself = false;  // x as it was given
  bool unit = false;    // 0, 1 or -1: a product with it rounds nothing
  bool direct = true;   // made by sums and products, of which comparisons looked at exact ones only
  int roundings = 0;    // of float32 on the longest way here
  double value = 0;     // of a constant
  Sign sign = Sign::kAny;
  int digits = kFloatDigits;  // binary ones at most, from the first to the last that is not 0
  static constexpr bool kIsLane = true;
  static constexpr int kFloatDigits = 24, kManyDigits = 99;

  enum class Outcome {
    kOpen,
    kYes,
    kNo
  };
  struct Condition {
    bool plain, function, direct;
    int roundings;
    Outcome outcome;
  };

  constexpr Arithmetic() = default;
  constexpr explicit Arithmetic(Sign x, int most_digits = kFloatDigits) : sign(x), digits(most_digits) {}
  constexpr Arithmetic(bool is_plain, bool is_function, int count, int most_digits = kManyDigits)
      : plain(is_plain), function(is_function), roundings(count), digits(most_digits) {}
  constexpr Arithmetic(double c) : known(true), value(c) {
    const double nearest = static_cast<double>(static_cast<float>(c));
    roundings = nearest < c || nearest > c ? 1 : 0;
    digits = c < 0 || c > 0 ? digits_of(std::bit_cast<std::uint64_t>(c)) : 0;
    unit = is(0) || is(1) || is(-1);
  }
  constexpr Arithmetic(Constant c)
      : known(true), direct(false), roundings(1), value(c.high), digits(kManyDigits) {}

  // Of the bits of a normal number.
  static constexpr int digits_of(std::uint64_t bits) {
    return 53 - std::countr_zero(bits | std::uint64_t{1} << 52);
  }
  // Of a product; a power of two, or 0, adds none.
  static constexpr int digits_of_product(int a, int b) { return a <= 1 || b <= 1 ? (a > b ? a : b) : a + b; }

  static constexpr int most(Arithmetic a, Arithmetic b) {
    return a.roundings > b.roundings ? a.roundings : b.roundings;
  }
  // Either of two: formulas for x of either sign.
  static constexpr Arithmetic any_of(Arithmetic a, Arithmetic b) {
    Arithmetic y(a.plain && b.plain, a.function || b.function, most(a, b),
                 a.digits > b.digits ? a.digits : b.digits);
    y.direct = a.direct && b.direct, y.itself = a.itself && b.itself, y.unit = a.unit && b.unit;
    y.ranged = a.ranged || b.ranged;
    y.rows = a.rows != FunctionRows::kNone ? a.rows : b.rows;
    if (a.rows != b.rows && a.function && b.function) y.plain = false;
    return y;
  }
  static constexpr Arithmetic both(Arithmetic a, Arithmetic b) {
    Arithmetic y = any_of(a, b);
    y.itself = y.unit = false;
    ++y.roundings;
    y.digits = kManyDigits;
    return y;
  }
  // `yes` is what a has to be for the comparison with 0 to hold, `no` for it to fail.
  static constexpr Condition compared(Arithmetic a, Arithmetic b, Sign yes, Sign no) {
    const bool with_zero = b.is(0) && a.sign != Sign::kAny;
    const Outcome outcome = with_zero && a.sign == yes  ? Outcome::kYes
                            : with_zero && a.sign == no ? Outcome::kNo
                                                        : Outcome::kOpen;
    const bool direct = a.direct && b.direct && most(a, b) == 0;
    // Who chooses by a function's result does not know whether its argument was too large.
    const bool tabled = a.rows != FunctionRows::kNone || b.rows != FunctionRows::kNone;
    return {a.plain && b.plain && !tabled, a.function || b.function, direct, most(a, b), outcome};
  }

  // Dual numbers multiply by 0 and 1, which costs nothing.
  constexpr bool is(double c) const { return known && !(value < c) && !(value > c); }

  friend constexpr Arithmetic operator+(Arithmetic a, Arithmetic b) {
    if (a.known && b.known) return a.value + b.value;
    if (a.is(0) || b.is(0)) return a.is(0) ? b : a;
    Arithmetic y = both(a, b);
    if (a.itself && b.itself) y.digits = a.digits;       // 2 x, of the derivative of x^2
    if (y.rows != FunctionRows::kNone) y.plain = false;  // the sum may cancel
    return y;
  }
  friend constexpr Arithmetic operator-(Arithmetic a, Arithmetic b) { return a + -b; }
  friend constexpr Arithmetic operator*(Arithmetic a, Arithmetic b) {
    if (a.known && b.known) return a.value * b.value;
    if (a.is(0) || b.is(0)) return a.plain && b.plain ? Arithmetic(0.0) : no();
    if (a.is(1) || b.is(1)) return a.is(1) ? b : a;
    Arithmetic y = both(a, b);
    y.digits = digits_of_product(a.digits, b.digits), y.unit = a.unit && b.unit;
    return y;
  }
  friend constexpr Arithmetic operator/(Arithmetic a, Arithmetic b) {
    if (b.is(1)) return a;
    Arithmetic y = any_of(a, b);
    y.plain = y.plain && b.known;
    y.itself = y.unit = false, y.digits = kManyDigits, ++y.roundings;
    if (a.known && b.known) y = a.value / b.value;
    y.direct = false;
    return y;
  }
  friend constexpr Arithmetic operator-(Arithmetic a) {
    a.value = -a.value;
    a.sign = a.sign == Sign::kPositive ? Sign::kNotPositive : Sign::kAny;
    a.itself = false;
    return a;
  }
  friend constexpr Arithmetic abs(Arithmetic a) {
    a.sign = Sign::kAny;
    a.itself = false;
    return a;
  }
  friend constexpr Arithmetic copy_sign(Arithmetic a, Arithmetic b) { return both(a, b); }
  friend constexpr Condition operator>(Arithmetic a, Arithmetic b) {
    return compared(a, b, Sign::kPositive, Sign::kNotPositive);
  }
  friend constexpr Condition operator<=(Arithmetic a, Arithmetic b) {
    return compared(a, b, Sign::kNotPositive, Sign::kPositive);
  }
  friend constexpr Condition operator<(Arithmetic a, Arithmetic b) {
    return compared(a, b, Sign::kAny, Sign::kPositive);
  }
  friend constexpr Condition operator>=(Arithmetic a, Arithmetic b) {
    return compared(a, b, Sign::kPositive, Sign::kAny);
  }
  friend constexpr Arithmetic select(Condition c, Arithmetic a, Arithmetic b) {
    if (c.outcome != Outcome::kOpen) return c.outcome == Outcome::kYes ? a : b;
    Arithmetic y = any_of(any_of(a, b), {c.plain, c.function, c.roundings, 0});
    y.direct = y.direct && c.direct, y.unit = a.unit && b.unit;
    return y;
  }
  // Of a file's float32, which calls them by themselves.
  friend constexpr Arithmetic min(Arithmetic a, Arithmetic b) { return select(a < b, a, b); }
  friend constexpr Arithmetic max(Arithmetic a, Arithmetic b) { return select(a > b, a, b); }
  friend constexpr Arithmetic fused(Arithmetic a, Arithmetic b, Arithmetic c) {
    return both(any_of(a, b), c);
  }

  // The functions of this folder.
  static constexpr Arithmetic no() { return {false, true, 0}; }
  friend constexpr Arithmetic exp(Arithmetic) { return no(); }
  friend constexpr Arithmetic expm1(Arithmetic a) {
    return {a.plain && a.roundings == 0 && a.sign == Sign::kNotPositive, true, 0};
  }
  friend constexpr Arithmetic log1p(Arithmetic) { return no(); }
  friend constexpr Arithmetic sigmoid(Arithmetic a) {
    // Of longer arguments a table is quicker.
    Arithmetic y(a.plain && !a.function && a.roundings <= 2, true, 0);
    y.ranged = true, y.rows = FunctionRows::kExp;
    return y;
  }
  friend constexpr Arithmetic softplus(Arithmetic) { return no(); }
  friend constexpr Arithmetic tanh(Arithmetic a) {
    Arithmetic y(a.plain && !a.function && a.roundings == 0, true, 0);
    y.rows = FunctionRows::kTanh;
    return y;
  }
  friend constexpr Arithmetic x_minus_tanh(Arithmetic) { return no(); }
  friend constexpr Arithmetic erfc(Arithmetic) { return no(); }
  friend constexpr Arithmetic exp_minus_square(Arithmetic) { return no(); }
};

}  // namespace rheo
