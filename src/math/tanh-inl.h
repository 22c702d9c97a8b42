// SPDX-License-Identifier: Apache-2.0
// tanh-inl.h: the hyperbolic tangent. Re-included per instruction set.
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

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
