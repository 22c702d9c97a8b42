// SPDX-License-Identifier: Apache-2.0
// single-inl.h: a float32 or float64 as it is, for files that say how float32 does it. Re-included per
// instruction set.
//
// Each operation rounds, and so do numbers. A Constant (ratio(1, 6), 1.702_exact) keeps the bits of two
// numbers in products.
#if defined(RHEO_MATH_SINGLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_SINGLE_INL_H_
#undef RHEO_MATH_SINGLE_INL_H_
#else
#define RHEO_MATH_SINGLE_INL_H_
#endif

#include "src/math/constant.h"
#include "src/math/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// G is a Group of vectors.
template <class G>
struct Single {
  using Condition = typename G::Condition;

  G v;

  HWY_INLINE Single(const Single& a) : v(a.v) {}
  HWY_INLINE explicit Single(const G& g) : v(g) {}
  HWY_INLINE Single(double c) : v(static_cast<typename G::T>(c)) {}

  friend HWY_ATTR HWY_INLINE Single operator+(Single a, Single b) { return Single(a.v + b.v); }
  friend HWY_ATTR HWY_INLINE Single operator-(Single a, Single b) { return Single(a.v - b.v); }
  friend HWY_ATTR HWY_INLINE Single operator-(Single a) { return Single(-a.v); }
  friend HWY_ATTR HWY_INLINE Single operator*(Single a, Single b) { return Single(a.v * b.v); }
  friend HWY_ATTR HWY_INLINE Single operator/(Single a, Single b) { return Single(a.v / b.v); }
  // a b + c, rounded once.
  friend HWY_ATTR HWY_INLINE Single fused(Single a, Single b, Single c) {
    return Single(fused(a.v, b.v, c.v));
  }
  // The same of a constant in two parts: first with what its leading part leaves.
  friend HWY_ATTR HWY_INLINE Single operator*(Single a, Constant b) {
    const Single high(b.high), low(rest(b));
    return fused(a, high, a * low);
  }
  friend HWY_ATTR HWY_INLINE Single fused(Single a, Constant b, Single c) {
    const Single high(b.high), low(rest(b));
    return fused(a, high, fused(a, low, c));
  }
  friend HWY_ATTR HWY_INLINE Condition operator>(Single a, Single b) { return a.v > b.v; }
  friend HWY_ATTR HWY_INLINE Condition operator<(Single a, Single b) { return a.v < b.v; }
  friend HWY_ATTR HWY_INLINE Condition operator>=(Single a, Single b) { return a.v >= b.v; }
  friend HWY_ATTR HWY_INLINE Condition operator<=(Single a, Single b) { return a.v <= b.v; }
  friend HWY_ATTR HWY_INLINE Single select(const Condition& c, Single yes, Single no) {
    return Single(choose(c, yes.v, no.v));
  }
  // b where one is NaN, or NaN: a formula puts what may be NaN second.
  friend HWY_ATTR HWY_INLINE Single min(Single a, Single b) { return Single(smaller(a.v, b.v)); }
  friend HWY_ATTR HWY_INLINE Single max(Single a, Single b) { return Single(larger(a.v, b.v)); }
  friend HWY_ATTR HWY_INLINE Single copy_sign(Single a, Single b) { return Single(with_sign_of(a.v, b.v)); }

 private:
  static constexpr double rest(Constant c) {
    return c.high - static_cast<double>(static_cast<typename G::T>(c.high)) + c.low;
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
