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

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

enum class RowWay {
  kDirect,  // rows that lie together
  kChunks,  // the same in a 16-bit format, if they are not too long: widened, some at a time
  kPanels,  // sixteen at a time, side by side
  kBlocks   // one by one, gathered
};

inline RowWay way_of(const RowWork& work) {
  if (work.widened) return RowWay::kDirect;
  bool together = true;
  for (const RowOperand* operand : {&work.x, &work.other, &work.y}) {
    if (operand->data == nullptr) continue;
    together &= operand->along == 1;
    together &= reinterpret_cast<std::uintptr_t>(operand->data) % size_of(work.format) == 0;
  }
  if (together && !is16(work.format)) return RowWay::kDirect;
  if (together && work.length <= kLongRow) return RowWay::kChunks;
  constexpr std::int64_t kFew = 4;
  return work.x.along == 1 || work.rows < kFew ? RowWay::kBlocks : RowWay::kPanels;
}

// Rows that lie together in a 16-bit format, as the same of float32 on the stack.
HWY_INLINE RowOperand widened_rows(const RowWork& work, const RowOperand& operand, std::int64_t row,
                                   std::int64_t count, float* to) {
  if (operand.data == nullptr) return {};
  const RowBits* from = row_of<const RowBits>(operand, row);
  const std::int64_t rows = operand.across == 0 ? 1 : count;
  const auto length = static_cast<std::size_t>(work.length);
  if (operand.across == work.length) {
    widen(work.format, from, static_cast<std::size_t>(rows) * length, to);
  } else {
    for (std::int64_t r = 0; r < rows; ++r)
      widen(work.format, from + r * operand.across, length, to + static_cast<std::size_t>(r) * length);
  }
  return {reinterpret_cast<char*>(to), 1, operand.across == 0 ? 0 : work.length};
}

// Calls a kernel with rows of float32 and where their 16-bit results go. All of a chunk is read before any of
// it is written.
inline HWY_NOINLINE void in_chunks(const RowWork& work, RowKernel kernel) {
  HWY_ALIGN float x[kLongRow], other[kLongRow];
  RowWork part = work;
  part.widened = true;
  for (std::int64_t row = 0; row < work.rows; row += part.rows) {
    part.rows = std::min(work.rows - row, kLongRow / work.length);
    part.x = widened_rows(work, work.x, row, part.rows, x);
    part.other = widened_rows(work, work.other, row, part.rows, other);
    part.y.data = output_of<float>(work, row).to;
    kernel(part);
  }
}

// Rows that are to be walked in panels or one by one.
template <class PanelBody, class RowBody>
HWY_INLINE void walk_strided(const RowWork& work, RowWay way, PanelBody&& panel, RowBody&& one,
                             std::int64_t first = 0) {
  if (way == RowWay::kBlocks) {
    for (std::int64_t row = 0; row < work.rows; ++row) one(row);
    return;
  }
  constexpr std::int64_t kRows = kAtOnce;
  for (std::int64_t row = first; row < work.rows; row += kRows)
    panel(row, static_cast<std::size_t>(std::min(work.rows - row, kRows)));
}

template <class T, RowResult kResult, RowFuse kFuse>
HWY_NOINLINE void walk_values(const RowWork& work) {
  const RowWay way = way_of(work);
  if (way == RowWay::kDirect) return DirectRows<T, kResult, kFuse>(work).run();
  if (way == RowWay::kChunks) return in_chunks(work, walk_values<T, kResult, kFuse>);
  walk_strided(
      work, way,
      [&](std::int64_t row, std::size_t count)
          RHEO_PART { PanelValues<T, kFuse>(work, row, count).template run<kResult>(); },
      [&](std::int64_t row) RHEO_PART { value_row<T, kResult, kFuse>(work, row); });
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
  if (way == RowWay::kDirect) return DirectGradients<T, kResult>(work).run();
  if (way == RowWay::kChunks) return in_chunks(work, backward_kernel<T, kResult>);
  std::int64_t first = 0;
  if constexpr (RowGradient<T, kResult>::kQuick)
    if (way == RowWay::kPanels) first = wide_gradients(work);
  walk_strided(
      work, way,
      [&](std::int64_t row, std::size_t count)
          RHEO_PART { GradientPanel<T, kResult>(work, row, count).run(); },
      [&](std::int64_t row) RHEO_PART { gradient_row<T, kResult>(work, row); }, first);
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
