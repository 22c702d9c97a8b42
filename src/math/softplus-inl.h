// SPDX-License-Identifier: Apache-2.0
// softplus-inl.h: log(1 + exp(x)) without overflow. Re-included per instruction set.
#if defined(RHEO_MATH_SOFTPLUS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_SOFTPLUS_INL_H_
#undef RHEO_MATH_SOFTPLUS_INL_H_
#else
#define RHEO_MATH_SOFTPLUS_INL_H_
#endif

#include "src/math/log1p-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)).
template <Lane R>
HWY_INLINE R softplus(R x) {
  return select(x.negative(), R(0.0), x) + log1p(exp(-abs(x)));
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
