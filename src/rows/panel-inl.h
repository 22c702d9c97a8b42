// SPDX-License-Identifier: Apache-2.0
// panel-inl.h: rows of any strides: sixteen side by side, or one after the other through blocks on the stack.
// Re-included per instruction set.
//
// Element j of sixteen rows makes vectors, so that rows that are the columns of a matrix are read as they
// lie. Exponentials are evaluated in two of the passes, as there is nowhere to keep them.
#if defined(RHEO_ROWS_PANEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_PANEL_INL_H_
#undef RHEO_ROWS_PANEL_INL_H_
#else
#define RHEO_ROWS_PANEL_INL_H_
#endif

#include "src/rows/row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

inline constexpr std::size_t kRowBlock = 512;  // elements of a row gathered at a time, a multiple of kAtOnce

// The share of an element from its exponential as it is kept, stored to 16 T.
template <class T>
HWY_INLINE void store_share(const RowG& e, const RowPair& factor, bool is_long, T* to) {
  if constexpr (!kPaired<T>) {
    if (is_long) {
      for (int i = 0; i < RowG::kN; ++i) {
        const RowHalf d;
        const auto high = hn::DemoteTo(d, factor.high[i]);
        const auto low = hn::DemoteTo(d, hn::Sub(factor.high[i], hn::PromoteTo(RowD(), high)));
        hn::StoreU(long_share(d, hn::DemoteTo(d, e[i]), high, low), d,
                   to + static_cast<std::size_t>(i) * hn::Lanes(d));
      }
      return;
    }
  }
  store16(short_share<T>(e, factor), to);
}

// One operand of sixteen rows: element j of each, from where they lie or gathered.
template <class T>
struct Panel {
  T* first = nullptr;  // of the first row
  std::int64_t along = 0, across = 0;
  std::size_t rows = 0;
  bool direct = false;
  HWY_ALIGN T block[kAtOnce]{};

  HWY_INLINE Panel(const RowOperand& operand, std::int64_t row, std::size_t count)
      : along(operand.along), across(operand.across), rows(count) {
    if (operand.data == nullptr) return;
    const auto address = reinterpret_cast<std::uintptr_t>(operand.data);
    first = reinterpret_cast<T*>(operand.data + row * across * static_cast<std::int64_t>(sizeof(T)));
    direct = across == 1 && count == kAtOnce && address % sizeof(T) == 0;
  }
  HWY_INLINE const T* get(std::int64_t j) {
    if (HWY_LIKELY(direct)) return first + j * along;
    const char* from = reinterpret_cast<const char*>(first) + j * along * kSize;
    for (std::size_t r = 0; r < rows; ++r, from += across * kSize) std::memcpy(block + r, from, sizeof(T));
    return block;
  }
  // Where to store sixteen, and what brings them home from there.
  HWY_INLINE T* place(std::int64_t j) { return HWY_LIKELY(direct) ? first + j * along : block; }
  HWY_INLINE void put(std::int64_t j) {
    if (HWY_LIKELY(direct)) return;
    char* to = reinterpret_cast<char*>(first) + j * along * kSize;
    for (std::size_t r = 0; r < rows; ++r, to += across * kSize) std::memcpy(to, block + r, sizeof(T));
  }

 private:
  static constexpr std::int64_t kSize = sizeof(T);
};

// What element(j) of sixteen rows add up to.
template <class T, class Element>
HWY_INLINE RowPair panel_sum(std::int64_t length, Element&& element) {
  RowSum<T> sums[kAtOnce];
  for (std::int64_t j = 0; j < length; ++j) sums[static_cast<std::size_t>(j) % kAtOnce].add(element(j));
  RowPair all[kAtOnce];
  for (std::size_t i = 0; i < kAtOnce; ++i) all[i] = sums[i].sum;
  return totals<T>(all);
}

HWY_INLINE bool anywhere(const RowG::Condition& condition) {
  auto any = condition[0];
  for (int i = 1; i < RowG::kN; ++i) any = hn::Or(any, condition[i]);
  return !hn::AllFalse(RowD(), any);
}

// So many exponentials of a row are kept on the stack, where there are sixteen rows.
inline constexpr std::int64_t kPanelRoom = 256;

template <class T, RowFuse kFuse>
class PanelValues {
 public:
  HWY_INLINE PanelValues(const RowWork& given, std::int64_t row, std::size_t count)
      : work(given),
        x(work.x, row, count),
        mask(work.other, row, count),
        y(work.y, row, count),
        scale(work.scale) {}

  template <RowResult kResult>
  HWY_INLINE void run() {
    RowG low(kInfinity);
    for (std::int64_t j = 0; j < work.length; ++j) {
      const RowG v = z(j);
      m = larger(m, v), low = smaller(low, v);
    }
    zero = zero_of(m);
    const auto inside = RowG::both(equal(zero, RowG(0.0)), low >= RowG(kLowestDistance<T>));
    if constexpr (kResult == RowResult::kShare) {
      RowG::all(inside) ? shares<true>() : shares<false>();
    } else {
      logarithms(RowG::all(inside)
                     ? panel_sum<T>(work.length, [&](std::int64_t j) RHEO_PART { return e<true>(j); })
                     : panel_sum<T>(work.length, [&](std::int64_t j) RHEO_PART { return e<false>(j); }));
    }
  }

 private:
  HWY_INLINE RowG z(std::int64_t j) {
    const RowSource<T, kFuse> source{x.get(j), kFuse == RowFuse::kMasked ? mask.get(j) : nullptr, scale};
    return source.at(0);
  }
  template <bool kInside>
  HWY_INLINE RowPair e(std::int64_t j) {
    return row_exp<T, kInside>(kInside ? RowPair(z(j), RowG(0.0)) : distance<T>(z(j), zero));
  }
  template <bool kInside>
  HWY_INLINE void shares() {
    HWY_ALIGN double held[kPanelRoom * kAtOnce];
    const bool holds = work.length <= kPanelRoom, is_long = work.length > kLongRow;
    const auto place = [&](std::int64_t j) { return held + static_cast<std::size_t>(j) * kAtOnce; };
    const RowPair sum =
        holds ? panel_sum<T>(work.length,
                             [&](std::int64_t j) RHEO_PART {
                               const RowPair v = e<kInside>(j);
                               kept<T>(v).store(place(j));
                               return v;
                             })
              : panel_sum<T>(work.length, [&](std::int64_t j) RHEO_PART { return e<kInside>(j); });
    const RowPair factor = reciprocal<T>(sum);
    for (std::int64_t j = 0; j < work.length; ++j) {
      const RowG v = holds ? RowG::load(place(j)) : kept<T>(e<kInside>(j));
      store_share<T>(v, factor, is_long, y.place(j));
      y.put(j);
    }
  }
  HWY_INLINE void logarithms(const RowPair& sum) {
    RowPair share = others_share<T>(sum, m, zero);
    const auto alone = share.high < RowG(kAlone);
    if (HWY_UNLIKELY(anywhere(alone))) {
      const RowPair others = share_of<T>(panel_sum<T>(
          work.length, [&](std::int64_t j) RHEO_PART { return other_exp<T>(distance<T>(z(j), m)); }));
      share = {choose(alone, others.high, share.high), choose(alone, others.low, share.low)};
    }
    const RowLogarithm log = row_logarithm<T>(share, m, zero, alone);
    for (std::int64_t j = 0; j < work.length; ++j) {
      store16(logarithm<T>(distance<T>(z(j), log.zero), log.rest), y.place(j));
      y.put(j);
    }
  }

  const RowWork& work;
  Panel<T> x, mask, y;
  const RowG scale;
  RowG m{-kInfinity}, zero;
};

// A row in blocks; body(source, begin, count) for each.
template <class T, RowFuse kFuse, class Body>
HWY_INLINE void blocks_of(const RowWork& work, std::int64_t row, Body&& body) {
  HWY_ALIGN T x[kRowBlock];
  HWY_ALIGN T mask[kFuse == RowFuse::kMasked ? kRowBlock : 1];
  const auto length = static_cast<std::size_t>(work.length);
  for (std::size_t begin = 0; begin < length; begin += kRowBlock) {
    const std::size_t count = std::min(length - begin, kRowBlock);
    gather(work.x, row, static_cast<std::int64_t>(begin), count, x);
    if (kFuse == RowFuse::kMasked) gather(work.other, row, static_cast<std::int64_t>(begin), count, mask);
    body(RowSource<T, kFuse>{x, mask, RowG(work.scale)}, static_cast<std::int64_t>(begin), count);
  }
}

// What element(z) adds up to over a row, in all lanes.
template <class T, RowFuse kFuse, class Element>
HWY_INLINE RowPair blocks_sum(const RowWork& work, std::int64_t row, Element&& element) {
  RowSum<T> sum;
  blocks_of<T, kFuse>(
      work, row, [&](const RowSource<T, kFuse>& source, std::int64_t, std::size_t count) RHEO_PART {
        sixteens(source, count,
                 [&](std::size_t, const RowG& z, std::size_t, auto) RHEO_PART { sum.add(element(z)); });
      });
  const RowNumber all = total<T>(sum.sum);
  return {RowG(all.high), RowG(all.low)};
}

template <class T, RowResult kResult, RowFuse kFuse>
HWY_INLINE void value_row(const RowWork& work, std::int64_t row) {
  using Source = RowSource<T, kFuse>;
  double high = -kInfinity;
  blocks_of<T, kFuse>(work, row, [&](const Source& source, std::int64_t, std::size_t count) RHEO_PART {
    high = std::max(high, range_of_row(source, count).high);
  });
  const RowG m(high), zero(zero_of(high));
  const RowPair sum = blocks_sum<T, kFuse>(
      work, row, [&](const RowG& z) RHEO_PART { return row_exp<T, false>(distance<T>(z, zero)); });
  HWY_ALIGN T y[kRowBlock];
  const auto write = [&](auto&& store) RHEO_PART {
    blocks_of<T, kFuse>(
        work, row, [&](const Source& source, std::int64_t begin, std::size_t count) RHEO_PART {
          sixteens(source, count,
                   [&](std::size_t i, const RowG& z, std::size_t, auto) RHEO_PART { store(z, y + i); });
          scatter(y, work.y, row, begin, count);
        });
  };
  if constexpr (kResult == RowResult::kShare) {
    const RowPair factor = reciprocal<T>(sum);
    write([&](const RowG& z, T* to) RHEO_PART {
      const RowG e = kept<T>(row_exp<T, false>(distance<T>(z, zero)));
      store_share<T>(e, factor, work.length > kLongRow, to);
    });
  } else {
    RowPair share = others_share<T>(sum, m, zero);
    const auto alone = share.high < RowG(kAlone);
    if (anywhere(alone)) {
      share = share_of<T>(blocks_sum<T, kFuse>(
          work, row, [&](const RowG& z) RHEO_PART { return other_exp<T>(distance<T>(z, m)); }));
    }
    const RowLogarithm log = row_logarithm<T>(share, m, zero, alone);
    write([&](const RowG& z, T* to)
              RHEO_PART { store16(logarithm<T>(distance<T>(z, log.zero), log.rest), to); });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
