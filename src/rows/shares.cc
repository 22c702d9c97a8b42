// SPDX-License-Identifier: Apache-2.0
// shares.cc: the kernels of rows whose results are shares of their sum.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/rows/shares.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/rows/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

const RowKernels* row_table_shares() { return row_kernel_table<RowResult::kShare>(); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(row_table_shares);

template <>
const RowKernels& row_kernels<RowResult::kShare>() {
  return *HWY_DYNAMIC_DISPATCH(row_table_shares)();
}

}  // namespace rheo
#endif
