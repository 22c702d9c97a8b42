// SPDX-License-Identifier: Apache-2.0
// slope-inl.h: gradients of elements in float32 and float64 themselves, from the sum of their row.
// Re-included per instruction set.
#if defined(RHEO_ROWS_SLOPE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_SLOPE_INL_H_
#undef RHEO_ROWS_SLOPE_INL_H_
#else
#define RHEO_ROWS_SLOPE_INL_H_
#endif

#include <cmath>
#include <limits>

#include "src/rows/result-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// A factor as one that is not above 1 and a power of two, so that what it multiplies first does not overflow.
template <class T>
struct RowFactor {
  T factor, power = 1;

  HWY_INLINE explicit RowFactor(double f) : factor(static_cast<T>(f)) {
    if (std::fabs(f) <= 1) return;
    int exponent = 0;
    factor = static_cast<T>(std::frexp(f, &exponent));
    power = static_cast<T>(std::ldexp(1.0, exponent - 1)), factor *= 2;
    if (exponent < std::numeric_limits<T>::max_exponent) power *= 2, factor /= 2;
  }
};

// Which sums of a row of float32 shares may be trusted. Products rounded to float32 are nothing beside what
// underflow took, 2^-150 from each of them and from factor d, if d is less; then and near overflow float64
// does it all.
struct TrustedSums {
  double least, most;

  HWY_INLINE TrustedSums(std::int64_t length, double scale)
      : least(static_cast<double>(length) * 0x1p-110 / std::fmin(1.0, std::fabs(scale))), most(0x1p120) {}

  HWY_INLINE bool trusted(double d) const { return std::fabs(d) >= least && std::fabs(d) <= most; }
};

// float32's gradients factor s (g - d), which round twice beside d: factor g - factor d, and its product.
template <class D>
struct ShareSlope {
  using V = hn::Vec<D>;
  V factor, power, product;  // factor d
  bool exact;                // whether factor g is exact

  HWY_INLINE ShareSlope(const RowFactor<float>& f, V factor_d)
      : factor(hn::Set(D(), f.factor)),
        power(hn::Set(D(), f.power)),
        product(factor_d),
        exact(std::fabs(f.factor) >= 1) {}

  template <bool kPower>
  HWY_INLINE V at(V y, V g) const {
    const V scaled = kPower ? hn::Mul(y, power) : y;
    if (!HWY_NATIVE_FMA && exact) return hn::Mul(hn::Sub(hn::Mul(g, factor), product), scaled);
    return hn::Mul(fused_less(g, factor, product), scaled);
  }
};

// The gradients of other rows in T itself: d = high + low is the row's sum, the same for all lanes or one a
// lane.
template <class T, RowResult kResult, class D>
struct RowSlope {
  using V = hn::Vec<D>;
  static constexpr bool kShare = kResult == RowResult::kShare;
  V high, low, factor;

  HWY_INLINE RowSlope(V h, V l, V f) : high(h), low(l), factor(f) {}

  HWY_INLINE V at(V y, V g) const {
    const D d;
    // factor s (g - d)
    if constexpr (kShare) return hn::Mul(hn::Mul(hn::Sub(hn::Sub(g, high), low), y), factor);
    const V e = exp_of_float32(d, y);
    const V v = hn::Mul(fused_from(e, high, fused_from(e, low, g)), factor);
    const auto far = hn::Lt(y, hn::Set(d, kLowestNormal));
    return HWY_LIKELY(hn::AllFalse(d, far)) ? v : hn::IfThenElse(far, by_float64(y, g), v);
  }

 private:
  HWY_NOINLINE V by_float64(V y, V g) const {
    const D d;
    HWY_ALIGN T results[kAtOnce]{}, grad[kAtOnce]{}, heads[kAtOnce]{}, tails[kAtOnce]{}, times[kAtOnce]{};
    hn::Store(y, d, results), hn::Store(g, d, grad), hn::Store(high, d, heads), hn::Store(low, d, tails);
    hn::Store(factor, d, times);
    const RowPair sum{load16(heads) + load16(tails), RowG(0.0)};
    store16(logarithm_gradient<T>(load16(results), load16(grad), sum, load16(times)), results);
    return hn::Load(d, results);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
