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

#include "src/rows/backward-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

enum class RowWay {
  kDirect,  // rows that lie together
  kPanels,  // sixteen at a time, side by side
  kBlocks   // one by one, gathered
};

inline RowWay way_of(const RowWork& work, std::size_t size) {
  bool together = true;
  for (const RowOperand* operand : {&work.x, &work.other, &work.y}) {
    if (operand->data == nullptr) continue;
    together &= operand->along == 1 && reinterpret_cast<std::uintptr_t>(operand->data) % size == 0;
  }
  if (together) return RowWay::kDirect;
  constexpr std::int64_t kFew = 4;
  return work.x.along == 1 || work.rows < kFew ? RowWay::kBlocks : RowWay::kPanels;
}

// Rows that are to be walked in panels or one by one.
template <class PanelBody, class RowBody>
HWY_INLINE void walk_strided(const RowWork& work, RowWay way, PanelBody&& panel, RowBody&& one) {
  if (way == RowWay::kBlocks) {
    for (std::int64_t row = 0; row < work.rows; ++row) one(row);
    return;
  }
  constexpr std::int64_t kRows = kAtOnce;
  for (std::int64_t row = 0; row < work.rows; row += kRows)
    panel(row, static_cast<std::size_t>(std::min(work.rows - row, kRows)));
}

template <class T, RowResult kResult, RowFuse kFuse>
HWY_NOINLINE void walk_values(const RowWork& work) {
  const RowWay way = way_of(work, sizeof(T));
  if (way == RowWay::kDirect) return DirectRows<T, kResult, kFuse>(work).run();
  walk_strided(
      work, way,
      [&](std::int64_t row, std::size_t count)
          RHEO_PART { PanelValues<T, kFuse>(work, row, count).template run<kResult>(); },
      [&](std::int64_t row) RHEO_PART { value_row<T, kResult, kFuse>(work, row); });
}

template <class T, RowResult kResult>
void value_kernel(const RowWork& work) {
  if (work.other.data != nullptr) return walk_values<T, kResult, RowFuse::kMasked>(work);
  const bool plain = !(work.scale < 1) && !(work.scale > 1);
  plain ? walk_values<T, kResult, RowFuse::kPlain>(work) : walk_values<T, kResult, RowFuse::kScaled>(work);
}

template <class T, RowResult kResult>
void backward_kernel(const RowWork& work) {
  const RowWay way = way_of(work, sizeof(T));
  if (way == RowWay::kDirect) return direct_gradients<T, kResult>(work);
  walk_strided(
      work, way,
      [&](std::int64_t row, std::size_t count) RHEO_PART { gradient_panel<T, kResult>(work, row, count); },
      [&](std::int64_t row) RHEO_PART { gradient_row<T, kResult>(work, row); });
}

template <RowResult kResult>
const RowKernels* row_kernel_table() {
  static constexpr RowKernels table = {{{value_kernel<float, kResult>, backward_kernel<float, kResult>},
                                        {value_kernel<double, kResult>, backward_kernel<double, kResult>}}};
  return &table;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
