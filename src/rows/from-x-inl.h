// SPDX-License-Identifier: Apache-2.0
// from-x-inl.h: gradients of 16-bit rows from x, whose values are not rounded in between. Re-included per
// instruction set.
//
// Four passes over a row in blocks: its largest element; the sum of exponentials; with the shares, which are
// evaluated again, that of s_j g_j (of a logarithm of g_j); the gradients.
#if defined(RHEO_ROWS_FROM_X_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_FROM_X_INL_H_
#undef RHEO_ROWS_FROM_X_INL_H_
#else
#define RHEO_ROWS_FROM_X_INL_H_
#endif

#include "src/rows/panel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

template <RowResult kResult, RowFuse kFuse>
HWY_INLINE void gradient_row_from_x(const RowWork& work, std::int64_t row) {
  constexpr bool kShare = kResult == RowResult::kShare;
  using Source = RowSource<float, kFuse>;
  const BlockRow<float, kFuse> values(work, row);
  const RowG factor = reciprocal<float>(values.sum).high;
  HWY_ALIGN float grad[kRowBlock];
  // body(i, s, g, count) for sixteen shares at a time, after(begin, count) for each block.
  const auto pass = [&](auto&& body, auto&& after) RHEO_PART {
    blocks_of<float, kFuse>(
        work, row, [&](const Source& source, std::int64_t begin, std::size_t count) RHEO_PART {
          gather(work.format, work.grad, row, begin, count, grad);
          std::fill(grad + count, grad + (count + kAtOnce - 1) / kAtOnce * kAtOnce, 0.0F);
          sixteens(source, count, [&](std::size_t i, const RowG& z, std::size_t n, auto) RHEO_PART {
            body(i, values.exponential(z).high * factor, load16(grad + i), n);
          });
          after(begin, count);
        });
  };
  RowSum<float> sum;
  pass([&](std::size_t, const RowG& s, const RowG& g, std::size_t)
           RHEO_PART { sum.add({kShare ? s * g : g, RowG(0.0)}); },
       [](std::int64_t, std::size_t) RHEO_PART {});
  const RowG d(total<float>(sum.sum).high), times(work.scale);
  RowBits y[kRowBlock];
  pass([&](std::size_t i, const RowG& s, const RowG& g, std::size_t n)
           RHEO_PART { narrow(work.format, (kShare ? (g - d) * s : fused_from(s, d, g)) * times, y + i, n); },
       [&](std::int64_t begin, std::size_t count) RHEO_PART { copy_out(y, work.y, row, begin, count); });
}

template <RowResult kResult, RowFuse kFuse>
HWY_NOINLINE void gradients_from_x(const RowWork& work) {
  for (std::int64_t row = 0; row < work.rows; ++row) gradient_row_from_x<kResult, kFuse>(work, row);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
