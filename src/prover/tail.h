// SPDX-License-Identifier: Apache-2.0
// tail.h: the number that knows the sign of results too small for float64.
//
// Where the exponentials of a formula underflow, an enclosure is [0, tiny] and its sign is lost: at x = -1000
// the derivative of x sigmoid(x) is the sum of a positive and a negative e^-1000. Here such an exponential is
// a symbol E, known only to be positive and below 2^-865, and a number is E times an enclosure: the two terms
// are 1 E and -1000 E, and their sum is negative. Two exponentials share a symbol when they are of the very
// same number, which every result's identity tells.
#pragma once

#include <cstdint>

#include "src/prover/enclosure.h"

namespace rheo::oracle {

class Tail {
 public:
  Enclosure scaled;   // the number divided by its symbol
  Choice symbol{};    // of each lane; 0 where there is none
  std::int64_t self;  // identity: two Tails that have it in common are the same numbers

  Tail() : Tail(Enclosure(0.0)) {}
  Tail(Enclosure e) : scaled(e), self(fresh()) {}
  Tail(Enclosure e, Choice s) : scaled(e), symbol(s), self(fresh()) {}
  Tail(double value) : Tail(Enclosure(value)) {}
  Tail(Constant c) : Tail(Enclosure(c)) {}

  // 1 and -1 where the sign is known, otherwise 0.
  Choice sign() const {
    return magnitude(scaled.mid) > scaled.rad ? (scaled.mid > 0 ? all(1) : all(-1)) : all(0);
  }

  // Without a symbol: [-tiny, tiny] where there was one.
  Enclosure plain() const {
    const Doubles most = (magnitude(scaled.mid) + scaled.rad) * kSymbol;
    return {symbol != 0 ? Doubles{} : scaled.mid, symbol != 0 ? most : scaled.rad};
  }

  friend Tail operator-(const Tail& a) { return {-a.scaled, a.symbol}; }
  friend Tail operator+(const Tail& a, const Tail& b) { return sum(a, b, b.scaled); }
  friend Tail operator-(const Tail& a, const Tail& b) { return sum(a, b, -b.scaled); }
  // Two symbols make a third, which is no other's.
  friend Tail operator*(const Tail& a, const Tail& b) {
    Tail p(a.scaled * b.scaled);
    const Choice either = a.symbol | b.symbol;
    p.symbol = (a.symbol != 0) & (b.symbol != 0) ? all(p.self) : either;
    return p;
  }
  friend Tail operator/(const Tail& a, const Tail& b) {
    Tail q(a.scaled / b.scaled);
    q.symbol = b.symbol == 0 ? a.symbol : all(0);
    q.open_where((b.symbol != 0) & (a.symbol != b.symbol));
    return q;
  }

  friend Comparison operator>(const Tail& a, const Tail& b) {
    const Comparison plainly = a.scaled > b.scaled;
    const Choice symbols = a.symbol | b.symbol, sign = (a - b).sign();
    return {symbols == 0 ? plainly.yes : sign > 0, symbols == 0 ? plainly.open : sign == 0};
  }
  friend Comparison operator<(const Tail& a, const Tail& b) { return b > a; }
  friend Comparison operator>=(const Tail& a, const Tail& b) {
    const Comparison less = b > a;
    return {~less.yes, less.open};
  }
  friend Comparison operator<=(const Tail& a, const Tail& b) { return b >= a; }
  friend Tail select(Comparison c, const Tail& yes, const Tail& no) {
    Tail chosen(select(Comparison{c.yes, Choice{}}, yes.scaled, no.scaled));
    chosen.symbol = c.yes ? yes.symbol : no.symbol;
    chosen.open_where(c.open);
    return chosen;
  }

  friend Tail exp(const Tail& a) { return tail(exp(a.plain()), a, a.below(-kFar), kExp, 0); }
  // e / (1 + e), and log(1 + e): e but for a share of less than e.
  friend Tail sigmoid(const Tail& a) { return tail(sigmoid(a.plain()), a, a.below(-kFar), kExp, kTiny); }
  friend Tail softplus(const Tail& a) { return tail(softplus(a.plain()), a, a.below(-kFar), kExp, kTiny); }
  friend Tail exp_minus_square(const Tail& a) {
    return tail(exp_minus_square(a.plain()), a, a.beyond(kRoot), kExpMinusSquare, 0);
  }
  // erfc(x) = exp(-x^2) / (x sqrt(pi)) (1 - r) with 0 < r < 1 / (2 x^2) (DLMF 7.12.1).
  friend Tail erfc(const Tail& a) {
    constexpr double kInverseSqrtPi = 0.56418958354775628;
    Tail t = tail(erfc(a.plain()), a, a.above(kRoot), kExpMinusSquare, 0);
    const Enclosure ratio = Enclosure(kInverseSqrtPi) / a.scaled;
    const Doubles share = 0.5 / (a.scaled.mid * a.scaled.mid) + kTiny;
    const Choice far = a.above(kRoot);
    t.scaled.mid = far ? ratio.mid : t.scaled.mid;
    t.scaled.rad = far ? ratio.rad + ratio.mid * share : t.scaled.rad;
    return t;
  }
  // Near 0 both are their argument but for a share of its square.
  friend Tail tanh(const Tail& a) { return near_zero(tanh(a.plain()), a); }
  friend Tail log1p(const Tail& a) { return near_zero(log1p(a.plain()), a); }
  friend Tail expm1(const Tail& a) { return near_zero(expm1(a.plain()), a); }
  friend Tail x_minus_tanh(const Tail& a) { return x_minus_tanh(a.plain()); }

 private:
  enum Kind : std::int64_t {
    kExp = 1,
    kExpMinusSquare = 2,
    kKinds = 4
  };
  static constexpr double kFar = 600, kRoot = 24.5;  // exp(-600) and exp(-24.5^2) are below 2^-865
  static constexpr double kSymbol = 0x1p-865, kTiny = 0x1p-50;

  static std::int64_t fresh() {
    thread_local std::int64_t last = 0;
    return last += kKinds;
  }
  static Choice all(std::int64_t v) { return Choice{} + v; }
  static Doubles magnitude(Doubles v) { return v < 0 ? -v : v; }

  void open_where(Choice where) { scaled.rad = where ? Doubles{} + Enclosure::kOpen : scaled.rad; }

  Choice below(double limit) const { return (symbol == 0) & (scaled.mid + scaled.rad < limit); }
  Choice above(double limit) const { return (symbol == 0) & (scaled.mid - scaled.rad > limit); }
  Choice beyond(double limit) const { return above(limit) | below(-limit); }

  // r, but for `where` a's symbol of that kind.
  static Tail tail(Enclosure r, const Tail& a, Choice where, Kind kind, double share) {
    r.mid = where ? Doubles{} + 1.0 : r.mid;
    r.rad = where ? Doubles{} + share : r.rad;
    return {r, where ? all(a.self + kind) : all(0)};
  }
  static Tail near_zero(Enclosure r, const Tail& a) {
    const Choice small = a.symbol != 0;
    r.mid = small ? a.scaled.mid : r.mid;
    r.rad = small ? a.scaled.rad + magnitude(a.scaled.mid) * kTiny : r.rad;
    return {r, a.symbol};
  }

  // a plus b's scaled part, given with its sign. Two symbols whose parts have the same sign make a new one:
  // their weighted mean.
  static Tail sum(const Tail& a, const Tail& b, Enclosure other) {
    const auto nothing = [](const Enclosure& e) { return (e.mid == 0) & (e.rad == 0); };
    const Choice no_a = nothing(a.scaled), no_b = nothing(other);
    const Choice same = (a.symbol == b.symbol) | no_a | no_b;
    const Tail second(other, b.symbol);
    const Choice agree = ~same & (a.symbol != 0) & (b.symbol != 0) & (a.sign() * second.sign() > 0);
    Tail total(a.scaled + other);
    const Enclosure collapsed = a.plain() + second.plain();
    total.scaled.mid = same | agree ? total.scaled.mid : collapsed.mid;
    total.scaled.rad = same | agree ? total.scaled.rad : collapsed.rad;
    total.symbol = same ? (no_a ? b.symbol : a.symbol) : agree ? all(total.self) : all(0);
    return total;
  }
};

}  // namespace rheo::oracle
