// SPDX-License-Identifier: Apache-2.0
// result-inl.h: what becomes of distances and exponentials: shares, their logarithms, gradients. Re-included
// per instruction set.
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

// Shares: from the largest or from 0, whichever the row's exponentials are counted from.
HWY_INLINE RowG zero_of(const RowG& m) {
  const auto near = RowG::both(m >= RowG(0.0), m <= RowG(kNear));
  return zero_where(near, m);
}

// 1 / sum. One row a lane.
template <class T>
RHEO_ROWS_INLINE RowPair reciprocal(const RowPair& sum) {
  const RowG one(1.0), r = one / sum.high;
  if constexpr (!kPaired<T>) return {r, RowG(0.0)};
  return {r, r * fused_from(r, sum.low, fused_from(r, sum.high, one))};
}

// Below this share of the largest element, the sum of the others is summed anew, without it: its last bits
// would be lost beside it. Part of what defines the bits.
inline constexpr double kAlone = 0x1p-16;

// The sum of all but the largest, as a share of that one: its exponential is subtracted as it was added.
template <class T>
RHEO_ROWS_INLINE RowPair others_share(const RowPair& sum, const RowG& m, const RowG& zero) {
  const RowPair e = row_exp<T, false>(distance<T>(m, zero));
  if constexpr (!kPaired<T>) {
    return {(sum.high - e.high) / e.high, RowG(0.0)};
  } else {
    RowPair rest = two_sum(sum.high, -e.high);
    rest = fast_two_sum(rest.high, rest.low + (sum.low - e.low));
    const RowG q = rest.high / e.high;
    const RowG left = fused_from(q, e.high, rest.high) + fused_from(q, e.low, rest.low);
    return {q, left / e.high};
  }
}

// The exponential of an element that is counted from the largest, and 0 for the largest itself.
template <class T>
RHEO_ROWS_INLINE RowPair other_exp(const RowPair& t) {
  const RowPair e = row_exp<T, false>(t);
  const auto largest = equal(t.high, RowG(0.0));
  return {zero_where(largest, e.high), kPaired<T> ? zero_where(largest, e.low) : e.low};
}

// The share of the others from their sum.
template <class T>
HWY_INLINE RowPair share_of(const RowPair& others) {
  if constexpr (!kPaired<T>) return others;
  return {others.high * RowG(1 / kPairedScale), others.low * RowG(1 / kPairedScale)};
}

// A share's logarithm is (z - zero) - rest.
struct RowLogarithm {
  RowG zero;
  RowPair rest;

  HWY_INLINE RowLogarithm(const RowG& z, const RowPair& r) : zero(z), rest(r) {}
};

// From the share of the others; `alone` where that is from other_exp(). One row a lane.
template <class T>
RHEO_ROWS_INLINE RowLogarithm row_logarithm(const RowPair& share, const RowG& m, const RowG& zero,
                                            const typename RowG::Condition& alone) {
  const RowG from = choose(alone, m, zero), add = m - from;
  if constexpr (!kPaired<T>) {
    const RowG log = RowG::of([&](int i) RHEO_PART { return log1p(F64<RowD>(share.high[i])).v; });
    const RowG seen = zero_where(share.high < RowG(0x1p-900), log);  // more is left of the lowest distance
    return {from, {add + seen, RowG(0.0)}};
  } else {
    using N = Pair64<RowG, false>;
    const RowPair s = fast_two_sum(share.high, share.low);
    const N log = log1p(N(s.high, s.low, 1, kExactBits));
    const auto small = s.high < RowG(0x1p-70);
    const RowPair sum = two_sum(add, choose(small, s.high, log.high));
    return {from, {sum.high, sum.low + choose(small, s.low, log.low)}};
  }
}

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
HWY_INLINE RowG logarithm(const RowPair& t, const RowPair& rest) {
  if constexpr (!kPaired<T>) return t.high - rest.high;
  // |t| or rest may be the larger one.
  const RowPair s = two_sum(t.high, -rest.high);
  const auto infinite = t.high < RowG(-std::numeric_limits<double>::max());
  return s.high + zero_where(infinite, s.low + (t.low - rest.low));
}

// The same of 16-bit rows, rounded to odd: t is often a tie, and the least of a rest then decides.
HWY_INLINE RowG logarithm_to_odd(const RowPair& t, const RowPair& rest) {
  const RowPair s = two_sum(t.high, -rest.high);
  return RowG::of([&](int i) RHEO_PART {
    const RowD d;
    const hn::RebindToUnsigned<RowD> du;
    const auto one = hn::Set(du, 1);
    const auto inexact = hn::Gt(hn::Abs(s.low[i]), hn::Zero(d));  // not of NaN
    const auto beyond = hn::And(inexact, hn::Lt(hn::Xor(s.high[i], s.low[i]), hn::Zero(d)));
    const auto bits =
        hn::Sub(hn::BitCast(du, s.high[i]), hn::IfThenElseZero(hn::RebindMask(du, beyond), one));
    return hn::BitCast(d, hn::Or(bits, hn::IfThenElseZero(hn::RebindMask(du, inexact), one)));
  });
}

// factor (g - exp(y) d), by way of float64.
template <class T>
RHEO_ROWS_INLINE RowG logarithm_gradient(const RowG& y, const RowG& g, const RowPair& d, const RowG& factor) {
  const RowPair e = row_exp<T, false>({y, RowG(0.0)});
  const auto none = y < RowG(kLowestDistance<T>);
  if constexpr (!kPaired<T>) {
    return fused_from(zero_where(none, e.high), d.high, g) * factor;
  } else {
    const RowG down(1 / kPairedScale);
    const RowG high = zero_where(none, e.high * down), low = zero_where(none, e.low * down);
    return fused_from(high, d.high, fused_from(high, d.low, fused_from(low, d.high, g))) * factor;
  }
}

// Float32's own exponential is a normal number from here on.
inline constexpr float kLowestNormal = -87;

// exp(y) of float32 for kLowestNormal <= y <= 40, relative error at most 1.7 2^-24: Taylor's series up to
// r^7. Of y + low, where |low| is at most 2^-6, 1.9 2^-24.
template <class D, class V = hn::Vec<D>, class... Low>
RHEO_ROWS_INLINE V exp_of_float32(D d, V y, Low... low) {
  constexpr float kMagic32 = 0x1.8p23F, kHead = static_cast<float>(kLn2.high);
  constexpr auto kTail = static_cast<float>(kLn2.high - static_cast<double>(kHead));
  const auto magic = hn::Set(d, kMagic32);
  const V shifted = fused(y, hn::Set(d, static_cast<float>(kLog2E.high)), magic), n = hn::Sub(shifted, magic);
  V r = fused(n, hn::Set(d, -kTail), fused(n, hn::Set(d, -kHead), y));
  ((r = hn::Add(r, low)), ...);
  static constexpr auto kTerms = copied(kPlainExp.c);
  V p = hn::Set(d, static_cast<float>(kTerms.c[5]));
  for (int k = 5; k-- > 0;) p = fused(p, r, hn::Set(d, static_cast<float>(kTerms.c[k])));
  const hn::RebindToUnsigned<D> du;
  const auto bits = hn::Add(hn::ShiftLeft<23>(hn::BitCast(du, shifted)), hn::BitCast(du, hn::Set(d, 1.0F)));
  const V scale = hn::BitCast(d, bits);
  return fused(fused(hn::Mul(r, r), p, r), scale, scale);
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

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
