// SPDX-License-Identifier: Apache-2.0
// narrow-values-inl.h: values of 16-bit rows that lie together, where float32 decides how nearly all of them
// round and float64 the others, so that bits are the same as of other rows. Re-included per instruction set.
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

// Calls some(x, y) for whole vectors of a row, the last of them from copies.
template <class Some>
HWY_INLINE void each_vector16(const RowBits* x, RowBits* y, std::size_t n, Some&& some) {
  const std::size_t step = hn::Lanes(D16()), even = n / step * step;
  for (std::size_t i = 0; i < even; i += step) some(x + i, y + i);
  if (even == n) return;
  RowBits last_x[hn::MaxLanes(D16())]{}, last_y[hn::MaxLanes(D16())];
  std::copy_n(x + even, n - even, last_x);
  some(last_x, last_y);
  std::copy_n(last_y, n - even, y + even);
}

// A vector of 16-bit numbers, sixteen at a time: exactly(v) are the results.
template <class Exactly>
HWY_INLINE void sixteens_of(Format format, V16 given, RowBits* y, Exactly&& exactly) {
  RowBits bits[hn::MaxLanes(D16())];
  HWY_ALIGN float x[hn::MaxLanes(D16())];
  hn::StoreU(given, D16(), bits);
  const std::size_t step = hn::Lanes(D16());
  widen(format, bits, step, x);
  for (std::size_t i = 0; i < step; i += kAtOnce) narrow(format, exactly(x + i), y + i, kAtOnce);
}

// Logarithms of shares z - rest of a row that is counted from 0, within two ulp in float32.
template <class F>
class NearLogarithms {
 public:
  HWY_INLINE NearLogarithms(Format its_format, double less)
      : format(its_format), rest(less), parts(RowNumber{less, 0}) {}

  HWY_INLINE void run(const RowBits* x, RowBits* y, std::size_t n) const {
    each_vector16(x, y, n, [&](const RowBits* from, RowBits* to) RHEO_PART { some(from, to); });
  }

 private:
  HWY_INLINE void some(const RowBits* x, RowBits* y) const {
    const D32 d;
    const V16 given = hn::LoadU(D16(), x);
    const V32 high = hn::Set(d, parts.high), low = hn::Set(d, parts.low);
    V32 first, second;
    F::widen(given, first, second);
    first = hn::Sub(hn::Sub(first, high), low), second = hn::Sub(hn::Sub(second, high), low);
    hn::Mask<D32> near[2];
    const V16 rounded = F::template narrow<Reach::kThree>(first, second, near[0], near[1]);
    if (HWY_UNLIKELY(!hn::AllFalse(d, hn::Or(near[0], near[1])))) return exactly(given, y);
    hn::StoreU(rounded, D16(), y);
  }
  HWY_NOINLINE void exactly(V16 given, RowBits* y) const {
    const RowPair less{RowG(rest), RowG(0.0)};
    sixteens_of(format, given, y,
                [&](const float* x) RHEO_PART { return logarithm_to_odd({load16(x), RowG(0.0)}, less); });
  }

  const Format format;
  const double rest;
  const RowParts<float> parts;
};

// Shares of a row that is too long for its exponentials to be kept: float32 evaluates them again, within
// three ulp.
template <class F, RowFuse kFuse>
class LongShares {
  using Mask = hn::Mask<D32>;
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
    each_vector16(x, y, n, [&](const RowBits* from, RowBits* to) RHEO_PART { some(from, to); });
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
    sixteens_of(work.format, given, y, [&](const float* x) RHEO_PART {
      const RowSource<float, kFuse> source{x, nullptr, RowG(work.scale)};
      const RowPair e = row_exp<float, false>(distance<float>(source.at(0), RowG(zero64)));
      return short_share<float>(e.high, {RowG(factor), RowG(0.0)});
    });
  }

  const RowWork& work;
  const double zero64, factor;
  const RowParts<float> zero, parts;
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
