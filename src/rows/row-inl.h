// SPDX-License-Identifier: Apache-2.0
// row-inl.h: rows one by one, straight from memory or through a block on the stack. Re-included per instruction
// set.
//
// Three passes: the largest element; the sum of exponentials of what the others lack of it (which can neither
// overflow nor lose all of its terms); the results.
#if defined(RHEO_ROWS_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_ROW_INL_H_
#undef RHEO_ROWS_ROW_INL_H_
#else
#define RHEO_ROWS_ROW_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "src/rows/result-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// What is done with x first.
enum class RowFuse {
  kPlain,
  kScaled,
  kMasked  // scale x + mask, rounded to float64 once
};

// Contiguous elements of a row.
template <class T, RowFuse kFuse>
struct RowSource {
  const T* x;
  const T* mask;
  RowG scale;

  HWY_INLINE RowG at(std::size_t i) const { return fuse(x + i, mask + i); }
  // The last ones; in place of those that there are not, -infinity.
  HWY_INLINE RowG last(std::size_t i, std::size_t count) const {
    const auto away = static_cast<T>(hn::GetLane(scale[0]) < 0 ? kInfinity : -kInfinity);
    T xs[kAtOnce], masks[kAtOnce]{};
    std::fill_n(xs, kAtOnce, away);
    std::copy_n(x + i, count, xs);
    if constexpr (kFuse == RowFuse::kMasked) std::copy_n(mask + i, count, masks);
    return fuse(xs, masks);
  }

 private:
  HWY_INLINE RowG fuse(const T* from, [[maybe_unused]] const T* add) const {
    const RowG v = load16(from);
    if constexpr (kFuse == RowFuse::kPlain) return v;
    if constexpr (kFuse == RowFuse::kScaled) return v * scale;
    return fused(v, scale, load16(add));
  }
};

// Calls body(i, z, count) for sixteen elements at a time.
template <class Source, class Body>
HWY_INLINE void sixteens(const Source& source, std::size_t n, Body&& body) {
  const std::size_t even = n / kAtOnce * kAtOnce;
  for (std::size_t i = 0; i < even; i += kAtOnce) body(i, source.at(i), kAtOnce);
  if (even < n) body(even, source.last(even, n - even), n - even);
}

template <class T>
HWY_INLINE void store_some(const RowG& v, T* to, std::size_t count) {
  if (HWY_LIKELY(count == kAtOnce)) return store16(v, to);
  T all[kAtOnce];
  store16(v, all);
  std::copy_n(all, count, to);
}

HWY_INLINE double largest_lane(const RowG& v) {
  auto all = v[0];
  for (int i = 1; i < RowG::kN; ++i) all = hn::Max(all, v[i]);
  return hn::GetLane(hn::MaxOfLanes(RowD(), all));
}

// The largest element of a row; of one with NaN any.
template <class T, RowFuse kFuse>
HWY_INLINE double peak(const RowSource<T, kFuse>& source, std::size_t n) {
  using D = hn::ScalableTag<T>;
  using G = Group<D, 4>;
  const D d;
  const std::size_t lanes = hn::Lanes(d), step = 4 * lanes;
  if (kFuse != RowFuse::kPlain || n < lanes) {
    RowG high(-kInfinity);
    sixteens(source, n, [&](std::size_t, const RowG& z, std::size_t) RHEO_PART { high = larger(high, z); });
    return largest_lane(high);
  }
  auto all = hn::LoadU(d, source.x + n - lanes);
  std::size_t i = 0;
  if (n >= step) {
    G high = G::load(source.x);
    for (i = step; i + step <= n; i += step) high = larger(high, G::load(source.x + i));
    all = hn::Max(all, hn::Max(hn::Max(high[0], high[1]), hn::Max(high[2], high[3])));
  }
  for (; i + lanes <= n; i += lanes) all = hn::Max(all, hn::LoadU(d, source.x + i));
  return static_cast<double>(hn::GetLane(hn::MaxOfLanes(d, all)));
}

template <class T>
HWY_INLINE void gather(const RowOperand& operand, std::int64_t row, std::int64_t begin, std::size_t n, T* to) {
  constexpr std::int64_t kSize = sizeof(T);
  const char* from = operand.data + (row * operand.across + begin * operand.along) * kSize;
  for (std::size_t i = 0; i < n; ++i, from += operand.along * kSize) std::memcpy(to + i, from, sizeof(T));
}

template <class T>
HWY_INLINE void scatter(const T* from, const RowOperand& operand, std::int64_t row, std::int64_t begin,
                        std::size_t n) {
  constexpr std::int64_t kSize = sizeof(T);
  char* to = operand.data + (row * operand.across + begin * operand.along) * kSize;
  for (std::size_t i = 0; i < n; ++i, to += operand.along * kSize) std::memcpy(to, from + i, sizeof(T));
}

// The start of a row that lies together.
template <class T>
HWY_INLINE T* row_of(const RowOperand& operand, std::int64_t row) {
  return reinterpret_cast<T*>(operand.data) + row * operand.across;
}

// Rows as they lie in memory, so many together that their sums' reciprocals or logarithms are found at once.
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
    for (std::int64_t first = 0; first < work.rows; first += together) {
      const std::int64_t end = std::min(work.rows, first + together);
      for (std::int64_t row = first; row < end; ++row) add_up(row, static_cast<std::size_t>(row - first));
      find_factors();
      for (std::int64_t row = first; row < end; ++row) finish(row, static_cast<std::size_t>(row - first));
    }
  }

 private:
  HWY_INLINE RowSource<T, kFuse> source(std::int64_t row) const {
    return {row_of<const T>(work.x, row), kFuse == RowFuse::kMasked ? row_of<const T>(work.other, row) : nullptr,
            RowG(work.scale)};
  }
  HWY_INLINE void add_up(std::int64_t row, std::size_t place) {
    const auto from = source(row);
    peaks[place] = peak(from, length);
    const RowG m(peaks[place]);
    double* const hold = held + (kHolds && !is_long ? place * padded : 0);
    T* const y = row_of<T>(work.y, row);
    RowState<T, kResult> state;
    const auto pass = [&](auto&& keep) RHEO_PART {
      sixteens(from, length, [&](std::size_t i, const RowG& z, std::size_t count) RHEO_PART {
        const RowPair t = distance<T>(z, m), e = row_exp<T>(t);
        state.add(t, e);
        keep(i, e, count);
      });
    };
    if constexpr (!kShare) {
      pass([](std::size_t, const RowPair&, std::size_t) RHEO_PART {});
    } else if (kHolds && !is_long) {
      pass([&](std::size_t i, const RowPair& e, std::size_t) RHEO_PART { store16(e.high, hold + i); });
    } else {
      pass([&](std::size_t i, const RowPair& e, std::size_t count)
               RHEO_PART { store_some(kept<T>(e), y + i, count); });
    }
    const RowNumber sum = total<T>(state.sum.sum);
    sums[place] = sum.high, sums_low[place] = sum.low;
    if constexpr (!kShare) ones[place] = total<float>({state.ones, RowG(0.0)}).high;
  }
  HWY_INLINE void find_factors() {
    const RowPair factor =
        row_factor<T, kResult>({RowG::load(sums), RowG::load(sums_low)}, RowG::load(ones));
    factor.high.store(factors), factor.low.store(factors_low);
  }
  HWY_INLINE void finish(std::int64_t row, std::size_t place) {
    T* const y = row_of<T>(work.y, row);
    if (kHolds && is_long) return finish_long(y, factors[place]);
    const RowPair factor{RowG(factors[place]), RowG(factors_low[place])};
    if constexpr (!kShare) {
      const RowG m(peaks[place]);
      sixteens(source(row), length, [&](std::size_t i, const RowG& z, std::size_t count) RHEO_PART {
        store_some(logarithm<T>(distance<T>(z, m), factor), y + i, count);
      });
    } else {
      const double* const hold = held + place * padded;
      for (std::size_t i = 0; i < length; i += kAtOnce) {
        const std::size_t count = std::min(length - i, kAtOnce);
        if constexpr (kHolds) {
          store_some(short_share<T>(load16(hold + i), factor), y + i, count);
        } else {
          const RowSource<T, RowFuse::kPlain> e{y, nullptr, RowG(1.0)};
          const RowG v = HWY_LIKELY(count == kAtOnce) ? e.at(i) : e.last(i, count);
          store_some(short_share<T>(v, factor), y + i, count);
        }
      }
    }
  }
  HWY_INLINE void finish_long(T* y, double factor) {
    const hn::ScalableTag<T> d;
    const RowParts<T> parts(RowNumber{factor, 0});
    const auto high = hn::Set(d, parts.high), low = hn::Set(d, parts.low);
    const std::size_t lanes = hn::Lanes(d), even = length / lanes * lanes;
    for (std::size_t i = 0; i < even; i += lanes)
      hn::StoreU(long_share(d, hn::LoadU(d, y + i), high, low), d, y + i);
    if (even < length)
      hn::StoreN(long_share(d, hn::LoadN(d, y + even, length - even), high, low), d, y + even, length - even);
  }

  const RowWork& work;
  const std::size_t length, padded;
  const bool is_long;
  HWY_ALIGN double sums[kAtOnce]{}, sums_low[kAtOnce]{}, ones[kAtOnce]{}, factors[kAtOnce],
      factors_low[kAtOnce], peaks[kAtOnce];
  HWY_ALIGN double held[kHolds ? kRoom + kAtOnce : 1];
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
