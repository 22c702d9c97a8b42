// SPDX-License-Identifier: Apache-2.0
// erfc-inl.h: the complementary error function. Re-included per instruction set.
//
// erfc(z) = exp(-z^2) P(t) / (1 + 2 z) for z >= 0; tools/coefficients/erfc.py derives P.
#if defined(RHEO_MATH_ERFC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_ERFC_INL_H_
#undef RHEO_MATH_ERFC_INL_H_
#else
#define RHEO_MATH_ERFC_INL_H_
#endif

#include "src/math/erfc_coefficients.h"
#include "src/math/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// exp(-x^2), relative error at most 2^-51; exp(-kExponentLimit) from |x| = 20 on. The square's rounding error
// is put back: it would grow with x^2.
template <class D>
HWY_INLINE F64<D> exp_minus_square(F64<D> x) {
  const auto square = two_product(x.v, x.v);
  const auto e = exp(F64<D>(hn::Neg(square.high))).v;
  const auto inside = hn::Lt(square.high, hn::Set(D(), kExponentLimit));
  return hn::IfThenElse(inside, fused(e, hn::Neg(square.low), e), e);
}

template <class D>
HWY_INLINE Wide<D> exp_minus_square(Wide<D> x) {
  return exp(-(x * x));
}

// erfc(x), relative error at most 2^-50 up to x = 20; beyond, below 2^-580 but never 0, and below
// exp_minus_square(x).
template <class D>
HWY_INLINE F64<D> erfc(F64<D> x) {
  const D d;
  const auto z = hn::Abs(x.v);
  const auto centre = hn::Set(d, kErfcCentre);
  const auto t = hn::Div(hn::Sub(z, centre), hn::Add(z, centre));
  static constexpr auto kTerms = copied(kErfcPlain);
  const auto scaled = hn::Mul(exp_minus_square(F64<D>(z)).v, polynomial(F64<D>(t), kTerms.c).v);
  const auto y = hn::Div(scaled, fused(hn::Set(d, 2.0), z, hn::Set(d, 1.0)));
  return hn::IfThenElse(hn::Lt(x.v, hn::Zero(d)), hn::Sub(hn::Set(d, 2.0), y), y);
}

// erfc(x), relative error at most 2^-62 up to x = 316; beyond, below 2^-144,000 but never 0, and below
// exp_minus_square(x). The bound keeps the pair t finite.
template <class D>
RHEO_EVERYWHERE Wide<D> erfc(Wide<D> x) {
  const D d;
  using V = hn::Vec<D>;
  const Wide<D> limit(0x1p100);
  const Wide<D> bounded = select(abs(x) > limit, limit, abs(x));
  const Pair<V> z = to_pair(d, bounded);
  const Pair<V> t = divide(add(z, pair_of(d, -kErfcCentre)), add(z, pair_of(d, kErfcCentre)));
  static constexpr auto kHigh = copied(kErfcWide);
  static constexpr auto kLow = copied(kErfcWideLow);
  constexpr int kTerms = sizeof kHigh.c / sizeof *kHigh.c, kPairs = sizeof kLow.c / sizeof *kLow.c;
  V plain = hn::Set(d, kHigh.c[kTerms - 1]);
  for (int i = kTerms - 1; i-- > kPairs;) plain = fused(plain, t.high, hn::Set(d, kHigh.c[i]));
  Pair<V> p{plain, hn::Zero(d)};
  for (int i = kPairs; i-- > 0;) p = add(pair_of(d, kHigh.c[i], kLow.c[i]), multiply(p, t));
  const Wide<D> y = exp_minus_square(bounded) * Wide<D>(p) / (Wide<D>(1.0) + Wide<D>(2.0) * bounded);
  return select(x.negative(), Wide<D>(2.0) - y, y);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
