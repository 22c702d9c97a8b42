// SPDX-License-Identifier: Apache-2.0
// gradient-panel-inl.h: gradients of sixteen rows side by side. Re-included per instruction set.
#if defined(RHEO_ROWS_GRADIENT_PANEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_GRADIENT_PANEL_INL_H_
#undef RHEO_ROWS_GRADIENT_PANEL_INL_H_
#else
#define RHEO_ROWS_GRADIENT_PANEL_INL_H_
#endif

#include "src/rows/backward-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

template <class T, RowResult kResult>
struct GradientPanel {
  using Gradient = RowGradient<T, kResult>;
  using D = hn::CappedTag<T, kAtOnce>;
  const RowWork& work;
  const Gradient gradient;
  std::size_t rows;
  Panel<T> results, grad, y;

  HWY_INLINE GradientPanel(const RowWork& given, std::int64_t row, std::size_t count)
      : work(given),
        gradient(work),
        rows(count),
        results(work, work.x, row, count),
        grad(work, work.other, row, count),
        y(work, work.y, row, count) {}

  HWY_INLINE void run() {
    if constexpr (Gradient::kQuick) {
      run_quick();
    } else if constexpr (Gradient::kNative) {
      write_native(sum<true>());
    } else {
      const RowPair d = sum<true>();
      for (std::int64_t j = 0; j < work.length; ++j) y.put(j, slope(j, d));
    }
  }

 private:
  template <bool kExact>
  HWY_INLINE RowPair sum() {
    RowSum<T> sums[2 * kAtOnce];
    for (std::int64_t j = 0; j < work.length; ++j)
      Gradient::template add<kExact>(sums[static_cast<std::size_t>(j) % (2 * kAtOnce)], results.get(j),
                                     grad.get(j));
    RowPair all[kAtOnce];
    for (std::size_t i = 0; i < kAtOnce; ++i) all[i] = tree_add<T>(sums[i].sum, sums[i + kAtOnce].sum);
    return totals<T>(all);
  }
  HWY_INLINE RowG slope(std::int64_t j, const RowPair& d) {
    return gradient.slope(load16(results.get(j)), load16(grad.get(j)), d);
  }
  // to = at(lane, s, g) of element j.
  template <class At>
  HWY_INLINE void each(std::int64_t j, T* to, At&& at) {
    const D d;
    const T *const s = results.get(j), *const g = grad.get(j);
    for (std::size_t i = 0; i < kAtOnce; i += hn::Lanes(d))
      hn::StoreU(at(i, hn::LoadU(d, s + i), hn::LoadU(d, g + i)), d, to + i);
  }
  HWY_INLINE void run_quick() {
    HWY_ALIGN double d[kAtOnce], trusted[kAtOnce];
    HWY_ALIGN T products[kAtOnce];
    sum<false>().high.store(d);
    bool all = true;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      products[i] = gradient.factor_times(d[i]);
      trusted[i] = gradient.sums.trusted(d[i]) ? 1 : 0;
      all &= i >= rows || trusted[i] > 0;
    }
    const auto at = [&](std::size_t i, hn::Vec<D> s, hn::Vec<D> g) RHEO_PART {
      return ShareSlope<D>(gradient.factor, hn::Load(D(), products + i)).template at<true>(s, g);
    };
    if (HWY_UNLIKELY(!all)) return write_mixed(RowG::load(trusted) > RowG(0.0), at);
    write_all(at);
  }
  template <class At>
  HWY_INLINE void write_all(At&& at) {
    if constexpr (!kPaired<T>) {
      if (gradient.narrow) {
        HWY_ALIGN T results[kAtOnce];
        for (std::int64_t j = 0; j < work.length; ++j) {
          each(j, results, at);
          y.put_floats(j, results);
        }
        return;
      }
    }
    for (std::int64_t j = 0; j < work.length; ++j) {
      each(j, y.place(j), at);
      y.placed(j);
    }
  }
  template <class At>
  HWY_INLINE void write_mixed(const RowG::Condition& trusted, At&& at) {
    const RowPair d = sum<true>();
    HWY_ALIGN T quick[kAtOnce];
    for (std::int64_t j = 0; j < work.length; ++j) {
      each(j, quick, at);
      y.put(j, choose(trusted, load16(quick), slope(j, d)));
    }
  }
  HWY_INLINE void write_native(const RowPair& sum) {
    HWY_ALIGN double high[kAtOnce], low[kAtOnce];
    sum.high.store(high), sum.low.store(low);
    HWY_ALIGN T heads[kAtOnce], tails[kAtOnce];
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      const RowParts<T> parts(RowNumber{high[i], low[i]});
      heads[i] = parts.high, tails[i] = parts.low;
    }
    const auto factor = hn::Set(D(), static_cast<T>(work.scale));
    write_all([&](std::size_t i, hn::Vec<D> s, hn::Vec<D> g) RHEO_PART {
      return RowSlope<T, kResult, D>(hn::Load(D(), heads + i), hn::Load(D(), tails + i), factor).at(s, g);
    });
  }
};

// Shares of float32 as columns of a matrix: kPanels times sixteen rows together, so that memory is read in
// longer pieces. The bits are those of panels.
template <int kPanels>
class WideGradients {
  using Gradient = RowGradient<float, RowResult::kShare>;
  using D = hn::CappedTag<float, kAtOnce>;
  using Vectors = Group<D, static_cast<int>(kAtOnce / hn::MaxLanes(D()))>;

 public:
  static constexpr std::int64_t kRows = kPanels * static_cast<std::int64_t>(kAtOnce);

  HWY_INLINE explicit WideGradients(const RowWork& given) : work(given), gradient(given) {}

  static HWY_INLINE bool fits(const RowWork& work) {
    bool direct = work.format == Format::kFloat32;
    for (const RowOperand* operand : {&work.x, &work.other, &work.y})
      direct &= operand->across == 1 && reinterpret_cast<std::uintptr_t>(operand->data) % sizeof(float) == 0;
    return direct;
  }
  // kRows rows.
  HWY_INLINE void run(std::int64_t row) const {
    HWY_ALIGN float products[kPanels * kAtOnce];
    if (HWY_LIKELY(sum(row, products))) return write(row, products);
    for (int p = 0; p < kPanels; ++p)
      GradientPanel<float, RowResult::kShare>(work, row + p * static_cast<std::int64_t>(kAtOnce), kAtOnce)
          .run();
  }

 private:
  static constexpr std::size_t kSums = 2 * kAtOnce;  // accumulators of a row

  // Products of the rows' sums with the factor, and whether all may be trusted.
  HWY_INLINE bool sum(std::int64_t row, float* products) const {
    HWY_ALIGN double sums[kPanels][kSums * kAtOnce]{};
    const float *s = row_at(work.x, row), *g = row_at(work.other, row);
    const std::int64_t n = work.length, s_step = work.x.along, g_step = work.other.along;
    for (std::int64_t j = 0; j < n; ++j, s += s_step, g += g_step) {
      const std::size_t place = static_cast<std::size_t>(j) % kSums * kAtOnce;
      for (int p = 0; p < kPanels; ++p) {
        const std::size_t at = static_cast<std::size_t>(p) * kAtOnce;
        (RowG::load(sums[p] + place) + product16(s + at, g + at)).store(sums[p] + place);
      }
    }
    bool all = true;
    for (int p = 0; p < kPanels; ++p) {
      RowPair halves[kAtOnce];
      for (std::size_t i = 0; i < kAtOnce; ++i)
        halves[i].high = RowG::load(sums[p] + i * kAtOnce) + RowG::load(sums[p] + (i + kAtOnce) * kAtOnce);
      all &=
          gradient.products_of(totals<float>(halves).high, products + static_cast<std::size_t>(p) * kAtOnce);
    }
    return all;
  }
  HWY_INLINE void write(std::int64_t row, const float* products) const {
    const float *s = row_at(work.x, row), *g = row_at(work.other, row);
    float* to = row_at(work.y, row);
    const std::int64_t n = work.length, s_step = work.x.along, g_step = work.other.along,
                       y_step = work.y.along;
    const RowFactor<float> factor = gradient.factor;
    for (std::int64_t j = 0; j < n; ++j, s += s_step, g += g_step, to += y_step) {
      for (std::size_t at = 0; at < kPanels * kAtOnce; at += kAtOnce) {
        const Vectors sums = Vectors::load(products + at), shares = Vectors::load(s + at),
                      slopes = Vectors::load(g + at);
        Vectors::of([&](int i) RHEO_PART {
          return ShareSlope<D>(factor, sums[i]).template at<true>(shares[i], slopes[i]);
        }).store(to + at);
      }
    }
  }
  static HWY_INLINE float* row_at(const RowOperand& operand, std::int64_t row) {
    return reinterpret_cast<float*>(operand.data) + row;
  }

  const RowWork& work;
  const Gradient gradient;
};

// All whole panels; returns where the rest begins.
HWY_INLINE std::int64_t wide_gradients(const RowWork& work) {
  using Wide = WideGradients<4>;
  std::int64_t row = 0;
  if (!Wide::fits(work)) return row;
  for (; row + Wide::kRows <= work.rows; row += Wide::kRows) Wide(work).run(row);
  return row;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
