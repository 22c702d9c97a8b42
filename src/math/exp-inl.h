// SPDX-License-Identifier: Apache-2.0
// exp-inl.h: exp and expm1. Re-included per instruction set.
//
// Both reduce x by a multiple of ln 2 and sum Taylor's series; its coefficients are computed at compile time.
#if defined(RHEO_MATH_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_EXP_INL_H_
#undef RHEO_MATH_EXP_INL_H_
#else
#define RHEO_MATH_EXP_INL_H_
#endif

#include <utility>

#include "src/math/wide-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// ln 2 and its reciprocal, 60 digits.
inline constexpr Constant kLn2 = 0.693147180559945309417232121458176568075500134360255254120680_exact;
inline constexpr Constant kLog2E = 1.442695040888963407359924681001892137426645954152985934135449_exact;

// 1 / k! for k = 2, 3, ...: Taylor's coefficients, whose truncation at |r| <= ln(2) / 2 is below 2^-57
// (plain, up to r^13) and 2^-79 (wide, up to r^17).
template <int... K>
constexpr auto inverse_factorials(std::integer_sequence<int, K...>) {
  struct {
    double c[sizeof...(K)];
  } list{{inverse_factorial(K + 2).high...}};
  return list;
}
inline constexpr auto kPlainExp = inverse_factorials(std::make_integer_sequence<int, 12>());
inline constexpr auto kWideExp = inverse_factorials(std::make_integer_sequence<int, 16>());

// x = n ln 2 + r with |r| <= ln(2) / 2, and q = exp(r) - 1, relative error about 2^-53. |x| is clamped to
// kExponentLimit.
template <class D>
HWY_INLINE hn::Vec<D> reduced_expm1(F64<D> x, hn::Vec<D>& n) {
  const D d;
  const auto limit = hn::Set(d, kExponentLimit);
  const auto clamped = hn::Max(hn::Min(x.v, limit), hn::Neg(limit));
  n = nearest_integer(hn::Mul(clamped, hn::Set(d, kLog2E.high)));
  auto r = fused(n, hn::Set(d, -kLn2.high), clamped);
  r = fused(n, hn::Set(d, -kLn2.low), r);
  static constexpr auto kTerms = copied(kPlainExp.c);
  const auto p = polynomial(F64<D>(r), kTerms.c).v;
  return fused(hn::Mul(r, r), p, r);
}

// exp(x), relative error at most 2^-52 for |x| <= kExponentLimit; that of the limit beyond.
template <class D>
HWY_INLINE F64<D> exp(F64<D> x) {
  hn::Vec<D> n;
  const auto q = reduced_expm1(x, n);
  return hn::Mul(hn::Add(hn::Set(D(), 1.0), q), power_of_two(n));
}

// exp(x) - 1, relative error at most 2^-51 everywhere, near 0 too.
template <class D>
HWY_INLINE F64<D> expm1(F64<D> x) {
  hn::Vec<D> n;
  const auto q = reduced_expm1(x, n);
  const auto scale = power_of_two(n);
  return fused(scale, q, hn::Sub(scale, hn::Set(D(), 1.0)));
}

// x = n ln 2 + r, and F = (exp(r) - 1) / r, relative error about 2^-66.
template <class D>
struct WideReduction {
  hn::Vec<D> n;
  Pair<hn::Vec<D>> r, f;
};

template <class D>
RHEO_EVERYWHERE WideReduction<D> reduce_wide(Wide<D> x) {
  const D d;
  using V = hn::Vec<D>;
  Pair<V> v = to_pair(d, x);
  // exp(+-100,000) is beyond what any product of float64 values brings back into range.
  const V limit = hn::Set(d, 1e5);
  const auto outside = hn::Gt(hn::Abs(v.high), limit);
  v.high = hn::IfThenElse(outside, hn::CopySign(limit, v.high), v.high);
  v.low = hn::IfThenZeroElse(outside, v.low);
  const V n = nearest_integer(hn::Mul(v.high, hn::Set(d, kLog2E.high)));
  const Pair<V> p = two_product(n, hn::Set(d, kLn2.high));
  const Pair<V> head =
      two_sum(hn::Sub(v.high, p.high), hn::Neg(p.low));  // the difference is exact (Sterbenz)
  const V tail = hn::Add(hn::Add(head.low, v.low), hn::Mul(n, hn::Set(d, -kLn2.low)));
  const Pair<V> r = fast_two_sum(head.high, tail);
  // From r^4 on the terms of F are small enough for plain arithmetic.
  static constexpr auto kTerms = copied(kWideExp.c);
  V plain = hn::Set(d, kTerms.c[15]);
  for (int k = 15; k-- > 3;) plain = fused(plain, r.high, hn::Set(d, kTerms.c[k]));
  Pair<V> f{plain, hn::Zero(d)};
  static constexpr Constant kHead[] = {inverse_factorial(4), inverse_factorial(3), inverse_factorial(2)};
  for (const Constant& c : kHead) f = add(pair_of(d, c.high, c.low), multiply(f, r));
  f = add(pair_of(d, 1.0), multiply(f, r));
  return {n, r, f};
}

// exp(x), relative error at most 2^-64 for |x| <= 100,000; exp(+-100,000) beyond.
template <class D>
RHEO_EVERYWHERE Wide<D> exp(Wide<D> x) {
  const WideReduction<D> w = reduce_wide(x);
  return {add(pair_of(D(), 1.0), multiply(w.r, w.f)), w.n};
}

// exp(x) - 1, relative error at most 2^-63. Where n = 0, r is x itself, which keeps its exponent: no x is too
// small.
template <class D>
RHEO_EVERYWHERE Wide<D> expm1(Wide<D> x) {
  const WideReduction<D> w = reduce_wide(x);
  const Wide<D> near = x * Wide<D>(w.f);
  const Wide<D> far = Wide<D>(add(pair_of(D(), 1.0), multiply(w.r, w.f)), w.n) - Wide<D>(1.0);
  return select(hn::Eq(w.n, hn::Zero(D())), near, far);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
