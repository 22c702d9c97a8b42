// SPDX-License-Identifier: Apache-2.0
// log1p-inl.h: log(1 + x) through atanh. Re-included per instruction set.
#if defined(RHEO_MATH_LOG1P_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_LOG1P_INL_H_
#undef RHEO_MATH_LOG1P_INL_H_
#else
#define RHEO_MATH_LOG1P_INL_H_
#endif

#include <utility>

#include "src/math/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// 1 / (2 k + 1) for k = 1, 2, ...: atanh(s) = s (1 + s^2 / 3 + s^4 / 5 + ...). With |s| <= 0.1716 the
// truncation is below 2^-55 (plain, up to s^20) and 2^-86 (wide, up to s^32).
template <int... K>
constexpr auto odd_reciprocals(std::integer_sequence<int, K...>) {
  struct {
    double c[sizeof...(K)];
  } list{{ratio(1, 2 * K + 3).high...}};
  return list;
}
inline constexpr auto kPlainAtanh = odd_reciprocals(std::make_integer_sequence<int, 10>());
inline constexpr auto kWideAtanh = odd_reciprocals(std::make_integer_sequence<int, 16>());

// log(1 + x) for x > -1, relative error at most 2^-50.
template <class D>
HWY_INLINE F64<D> log1p(F64<D> x) {
  const D d;
  const auto one = hn::Set(d, 1.0);
  const auto w = two_sum(one, x.v);  // 1 + x exactly
  hn::Vec<D> k;
  const auto m = split_exponent(w.high, k);
  // 2^-k loses nothing: w.low is at most half an ulp of w.high. Beyond 2^1000, w.low does not matter.
  const auto down = power_of_two(hn::Max(hn::Neg(k), hn::Set(d, -1000.0)));
  const auto f = hn::Add(hn::Sub(m, one), hn::Mul(w.low, down));
  const auto s = hn::Div(f, hn::Add(hn::Set(d, 2.0), f));
  const auto z = hn::Mul(s, s);
  static constexpr auto kTerms = copied(kPlainAtanh.c);
  const auto series = hn::Mul(z, polynomial(F64<D>(z), kTerms.c).v);
  const auto twice = hn::Add(s, s);
  const auto log_m = fused(twice, series, twice);
  const auto with_low = fused(k, hn::Set(d, kLn2.low), log_m);
  return fused(k, hn::Set(d, kLn2.high), with_low);
}

// log(1 + x) for x > -1, relative error at most 2^-63.
template <class D>
RHEO_EVERYWHERE Wide<D> log1p(Wide<D> x) {
  const D d;
  using V = hn::Vec<D>;
  const Wide<D> w = Wide<D>(1.0) + x;
  V k;
  const V m = split_exponent(w.high, k);
  const V scale = power_of_two(hn::Neg(k));
  // 1 + x = m 2^(k + exponent), but near 1 x itself is the better f = m - 1.
  const V total = hn::Add(k, w.exponent);
  const Wide<D> far(add(Pair<V>{m, hn::Mul(w.low, scale)}, pair_of(d, -1.0)));
  const Wide<D> f = select(hn::Eq(total, hn::Zero(d)), x, far.marked());
  const Wide<D> s = f / (Wide<D>(2.0) + f);
  const Pair<V> z = to_pair(d, s * s);
  static constexpr auto kTerms = copied(kWideAtanh.c);
  V plain = hn::Set(d, kTerms.c[15]);
  for (int i = 15; i-- > 1;) plain = fused(plain, z.high, hn::Set(d, kTerms.c[i]));
  constexpr Constant kThird = ratio(1, 3);
  Pair<V> g = add(pair_of(d, kThird.high, kThird.low), multiply(Pair<V>{plain, hn::Zero(d)}, z));
  g = add(pair_of(d, 1.0), multiply(g, z));
  const Wide<D> ln2_part(multiply(Pair<V>{total, hn::Zero(d)}, pair_of(d, kLn2.high, kLn2.low)));
  return ln2_part.marked() + Wide<D>(2.0) * s * Wide<D>(g);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
