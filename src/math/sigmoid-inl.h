// SPDX-License-Identifier: Apache-2.0
// sigmoid-inl.h: the logistic function, right in both tails. Re-included per instruction set.
#if defined(RHEO_MATH_SIGMOID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_SIGMOID_INL_H_
#undef RHEO_MATH_SIGMOID_INL_H_
#else
#define RHEO_MATH_SIGMOID_INL_H_
#endif

#include "src/math/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// 1 / (1 + exp(-x)). The exponential is always the small one, so neither tail cancels or overflows.
template <Lane R>
HWY_INLINE R sigmoid(R x) {
  const R e = exp(-abs(x));
  return select(x.negative(), e, R(1.0)) / (R(1.0) + e);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
