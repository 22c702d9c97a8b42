// SPDX-License-Identifier: Apache-2.0
// pair32-functions-inl.h: the elementary functions of Pair32. Re-included per instruction set.
//
// arithmetic.h says for which formulas they serve.
#if defined(RHEO_MATH_PAIR32_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_PAIR32_FUNCTIONS_INL_H_
#undef RHEO_MATH_PAIR32_FUNCTIONS_INL_H_
#else
#define RHEO_MATH_PAIR32_FUNCTIONS_INL_H_
#endif

#include "src/math/expm1_coefficients.h"
#include "src/math/pair32-inl.h"
#include "src/math/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// exp(x) - 1 for x <= 0 that is a float32: the high part within 0.82 ulp (tools/coefficients/expm1.py), both
// within 0.45. For larger x, any number.
template <class G>
HWY_INLINE Pair32<G> expm1(const Pair32<G>& x) {
  using Lookup = Rows<kExpm1Entries, 2, false, typename G::D, G::kN>;
  constexpr float kMagic32 = 0x1.8p23F;      // leaves an integer in the last bits
  const G z = larger(G(kExpm1End), x.high);  // in this order x86 keeps NaN
  const G index = fused(z, fused(z, G(kExpm1Bend), G(kExpm1Linear)), G(kMagic32));
  Lookup at(layout<kExpm1Rows, Lookup>(), index);
  const G u = z - at.template row<0>();
  const G scale = at.template row<2>(), value = at.template row<1>();
  static constexpr auto kTerms = copied(kExpm1Series);
  G q(kTerms.c[3]);
  for (int k = 3; k-- > 0;) q = fused(q, u, G(kTerms.c[k]));
  q = q * u;
  const G t = fused(q, u, u), rest = fused(q, u, u - t);
  const G high = fused(scale, t, value);
  Pair32<G> result(high, fused(scale, rest, fused(scale, t, value - high)), true);
  // Of 0, the sign is that of x.
  const auto sign = hn::Set(typename G::D(), -0.0F);
  result.high = G::of([&](int i) RHEO_PART { return hn::Or(high[i], hn::And(x.high[i], sign)); });
  return result;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
