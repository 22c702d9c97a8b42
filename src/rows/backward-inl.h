// SPDX-License-Identifier: Apache-2.0
// backward-inl.h: gradients of rows from their results. Re-included per instruction set.
//
// Two passes: the sum of s_j g_j, exact products in 32 accumulators (of a logarithm the sum of g_j); the
// gradients. The accumulators i and i + 16 are added first, then as in number-inl.h.
#if defined(RHEO_ROWS_BACKWARD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_BACKWARD_INL_H_
#undef RHEO_ROWS_BACKWARD_INL_H_
#else
#define RHEO_ROWS_BACKWARD_INL_H_
#endif

#include "src/rows/panel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Twice sixteen accumulators: an addition waits for four others, so that one vector each would be too few.
template <class T>
struct GradientSum {
  RowSum<T> even, odd;

  HWY_INLINE GradientSum() {}  // written down: a compiler's own is not for this instruction set
  HWY_INLINE RowPair sum() const { return tree_add<T>(even.sum, odd.sum); }
};

template <class T, RowResult kResult>
struct RowGradient {
  static constexpr bool kShare = kResult == RowResult::kShare, kNative = kShare || !kPaired<T>;
  template <class D>
  using Slope = RowSlope<T, kResult, D>;

  static HWY_INLINE void add(RowSum<T>& sum, const T* s, const T* g) {
    if constexpr (kShare)
      sum.add_product(load16(s), load16(g));
    else
      sum.add({load16(g), RowG(0.0)});
  }
  // A row, or a part of it that begins at a multiple of 32.
  static HWY_INLINE void add_some(GradientSum<T>& sum, const T* s, const T* g, std::size_t n) {
    std::size_t i = 0;
    for (; i + 2 * kAtOnce <= n; i += 2 * kAtOnce) {
      add(sum.even, s + i, g + i);
      add(sum.odd, s + i + kAtOnce, g + i + kAtOnce);
    }
    if (i + kAtOnce <= n) {
      add(sum.even, s + i, g + i);
      if ((i += kAtOnce) < n) add_last(sum.odd, s + i, g + i, n - i);
    } else if (i < n) {
      add_last(sum.even, s + i, g + i, n - i);
    }
  }
  static HWY_INLINE void add_last(RowSum<T>& sum, const T* s, const T* g, std::size_t n) {
    T last_s[kAtOnce]{}, last_g[kAtOnce]{};
    std::copy_n(s, n, last_s), std::copy_n(g, n, last_g);
    add(sum, last_s, last_g);
  }
  // A gradient by way of float64: of 16-bit formats, and where T has no exponential of its own.
  static HWY_INLINE RowG slope(const RowG& y, const RowG& g, const RowPair& d, const RowG& factor) {
    if constexpr (kShare)
      return ((g - d.high) * y) * factor;
    else
      return logarithm_gradient<T>(y, g, d, factor);
  }
  static HWY_INLINE void write(const T* y, const T* g, const RowNumber& sum, double factor,
                               const RowOutput<T>& output, std::size_t n) {
    if constexpr (kNative)
      if (!is_narrow<T>(output.format)) return write_native(y, g, sum, factor, output.own(), n);
    if constexpr (!kNative || !kPaired<T>) write_by_float64(y, g, sum, factor, output, n);
  }
  static HWY_INLINE void write_native(const T* y, const T* g, const RowNumber& sum, double factor, T* to,
                                      std::size_t n) {
    const hn::ScalableTag<T> d;
    const RowParts<T> parts(sum);
    const Slope<decltype(d)> slope(hn::Set(d, parts.high), hn::Set(d, parts.low),
                                   hn::Set(d, static_cast<T>(factor)));
    const std::size_t lanes = hn::Lanes(d), even = n / lanes * lanes, left = n - even;
    for (std::size_t i = 0; i < even; i += lanes)
      hn::StoreU(slope.at(hn::LoadU(d, y + i), hn::LoadU(d, g + i)), d, to + i);
    if (left > 0)
      hn::StoreN(slope.at(hn::LoadN(d, y + even, left), hn::LoadN(d, g + even, left)), d, to + even, left);
  }
  static HWY_INLINE void write_by_float64(const T* y, const T* g, const RowNumber& sum, double factor,
                                          const RowOutput<T>& output, std::size_t n) {
    const RowPair d{RowG(sum.high), RowG(sum.low)};
    const RowG times(factor);
    const std::size_t even = n / kAtOnce * kAtOnce;
    for (std::size_t i = 0; i < even; i += kAtOnce)
      output.store(i, slope(load16(y + i), load16(g + i), d, times), kAtOnce);
    if (even == n) return;
    T last_y[kAtOnce]{}, last_g[kAtOnce]{};
    std::copy_n(y + even, n - even, last_y), std::copy_n(g + even, n - even, last_g);
    output.store(even, slope(load16(last_y), load16(last_g), d, times), n - even);
  }
};

// Some rows together, so that the sum of one need not be waited for.
template <class T, RowResult kResult>
HWY_INLINE void direct_gradients(const RowWork& work) {
  using Gradient = RowGradient<T, kResult>;
  constexpr std::int64_t kRoom = 4096;  // elements that stay in L1
  const auto length = static_cast<std::size_t>(work.length);
  const auto together = std::clamp<std::int64_t>(kRoom / work.length, 1, std::int64_t{kAtOnce});
  RowNumber sums[kAtOnce];
  for (std::int64_t first = 0; first < work.rows; first += together) {
    const std::int64_t end = std::min(work.rows, first + together);
    for (std::int64_t row = first; row < end; ++row) {
      GradientSum<T> sum;
      Gradient::add_some(sum, row_of<const T>(work.x, row), row_of<const T>(work.other, row), length);
      sums[row - first] = total<T>(sum.sum());
    }
    for (std::int64_t row = first; row < end; ++row)
      Gradient::write(row_of<const T>(work.x, row), row_of<const T>(work.other, row), sums[row - first],
                      work.scale, output_of<T>(work, row), length);
  }
}

template <class T, RowResult kResult>
struct GradientPanel {
  using Gradient = RowGradient<T, kResult>;
  const RowWork& work;
  Panel<T> results, grad, y;

  HWY_INLINE GradientPanel(const RowWork& given, std::int64_t row, std::size_t count)
      : work(given),
        results(work, work.x, row, count),
        grad(work, work.other, row, count),
        y(work, work.y, row, count) {}

  HWY_INLINE void run() {
    RowSum<T> sums[2 * kAtOnce];
    for (std::int64_t j = 0; j < work.length; ++j)
      Gradient::add(sums[static_cast<std::size_t>(j) % (2 * kAtOnce)], results.get(j), grad.get(j));
    RowPair all[kAtOnce];
    for (std::size_t i = 0; i < kAtOnce; ++i) all[i] = tree_add<T>(sums[i].sum, sums[i + kAtOnce].sum);
    const RowPair sum = totals<T>(all);
    if constexpr (Gradient::kNative)
      if (!is_narrow<T>(work.format)) return write_native(sum);
    if constexpr (!Gradient::kNative || !kPaired<T>) {
      const RowG times(work.scale);
      for (std::int64_t j = 0; j < work.length; ++j)
        y.put(j, Gradient::slope(load16(results.get(j)), load16(grad.get(j)), sum, times));
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
    const hn::CappedTag<T, kAtOnce> d;
    const auto factor = hn::Set(d, static_cast<T>(work.scale));
    for (std::int64_t j = 0; j < work.length; ++j) {
      const T *const s = results.get(j), *const g = grad.get(j);
      T* const to = y.place(j);
      for (std::size_t i = 0; i < kAtOnce; i += hn::Lanes(d)) {
        const typename Gradient::template Slope<decltype(d)> slope(hn::Load(d, heads + i),
                                                                   hn::Load(d, tails + i), factor);
        hn::StoreU(slope.at(hn::LoadU(d, s + i), hn::LoadU(d, g + i)), d, to + i);
      }
      y.placed(j);
    }
  }
};

template <class T, RowResult kResult>
HWY_INLINE void gradient_row(const RowWork& work, std::int64_t row) {
  using Gradient = RowGradient<T, kResult>;
  HWY_ALIGN T results[kRowBlock], grad[kRowBlock], y[kRowBlock];
  const auto length = static_cast<std::size_t>(work.length);
  const auto blocks = [&](auto&& body) RHEO_PART {
    for (std::size_t begin = 0; begin < length; begin += kRowBlock) {
      const std::size_t count = std::min(length - begin, kRowBlock);
      gather(work.format, work.x, row, static_cast<std::int64_t>(begin), count, results);
      gather(work.format, work.other, row, static_cast<std::int64_t>(begin), count, grad);
      body(static_cast<std::int64_t>(begin), count);
    }
  };
  const RowOutput<T> output{reinterpret_cast<char*>(y), work.format};
  GradientSum<T> sum;
  blocks([&](std::int64_t, std::size_t count) RHEO_PART { Gradient::add_some(sum, results, grad, count); });
  const RowNumber all = total<T>(sum.sum());
  blocks([&](std::int64_t begin, std::size_t count) RHEO_PART {
    Gradient::write(results, grad, all, work.scale, output, count);
    scatter(work, y, row, begin, count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
