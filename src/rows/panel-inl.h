// SPDX-License-Identifier: Apache-2.0
// panel-inl.h: rows of any strides: sixteen side by side, or one after the other through blocks on the stack.
// Re-included per instruction set.
//
// Element j of sixteen rows makes vectors, so that rows that are the columns of a matrix are read as they
// lie.
#if defined(RHEO_ROWS_PANEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_PANEL_INL_H_
#undef RHEO_ROWS_PANEL_INL_H_
#else
#define RHEO_ROWS_PANEL_INL_H_
#endif

#include "src/rows/room.h"
#include "src/rows/row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Whether exponentials are rounded to float32: those of long float32 rows.
template <class T>
HWY_INLINE bool is_rounded(const RowWork& work) {
  return !kPaired<T> && work.length > kLongRow && !is16(work.format);
}

// float32 of a long row: the shares of elements from their exponentials as they are kept, stored to 16 T.
template <class T>
HWY_INLINE void store_rounded_shares(const RowG& e, const RowPair& factor, T* to) {
  if constexpr (!kPaired<T>) {
    for (int i = 0; i < RowG::kN; ++i) {
      const RowHalf d;
      const auto high = hn::DemoteTo(d, factor.high[i]);
      const auto low = hn::DemoteTo(d, hn::Sub(factor.high[i], hn::PromoteTo(RowD(), high)));
      hn::StoreU(long_share(d, hn::DemoteTo(d, e[i]), high, low), d,
                 to + static_cast<std::size_t>(i) * hn::Lanes(d));
    }
  }
}

// What element(j) of sixteen rows add up to: one accumulator after the other, which stays in registers while
// a part of the rows that stays in cache is added.
template <class T, class Element>
HWY_INLINE RowPair panel_sum(std::int64_t length, Element&& element) {
  constexpr std::int64_t kPart = 1024;
  RowPair all[kAtOnce];
  for (std::int64_t begin = 0; begin < length; begin += kPart) {
    const std::int64_t end = std::min(length, begin + kPart);
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      RowSum<T> sum;
      sum.sum = all[i];
      for (auto j = begin + static_cast<std::int64_t>(i); j < end; j += kAtOnce) sum.add(element(j));
      all[i] = sum.sum;
    }
  }
  return totals<T>(all);
}

HWY_INLINE bool anywhere(const RowG::Condition& condition) {
  auto any = condition[0];
  for (int i = 1; i < RowG::kN; ++i) any = hn::Or(any, condition[i]);
  return !hn::AllFalse(RowD(), any);
}

// Values of sixteen rows side by side: take() all elements, add_up(), put() all results. `room`, or null,
// keeps what elements have become, sixteen numbers for each of a row: rows that lie a power of two apart
// drive each other out of a cache, so that memory is read once. kNarrow: of a 16-bit format, as in RowSource.
template <class T, RowResult kResult, RowFuse kFuse, bool kNarrow>
class PanelValues {
 public:
  HWY_INLINE PanelValues(const RowWork& given, std::int64_t row, std::size_t count, double* its_room)
      : work(given),
        room(its_room),
        rounded(is_rounded<T>(given)),
        narrow(is_narrow<T>(given.format)),
        x(work, work.x, row, count),
        mask(work, work.other, row, count),
        y(work, work.y, row, count),
        scale(work.scale) {}

  HWY_INLINE void take(std::int64_t j) {
    const RowG v = fused_x(j);
    if (room != nullptr) v.store(place(j));
    m = larger(m, v), low = smaller(low, v);
  }
  HWY_NOINLINE void add_up() {
    const RowG from = zero_of(m);
    zero = from;
    const auto inside = RowG::both(equal(from, RowG(0.0)), low >= RowG(kLowestDistance<T>));
    const RowPair sum = RowG::all(inside) ? sum_of<true>() : sum_of<false>();
    if constexpr (kShare)
      result = reciprocal<T>(sum);
    else
      find_logarithm(sum);
  }
  HWY_INLINE void put(std::int64_t j) {
    y.ask_to_put(j + kAhead);
    if constexpr (kShare)
      put_share(j);
    else
      put_logarithm(j);
  }

 private:
  static constexpr bool kShare = kResult == RowResult::kShare;
  static constexpr std::int64_t kAhead = 6;  // fewer lines than one set of a cache has

  HWY_INLINE RowG fused_x(std::int64_t j) {
    if constexpr (kNarrow) {
      const RowBits* const bits = kFuse == RowFuse::kMasked ? mask.get_bits(j) : nullptr;
      return RowSource<T, kFuse, true>{x.get_bits(j), bits, scale, work.format}.at(0);
    } else {
      return RowSource<T, kFuse>{x.get(j), kFuse == RowFuse::kMasked ? mask.get(j) : nullptr, scale}.at(0);
    }
  }
  HWY_INLINE double* place(std::int64_t j) const { return room + static_cast<std::size_t>(j) * kAtOnce; }
  HWY_INLINE RowG z(std::int64_t j) { return room != nullptr ? RowG::load(place(j)) : fused_x(j); }
  template <bool kInside>
  HWY_INLINE RowPair e(const RowG& v) const {
    return row_exp<T, kInside>(kInside ? RowPair(v, RowG(0.0)) : distance<T>(v, zero));
  }
  template <bool kInside>
  HWY_INLINE RowPair sum_of() {
    return panel_sum<T>(work.length, [&](std::int64_t j) RHEO_PART {
      const RowPair v = e<kInside>(z(j));
      if (kShare && room != nullptr) kept<T>(v).store(place(j));
      return v;
    });
  }
  HWY_INLINE void put_share(std::int64_t j) {
    const RowG v = room != nullptr ? RowG::load(place(j)) : kept<T>(e<false>(fused_x(j)));
    if (!kNarrow && HWY_UNLIKELY(rounded)) {
      store_rounded_shares<T>(v, result, y.place(j));
      return y.placed(j);
    }
    const RowG share = short_share<T>(v, result);
    if constexpr (kNarrow)
      y.put_bits(j, share, [&]() RHEO_PART -> const RowG& { return share; });
    else
      y.put(j, share);
  }
  HWY_INLINE void find_logarithm(const RowPair& sum) {
    RowPair share = others_share<T>(sum, m, zero);
    const auto alone = share.high < RowG(kAlone);
    if (HWY_UNLIKELY(anywhere(alone))) {
      const RowPair others = share_of<T>(panel_sum<T>(
          work.length, [&](std::int64_t j) RHEO_PART { return other_exp<T>(distance<T>(z(j), m)); }));
      share = {choose(alone, others.high, share.high), choose(alone, others.low, share.low)};
    }
    const RowLogarithm log = row_logarithm<T>(share, m, zero, alone);
    zero = log.zero, result = log.rest;
  }
  HWY_INLINE void put_logarithm(std::int64_t j) {
    const RowPair t = distance<T>(z(j), zero);
    if constexpr (kNarrow)
      y.put_bits(j, logarithm<T>(t, result), [&]() RHEO_PART { return logarithm_to_odd(t, result); });
    else
      y.put(j, narrow ? logarithm_to_odd(t, result) : logarithm<T>(t, result));
  }

  const RowWork& work;
  double* const room;
  const bool rounded, narrow;
  Panel<T> x, mask, y;
  const RowG scale;
  RowG m{-kInfinity}, low{kInfinity};
  RowG zero;       // what elements are counted from
  RowPair result;  // the sum's reciprocal, or what logarithms are less
};

// Panels side by side, from row on; room is for all.
template <class Values, std::size_t... I>
HWY_INLINE void walk_some_panels(const RowWork& work, std::int64_t row, std::size_t count, double* room,
                                 std::index_sequence<I...>) {
  const std::size_t each = static_cast<std::size_t>(work.length) * kAtOnce;
  Values all[] = {Values(work, row + static_cast<std::int64_t>(I * kAtOnce), count,
                         room == nullptr ? room : room + I * each)...};
  for (std::int64_t j = 0; j < work.length; ++j) (all[I].take(j), ...);
  (all[I].add_up(), ...);
  for (std::int64_t j = 0; j < work.length; ++j) (all[I].put(j), ...);
}

// All rows in panels. Where there is room, as many at a time as make two cache lines (of float64 four), of
// which processors fetch the second with the first.
template <class T, RowResult kResult, RowFuse kFuse, bool kNarrow>
HWY_NOINLINE void walk_panels(const RowWork& work) {
  using Values = PanelValues<T, kResult, kFuse, kNarrow>;
  constexpr std::int64_t kRows = kAtOnce, kMany = HWY_NATIVE_FMA ? rows_side_by_side(kNarrow) : kRows;
  constexpr std::size_t kOnStack = 4096, kPanels = kMany / kRows;
  const std::size_t each = static_cast<std::size_t>(work.length) * kAtOnce;
  const bool many = kPanels > 1 && work.rows >= kMany && kPanels * each <= RowRoom::kMost;
  const std::size_t needed = many ? kPanels * each : each;
  HWY_ALIGN double on_stack[kOnStack];
  const RowRoom more(needed > kOnStack ? needed : 0);
  double* const room = needed > kOnStack ? more.numbers() : on_stack;
  double* const room_for_one = each > kOnStack ? room : on_stack;
  std::int64_t row = 0;
  if constexpr (kPanels > 1) {
    for (; many && room != nullptr && row + kMany <= work.rows; row += kMany)
      walk_some_panels<Values>(work, row, kAtOnce, room, std::make_index_sequence<kPanels>());
  }
  for (; row < work.rows; row += kRows)
    walk_some_panels<Values>(work, row, static_cast<std::size_t>(std::min(work.rows - row, kRows)),
                             room_for_one, std::make_index_sequence<1>());
}

// A row in blocks; body(source, begin, count) for each.
template <class T, RowFuse kFuse, class Body>
HWY_INLINE void blocks_of(const RowWork& work, std::int64_t row, Body&& body) {
  HWY_ALIGN T x[kRowBlock];
  HWY_ALIGN T mask[kFuse == RowFuse::kMasked ? kRowBlock : 1];
  const auto length = static_cast<std::size_t>(work.length);
  for (std::size_t begin = 0; begin < length; begin += kRowBlock) {
    const std::size_t count = std::min(length - begin, kRowBlock);
    gather(work.format, work.x, row, static_cast<std::int64_t>(begin), count, x);
    if (kFuse == RowFuse::kMasked)
      gather(work.format, work.other, row, static_cast<std::int64_t>(begin), count, mask);
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

// What a row's exponentials are counted from, and their sum.
template <class T, RowFuse kFuse>
struct BlockRow {
  RowG m{-kInfinity}, zero;
  RowPair sum{RowG(0.0), RowG(0.0)};

  HWY_INLINE BlockRow(const RowWork& work, std::int64_t row) {
    double high = -kInfinity;
    blocks_of<T, kFuse>(work, row,
                        [&](const RowSource<T, kFuse>& source, std::int64_t, std::size_t count)
                            RHEO_PART { high = std::max(high, range_of_row(source, count).high); });
    m = RowG(high), zero = RowG(zero_of(high));
    sum = blocks_sum<T, kFuse>(work, row, [&](const RowG& z) RHEO_PART { return exponential(z); });
  }
  HWY_INLINE RowPair exponential(const RowG& z) const { return row_exp<T, false>(distance<T>(z, zero)); }
};

template <class T, RowResult kResult, RowFuse kFuse>
HWY_INLINE void value_row(const RowWork& work, std::int64_t row) {
  using Source = RowSource<T, kFuse>;
  const BlockRow<T, kFuse> values(work, row);
  const RowG &m = values.m, &zero = values.zero;
  const RowPair& sum = values.sum;
  HWY_ALIGN T y[kRowBlock];
  // result(z) or, of 16-bit rows that it does not decide, exact(z); put(z, to) stores others.
  const auto write = [&](auto&& put, auto&& result, auto&& exact) RHEO_PART {
    blocks_of<T, kFuse>(
        work, row, [&](const Source& source, std::int64_t begin, std::size_t count) RHEO_PART {
          if constexpr (!kPaired<T>) {
            if (is_narrow<T>(work.format)) {
              RowBits bits[kRowBlock];
              sixteens(source, count, [&](std::size_t i, const RowG& z, std::size_t n, auto) RHEO_PART {
                narrow(work.format, result(z), bits + i, n, [&]() RHEO_PART { return exact(z); });
              });
              return copy_out(bits, work.y, row, begin, count);
            }
          }
          sixteens(source, count,
                   [&](std::size_t i, const RowG& z, std::size_t, auto) RHEO_PART { put(z, y + i); });
          copy_out(y, work.y, row, begin, count);
        });
  };
  if constexpr (kResult == RowResult::kShare) {
    const RowPair factor = reciprocal<T>(sum);
    const auto share = [&](const RowG& z)
                           RHEO_PART { return short_share<T>(kept<T>(values.exponential(z)), factor); };
    write(
        [&](const RowG& z, T* to) RHEO_PART {
          if (HWY_UNLIKELY(is_rounded<T>(work)))
            return store_rounded_shares<T>(kept<T>(values.exponential(z)), factor, to);
          store16(share(z), to);
        },
        share, share);
  } else {
    RowPair share = others_share<T>(sum, m, zero);
    const auto alone = share.high < RowG(kAlone);
    if (anywhere(alone)) {
      share = share_of<T>(blocks_sum<T, kFuse>(
          work, row, [&](const RowG& z) RHEO_PART { return other_exp<T>(distance<T>(z, m)); }));
    }
    const RowLogarithm log = row_logarithm<T>(share, m, zero, alone);
    const auto result = [&](const RowG& z)
                            RHEO_PART { return logarithm<T>(distance<T>(z, log.zero), log.rest); };
    write([&](const RowG& z, T* to) RHEO_PART { store16(result(z), to); }, result,
          [&](const RowG& z) RHEO_PART { return logarithm_to_odd(distance<T>(z, log.zero), log.rest); });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
