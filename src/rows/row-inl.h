// SPDX-License-Identifier: Apache-2.0
// row-inl.h: rows one by one, straight from memory. Re-included per
// instruction set.
//
// Three passes: the largest element; the sum of exponentials of what the others lack of it (which can neither
// overflow nor lose all of its terms); the results.
#if defined(RHEO_ROWS_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_ROW_INL_H_
#undef RHEO_ROWS_ROW_INL_H_
#else
#define RHEO_ROWS_ROW_INL_H_
#endif

#include <type_traits>

#include "src/rows/operand-inl.h"
#include "src/rows/result-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// What is done with x first.
enum class RowFuse {
  kPlain,
  kScaled,
  kMasked  // scale x + mask, rounded to float64 once; both with the sign of scale
};

// Contiguous elements of a row.
template <class T, RowFuse kFuse>
struct RowSource {
  const T* x;
  const T* mask;
  RowG scale;

  HWY_INLINE RowG at(std::size_t i) const { return fuse(x + i, mask + i); }
  // The last ones, followed by one that is infinitely far from the largest.
  HWY_INLINE RowG last(std::size_t i, std::size_t count) const {
    return filled(i, count, static_cast<T>(hn::GetLane(scale[0]) < 0 ? kInfinity : -kInfinity));
  }
  // The last ones, one of them several times.
  HWY_INLINE RowG repeated(std::size_t i, std::size_t count) const { return filled(i, count, x[i]); }

 private:
  HWY_INLINE RowG filled(std::size_t i, std::size_t count, T rest) const {
    T xs[kAtOnce], masks[kAtOnce];
    std::fill_n(xs, kAtOnce, rest);
    std::copy_n(x + i, count, xs);
    if constexpr (kFuse == RowFuse::kMasked) {
      std::fill_n(masks, kAtOnce, mask[i]);
      std::copy_n(mask + i, count, masks);
    }
    return fuse(xs, masks);
  }
  HWY_INLINE RowG fuse(const T* from, [[maybe_unused]] const T* add) const {
    const RowG v = load16(from);
    if constexpr (kFuse == RowFuse::kPlain) return v;
    if constexpr (kFuse == RowFuse::kScaled) return v * scale;
    return fused(v, scale, flipped(load16(add), scale));
  }
};

// Calls body(i, z, count, whole) for sixteen elements at a time; whole says that count is sixteen.
template <class Source, class Body>
HWY_INLINE void sixteens(const Source& source, std::size_t n, Body&& body) {
  const std::size_t even = n / kAtOnce * kAtOnce;
  for (std::size_t i = 0; i < even; i += kAtOnce) body(i, source.at(i), kAtOnce, std::true_type());
  if (even < n) body(even, source.last(even, n - even), n - even, std::false_type());
}

// The largest element of a row, or of a part (where there is NaN, any), and whether none of them is below the
// lowest distance.
struct RowRange {
  double high = -kInfinity;
  bool low_enough = false;
};

template <class T, class D, class V = hn::Vec<D>>
HWY_INLINE RowRange range_of(D d, V most, V least) {
  const auto lowest = hn::Set(d, static_cast<hn::TFromD<D>>(kLowestDistance<T>));
  return {static_cast<double>(hn::GetLane(hn::MaxOfLanes(d, most))), hn::AllTrue(d, hn::Ge(least, lowest))};
}

template <class T, RowFuse kFuse>
HWY_INLINE RowRange range_of_row(const RowSource<T, kFuse>& source, std::size_t n) {
  using D = hn::ScalableTag<T>;
  using G = Group<D, 4>;
  const D d;
  const std::size_t lanes = hn::Lanes(d), step = 4 * lanes;
  if (kFuse != RowFuse::kPlain || n < lanes) {
    const std::size_t even = n / kAtOnce * kAtOnce;
    RowG high(-kInfinity), low(kInfinity);
    const auto take = [&](const RowG& z) RHEO_PART { high = larger(high, z), low = smaller(low, z); };
    for (std::size_t i = 0; i < even; i += kAtOnce) take(source.at(i));
    if (even < n) take(source.repeated(even, n - even));
    auto most = high[0], least = low[0];
    for (int k = 1; k < RowG::kN; ++k) most = hn::Max(most, high[k]), least = hn::Min(least, low[k]);
    return range_of<T>(RowD(), most, least);
  }
  auto most = hn::LoadU(d, source.x), least = most;
  std::size_t i = lanes;
  if (n >= step) {
    G high = G::load(source.x), low = high;
    for (i = step; i + step <= n; i += step) {
      const G v = G::load(source.x + i);
      high = larger(high, v), low = smaller(low, v);
    }
    most = hn::Max(hn::Max(high[0], high[1]), hn::Max(high[2], high[3]));
    least = hn::Min(hn::Min(low[0], low[1]), hn::Min(low[2], low[3]));
  }
  const auto take = [&](std::size_t at) RHEO_PART {
    const auto v = hn::LoadU(d, source.x + at);
    most = hn::Max(most, v), least = hn::Min(least, v);
  };
  for (; i + lanes <= n; i += lanes) take(i);
  if (i < n) take(n - lanes);
  return range_of<T>(d, most, least);
}

// As zero_of(), of one row.
HWY_INLINE double zero_of(double m) { return m >= 0 && m <= kNear ? 0 : m; }

// Calls body(i, t, e, count) with all distances from zero and their exponentials.
template <class T, bool kInside, class Source, class Body>
HWY_INLINE void exponentials(const Source& source, std::size_t n, double zero, Body&& body) {
  const RowG from(zero);
  sixteens(source, n, [&](std::size_t i, const RowG& z, std::size_t count, auto whole) RHEO_PART {
    constexpr bool kWithin = kInside && decltype(whole)::value;
    const RowPair t = kWithin ? RowPair(z, RowG(0.0)) : distance<T>(z, from);
    body(i, row_exp<T, kWithin>(t), count);
  });
}

// Rows as they lie in memory, so many together that their reciprocals or logarithms are found at once.
template <class T, RowResult kResult, RowFuse kFuse>
class DirectRows {
  static constexpr bool kShare = kResult == RowResult::kShare;
  static constexpr bool kHolds = kShare && !kPaired<T>;
  static constexpr std::int64_t kRoom = kLongRow;  // of exponentials; also how much of x is to stay in L1

 public:
  HWY_INLINE explicit DirectRows(const RowWork& given)
      : work(given),
        length(static_cast<std::size_t>(given.length)),
        padded((length + kAtOnce - 1) / kAtOnce * kAtOnce),
        is_long(kHolds && given.length > kLongRow) {}

  HWY_INLINE void run() {
    const auto together =
        std::clamp<std::int64_t>(kRoom / static_cast<std::int64_t>(padded), 1, std::int64_t{kAtOnce});
    for (first = 0; first < work.rows; first += together) {
      count = static_cast<std::size_t>(std::min(work.rows - first, together));
      for (std::size_t place = 0; place < count; ++place) add_up(place);
      if constexpr (kShare) {
        const RowPair factor = reciprocal<T>({RowG::load(sums), RowG::load(sums_low)});
        factor.high.store(rest), factor.low.store(rest_low);
        for (std::size_t place = 0; place < count; ++place) write_shares(place);
      } else {
        find_logarithms();
        for (std::size_t place = 0; place < count; ++place) write_logarithms(place);
      }
    }
  }

 private:
  HWY_INLINE RowSource<T, kFuse> source(std::size_t place) const {
    const std::int64_t row = first + static_cast<std::int64_t>(place);
    return {row_of<const T>(work.x, row),
            kFuse == RowFuse::kMasked ? row_of<const T>(work.other, row) : nullptr, RowG(work.scale)};
  }
  HWY_INLINE RowOutput<T> output(std::size_t place) const {
    return output_of<T>(work, first + static_cast<std::int64_t>(place));
  }
  HWY_INLINE void add_up(std::size_t place) {
    const RowRange range = range_of_row(source(place), length);
    peaks[place] = range.high, zeros[place] = zero_of(range.high);
    const bool inside = zeros[place] >= 0 && zeros[place] <= 0 && range.low_enough;
    const RowNumber sum = total<T>(inside ? added<true>(place) : added<false>(place));
    sums[place] = sum.high, sums_low[place] = sum.low;
  }
  template <bool kInside>
  HWY_INLINE RowPair added(std::size_t place) {
    T* const y = output(place).own();
    double* const hold = held + (kHolds && !is_long ? place * padded : 0);
    RowSum<T> sum;
    const auto pass = [&](auto&& keep) RHEO_PART {
      exponentials<T, kInside>(source(place), length, zeros[place],
                               [&](std::size_t i, const RowPair& e, std::size_t n) RHEO_PART {
                                 sum.add(e);
                                 keep(i, e, n);
                               });
    };
    if constexpr (!kShare) {
      pass([](std::size_t, const RowPair&, std::size_t) RHEO_PART {});
    } else if (kHolds && !is_long) {
      pass([&](std::size_t i, const RowPair& e, std::size_t) RHEO_PART { store16(e.high, hold + i); });
    } else {
      pass([&](std::size_t i, const RowPair& e, std::size_t n)
               RHEO_PART { store_some(kept<T>(e), y + i, n); });
    }
    return sum.sum;
  }
  HWY_INLINE void write_shares(std::size_t place) {
    const RowOutput<T> output_row = output(place);
    T* const y = output_row.own();
    if (is_long) return write_long_shares(y, rest[place]);
    const RowPair factor{RowG(rest[place]), RowG(rest_low[place])};
    const double* const hold = held + (kHolds ? place * padded : 0);
    const std::size_t even = length / kAtOnce * kAtOnce;
    const auto kept_at = [&](std::size_t i) RHEO_PART {
      if constexpr (kHolds)
        return load16(hold + i);
      else
        return load16(y + i);
    };
    if constexpr (kHolds) {
      const auto share = [&](std::size_t i) RHEO_PART { return short_share<T>(kept_at(i), factor); };
      if (is_narrow<T>(work.format)) return write_narrow(output_row, share, share);
    }
    for (std::size_t i = 0; i < even; i += kAtOnce) store16(short_share<T>(kept_at(i), factor), y + i);
    if (even == length) return;
    if constexpr (kHolds) {
      store_some(short_share<T>(kept_at(even), factor), y + even, length - even);
    } else {
      const RowSource<T, RowFuse::kPlain> e{y, nullptr, RowG(1.0)};
      store_some(short_share<T>(e.repeated(even, length - even), factor), y + even, length - even);
    }
  }
  HWY_INLINE void write_long_shares(T* y, double factor) {
    const hn::ScalableTag<T> d;
    const RowParts<T> parts(RowNumber{factor, 0});
    const auto high = hn::Set(d, parts.high), low = hn::Set(d, parts.low);
    const std::size_t lanes = hn::Lanes(d), even = length / lanes * lanes, left = length - even;
    for (std::size_t i = 0; i < even; i += lanes)
      hn::StoreU(long_share(d, hn::LoadU(d, y + i), high, low), d, y + i);
    if (left > 0) hn::StoreN(long_share(d, hn::LoadN(d, y + even, left), high, low), d, y + even, left);
  }
  // A 16-bit row, in blocks of float32; result(i) gives sixteen elements.
  template <class Result, class Exact>
  HWY_INLINE void write_narrow(const RowOutput<T>& output_row, Result&& result, Exact&& exact) {
    HWY_ALIGN float results[kRowBlock];
    for (std::size_t begin = 0; begin < length; begin += kRowBlock) {
      const std::size_t n = std::min(length - begin, kRowBlock);
      for (std::size_t i = 0; i < n; i += kAtOnce) store16(result(begin + i), results + i);
      output_row.narrow_from(begin, results, n, exact);
    }
  }
  HWY_INLINE void write_narrow_logarithms(std::size_t place, const RowG& zero, const RowPair& less) {
    const RowSource<T, kFuse> from = source(place);
    const auto distance_of = [&](std::size_t i) RHEO_PART {
      return distance<T>(i + kAtOnce <= length ? from.at(i) : from.last(i, length - i), zero);
    };
    write_narrow(
        output(place), [&](std::size_t i) RHEO_PART { return logarithm<T>(distance_of(i), less); },
        [&](std::size_t i) RHEO_PART { return logarithm_to_odd(distance_of(i), less); });
  }
  HWY_INLINE void find_logarithms() {
    const RowG m = RowG::load(peaks), zero = RowG::load(zeros);
    RowPair share = others_share<T>({RowG::load(sums), RowG::load(sums_low)}, m, zero);
    share.high.store(sums), share.low.store(sums_low);
    for (std::size_t place = 0; place < count; ++place) {
      apart[place] = sums[place] < kAlone ? 1 : 0;
      if (HWY_UNLIKELY(sums[place] < kAlone)) add_others(place);
    }
    share = {RowG::load(sums), RowG::load(sums_low)};
    const auto alone = equal(RowG::load(apart), RowG(1.0));
    const RowLogarithm log = row_logarithm<T>(share, m, zero, alone);
    log.zero.store(zeros), log.rest.high.store(rest), log.rest.low.store(rest_low);
  }
  HWY_NOINLINE void add_others(std::size_t place) {
    const RowG m(peaks[place]);
    RowSum<T> sum;
    sixteens(source(place), length, [&](std::size_t, const RowG& z, std::size_t, auto) RHEO_PART {
      sum.add(other_exp<T>(distance<T>(z, m)));
    });
    const RowNumber others = total<T>(share_of<T>(sum.sum));
    sums[place] = others.high, sums_low[place] = others.low;
  }
  HWY_INLINE void write_logarithms(std::size_t place) {
    const RowOutput<T> output_row = output(place);
    T* const y = output_row.own();
    const RowG zero(zeros[place]);
    const RowPair less{RowG(rest[place]), RowG(rest_low[place])};
    const auto pass = [&](auto near) RHEO_PART {
      sixteens(source(place), length, [&](std::size_t i, const RowG& z, std::size_t n, auto whole) RHEO_PART {
        const RowPair t = near ? RowPair(z, RowG(0.0)) : distance<T>(z, zero);
        const RowG v = logarithm<T>(t, less);
        whole ? store16(v, y + i) : store_some(v, y + i, n);
      });
    };
    if constexpr (!kPaired<T>) {
      if (is_narrow<T>(work.format)) return write_narrow_logarithms(place, zero, less);
    }
    const bool near = zeros[place] >= 0 && zeros[place] <= 0 && apart[place] < 1;
    near ? pass(std::true_type()) : pass(std::false_type());
  }

  const RowWork& work;
  const std::size_t length, padded;
  const bool is_long;
  std::int64_t first = 0;
  std::size_t count = 0;
  // Of each row: its largest element, what its exponentials are counted from, their sum, and what that
  // becomes.
  HWY_ALIGN double peaks[kAtOnce]{}, zeros[kAtOnce]{}, sums[kAtOnce]{}, sums_low[kAtOnce]{}, apart[kAtOnce]{},
      rest[kAtOnce], rest_low[kAtOnce];
  HWY_ALIGN double held[kHolds ? kRoom + kAtOnce : 1];
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
