// SPDX-License-Identifier: Apache-2.0
// ball.h: the number of the oracle: an Arb ball, which encloses the exact value (Johansson 2017,
// doi:10.1109/TC.2017.2690633).
#pragma once

#include <arb.h>
#include <arb_hypgeom.h>

#include <utility>

#include "src/math/constant.h"

namespace rheo::oracle {

// Two balls overlap where a formula has to choose: more bits are needed.
struct Undecided {};

// Working precision of this thread, in bits.
inline thread_local slong precision = 128;

class Ball {
 public:
  Ball() { arb_init(ball_); }
  Ball(double value) : Ball() { arb_set_d(ball_, value); }
  Ball(Constant c) : Ball() {
    if (c.digits != nullptr) {
      arb_set_str(ball_, c.digits, precision);
    } else {
      arb_set_ui(ball_, c.numerator);
      arb_div_ui(ball_, ball_, c.denominator, precision);
    }
  }
  Ball(const Ball& other) : Ball() { arb_set(ball_, other.ball_); }
  Ball(Ball&& other) noexcept : Ball() { arb_swap(ball_, other.ball_); }
  Ball& operator=(Ball other) noexcept {
    arb_swap(ball_, other.ball_);
    return *this;
  }
  ~Ball() { arb_clear(ball_); }

  arb_ptr get() { return ball_; }
  arb_srcptr get() const { return ball_; }

  friend Ball operator+(const Ball& a, const Ball& b) { return made(arb_add, a, b); }
  friend Ball operator-(const Ball& a, const Ball& b) { return made(arb_sub, a, b); }
  friend Ball operator*(const Ball& a, const Ball& b) { return made(arb_mul, a, b); }
  friend Ball operator/(const Ball& a, const Ball& b) { return made(arb_div, a, b); }
  friend Ball operator-(const Ball& a) {
    Ball r;
    arb_neg(r.ball_, a.ball_);
    return r;
  }
  friend bool operator>(const Ball& a, const Ball& b) {
    const bool yes = arb_gt(a.ball_, b.ball_) != 0;
    if (!yes && arb_le(a.ball_, b.ball_) == 0) throw Undecided{};
    return yes;
  }
  friend bool operator<(const Ball& a, const Ball& b) { return b > a; }
  friend bool operator>=(const Ball& a, const Ball& b) { return !(b > a); }
  friend bool operator<=(const Ball& a, const Ball& b) { return !(a > b); }
  friend Ball select(bool condition, const Ball& yes, const Ball& no) { return condition ? yes : no; }

  friend Ball exp(const Ball& a) { return made(arb_exp, a); }
  friend Ball expm1(const Ball& a) { return made(arb_expm1, a); }
  friend Ball log1p(const Ball& a) { return made(arb_log1p, a); }
  friend Ball tanh(const Ball& a) { return made(arb_tanh, a); }
  friend Ball x_minus_tanh(const Ball& a) { return a - tanh(a); }
  friend Ball erfc(const Ball& a) { return made(arb_hypgeom_erfc, a); }
  friend Ball exp_minus_square(const Ball& a) { return exp(-(a * a)); }
  // With the small exponential, so that a ball of a tail keeps its relative accuracy.
  friend Ball sigmoid(const Ball& a) {
    const bool negative = arb_is_negative(a.ball_) != 0;
    const Ball e = exp(negative ? a : -a);
    return (negative ? e : Ball(1.0)) / (Ball(1.0) + e);
  }
  friend Ball softplus(const Ball& a) {
    return arb_is_negative(a.ball_) != 0 ? log1p(exp(a)) : a + log1p(exp(-a));
  }

 private:
  template <class Function>
  static Ball made(Function function, const Ball& a) {
    Ball r;
    function(r.ball_, a.ball_, precision);
    return r;
  }
  template <class Function>
  static Ball made(Function function, const Ball& a, const Ball& b) {
    Ball r;
    function(r.ball_, a.ball_, b.ball_, precision);
    return r;
  }

  arb_t ball_;
};

}  // namespace rheo::oracle
