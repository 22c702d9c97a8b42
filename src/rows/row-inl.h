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

#include "src/rows/narrow-values-inl.h"
#include "src/rows/room.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Rows as they lie in memory, so many together that their reciprocals or logarithms are found at once.
template <class T, RowResult kResult, RowFuse kFuse, bool kNarrow>
class DirectRows {
  using Source = RowSource<T, kFuse, kNarrow>;
  using Number = typename Source::Number;
  static constexpr bool kShare = kResult == RowResult::kShare;
  static constexpr bool kHolds = kShare && !kPaired<T>;
  static constexpr std::int64_t kRoom = kLongRow;  // of exponentials; also how much of x is to stay in L1

 public:
  HWY_INLINE explicit DirectRows(const RowWork& given)
      : work(given),
        length(static_cast<std::size_t>(given.length)),
        padded((length + kAtOnce - 1) / kAtOnce * kAtOnce),
        more(kHolds && kNarrow && given.length > kLongRow ? padded : 0),
        is_long(kHolds && given.length > kLongRow && more.numbers() == nullptr) {}

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
  HWY_INLINE Source source(std::size_t place) const {
    const std::int64_t row = first + static_cast<std::int64_t>(place);
    return {row_of<const Number>(work.x, row),
            kFuse == RowFuse::kMasked ? row_of<const Number>(work.other, row) : nullptr, RowG(work.scale),
            work.format};
  }
  HWY_INLINE Number* output(std::size_t place) const {
    return row_of<Number>(work.y, first + static_cast<std::int64_t>(place));
  }
  HWY_INLINE double* exponentials_of(std::size_t place) {
    if (kNarrow && more.numbers() != nullptr) return more.numbers();  // of one row at a time
    return held + (kHolds && !is_long ? place * padded : 0);
  }
  HWY_INLINE void add_up(std::size_t place) {
    const RowRange range = range_of_row(source(place), length);
    peaks[place] = range.high, zeros[place] = zero_of(range.high);
    const bool inside = zeros[place] >= 0 && zeros[place] <= 0 && range.low_enough;
    const RowNumber sum = total<T>(inside ? added<true>(place) : added<false>(place));
    sums[place] = sum.high, sums_low[place] = sum.low;
  }
  // While exponentials are evaluated, the next row is fetched, and the memory of this row's results.
  template <bool kInside>
  HWY_INLINE RowPair added(std::size_t place) {
    const Source from = source(place);
    Number* const y = output(place);
    double* const hold = exponentials_of(place);
    RowSum<T> sum;
    const auto pass = [&](auto&& keep) RHEO_PART {
      exponentials<T, kInside>(from, length, zeros[place],
                               [&](std::size_t i, const RowPair& e, std::size_t n) RHEO_PART {
                                 if (i < kRoom) ask_ahead(from.x + length + i, y + i);
                                 sum.add(e);
                                 keep(i, e, n);
                               });
    };
    if constexpr (!kShare) {
      pass([](std::size_t, const RowPair&, std::size_t) RHEO_PART {});
    } else if (kHolds && !is_long) {
      pass([&](std::size_t i, const RowPair& e, std::size_t) RHEO_PART { store16(e.high, hold + i); });
    } else if constexpr (kNarrow) {
      pass([](std::size_t, const RowPair&, std::size_t) RHEO_PART {});
    } else {
      pass([&](std::size_t i, const RowPair& e, std::size_t n)
               RHEO_PART { store_some(kept<T>(e), y + i, n); });
    }
    return sum.sum;
  }
  // Sixteen elements: one cache line, or two.
  HWY_INLINE static void ask_ahead(const Number* next, const Number* result) {
    constexpr std::size_t kLine = 64 / sizeof(Number);
    for (std::size_t i = 0; i < kAtOnce; i += kLine) ask_for(next + i), ask_to_write(result + i);
  }
  HWY_INLINE void write_shares(std::size_t place) {
    Number* const y = output(place);
    const RowPair factor{RowG(rest[place]), RowG(rest_low[place])};
    if constexpr (kNarrow) {
      if (is_long) return write_long_shares(place, factor);
      const double* const hold = exponentials_of(place);
      for (std::size_t i = 0; i < length; i += kAtOnce)
        narrow_some(short_share<T>(load16(hold + i), factor), y + i, std::min(kAtOnce, length - i));
    } else {
      if (is_long) return write_long_shares(y, rest[place]);
      const double* const hold = exponentials_of(place);
      const std::size_t even = length / kAtOnce * kAtOnce;
      const auto kept_at = [&](std::size_t i) RHEO_PART {
        if constexpr (kHolds)
          return load16(hold + i);
        else
          return load16(y + i);
      };
      for (std::size_t i = 0; i < even; i += kAtOnce) store16(short_share<T>(kept_at(i), factor), y + i);
      if (even == length) return;
      if constexpr (kHolds) {
        store_some(short_share<T>(kept_at(even), factor), y + even, length - even);
      } else {
        const RowSource<T, RowFuse::kPlain> e{y, nullptr, RowG(1.0)};
        store_some(short_share<T>(e.repeated(even, length - even), factor), y + even, length - even);
      }
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
  // The same of a 16-bit row, whose exponentials are not kept.
  HWY_INLINE void write_long_shares(std::size_t place, const RowPair& factor) {
    if constexpr (kFuse != RowFuse::kMasked && HWY_ARCH_X86) {  // elsewhere it was not tried
      const bool done =
          work.format == Format::kBfloat16 ? long_shares<Bfloat16>(place) : long_shares<Float16>(place);
      if (done) return;
    }
    const RowG zero(zeros[place]);
    Number* const y = output(place);
    sixteens(source(place), length, [&](std::size_t i, const RowG& z, std::size_t n, auto) RHEO_PART {
      narrow_some(short_share<T>(row_exp<T, false>(distance<T>(z, zero)).high, factor), y + i, n);
    });
  }
  HWY_INLINE void narrow_some(const RowG& v, RowBits* to, std::size_t n) const {
    narrow(work.format, v, to, n, [&]() RHEO_PART -> const RowG& { return v; });
  }
  template <class F>
  HWY_INLINE bool long_shares(std::size_t place) {
    const LongShares<F, kFuse> shares(work, zeros[place], rest[place]);
    if (!shares.fits()) return false;
    shares.run(source(place).x, output(place), length);
    return true;
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
  template <class F>
  HWY_INLINE void near_logarithms(std::size_t place) {
    NearLogarithms<F>(work.format, rest[place]).run(source(place).x, output(place), length);
  }
  HWY_INLINE void write_logarithms(std::size_t place) {
    const RowG zero(zeros[place]);
    const RowPair less{RowG(rest[place]), RowG(rest_low[place])};
    Number* const y = output(place);
    const auto pass = [&](auto near) RHEO_PART {
      sixteens(source(place), length, [&](std::size_t i, const RowG& z, std::size_t n, auto whole) RHEO_PART {
        const RowPair t = near ? RowPair(z, RowG(0.0)) : distance<T>(z, zero);
        const RowG v = logarithm<T>(t, less);
        if constexpr (kNarrow)
          narrow(work.format, v, y + i, n, [&]() RHEO_PART { return logarithm_to_odd(t, less); });
        else
          whole ? store16(v, y + i) : store_some(v, y + i, n);
      });
    };
    const bool near = zeros[place] >= 0 && zeros[place] <= 0 && apart[place] < 1;
    if constexpr (kNarrow && kFuse == RowFuse::kPlain && HWY_ARCH_X86) {
      if (near)
        return work.format == Format::kBfloat16 ? near_logarithms<Bfloat16>(place)
                                                : near_logarithms<Float16>(place);
    }
    near ? pass(std::true_type()) : pass(std::false_type());
  }

  const RowWork& work;
  const std::size_t length, padded;
  const RowRoom more;
  const bool is_long;  // exponentials are not kept as float64
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
