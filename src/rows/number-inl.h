// SPDX-License-Identifier: Apache-2.0
// number-inl.h: sixteen elements of rows at a time: loads, exponentials, sums. Re-included per instruction
// set.
//
// Rows of float32 are evaluated on float64, to 2^-34 before the one rounding at the end, rows of float64 on
// pairs of float64, to 2^-57. A sum has sixteen accumulators, element i goes to number i mod 16, and they are
// added as a tree: accumulators i and i + 8 first, then 4, 2 and 1 apart. So a sum's bits depend on its terms
// and their order alone, whatever the vector length and the layout.
#if defined(RHEO_ROWS_NUMBER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_NUMBER_INL_H_
#undef RHEO_ROWS_NUMBER_INL_H_
#else
#define RHEO_ROWS_NUMBER_INL_H_
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "src/math/pair64-functions-inl.h"
#include "src/rows/rows.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

inline constexpr std::size_t kAtOnce = 16;

// Where fused operations are done lane by lane, what has several of them is compiled once.
#undef RHEO_ROWS_INLINE
#if HWY_NATIVE_FMA
#define RHEO_ROWS_INLINE HWY_INLINE
#else
#define RHEO_ROWS_INLINE HWY_NOINLINE
#endif

using RowD = hn::ScalableTag<double>;
using RowHalf = hn::Rebind<float, RowD>;
// A GPU's thread has one of the sixteen (src/cuda/rows).
#ifdef RHEO_ONE_OF_A_TEAM
inline constexpr int kRowVectors = 1;
#else
inline constexpr int kRowVectors = static_cast<int>(kAtOnce / hn::MaxLanes(RowD()));
#endif
using RowG = Group<RowD, kRowVectors>;
using RowPair = Pair<RowG>;

template <class T>
inline constexpr bool kPaired = sizeof(T) == sizeof(double);

template <class T>
HWY_INLINE RowG load16(const T* from) {
  return RowG::of([&](int i) RHEO_PART {
    const T* const at = from + static_cast<std::size_t>(i) * hn::Lanes(RowD());
    if constexpr (kPaired<T>)
      return hn::LoadU(RowD(), at);
    else
      return hn::PromoteTo(RowD(), hn::LoadU(RowHalf(), at));
  });
}

// Products rounded to float32.
HWY_INLINE RowG product16(const float* a, const float* b) {
  return RowG::of([&](int i) RHEO_PART {
    const RowHalf d;
    const std::size_t at = static_cast<std::size_t>(i) * hn::Lanes(d);
    return hn::PromoteTo(RowD(), hn::Mul(hn::LoadU(d, a + at), hn::LoadU(d, b + at)));
  });
}

template <class T>
HWY_INLINE void store16(const RowG& v, T* to) {
  for (int i = 0; i < RowG::kN; ++i) {
    T* const at = to + static_cast<std::size_t>(i) * hn::Lanes(RowD());
    if constexpr (kPaired<T>)
      hn::StoreU(v[i], RowD(), at);
    else
      hn::StoreU(hn::DemoteTo(RowHalf(), v[i]), RowHalf(), at);
  }
}

// 2^(j / 16 + shift) less j 2^48 as an integer: with n 2^48 added, n's low four bits being j, it is
// 2^(n / 16 + shift).
struct ScaledPowers {
  alignas(64) double power[kExp2Parts]{};
  constexpr explicit ScaledPowers(int shift) {
    for (int j = 0; j < kExp2Parts; ++j) {
      const auto bits = std::bit_cast<std::uint64_t>(kExp2Power[j]) - (static_cast<std::uint64_t>(j) << 48);
      power[j] = std::bit_cast<double>(bits + (static_cast<std::uint64_t>(shift) << 52));
    }
  }
};

// Exponentials of float64 rows are kept times 2^128, so that none is subnormal before it is a result.
inline constexpr int kPairedShift = 128;
inline constexpr double kPairedScale = 0x1p128;

// Exponentials of less are too small to be seen in any result or sum.
template <class T>
inline constexpr double kLowestDistance = kPaired<T> ? -790 : -700;

// A row whose largest element is between 0 and this needs no other zero: its exponentials are summed as they
// are. Others are taken from the largest. Part of what defines the bits.
inline constexpr double kNear = 40;

// z - c: exact, but for float64 where it is infinite.
template <class T>
HWY_INLINE RowPair distance(const RowG& z, const RowG& c) {
  if constexpr (!kPaired<T>) return {z - c, RowG(0.0)};
  return two_sum(z, -c);
}

// A distance, or the lowest one where it is less. NaN stays NaN: larger() keeps the second operand's on x86,
// and on Arm neither's.
template <class T>
HWY_INLINE RowG held_above_lowest(const RowG& distance) {
  const RowG lowest(kLowestDistance<T>);
  if constexpr (HWY_ARCH_X86) return larger(lowest, distance);
  return choose(distance < lowest, lowest, distance);
}

// exp(t) for t <= kNear, times 2^kPairedShift for float64. kInside: t.high is no less than the lowest
// distance, and t.low is 0. NaN stays NaN.
template <class T, bool kInside>
RHEO_ROWS_INLINE RowPair row_exp(const RowPair& t) {
  const RowG magic(kMagic), held = kInside ? t.high : held_above_lowest<T>(t.high);
  const RowG shifted = fused(held, RowG(16 * kLog2E.high), magic), n = shifted - magic;
  const auto bits = [&](int i) RHEO_PART { return hn::BitCast(hn::RebindToUnsigned<RowD>(), shifted[i]); };
  static constexpr ScaledPowers kPowers(kPaired<T> ? kPairedShift : 0);
  const RowG scale = RowG::of([&](int i) RHEO_PART {
    const hn::RebindToUnsigned<RowD> du;
    const auto power = hn::BitCast(du, entry_of(RowD(), kPowers.power, bits(i)));
    return hn::BitCast(RowD(), hn::Add(power, hn::ShiftLeft<48>(bits(i))));
  });
  if constexpr (!kPaired<T>) {
    const RowG r = fused(n, RowG(-kLn2.high / 16), held);
    static constexpr auto kTerms = copied(kPlainExp.c);
    RowG p = fused(r, RowG(kTerms.c[2]), RowG(kTerms.c[1]));
    p = fused(fused(p, r, RowG(kTerms.c[0])), r, RowG(1.0));
    return {fused(scale, r * p, scale), RowG(0.0)};
  } else {
    alignas(64) static constexpr auto kRest = copied(kExp2Rest);
    const RowG missing = RowG::of([&](int i) RHEO_PART { return entry_of(RowD(), kRest.c, bits(i)); });
    const RowG head = fused(n, RowG(-kLn2Head / 16), held);
    RowG r = head - n * RowG(kLn2Rest / 16);
    if constexpr (!kInside) r = r + zero_where(t.high < RowG(kLowestDistance<T>), t.low);
    const RowG square = r * r, q = fused(square, exp_series<6>(r, square), r);
    const RowG high = fused(scale, q, scale);
    return {high, fused(scale, missing, fused(scale, q, scale - high))};
  }
}

// Sixteen accumulators.
template <class T>
struct RowSum {
  RowPair sum{RowG(0.0), RowG(0.0)};

  HWY_INLINE RowSum() {}
  HWY_INLINE void add(const RowPair& term) {
    if constexpr (kPaired<T>) {
      const RowPair s = two_sum(sum.high, term.high);
      sum.high = s.high, sum.low = sum.low + (s.low + term.low);
    } else {
      sum.high = sum.high + term.high;
    }
  }
  // a b, which is exact in float64 for float32.
  HWY_INLINE void add_product(const RowG& a, const RowG& b) {
    if constexpr (kPaired<T>) {
      add(two_product(a, b));
    } else {
      sum.high = HWY_NATIVE_FMA ? fused(a, b, sum.high) : sum.high + a * b;
    }
  }
};

template <class T, class V>
HWY_INLINE Pair<V> tree_add(const Pair<V>& a, const Pair<V>& b) {
  if constexpr (!kPaired<T>) return {a.high + b.high, a.low};
  const Pair<V> s = two_sum(a.high, b.high);
  return {s.high, s.low + (a.low + b.low)};
}

struct RowNumber {
  double high, low;
};

template <class T, class D, class V = hn::Vec<D>>
HWY_INLINE RowNumber lanes_total([[maybe_unused]] D d, const Pair<V>& v) {
  if constexpr (hn::MaxLanes(D()) == 1) {
    return {hn::GetLane(v.high), hn::GetLane(v.low)};
  } else {
    const hn::Half<D> half;
    using H = hn::Vec<decltype(half)>;
    const Pair<H> lower{hn::LowerHalf(half, v.high), hn::LowerHalf(half, v.low)};
    const Pair<H> upper{hn::UpperHalf(half, v.high), hn::UpperHalf(half, v.low)};
    return lanes_total<T>(half, tree_add<T>(lower, upper));
  }
}

// The total of sixteen accumulators that are lanes.
template <class T>
RHEO_ROWS_INLINE RowNumber total(const RowPair& v) {
  using V = hn::Vec<RowD>;
  V high[RowG::kN], low[RowG::kN];
  for (int i = 0; i < RowG::kN; ++i) high[i] = v.high[i], low[i] = v.low[i];
  for (int half = RowG::kN / 2; half >= 1; half /= 2) {
    for (int i = 0; i < half; ++i) {
      const Pair<V> s = tree_add<T>(Pair<V>(high[i], low[i]), Pair<V>(high[i + half], low[i + half]));
      high[i] = s.high, low[i] = s.low;
    }
  }
  return lanes_total<T>(RowD(), Pair<V>(high[0], low[0]));
}

// The totals of sixteen rows at once, whose accumulators are v[0] to v[15].
template <class T>
RHEO_ROWS_INLINE RowPair totals(RowPair* v) {
  for (std::size_t half = kAtOnce / 2; half >= 1; half /= 2)
    for (std::size_t i = 0; i < half; ++i) v[i] = tree_add<T>(v[i], v[i + half]);
  return v[0];
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
