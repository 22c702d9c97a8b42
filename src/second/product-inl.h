// SPDX-License-Identifier: Apache-2.0
// product-inl.h: from what a machine came to, to grad f''(x). Re-included per instruction set, and for CUDA's
// threads.
#if defined(RHEO_SECOND_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SECOND_PRODUCT_INL_H_
#undef RHEO_SECOND_PRODUCT_INL_H_
#else
#define RHEO_SECOND_PRODUCT_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "src/second/steps-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Sizes of x, and of parameters that are neither 0 nor infinite, for which float64 lanes serve: exponentials,
// which they hold at e^+-400 (f64-inl.h), then outweigh any power of x and of parameters.
inline constexpr double kLargestForLanes = 100;
inline constexpr double kSmallestParameterForLanes = 0x1p-30, kLargestParameterForLanes = 0x1p30;

inline bool plain_parameters(const Program& program, const double* p) {
  return std::all_of(p, p + program.parameters, [](double value) {
    const double size = std::fabs(value);
    return size == 0 || std::isinf(size) ||
           (size >= kSmallestParameterForLanes && size <= kLargestParameterForLanes);
  });
}

// Where float64 lanes did.
HWY_INLINE MWide quick_serves(VWide x, Quick y, MWide noted) {
  const MWide inside = hn::And(hn::Le(hn::Abs(x), hn::Set(DWide(), kLargestForLanes)), hn::IsFinite(y.v));
  return hn::AndNot(noted, inside);
}

// grad y, and 0 for every gradient where y is exactly 0.
HWY_INLINE VWide quick_product(VWide grad, Quick y) {
  return hn::IfThenZeroElse(hn::Eq(y.v, hn::Zero(DWide())), hn::Mul(y.v, grad));
}
// The same with one rounding. A gradient that is not finite, or a zero, meets the unscaled leading part,
// which has the sign and is not 0.
HWY_INLINE VWide full_product(VWide grad, const Full& y) {
  const DWide d;
  const auto ordinary = hn::And(hn::IsFinite(grad), hn::Ne(grad, hn::Zero(d)));
  const VWide scaled = store_wide(d, load_wide(d, hn::IfThenElseZero(ordinary, grad)) * y);
  const VWide result = hn::IfThenElse(ordinary, scaled, hn::Mul(grad, y.high));
  return hn::IfThenZeroElse(hn::Eq(y.high, hn::Zero(d)), result);
}

// f'' at -infinity and +infinity.
struct SecondEnds {
  double left = 0, right = 0;
};

// NaN and infinities put right.
HWY_INLINE VWide with_special(VWide x, VWide grad, VWide y, const SecondEnds& ends) {
  const DWide d;
  const VWide zero = hn::Zero(d);
  const VWide end = hn::IfThenElse(hn::Lt(x, zero), hn::Set(d, ends.left), hn::Set(d, ends.right));
  const VWide at_end = hn::IfThenElse(hn::Eq(end, zero), end, hn::Mul(end, grad));
  return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenElse(hn::IsInf(x), at_end, y));
}

// f'' that is 0 everywhere: NaN stays, whatever the gradient is.
HWY_INLINE VWide zero_but_nan(VWide x) { return hn::IfThenElseZero(hn::IsNaN(x), x); }

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
