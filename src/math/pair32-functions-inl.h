// SPDX-License-Identifier: Apache-2.0
// pair32-functions-inl.h: the elementary functions of Pair32 and Ranged32. Re-included per instruction set.
//
// arithmetic.h says for which formulas they serve.
#if defined(RHEO_MATH_PAIR32_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_PAIR32_FUNCTIONS_INL_H_
#undef RHEO_MATH_PAIR32_FUNCTIONS_INL_H_
#else
#define RHEO_MATH_PAIR32_FUNCTIONS_INL_H_
#endif

#include <cstddef>
#include <limits>

#include "src/math/expm1_coefficients.h"
#include "src/math/pair32-inl.h"
#include "src/math/ranged32-inl.h"
#include "src/math/rows-inl.h"
#include "src/math/sigmoid_coefficients.h"
#include "src/math/tanh_coefficients.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// c[0] + x (c[1] + ...).
template <class G, std::size_t kTerms>
HWY_INLINE G horner32(const G& x, const float (&c)[kTerms]) {
  G sum(c[kTerms - 1]);
  for (std::size_t k = kTerms - 1; k-- > 0;) sum = fused(sum, x, G(c[k]));
  return sum;
}

// The nearest integer to x, in the last bits of a sum with kMagic32.
inline constexpr float kMagic32 = 0x1.8p23F;

// v with the integer of such a sum added to its bits, kShift places up: at 23 that is v 2^n.
template <int kShift, class G>
HWY_INLINE G raised(const G& v, const G& shifted) {
  using D = typename G::D;
  return G::of([&](int i) RHEO_PART {
    const hn::RebindToUnsigned<D> du;
    const auto n = hn::ShiftLeft<kShift>(hn::BitCast(du, shifted[i]));
    return hn::BitCast(D(), hn::Add(n, hn::BitCast(du, v[i])));
  });
}

// exp(x) - 1 for x <= 0 that is a float32: the high part within 0.95 ulp (tools/coefficients/expm1.py), both
// within 0.35. For larger x, any number.
template <class G>
HWY_INLINE Pair32<G> expm1(const Pair32<G>& x) {
  static constexpr auto kTerms = copied(kExpm1Series);
  const G z = larger(G(kExpm1End), x.high);  // in this order x86 keeps NaN
  const G shifted = fused(z, G(kExpm1Steps), G(kMagic32)), n = shifted - G(kMagic32);
  const G t = fused_from(n, G(kExpm1Log2Low), fused_from(n, G(kExpm1Log2), z));
  const G square = t * t, q = horner32(t, kTerms.c), part = fused(square, q, t);
  const G one(1.0F), scale = raised<23>(one, shifted), base = scale - one;
  const G high = fused(scale, part, base);
  const G lost = fused(scale, fused(square, q, t - part), scale - (base + one));
  Pair32<G> result(high, lost + fused(scale, part, base - high), true);
  // Of 0, the sign is that of x.
  const auto sign = hn::Set(typename G::D(), -0.0F);
  result.high = G::of([&](int i) RHEO_PART { return hn::Or(high[i], hn::And(x.high[i], sign)); });
  return result;
}

// 1 / (1 + exp(-x)), as two numbers within 0.34 ulp, for x that is not far.
template <class G>
HWY_INLINE Ranged32<G> sigmoid(const Ranged32<G>& x) {
  using D = typename G::D;
  using Lookup = Rows<kExpEntries, 0, false, D, G::kN>;
  static constexpr auto kTerms = copied(kExpSeries);
  const Pair32<G> given = x.divided();
  const bool held = x.held < std::numeric_limits<float>::infinity();
  const G z = held ? smaller(G(x.held), given.high) : given.high;  // in this order x86 keeps NaN
  const G shifted = fused(z, G(-kExpSteps), G(kMagic32)), n = shifted - G(kMagic32);
  G t = fused(n, G(kExpStepLow), fused(n, G(kExpStep), z));
  if (!given.single) t = t + (held ? zero_where(given.high > z, given.low) : given.low);
  Lookup at(layout<kExpRows, Lookup>(), shifted);
  // exp(-x) = part + rest, where rest is negative: part / (1 + exp(-x)) is at least 1/2 where part is at
  // least 1, and its difference from 1 exact.
  Ranged32<G> result(1.0);
  result.part = raised<20>(at.template row<0>(), shifted);
  result.rest = result.part * horner32(t, kTerms.c);
  const G one(1.0F);
  result.reciprocal = one / ((one + result.part) + result.rest);
  result.quotient = true;
  // Of what is held an infinity is far, as a factor of that size is no number's.
  const G largest(std::numeric_limits<float>::max());
  result.far = magnitude(held ? choose(given.high <= largest, z, given.high) : given.high);
  result.ranged = true;
  return result;
}

// tanh(x) of x that is a float32: the high part within 0.96 ulp, both within 0.45.
template <class G>
HWY_INLINE Pair32<G> tanh(const Pair32<G>& x) {
  using D = typename G::D;
  using Lookup = Rows<kTanhEntries, 2, false, D, G::kN>;
  static constexpr auto kTerms = copied(kTanhOfSmall);
  const G z = smaller(G(kTanhEnd), magnitude(x.high)), one(1.0F);  // in this order x86 keeps NaN
  const G scaled = fused(z, G(kTanhScale), one);
  Lookup at(layout<kTanhRows, Lookup>(), G::of([&](int i) RHEO_PART {
              const hn::RebindToUnsigned<D> du;
              return hn::BitCast(D(), hn::ShiftRight<21>(hn::BitCast(du, scaled[i])));
            }));
  const G t = z - at.template row<0>(), square = t * t, cube = square * t;
  const G terms = horner32(square, kTerms.c), u = fused(terms, cube, t);
  const G rest = at.template row<2>(), above = rest * u, center = at.template row<1>();
  const G below = fused(center, u, one), quotient = above / below;
  const G high = center + quotient;
  // What u, the numerator, the denominator and the quotient have lost; 2 - below is near 1 / below.
  G lost = fused_from(quotient, fused(center, u, one - below), fused_from(quotient, below, above));
  lost = lost + fused(rest, fused(terms, cube, t - u), fused_less(rest, u, above));
  const G low = fused(lost, G(2.0F) - below, (center - high) + quotient);
  return Pair32<G>(flipped(high, x.high), flipped(low, x.high), true);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
