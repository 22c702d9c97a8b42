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

  HWY_INLINE RowPair sum() const { return tree_add<T>(even.sum, odd.sum); }
};

template <class T, RowResult kResult>
struct RowGradient {
  static constexpr bool kShare = kResult == RowResult::kShare;

  static HWY_INLINE void add(RowSum<T>& sum, const T* s, const T* g) {
    if constexpr (kShare) sum.add_product(load16(s), load16(g));
    else sum.add({load16(g), RowG(0.0)});
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
  static HWY_INLINE void write(const T* y, const T* g, const RowNumber& sum, double factor, T* to,
                               std::size_t n) {
    if constexpr (kShare) {
      const hn::ScalableTag<T> d;
      const RowParts<T> parts(sum);
      const auto high = hn::Set(d, parts.high), low = hn::Set(d, parts.low);
      const auto times = hn::Set(d, static_cast<T>(factor));
      const std::size_t lanes = hn::Lanes(d), even = n / lanes * lanes;
      for (std::size_t i = 0; i < even; i += lanes)
        hn::StoreU(share_gradient(d, hn::LoadU(d, y + i), hn::LoadU(d, g + i), high, low, times), d, to + i);
      const std::size_t rest = n - even;
      if (rest > 0)
        hn::StoreN(share_gradient(d, hn::LoadN(d, y + even, rest), hn::LoadN(d, g + even, rest), high, low, times),
                   d, to + even, rest);
    } else {
      const RowPair d{RowG(sum.high), RowG(sum.low)};
      const RowG times(factor);
      const std::size_t even = n / kAtOnce * kAtOnce;
      for (std::size_t i = 0; i < even; i += kAtOnce)
        store16(logarithm_gradient<T>(load16(y + i), load16(g + i), d, times), to + i);
      if (even == n) return;
      T last_y[kAtOnce]{}, last_g[kAtOnce]{};
      std::copy_n(y + even, n - even, last_y), std::copy_n(g + even, n - even, last_g);
      store_some(logarithm_gradient<T>(load16(last_y), load16(last_g), d, times), to + even, n - even);
    }
  }
};

template <class T, RowResult kResult>
HWY_INLINE void direct_gradients(const RowWork& work) {
  using Gradient = RowGradient<T, kResult>;
  const auto length = static_cast<std::size_t>(work.length);
  for (std::int64_t row = 0; row < work.rows; ++row) {
    const T *const y = row_of<const T>(work.x, row), *const g = row_of<const T>(work.other, row);
    GradientSum<T> sum;
    Gradient::add_some(sum, y, g, length);
    Gradient::write(y, g, total<T>(sum.sum()), work.scale, row_of<T>(work.y, row), length);
  }
}

template <class T, RowResult kResult>
HWY_INLINE void gradient_panel(const RowWork& work, std::int64_t row, std::size_t count) {
  using Gradient = RowGradient<T, kResult>;
  Panel<T> results(work.x, row, count), grad(work.other, row, count), y(work.y, row, count);
  RowSum<T> sums[2 * kAtOnce];
  for (std::int64_t j = 0; j < work.length; ++j)
    Gradient::add(sums[static_cast<std::size_t>(j) % (2 * kAtOnce)], results.get(j), grad.get(j));
  RowPair all[kAtOnce];
  for (std::size_t i = 0; i < kAtOnce; ++i) all[i] = tree_add<T>(sums[i].sum, sums[i + kAtOnce].sum);
  const RowPair sum = totals<T>(all);
  HWY_ALIGN double high[kAtOnce], low[kAtOnce];
  sum.high.store(high), sum.low.store(low);
  HWY_ALIGN T parts_high[kAtOnce], parts_low[kAtOnce];
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    const RowParts<T> parts(RowNumber{high[i], low[i]});
    parts_high[i] = parts.high, parts_low[i] = parts.low;
  }
  const RowG times(work.scale);
  for (std::int64_t j = 0; j < work.length; ++j) {
    const T *const s = results.get(j), *const g = grad.get(j);
    T* const to = y.place(j);
    if constexpr (kResult == RowResult::kShare) {
      const hn::CappedTag<T, kAtOnce> d;
      const auto factor = hn::Set(d, static_cast<T>(work.scale));
      for (std::size_t i = 0; i < kAtOnce; i += hn::Lanes(d))
        hn::StoreU(share_gradient(d, hn::LoadU(d, s + i), hn::LoadU(d, g + i), hn::Load(d, parts_high + i),
                                  hn::Load(d, parts_low + i), factor),
                   d, to + i);
    } else {
      store16(logarithm_gradient<T>(load16(s), load16(g), sum, times), to);
    }
    y.put(j);
  }
}

template <class T, RowResult kResult>
HWY_INLINE void gradient_row(const RowWork& work, std::int64_t row) {
  using Gradient = RowGradient<T, kResult>;
  HWY_ALIGN T results[kRowBlock], grad[kRowBlock], y[kRowBlock];
  const auto length = static_cast<std::size_t>(work.length);
  const auto blocks = [&](auto&& body) RHEO_PART {
    for (std::size_t begin = 0; begin < length; begin += kRowBlock) {
      const std::size_t count = std::min(length - begin, kRowBlock);
      gather(work.x, row, static_cast<std::int64_t>(begin), count, results);
      gather(work.other, row, static_cast<std::int64_t>(begin), count, grad);
      body(static_cast<std::int64_t>(begin), count);
    }
  };
  GradientSum<T> sum;
  blocks([&](std::int64_t, std::size_t count) RHEO_PART { Gradient::add_some(sum, results, grad, count); });
  const RowNumber all = total<T>(sum.sum());
  blocks([&](std::int64_t begin, std::size_t count) RHEO_PART {
    Gradient::write(results, grad, all, work.scale, y, count);
    scatter(y, work.y, row, begin, count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
