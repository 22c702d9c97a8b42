// SPDX-License-Identifier: Apache-2.0
// tanh-inl.h: the hyperbolic tangent, and x less it. Re-included per instruction set.
#if defined(RHEO_MATH_TANH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_TANH_INL_H_
#undef RHEO_MATH_TANH_INL_H_
#else
#define RHEO_MATH_TANH_INL_H_
#endif

#include "src/math/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// tanh(x) = -m / (2 + m) with m = exp(-2 |x|) - 1, and the sign of x: exactly odd, never beyond +-1.
template <Lane R>
HWY_INLINE R tanh(R x) {
  const R m = expm1(R(-2.0) * abs(x));
  return copy_sign(m / (R(2.0) + m), x);
}

// x - tanh(x) = x^3 (1 / 3 - 2 x^2 / 15 + 17 x^4 / 315 - ...), the coefficients 2^(2 k) (2^(2 k) - 1) |B_2k|
// / (2 k)! from the Bernoulli numbers (DLMF 4.33.3). At |x| < 1/4 the twelve have a truncation below 2^-63.
inline constexpr Constant kTanhSeries[] = {
    ratio(1, 3),
    ratio(2, 15),
    ratio(17, 315),
    ratio(62, 2835),
    ratio(1382, 155925),
    ratio(21844, 6081075),
    ratio(929569, 638512875),
    ratio(6404582, 10854718875),
    ratio(443861162, 1856156927625),
    ratio(18888466084, 194896477400625),
    ratio(113927491862, 2900518163668125),
    ratio(58870668456604, 3698160658676859375),
};

// Where x and tanh(x) share their leading bits the series takes over; beyond, the difference loses six bits.
template <Lane R>
HWY_INLINE R x_minus_tanh(R x) {
  const R z = x * x;
  static constexpr auto kTerms = copied(kTanhSeries);
  R sum(kTerms.c[11]);
  for (int k = 11; k-- > 0;) sum = R(kTerms.c[k]) - z * sum;
  return select(z < R(0.0625), x * z * sum, x - tanh(x));
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
