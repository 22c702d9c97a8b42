// SPDX-License-Identifier: Apache-2.0
// normal-inl.h: numbers with the standard normal distribution, by its quantiles. Re-included per instruction
// set.
#if defined(RHEO_MATH_NORMAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_NORMAL_INL_H_
#undef RHEO_MATH_NORMAL_INL_H_
#else
#define RHEO_MATH_NORMAL_INL_H_
#endif

#include <cstddef>

#include "src/math/log1p-inl.h"
#include "src/math/normal_coefficients.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// One of two polynomials, the shorter one's missing coefficients being 0.
template <class D, std::size_t N, std::size_t M>
HWY_INLINE hn::Vec<D> either_polynomial(hn::Mask<D> first, hn::Vec<D> t, const Copied<double, N>& a,
                                        const Copied<double, M>& b) {
  constexpr std::size_t kMost = N > M ? N : M;
  const D d;
  const auto coefficient = [&](std::size_t i) HWY_ATTR {
    return hn::IfThenElse(first, hn::Set(d, i < N ? a.c[i] : 0.0), hn::Set(d, i < M ? b.c[i] : 0.0));
  };
  auto sum = coefficient(kMost - 1);
  for (std::size_t i = kMost - 1; i-- > 0;) sum = fused(sum, t, coefficient(i));
  return sum;
}

// z > 0 with the share u of the distribution inside [-z, z]; u is in (0, 1) and 1 - u exact. Relative error
// at most 2^-48.
template <class D>
HWY_INLINE hn::Vec<D> normal_quantile(hn::Vec<D> u) {
  const D d;
  const auto border = hn::Set(d, kNormalBorder);
  const auto central = hn::Le(u, border);
  // -log((1 - u) / 2), of at least its value at the border, so that no lane leaves its function's region.
  const auto inside = hn::Max(u, border);
  const auto minus_log = hn::Sub(hn::Set(d, kLn2.high), log1p(F64<D>(hn::Neg(inside))).v);
  const auto r = hn::Sub(hn::Sqrt(minus_log), hn::Set(d, kNormalStart));
  const auto t = hn::IfThenElse(central, fused_from(u, u, hn::Set(d, kNormalCentre)), r);
  static constexpr auto kTop = copied(kNormalCentralTop);
  static constexpr auto kTopTail = copied(kNormalTailTop);
  static constexpr auto kBottom = copied(kNormalCentralBottom);
  static constexpr auto kBottomTail = copied(kNormalTailBottom);
  const auto top = either_polynomial<D>(central, t, kTop, kTopTail);
  const auto bottom = either_polynomial<D>(central, t, kBottom, kBottomTail);
  const auto quotient = hn::Div(top, bottom);
  return hn::IfThenElse(central, hn::Mul(u, quotient), quotient);
}

// From an element's two words: the first one's highest bit is the sign; its other 31 bits and the upper 21 of
// the second word are m, and u = 1 - (2 m + 1) 2^-53. So each of 2^53 numbers has the same chance, the
// smallest in size is 2^-53 sqrt(pi / 2), and the largest is 8.29.
template <class D>
HWY_INLINE hn::Vec<D> normal_of(D d, hn::Vec<hn::Rebind<std::uint32_t, D>> first,
                                hn::Vec<hn::Rebind<std::uint32_t, D>> second) {
  const hn::RebindToUnsigned<D> du;
  const auto a = hn::PromoteTo(du, first), b = hn::PromoteTo(du, second);
  const auto m = hn::Or(hn::ShiftLeft<21>(hn::And(a, hn::Set(du, 0x7FFFFFFFU))), hn::ShiftRight<11>(b));
  // 1 + m 2^-52, all of whose bits but the exponent's are m's.
  const auto f = hn::BitCast(d, hn::Or(m, hn::Set(du, 0x3FF0000000000000U)));
  const auto u = hn::Sub(hn::Sub(hn::Set(d, 2.0), f), hn::Set(d, 0x1p-53));  // exact, both
  const auto sign = hn::And(hn::BitCast(d, hn::ShiftLeft<32>(a)), hn::SignBit(d));
  return hn::Or(normal_quantile<D>(u), sign);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
