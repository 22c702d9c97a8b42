// SPDX-License-Identifier: Apache-2.0
// value.h: a row's results: the largest element; the sum of exponentials; shares, or their logarithms.
//
// The steps and their bits are those of src/rows/panel-inl.h: exponentials are evaluated again where they are
// wanted again.
#pragma once

#include "src/cuda/rows/walk.h"

namespace rheo::one_lane {

inline constexpr int kTerms = 16;  // accumulators of exponentials

// What a row's exponentials are counted from, and their sum.
template <class Format>
struct RowTotal {
  using T = typename Format::T;
  RowG peak, zero;
  RowPair sum;

  template <class Team>
  HWY_INLINE RowTotal(const Team& team, const RowElements<Format>& z)
      : peak(z.largest(team)),
        zero(zero_of(peak)),
        sum(team.template sum<T, kTerms>(z.length, z,
                                         [&](const RowG& v) RHEO_PART { return exponential(v); })) {}

  HWY_INLINE RowPair exponential(const RowG& v) const { return row_exp<T, false>(distance<T>(v, zero)); }
};

template <class Format>
struct ShareRow {
  using T = typename Format::T;
  static constexpr bool kPairs = kPaired<T>;

  template <class Team>
  HWY_INLINE static void run(const Team& team, const RowsWork& work, std::int64_t row) {
    const RowElements<Format> z(work.r, row);
    const RowTotal<Format> total(team, z);
    const RowMemory<Format> y(work.r, work.r.y, row);
    const RowPair factor = reciprocal<T>(total.sum);
    if constexpr (!kPaired<T> && !Format::kNarrow) {
      if (z.length > kLongRow) {
        const RowParts<T> parts(RowNumber{factor.high[0].raw, 0});
        return each_of_row(team, z.length, z, [&](std::int64_t i, const RowG& v) RHEO_PART {
          const auto e = hn::DemoteTo(DF(), kept<T>(total.exponential(v))[0]);
          y.write_result(i, long_share(DF(), e, hn::Set(DF(), parts.high), hn::Set(DF(), parts.low)).raw);
        });
      }
    }
    each_of_row(team, z.length, z, [&](std::int64_t i, const RowG& v) RHEO_PART {
      y.write(i, short_share<T>(kept<T>(total.exponential(v)), factor));
    });
  }
};

template <class Format>
struct LogarithmRow {
  using T = typename Format::T;
  static constexpr bool kPairs = kPaired<T>;

  template <class Team>
  HWY_INLINE static void run(const Team& team, const RowsWork& work, std::int64_t row) {
    const RowElements<Format> z(work.r, row);
    const RowTotal<Format> total(team, z);
    const RowG& peak = total.peak;
    RowPair others = others_share<T>(total.sum, peak, total.zero);
    const auto alone = others.high < RowG(kAlone);
    if (alone[0].on) {
      others = share_of<T>(team.template sum<T, kTerms>(
          z.length, z, [&](const RowG& v) RHEO_PART { return other_exp<T>(distance<T>(v, peak)); }));
    }
    const RowLogarithm log = row_logarithm<T>(others, peak, total.zero, alone);
    const RowMemory<Format> y(work.r, work.r.y, row);
    each_of_row(team, z.length, z, [&](std::int64_t i, const RowG& v) RHEO_PART {
      const RowPair t = distance<T>(v, log.zero);
      y.write(i, Format::kNarrow ? logarithm_to_odd(t, log.rest) : logarithm<T>(t, log.rest));
    });
  }
};

}  // namespace rheo::one_lane
