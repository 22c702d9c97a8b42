// SPDX-License-Identifier: Apache-2.0
// wide-inl.h: the number of float64 kernels, about 104 bits with an exponent of its own. Re-included per
// target.
//
// A Wide is (high + low) 2^exponent, each part a float64 per lane: pairs after Dekker (1971,
// doi:10.1007/BF01397083), with the algorithms and error bounds of Joldes, Muller and Popescu (2017,
// doi:10.1145/3121432). The exponent of its own, an integer held as float64, means that nothing overflows or
// underflows before the one rounding at the end: x sigmoid(x) at -745 is as exact as at -1, and a result is
// zero only where it is zero by definition.
#if defined(RHEO_MATH_WIDE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_WIDE_INL_H_
#undef RHEO_MATH_WIDE_INL_H_
#else
#define RHEO_MATH_WIDE_INL_H_
#endif

#include "src/math/f64-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// high + low, |low| at most half an ulp of high. Used inside primitives, where ranges are known. V is a
// vector or several (group-inl.h).
template <class V>
struct Pair {
  V high, low;

  // Written down: a constructor that the compiler makes is not for this instruction set.
  HWY_INLINE Pair() {}
  HWY_INLINE Pair(const V& h, const V& l) : high(h), low(l) {}
  HWY_INLINE Pair(const Pair& other) : high(other.high), low(other.low) {}
  HWY_INLINE Pair& operator=(const Pair& other) {
    high = other.high, low = other.low;
    return *this;
  }
};

// a + b exactly, for |a| >= |b| or a = 0.
template <class V>
HWY_INLINE Pair<V> fast_two_sum(V a, V b) {
  const V s = a + b;
  return {s, b - (s - a)};
}

// a + b exactly.
template <class V>
HWY_INLINE Pair<V> two_sum(V a, V b) {
  const V s = a + b;
  const V t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

template <class V>
HWY_INLINE Pair<V> two_product(V a, V b) {
  const V p = a * b;
  return {p, fused_less(a, b, p)};
}

// Relative error at most 3 2^-106 (AccurateDWPlusDW).
template <class V>
HWY_INLINE Pair<V> add(Pair<V> a, Pair<V> b) {
  const Pair<V> s = two_sum(a.high, b.high), t = two_sum(a.low, b.low);
  const Pair<V> v = fast_two_sum(s.high, hn::Add(s.low, t.high));
  return fast_two_sum(v.high, hn::Add(t.low, v.low));
}

// Relative error at most 5 2^-106 (DWTimesDW2).
template <class V>
HWY_INLINE Pair<V> multiply(Pair<V> a, Pair<V> b) {
  const Pair<V> p = two_product(a.high, b.high);
  const V cross = fused(a.low, b.high, hn::Mul(a.high, b.low));
  return fast_two_sum(p.high, hn::Add(p.low, cross));
}

// Relative error at most 10 2^-106 (DWDivDW2).
template <class V>
HWY_INLINE Pair<V> divide(Pair<V> a, Pair<V> b) {
  const V q = hn::Div(a.high, b.high);
  const Pair<V> p = two_product(q, b.high);
  const V rest = hn::Add(hn::Sub(hn::Sub(a.high, p.high), p.low), hn::Sub(a.low, hn::Mul(q, b.low)));
  return fast_two_sum(q, hn::Div(rest, b.high));
}

template <class D>
HWY_INLINE Pair<hn::Vec<D>> pair_of(D d, double high, double low = 0) {
  return {hn::Set(d, high), hn::Set(d, low)};
}

// The exponent of zero: below that of every other number, so that a zero never decides an alignment.
inline constexpr double kZeroExponent = -16777216.0;

template <class D>
struct Wide {
  using V = hn::Vec<D>;
  using Condition = hn::Mask<D>;
  static constexpr bool kIsLane = true;
  V high, low, exponent;

  HWY_INLINE Wide() : Wide(0.0) {}
  constexpr HWY_INLINE Wide(V h, V l, V e) : high(h), low(l), exponent(e) {}
  HWY_INLINE Wide(Pair<V> p, V e) : high(p.high), low(p.low), exponent(e) {}
  HWY_INLINE Wide(Pair<V> p) : Wide(p, hn::Zero(D())) {}
  HWY_INLINE Wide(double c)
      : high(hn::Set(D(), c)), low(hn::Zero(D())), exponent(hn::Set(D(), c == 0 ? kZeroExponent : 0)) {}
  HWY_INLINE Wide(Constant c)
      : high(hn::Set(D(), c.high)), low(hn::Set(D(), c.low)), exponent(hn::Zero(D())) {}

  HWY_INLINE Condition negative() const { return hn::Lt(high, hn::Zero(D())); }
  HWY_INLINE Pair<V> pair() const { return {high, low}; }

  friend HWY_ATTR HWY_INLINE Wide operator*(Wide a, Wide b) {
    return {multiply(a.pair(), b.pair()), hn::Add(a.exponent, b.exponent)};
  }
  friend HWY_ATTR HWY_INLINE Wide operator/(Wide a, Wide b) {
    return {divide(a.pair(), b.pair()), hn::Sub(a.exponent, b.exponent)};
  }
  friend HWY_ATTR HWY_INLINE Wide operator+(Wide a, Wide b) {
    const V top = hn::Max(a.exponent, b.exponent);
    return Wide(add(a.aligned(top), b.aligned(top)), top).marked();
  }
  friend HWY_ATTR HWY_INLINE Wide operator-(Wide a) { return {hn::Neg(a.high), hn::Neg(a.low), a.exponent}; }
  friend HWY_ATTR HWY_INLINE Wide operator-(Wide a, Wide b) { return a + -b; }
  friend HWY_ATTR HWY_INLINE Condition operator>(Wide a, Wide b) {
    return hn::Gt((a - b).high, hn::Zero(D()));
  }
  friend HWY_ATTR HWY_INLINE Condition operator<(Wide a, Wide b) { return b > a; }
  friend HWY_ATTR HWY_INLINE Condition operator>=(Wide a, Wide b) {
    return hn::Ge((a - b).high, hn::Zero(D()));
  }
  friend HWY_ATTR HWY_INLINE Condition operator<=(Wide a, Wide b) { return b >= a; }
  friend HWY_ATTR HWY_INLINE Wide select(Condition c, Wide yes, Wide no) {
    return {hn::IfThenElse(c, yes.high, no.high), hn::IfThenElse(c, yes.low, no.low),
            hn::IfThenElse(c, yes.exponent, no.exponent)};
  }
  friend HWY_ATTR HWY_INLINE Wide abs(Wide a) { return copy_sign(a, Wide(1.0)); }
  friend HWY_ATTR HWY_INLINE Wide copy_sign(Wide magnitude, Wide sign) {
    const V flip = hn::And(hn::Xor(magnitude.high, sign.high), hn::SignBit(D()));
    return {hn::Xor(magnitude.high, flip), hn::Xor(magnitude.low, flip), magnitude.exponent};
  }

  // The pair at exponent `top`, which is at least this one's; what lies 1,000 bits below is gone.
  HWY_INLINE Pair<V> aligned(V top) const {
    const V shift = hn::Max(hn::Sub(exponent, top), hn::Set(D(), -1000.0));
    const V factor = power_of_two(shift);
    return {hn::Mul(high, factor), hn::Mul(low, factor)};
  }
  // A zero that cancellation made gets the exponent of zero.
  HWY_INLINE Wide marked() const {
    const V lowest = hn::Set(D(), kZeroExponent);
    return {high, low, hn::IfThenElse(hn::Eq(high, hn::Zero(D())), lowest, exponent)};
  }
};

// Finite float64 values (infinity counts as 2^kInfiniteExponent, above every product of finite ones).
template <class D>
HWY_INLINE Wide<D> load_wide(D d, hn::Vec<D> x) {
  const hn::RebindToUnsigned<D> du;
  const auto zero = hn::Eq(x, hn::Zero(d));
  const auto subnormal = hn::Lt(hn::Abs(x), hn::Set(d, 0x1p-1022));
  const auto scaled = hn::IfThenElse(subnormal, hn::Mul(x, hn::Set(d, 0x1p54)), x);
  const auto bits = hn::BitCast(du, scaled);
  const auto field = hn::ShiftRight<52>(hn::And(bits, hn::Set(du, 0x7ff0000000000000u)));
  const auto magic = hn::Set(du, 0x4330000000000000u);
  auto exponent = hn::Sub(hn::BitCast(d, hn::Or(field, magic)), hn::Set(d, 4503599627370496.0 + 1023.0));
  exponent = hn::Sub(exponent, hn::IfThenElseZero(subnormal, hn::Set(d, 54.0)));
  const auto unit = hn::Or(hn::And(bits, hn::Set(du, 0x800fffffffffffffu)), hn::Set(du, 0x3ff0000000000000u));
  constexpr double kInfiniteExponent = 65536;
  exponent = hn::IfThenElse(hn::Eq(exponent, hn::Set(d, 1024.0)), hn::Set(d, kInfiniteExponent), exponent);
  return {hn::IfThenElse(zero, x, hn::BitCast(d, unit)), hn::Zero(d),
          hn::IfThenElse(zero, hn::Set(d, kZeroExponent), exponent)};
}

// The nearest float64, up to one part in 2^50 of an ulp (two roundings among subnormals).
template <class D>
HWY_INLINE hn::Vec<D> store_wide(D d, Wide<D> a) {
  // The sign is that of the leading part, also where that is a zero: -0 + 0 would be 0.
  const auto value = hn::CopySign(hn::Add(a.high, a.low), a.high);
  // In two steps, the first of which is exact: one factor cannot span the range from 2^-1074 to 2^1024 and
  // beyond.
  const auto limit = hn::Set(d, 2040.0);
  const auto e = hn::Max(hn::Min(a.exponent, limit), hn::Neg(limit));
  const auto half = nearest_integer(hn::Mul(e, hn::Set(d, 0.5)));
  return hn::Mul(hn::Mul(value, power_of_two(half)), power_of_two(hn::Sub(e, half)));
}

// The value as a plain pair, right between 2^-900 and 2^300; larger ones stay at least that large, smaller
// ones vanish.
template <class D>
HWY_INLINE Pair<hn::Vec<D>> to_pair(D d, Wide<D> a) {
  constexpr double kCeiling = 512;
  const auto e = hn::Max(hn::Min(a.exponent, hn::Set(d, kCeiling)), hn::Set(d, -1000.0));
  const auto factor = power_of_two(e);
  return {hn::Mul(a.high, factor), hn::Mul(a.low, factor)};
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
