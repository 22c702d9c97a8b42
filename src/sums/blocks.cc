// SPDX-License-Identifier: Apache-2.0
// blocks.cc: exact sums of blocks on vectors.
//
// A pass over the block, which then lies in L1, finds the largest and the smallest size. Where the terms'
// bits and those that their number adds fit into the 53 of a float64, lanes are added as they are. Otherwise
// each term is cut into windows: x + M rounds x to a multiple of M's unit, and all that is taken off and left
// is exact (Demmel and Nguyen, Parallel reproducible summation, 2015, doi:10.1109/TC.2014.2345391). There
// they bound an error; here windows go on until nothing is left, so that no result depends on how terms are
// met.
#include "src/sums/blocks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/sums/blocks.cc"
#include "hwy/cache_control.h"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/block/format16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int kCountBits = 11;            // of kSumBlock
constexpr int kWindow = 53 - kCountBits;  // bits of a term, so that kSumBlock of them can be added
constexpr int kMostWindows = static_cast<int>(kSumWindows);
static_assert((std::size_t{1} << kCountBits) == kSumBlock);

using D64 = hn::ScalableTag<double>;
using V64 = hn::Vec<D64>;

// All terms are smaller than 2^top (or 2^top itself), and multiples of 2^low.
struct Range {
  int top, low;
};

template <class T>
struct Layout;
template <>
struct Layout<float> {
  static constexpr int kFraction = 23, kBias = 127, kInfinite = 0xFF;
};
template <>
struct Layout<double> {
  static constexpr int kFraction = 52, kBias = 1023, kInfinite = 0x7FF;
};

// 1.5 2^52 units. A term below 2^51 units, added to it and taken off, becomes a multiple of the unit.
double magic(int unit) { return std::ldexp(1.5, 52 + std::max(unit, -1074)); }

// Memory would rest while a block is in L1, so each of the two passes fetches half of the next block. What
// lies behind an array is only asked for, never read.
template <class T>
HWY_INLINE void fetch_next(const T* x, std::size_t i, int pass) {
  const auto place = reinterpret_cast<std::uintptr_t>(x) +
                     (kSumBlock + static_cast<std::size_t>(pass) * kSumBlock / 2 + i / 2) * sizeof(T);
  hwy::Prefetch(reinterpret_cast<const T*>(place));
}

// Vectors of float64 made from n numbers: body(V64) for each, what is missing at the end being 0.
template <class Body>
HWY_INLINE void each_wide(const double* x, std::size_t n, Body&& body) {
  const D64 d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    fetch_next(x, i, 1);
    body(hn::LoadU(d, x + i), hn::LoadU(d, x + i + lanes), hn::LoadU(d, x + i + 2 * lanes),
         hn::LoadU(d, x + i + 3 * lanes));
  }
  for (; i < n; i += lanes)
    body(hn::LoadN(d, x + i, HWY_MIN(lanes, n - i)), hn::Zero(d), hn::Zero(d), hn::Zero(d));
}
template <class Body>
HWY_INLINE void each_wide(const float* x, std::size_t n, Body&& body) {
  const D64 d;
  const hn::ScalableTag<float> df;
  const std::size_t lanes = hn::Lanes(df);
  const auto both = [&](auto a, auto b) HWY_ATTR {
    body(hn::PromoteLowerTo(d, a), hn::PromoteUpperTo(d, a), hn::PromoteLowerTo(d, b),
         hn::PromoteUpperTo(d, b));
  };
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    fetch_next(x, i, 1);
    both(hn::LoadU(df, x + i), hn::LoadU(df, x + i + lanes));
  }
  for (; i < n; i += lanes) both(hn::LoadN(df, x + i, HWY_MIN(lanes, n - i)), hn::Zero(df));
}

// What is summed: the numbers, or their squares: those of float32 are exact, those of float64 two numbers.
struct Itself {
  static HWY_INLINE V64 of(V64 x) { return x; }
};
struct Square {
  static HWY_INLINE V64 of(V64 x) { return hn::Mul(x, x); }
};
struct SquareRest {
  static HWY_INLINE V64 of(V64 x) { return hn::MulSub(x, x, hn::Mul(x, x)); }
};

// Sums of the terms' parts in kN windows, the first of which holds terms up to 2^top.
template <int kN>
struct Windows {
  V64 magics[kN];

  HWY_INLINE explicit Windows(int top) {
    // What a window leaves is half its unit at most, so that the next one begins there.
    for (int k = 0; k < kN; ++k) magics[k] = hn::Set(D64(), magic(top - kWindow - k * (kWindow + 1)));
  }
  HWY_INLINE void add(V64 term, V64 (&sums)[kN]) const {
    for (int k = 0; k < kN - 1; ++k) {
      const V64 part = hn::Sub(hn::Add(term, magics[k]), magics[k]);
      sums[k] = hn::Add(sums[k], part);
      term = hn::Sub(term, part);
    }
    sums[kN - 1] = hn::Add(sums[kN - 1], term);
  }
};

template <class Term, int kN, class T>
HWY_NOINLINE void sum_windows(const T* x, std::size_t n, int top, Parts& parts) {
  const D64 d;
  const Windows<kN> windows(top);
  V64 sums[4][kN];
  for (auto& side : sums)
    for (V64& sum : side) sum = hn::Zero(d);
  each_wide(x, n, [&](V64 a, V64 b, V64 c, V64 e) HWY_ATTR {
    windows.add(Term::of(a), sums[0]), windows.add(Term::of(b), sums[1]);
    windows.add(Term::of(c), sums[2]), windows.add(Term::of(e), sums[3]);
  });
  for (int k = 0; k < kN; ++k) {
    const V64 all = hn::Add(hn::Add(sums[0][k], sums[1][k]), hn::Add(sums[2][k], sums[3][k]));
    parts.of[parts.count++] = hn::ReduceSum(d, all);
  }
}

// `used` columns, as many as a vector of float64 has, or fewer.
template <int kN, class T>
HWY_NOINLINE void sum_few_columns(const T* x, std::size_t rows, std::size_t stride, std::size_t used, int top,
                                  double* to) {
  const D64 d;
  const hn::Rebind<T, D64> narrow;
  const Windows<kN> windows(top);
  V64 sums[2][kN];
  for (auto& side : sums)
    for (V64& sum : side) sum = hn::Zero(d);
  const auto row = [&](std::size_t r) HWY_ATTR {
    const auto v = hn::LoadN(narrow, x + r * stride, used);
    if constexpr (sizeof(T) == 4)
      return hn::PromoteTo(d, v);
    else
      return v;
  };
  std::size_t r = 0;
  for (; r + 2 <= rows; r += 2) windows.add(row(r), sums[0]), windows.add(row(r + 1), sums[1]);
  if (r < rows) windows.add(row(r), sums[0]);
  for (int k = 0; k < kN; ++k)
    hn::StoreN(hn::Add(sums[0][k], sums[1][k]), d, to + static_cast<std::size_t>(k) * kSumColumns, used);
}

// Calls run(number of windows) with as many as the range needs, or some more; false where those are too many.
template <class Run>
HWY_INLINE bool with_windows(Range range, Run&& run) {
  // The last window takes all that is left, as long as its bits and those of the number do not exceed 53.
  const int more = range.top - range.low - kWindow;
  const int windows = more <= 0 ? 1 : 1 + (more + kWindow) / (kWindow + 1);
  if (windows > kMostWindows) return false;
  if (windows == 1)
    run(std::integral_constant<int, 1>());
  else if (windows == 2)
    run(std::integral_constant<int, 2>());
  else if (windows == 3)
    run(std::integral_constant<int, 3>());
  else
    run(std::integral_constant<int, kMostWindows>());
  return true;
}

template <class Term, class T>
HWY_INLINE bool sum_range(const T* x, std::size_t n, Range range, Parts& parts) {
  return with_windows(range,
                      [&](auto windows) HWY_ATTR { sum_windows<Term, windows()>(x, n, range.top, parts); });
}

// The range of n numbers; false where one is not finite.
template <class T>
HWY_INLINE bool range_of(const T* x, std::size_t n, Range& range) {
  const hn::ScalableTag<T> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  using U = hn::TFromD<decltype(du)>;
  const auto size_bits = hn::Set(du, std::numeric_limits<U>::max() >> 1), one = hn::Set(du, 1);
  const std::size_t lanes = hn::Lanes(d);
  auto largest0 = hn::Zero(du), largest1 = hn::Zero(du);
  auto smallest0 = hn::Set(du, std::numeric_limits<U>::max()), smallest1 = smallest0;
  // Less 1, a zero becomes the largest number.
  const auto look = [&](auto v, auto& largest, auto& smallest) HWY_ATTR {
    const auto size = hn::And(hn::BitCast(du, v), size_bits);
    largest = hn::Max(largest, size), smallest = hn::Min(smallest, hn::Sub(size, one));
  };
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    fetch_next(x, i, 0);
    look(hn::LoadU(d, x + i), largest0, smallest0), look(hn::LoadU(d, x + i + lanes), largest1, smallest1);
  }
  for (; i < n; i += lanes) look(hn::LoadN(d, x + i, HWY_MIN(lanes, n - i)), largest0, smallest0);
  const U largest = hn::ReduceMax(du, hn::Max(largest0, largest1));
  const U smallest = hn::ReduceMin(du, hn::Min(smallest0, smallest1)) + 1;  // 0 where all are 0
  using L = Layout<T>;
  const int high = static_cast<int>(largest >> L::kFraction),
            low = static_cast<int>(smallest >> L::kFraction);
  range = {std::max(high, 1) - L::kBias + 1, std::max(low, 1) - L::kBias - L::kFraction};
  if (largest == 0) range.low = range.top;
  return high < L::kInfinite;
}

// Windows of float64 must not overflow; neither must squares, nor their rests fall below all numbers.
constexpr int kHighest = 1012, kHighestSquared = 480, kLowestSquared = -500;

bool sum_block32(const float* x, std::size_t n, Parts& sum, Parts* squares) {
  Range range{};
  if (!range_of(x, n, range)) return false;
  sum.count = 0;
  if (!sum_range<Itself>(x, n, range, sum)) return false;
  if (squares == nullptr) return true;
  squares->count = 0;
  return sum_range<Square>(x, n, {2 * range.top, 2 * range.low}, *squares);
}

bool sum_block64(const double* x, std::size_t n, Parts& sum, Parts* squares) {
  Range range{};
  if (!range_of(x, n, range) || range.top > kHighest) return false;
  sum.count = 0;
  if (!sum_range<Itself>(x, n, range, sum)) return false;
  if (squares == nullptr) return true;
  squares->count = 0;
#if HWY_NATIVE_FMA
  if (range.top > kHighestSquared || range.low < kLowestSquared) return false;
  const int top = 2 * range.top, low = 2 * range.low;
  return sum_range<Square>(x, n, {top, low}, *squares) &&
         sum_range<SquareRest>(x, n, {top - 53, low}, *squares);
#else
  return false;
#endif
}

template <class T>
HWY_INLINE bool columns_of(const T* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
                           std::size_t& windows) {
  Range range{};
  if (!range_of(x, rows * columns, range) || range.top > kHighest) return false;
  const std::size_t lanes = hn::Lanes(D64());
  return with_windows(range, [&](auto count) HWY_ATTR {
    windows = static_cast<std::size_t>(count());
    for (std::size_t c = 0; c < columns; c += lanes)
      sum_few_columns<count()>(x + c, rows, columns, HWY_MIN(lanes, columns - c), range.top, &sums[0][c]);
  });
}
bool columns32(const float* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
               std::size_t& windows) {
  return columns_of(x, rows, columns, sums, windows);
}
bool columns64(const double* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
               std::size_t& windows) {
  return columns_of(x, rows, columns, sums, windows);
}

template <class T>
HWY_INLINE Census census_of(const T* x, std::size_t n) {
  const hn::ScalableTag<T> d;
  const hn::RebindToSigned<decltype(d)> di;
  const std::size_t lanes = hn::Lanes(d);
  const auto infinity = hn::Inf(d), zero = hn::Zero(d);
  auto zeros = hn::Zero(di), negatives = hn::Zero(di);
  auto smallest = infinity, largest = hn::Neg(infinity);
  const auto look = [&](auto v) HWY_ATTR {
    const auto is_zero = hn::Eq(v, zero), is_negative = hn::Lt(v, zero), is_nan = hn::IsNaN(v);
    zeros = hn::Sub(zeros, hn::VecFromMask(di, hn::RebindMask(di, is_zero)));
    negatives = hn::Sub(negatives, hn::VecFromMask(di, hn::RebindMask(di, is_negative)));
    smallest = hn::Min(smallest, hn::IfThenElse(is_nan, infinity, v));
    largest = hn::Max(largest, hn::IfThenElse(is_nan, hn::Neg(infinity), v));
  };
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) look(hn::LoadU(d, x + i));
  if (i < n) look(hn::IfThenElse(hn::FirstN(d, n - i), hn::LoadN(d, x + i, n - i), hn::NaN(d)));
  return {static_cast<std::int64_t>(hn::ReduceSum(di, zeros)),
          static_cast<std::int64_t>(hn::ReduceSum(di, negatives)),
          static_cast<double>(hn::ReduceMin(d, smallest)), static_cast<double>(hn::ReduceMax(d, largest))};
}

Census census32(const float* x, std::size_t n) { return census_of(x, n); }
Census census64(const double* x, std::size_t n) { return census_of(x, n); }

template <class F>
HWY_INLINE void widen_all(const std::uint16_t* from, std::size_t n, float* to) {
  const D16 d16;
  const D32 d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    V32 first, second;
    F::widen(hn::LoadU(d16, from + i), first, second);
    if (F::place(0, 1) == 1)
      hn::StoreInterleaved2(first, second, d, to + i);
    else
      hn::StoreU(first, d, to + i), hn::StoreU(second, d, to + i + lanes);
  }
  for (; i < n; ++i) to[i] = static_cast<float>(widened(from[i], F::kFormat));
}
void widen_bfloat16(const std::uint16_t* from, std::size_t n, float* to) { widen_all<Bfloat16>(from, n, to); }
void widen_float16(const std::uint16_t* from, std::size_t n, float* to) { widen_all<Float16>(from, n, to); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(sum_block32);
HWY_EXPORT(sum_block64);
HWY_EXPORT(columns32);
HWY_EXPORT(columns64);
HWY_EXPORT(census32);
HWY_EXPORT(census64);
HWY_EXPORT(widen_bfloat16);
HWY_EXPORT(widen_float16);

bool sum_block(const float* x, std::size_t n, Parts& sum, Parts* squares) {
  return HWY_DYNAMIC_DISPATCH(sum_block32)(x, n, sum, squares);
}
bool sum_block(const double* x, std::size_t n, Parts& sum, Parts* squares) {
  return HWY_DYNAMIC_DISPATCH(sum_block64)(x, n, sum, squares);
}
bool sum_columns(const float* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
                 std::size_t& windows) {
  return HWY_DYNAMIC_DISPATCH(columns32)(x, rows, columns, sums, windows);
}
bool sum_columns(const double* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
                 std::size_t& windows) {
  return HWY_DYNAMIC_DISPATCH(columns64)(x, rows, columns, sums, windows);
}
Census census(const float* x, std::size_t n) { return HWY_DYNAMIC_DISPATCH(census32)(x, n); }
Census census(const double* x, std::size_t n) { return HWY_DYNAMIC_DISPATCH(census64)(x, n); }

void widen16(Format format, const std::uint16_t* from, std::size_t n, float* to) {
  if (format == Format::kBfloat16)
    HWY_DYNAMIC_DISPATCH(widen_bfloat16)(from, n, to);
  else
    HWY_DYNAMIC_DISPATCH(widen_float16)(from, n, to);
}

}  // namespace rheo
#endif
