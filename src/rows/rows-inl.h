// SPDX-License-Identifier: Apache-2.0
// rows-inl.h: the kernels of row functions. Re-included per instruction set.
//
// Which way rows are walked depends on their strides alone, and changes no bit of the results.
#if defined(RHEO_ROWS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_ROWS_INL_H_
#undef RHEO_ROWS_ROWS_INL_H_
#else
#define RHEO_ROWS_ROWS_INL_H_
#endif

#include "src/rows/from-x-inl.h"
#include "src/rows/gradient-panel-inl.h"
#include "src/rows/narrow-gradients-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

enum class RowWay {
  kDirect,  // rows that lie together
  kNarrow,  // the same in a 16-bit format, where fused operations are not done lane by lane
  kPanels,  // sixteen at a time, side by side
  kBlocks   // one by one, gathered
};

inline RowWay way_of(const RowWork& work) {
  bool together = true;
  for (const RowOperand* operand : {&work.x, &work.other, &work.y}) {
    if (operand->data == nullptr) continue;
    together &= operand->along == 1;
    together &= reinterpret_cast<std::uintptr_t>(operand->data) % size_of(work.format) == 0;
  }
  if (together && !is16(work.format)) return RowWay::kDirect;
  if (together && HWY_NATIVE_FMA) return RowWay::kNarrow;
  constexpr std::int64_t kFew = 4;
  return work.x.along == 1 || work.rows < kFew ? RowWay::kBlocks : RowWay::kPanels;
}

template <class T, RowResult kResult, RowFuse kFuse, bool kNarrow>
HWY_NOINLINE void walk_together(const RowWork& work) {
  DirectRows<T, kResult, kFuse, kNarrow>(work).run();
}

template <class T, RowResult kResult, RowFuse kFuse>
HWY_NOINLINE void walk_values(const RowWork& work) {
  const RowWay way = way_of(work);
  if (way == RowWay::kDirect) return walk_together<T, kResult, kFuse, false>(work);
  if constexpr (!kPaired<T> && HWY_NATIVE_FMA) {
    if (way == RowWay::kNarrow) return walk_together<T, kResult, kFuse, true>(work);
    if (way == RowWay::kPanels && is16(work.format)) return walk_panels<T, kResult, kFuse, true>(work);
  }
  if (way == RowWay::kPanels) return walk_panels<T, kResult, kFuse, false>(work);
  for (std::int64_t row = 0; row < work.rows; ++row) value_row<T, kResult, kFuse>(work, row);
}

inline RowFuse fuse_of(const RowWork& work) {
  if (work.other.data != nullptr) return RowFuse::kMasked;
  return work.scale < 1 || work.scale > 1 ? RowFuse::kScaled : RowFuse::kPlain;
}

template <class T, RowResult kResult>
void value_kernel(const RowWork& work) {
  const RowFuse fuse = fuse_of(work);
  if (fuse == RowFuse::kMasked) return walk_values<T, kResult, RowFuse::kMasked>(work);
  if (fuse == RowFuse::kScaled) return walk_values<T, kResult, RowFuse::kScaled>(work);
  walk_values<T, kResult, RowFuse::kPlain>(work);
}

// A scale of 1 is exact.
template <RowResult kResult>
void from_x_kernel(const RowWork& work) {
  fuse_of(work) == RowFuse::kMasked ? gradients_from_x<kResult, RowFuse::kMasked>(work)
                                    : gradients_from_x<kResult, RowFuse::kScaled>(work);
}

template <class T, RowResult kResult>
void backward_kernel(const RowWork& work) {
  const RowWay way = way_of(work);
  if (way == RowWay::kDirect) return direct_gradients<T, kResult>(work);
  if constexpr (!kPaired<T> && HWY_NATIVE_FMA)
    if (way == RowWay::kNarrow) return narrow_gradients<kResult>(work);
  if (way == RowWay::kBlocks) {
    for (std::int64_t row = 0; row < work.rows; ++row) gradient_row<T, kResult>(work, row);
    return;
  }
  constexpr std::int64_t kRows = kAtOnce;
  std::int64_t row = 0;
  if constexpr (RowGradient<T, kResult>::kQuick) row = wide_gradients(work);
  for (; row < work.rows; row += kRows)
    GradientPanel<T, kResult>(work, row, static_cast<std::size_t>(std::min(work.rows - row, kRows))).run();
}

template <RowResult kResult>
const RowKernels* row_kernel_table() {
  static constexpr RowKernels table = {{{value_kernel<float, kResult>, backward_kernel<float, kResult>},
                                        {value_kernel<double, kResult>, backward_kernel<double, kResult>}},
                                       from_x_kernel<kResult>};
  return &table;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
