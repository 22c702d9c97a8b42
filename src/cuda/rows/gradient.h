// SPDX-License-Identifier: Apache-2.0
// gradient.h: gradients of a row: from its results, or in 16-bit formats from x.
//
// The steps and their bits are those of src/rows/backward-inl.h and from-x-inl.h.
#pragma once

#include "src/cuda/rows/value.h"

namespace rheo::one_lane {

// An element's result and gradient.
template <class T>
struct ResultAndGradient {
  T y, g;
};

// The parts of ShareGradients and LogarithmGradients that are alike.
template <class Format>
struct GradientRow {
  using T = typename Format::T;
  using Loaded = ResultAndGradient<T>;
  RowMemory<Format> results, grad, dx;
  std::int64_t length;

  HWY_INLINE GradientRow(const RowsWork& work, std::int64_t row)
      : results(work.r, work.r.x, row),
        grad(work.r, work.r.other, row),
        dx(work.r, work.r.y, row),
        length(work.r.length) {}

  HWY_INLINE Loaded operator()(std::int64_t i) const { return {results.read(i), grad.read(i)}; }

  template <class Team, class Term>
  HWY_INLINE RowPair sum(const Team& team, Term&& term) const {
    constexpr int kAccumulators = 32;
    return team.template sum<T, kAccumulators>(length, *this, term);
  }
  // dx = slope(loaded), in T.
  template <class Team, class Slope>
  HWY_INLINE void write_results(const Team& team, Slope&& slope) const {
    each_of_row(team, length, *this, [&](std::int64_t i, const Loaded& loaded) RHEO_PART {
      dx.write_result(i, slope(hn::Vec1<T>{loaded.y}, hn::Vec1<T>{loaded.g}).raw);
    });
  }
  // dx = slope(loaded), by way of float64.
  template <class Team, class Slope>
  HWY_INLINE void write(const Team& team, Slope&& slope) const {
    each_of_row(team, length, *this, [&](std::int64_t i, const Loaded& loaded) RHEO_PART {
      dx.write(i, slope(wide(loaded.y), wide(loaded.g)));
    });
  }
  HWY_INLINE static RowG wide(T v) { return RowG(static_cast<double>(v)); }
};

template <class Format>
struct ShareGradients {
  using T = typename Format::T;
  static constexpr bool kPairs = kPaired<T>;
  using Row = GradientRow<Format>;
  using Loaded = typename Row::Loaded;

  template <class Team>
  HWY_INLINE static void run(const Team& team, const RowsWork& work, std::int64_t row) {
    const Row all(work, row);
    if constexpr (!kPaired<T>) {
      const RowPair quick =
          all.sum(team, [](const Loaded& v) RHEO_PART { return RowPair(Row::wide(v.y * v.g), RowG(0.0)); });
      const double d = quick.high[0].raw;
      if (work.sums.trusted(d)) {
        const auto product = static_cast<float>(static_cast<double>(work.factor.factor) * d);
        const ShareSlope<DF> slope(work.factor, hn::Set(DF(), product));
        return all.write_results(team,
                                 [&](auto y, auto g) RHEO_PART { return slope.template at<true>(y, g); });
      }
    }
    const RowPair sum = all.sum(team, [](const Loaded& v) RHEO_PART {
      const RowG y = Row::wide(v.y), g = Row::wide(v.g);
      return kPaired<T> ? two_product(y, g) : RowPair(y * g, RowG(0.0));  // exact
    });
    if constexpr (kPaired<T>) {
      const RowParts<T> parts(RowNumber{sum.high[0].raw, sum.low[0].raw});
      const RowSlope<T, RowResult::kShare, DD> slope(hn::Set(DD(), parts.high), hn::Set(DD(), parts.low),
                                                     hn::Set(DD(), work.r.scale));
      all.write_results(team, [&](auto y, auto g) RHEO_PART { return slope.at(y, g); });
    } else {
      const RowG scale(work.r.scale);
      all.write(team, [&](const RowG& y, const RowG& g) RHEO_PART { return ((g - sum.high) * y) * scale; });
    }
  }
};

template <class Format>
struct LogarithmGradients {
  using T = typename Format::T;
  static constexpr bool kPairs = kPaired<T>;
  using Row = GradientRow<Format>;
  using Loaded = typename Row::Loaded;

  template <class Team>
  HWY_INLINE static void run(const Team& team, const RowsWork& work, std::int64_t row) {
    const Row all(work, row);
    const RowPair sum =
        all.sum(team, [](const Loaded& v) RHEO_PART { return RowPair(Row::wide(v.g), RowG(0.0)); });
    const RowG scale(work.r.scale);
    if constexpr (kPaired<T>) {
      all.write(team, [&](const RowG& y, const RowG& g)
                          RHEO_PART { return logarithm_gradient<T>(y, g, sum, scale); });
    } else {
      // As RowSlope of src/rows/slope-inl.h, without a call for what its float32 does not do.
      const RowParts<T> d(RowNumber{sum.high[0].raw, 0});
      const RowPair whole(Row::wide(d.high) + Row::wide(d.low), RowG(0.0));
      const auto factor = hn::Set(DF(), static_cast<float>(work.r.scale));
      const RowG wide_factor(static_cast<double>(factor.raw));
      all.write_results(team, [&](auto y, auto g) RHEO_PART {
        if (y.raw < kLowestNormal)
          return hn::DemoteTo(
              DF(), logarithm_gradient<T>(Row::wide(y.raw), Row::wide(g.raw), whole, wide_factor)[0]);
        const auto e = exp_of_float32(DF(), y), high = hn::Set(DF(), d.high), low = hn::Set(DF(), d.low);
        return hn::Mul(fused_from(e, high, fused_from(e, low, g)), factor);
      });
    }
  }
};

// From x, in a 16-bit format: the shares, which are evaluated again, are not rounded in between.
template <class Format, RowResult kResult>
struct GradientsFromX {
  static constexpr bool kShare = kResult == RowResult::kShare, kPairs = false;
  struct Loaded {
    RowG z, g;
  };

  template <class Team>
  HWY_INLINE static void run(const Team& team, const RowsWork& work, std::int64_t row) {
    const RowElements<Format> z(work.r, row);
    const RowTotal<Format> total(team, z);
    const RowMemory<Format> grad(work.r, work.r.grad, row), dx(work.r, work.r.y, row);
    const RowG factor = reciprocal<float>(total.sum).high, scale(work.r.scale);
    const auto load = [&](std::int64_t i)
                          RHEO_PART { return Loaded{z(i), RowG(static_cast<double>(grad.read(i)))}; };
    const auto share = [&](const RowG& v) RHEO_PART { return total.exponential(v).high * factor; };
    const RowG d = team.template sum<float, kTerms>(
                           z.length, load,
                           [&](const Loaded& v)
                               RHEO_PART { return RowPair(kShare ? share(v.z) * v.g : v.g, RowG(0.0)); })
                       .high;
    each_of_row(team, z.length, load, [&](std::int64_t i, const Loaded& v) RHEO_PART {
      const RowG s = share(v.z);
      dx.write(i, (kShare ? (v.g - d) * s : fused_from(s, d, v.g)) * scale);
    });
  }
};

}  // namespace rheo::one_lane
