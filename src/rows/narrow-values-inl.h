// SPDX-License-Identifier: Apache-2.0
// narrow-values-inl.h: shares of long 16-bit rows that lie together. Re-included per
// instruction set.
#if defined(RHEO_ROWS_NARROW_VALUES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_NARROW_VALUES_INL_H_
#undef RHEO_ROWS_NARROW_VALUES_INL_H_
#else
#define RHEO_ROWS_NARROW_VALUES_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "src/block/format16-inl.h"
#include "src/rows/row-source-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// A share's exponent below which it rounds to 0 in any 16-bit format, as a sum is at least 1.
inline constexpr float kNothing = -95;

// Shares of a row that is too long for its exponentials to be kept. float32 evaluates them again, within
// three ulp, and decides how nearly all shares round; float64 the others, so that bits are the same as of
// other rows.
template <class F, RowFuse kFuse>
class LongShares {
  using Mask = hn::Mask<D32>;
  static constexpr std::size_t kStep = hn::MaxLanes(D16());
  static constexpr double kMost = 0x1p60;  // of scale and of what exponentials are counted from

 public:
  HWY_INLINE LongShares(const RowWork& given, double from, double reciprocal_of_sum)
      : work(given), zero64(from), factor(reciprocal_of_sum), zero(split(from)), parts(split(factor)) {}

  // Whether float32 can decide: numbers on the way are far from overflow.
  HWY_INLINE bool fits() const {
    const double times = std::fabs(work.scale);
    return std::fabs(zero64) <= kMost && times <= kMost && times >= 1 / kMost;
  }
  HWY_INLINE void run(const RowBits* x, RowBits* y, std::size_t n) const {
    const std::size_t step = hn::Lanes(D16()), even = n / step * step;
    for (std::size_t i = 0; i < even; i += step) some(x + i, y + i);
    if (even == n) return;
    RowBits last_x[kStep]{}, last_y[kStep];
    std::copy_n(x + even, n - even, last_x);
    some(last_x, last_y);
    std::copy_n(last_y, n - even, y + even);
  }

 private:
  static HWY_INLINE RowParts<float> split(double v) { return RowParts<float>(RowNumber{v, 0}); }
  HWY_INLINE void some(const RowBits* x, RowBits* y) const {
    const V16 given = hn::LoadU(D16(), x);
    V32 first, second;
    F::widen(given, first, second);
    Mask near[2], small[2];
    first = share(first, small[0]), second = share(second, small[1]);
    const V16 rounded = F::template narrow<Reach::kThree>(first, second, near[0], near[1]);
    const Mask doubt = hn::Or(hn::Or(near[0], small[0]), hn::Or(near[1], small[1]));
    if (HWY_UNLIKELY(!hn::AllFalse(D32(), doubt))) return exactly(given, y);
    hn::StoreU(rounded, D16(), y);
  }
  // `small`: where float32 has lost digits. Above kLowestNormal a distance's low part is small: 16-bit
  // numbers that are near each other are no larger than 2^11 times their distance.
  HWY_INLINE V32 share(V32 x, Mask& small) const {
    const D32 d;
    const V32 from = hn::Set(d, zero.high);
    V32 z = x, low = hn::Zero(d);
    if constexpr (kFuse == RowFuse::kScaled) {
      const V32 scale = hn::Set(d, static_cast<float>(work.scale));
      z = hn::Mul(x, scale), low = fused_less(x, scale, z);
    }
    const V32 t = hn::Sub(z, from), moved = hn::Sub(t, z);
    const V32 lost = hn::Sub(hn::Sub(z, hn::Sub(t, moved)), hn::Add(from, moved));
    low = hn::Add(lost, hn::Sub(low, hn::Set(d, zero.low)));
    const V32 lowest = hn::Set(d, kLowestNormal);
    const Mask far = hn::Lt(t, lowest), gone = hn::Lt(t, hn::Set(d, kNothing));
    const V32 e = exp_of_float32(d, hn::Max(t, lowest), hn::IfThenZeroElse(far, low));
    small = hn::AndNot(gone, far);
    return long_share(d, hn::IfThenZeroElse(gone, e), hn::Set(d, parts.high), hn::Set(d, parts.low));
  }
  HWY_NOINLINE void exactly(V16 given, RowBits* y) const {
    RowBits bits[kStep];
    HWY_ALIGN float x[kStep];
    hn::StoreU(given, D16(), bits);
    const std::size_t step = hn::Lanes(D16());
    widen(work.format, bits, step, x);
    for (std::size_t i = 0; i < step; i += kAtOnce) {
      const RowSource<float, kFuse> source{x + i, nullptr, RowG(work.scale)};
      const RowPair e = row_exp<float, false>(distance<float>(source.at(0), RowG(zero64)));
      narrow(work.format, short_share<float>(e.high, {RowG(factor), RowG(0.0)}), y + i, kAtOnce);
    }
  }

  const RowWork& work;
  const double zero64, factor;
  const RowParts<float> zero, parts;
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
