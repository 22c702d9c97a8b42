// SPDX-License-Identifier: Apache-2.0
// result-inl.h: what becomes of distances and exponentials: shares, their logarithms, gradients. Re-included per
// instruction set.
#if defined(RHEO_ROWS_RESULT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_RESULT_INL_H_
#undef RHEO_ROWS_RESULT_INL_H_
#else
#define RHEO_ROWS_RESULT_INL_H_
#endif

#include "src/rows/number-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Rows of float32 up to this length keep exponentials as float64 between the passes; those of longer ones are
// rounded to float32, which costs up to one ulp. Part of what defines the bits.
inline constexpr std::int64_t kLongRow = 4096;

// The exponentials' sum. For logarithms those that are 1, of the largest elements themselves, are counted
// apart: what is left of one such row is log1p of the others' sum, however small that is.
template <class T, RowResult kResult>
struct RowState {
  RowSum<T> sum;
  RowG ones{0.0};

  HWY_INLINE RowState() {}
  HWY_INLINE void add(const RowPair& t, const RowPair& e) {
    if constexpr (kResult == RowResult::kShare) {
      sum.add(e);
    } else {
      const auto largest = equal(t.high, RowG(0.0));
      ones = ones + choose(largest, RowG(1.0), RowG(0.0));
      if constexpr (kPaired<T>) sum.add({zero_where(largest, e.high), zero_where(largest, e.low)});
      else sum.add({zero_where(largest, e.high), e.low});
    }
  }
};

// What is the same for all elements of a row: 1 / sum, or the sum's logarithm. One row a lane.
template <class T, RowResult kResult>
HWY_INLINE RowPair row_factor(const RowPair& sum, const RowG& ones) {
  const RowG one(1.0);
  if constexpr (kResult == RowResult::kShare) {
    const RowG reciprocal = one / sum.high;
    if constexpr (!kPaired<T>) return {reciprocal, RowG(0.0)};
    const RowG rest = fused_from(reciprocal, sum.low, fused_from(reciprocal, sum.high, one));
    return {reciprocal, reciprocal * rest};
  } else if constexpr (!kPaired<T>) {
    const RowG others = (ones - one) + sum.high;
    const RowG log = RowG::of([&](int i) RHEO_PART { return log1p(F64<RowD>(others[i])).v; });
    // What is left of the lowest distance is none.
    return {choose(others < RowG(0x1p-900), RowG(0.0), log), RowG(0.0)};
  } else {
    using N = Pair64<RowG, false>;
    const RowG down(1 / kPairedScale);
    RowPair others = two_sum(ones - one, sum.high * down);
    others.low = others.low + sum.low * down;
    others = fast_two_sum(others.high, others.low);
    const N log = log1p(N(others.high, others.low, 1, kExactBits));
    const auto small = others.high < RowG(0x1p-70);
    return {choose(small, choose(sum.high < RowG(0x1p-1000), RowG(0.0), others.high), log.high),
            choose(small, RowG(0.0), log.low)};
  }
}

// The sum of a row with a lane's largest element infinite is NaN, and so is all that is made of it.

// float32 of a long row: e is a float32.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V long_share(D, V e, V factor, V factor_low) {
  return fused(e, factor, hn::Mul(e, factor_low));
}

// A share from an exponential as it is kept: float64 of a short float32 row, rounded to float64 for float64.
template <class T>
HWY_INLINE RowG short_share(const RowG& e, const RowPair& factor) {
  if constexpr (!kPaired<T>) return e * factor.high;
  return fused(e, factor.high, e * factor.low);
}

template <class T>
HWY_INLINE RowG kept(const RowPair& e) {
  if constexpr (!kPaired<T>) return e.high;
  return e.high + e.low;
}

template <class T>
HWY_INLINE RowG logarithm(const RowPair& t, const RowPair& factor) {
  if constexpr (!kPaired<T>) return t.high - factor.high;
  const auto infinite = t.high < RowG(-std::numeric_limits<double>::max());
  const RowG rest = zero_where(infinite, t.low - factor.low), high = t.high - factor.high;
  // |t| or the logarithm may be the larger one.
  const RowPair s = two_sum(t.high, -factor.high);
  return high + zero_where(infinite, s.low + rest);
}

// A number as two of T.
template <class T>
struct RowParts {
  T high, low;
  HWY_INLINE RowParts() {}
  HWY_INLINE explicit RowParts(const RowNumber& n) {
    const double sum = n.high + n.low;
    high = static_cast<T>(sum);
    low = static_cast<T>(((n.high - static_cast<double>(high)) + n.low));
  }
};

// factor s (g - d) with d = sum_j s_j g_j.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V share_gradient(D, V s, V g, V d_high, V d_low, V factor) {
  return hn::Mul(hn::Mul(hn::Sub(hn::Sub(g, d_high), d_low), s), factor);
}

// factor (g - exp(y) d) with d = sum_j g_j.
template <class T>
HWY_INLINE RowG logarithm_gradient(const RowG& y, const RowG& g, const RowPair& d, const RowG& factor) {
  const RowPair e = row_exp<T>({y, RowG(0.0)});
  const auto none = y < RowG(kLowestDistance<T>);
  if constexpr (!kPaired<T>) {
    return fused_from(zero_where(none, e.high), d.high, g) * factor;
  } else {
    const RowG down(1 / kPairedScale);
    const RowG high = zero_where(none, e.high * down), low = zero_where(none, e.low * down);
    return fused_from(high, d.high, fused_from(high, d.low, fused_from(low, d.high, g))) * factor;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
