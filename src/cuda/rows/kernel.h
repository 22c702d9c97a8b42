// SPDX-License-Identifier: Apache-2.0
// kernel.h: what kernels of row functions are given, and what starts them.
#pragma once

#include <cstdint>

#include "src/rows/rows.h"

namespace rheo {

// Dimensions beside the axis that a kernel walks. Those that lie together are one.
inline constexpr int kMaxRowDimensions = 6;

// Where an operand lies in device memory; strides are in elements.
struct RowsOperand {
  char* data = nullptr;
  std::int64_t along = 0;  // from an element of a row to the next
  std::int64_t across[kMaxRowDimensions]{};
};

struct RowsRequest {
  RowTask task;
  RowResult result;
  Format format;
  double scale;  // of x, with the function's sign
  std::int64_t length, rows;
  int dimensions;  // beside the axis, one at least, outermost first
  std::int64_t extent[kMaxRowDimensions];
  RowsOperand x;      // for kBackward the results
  RowsOperand other;  // the mask, or nothing; for kBackward the gradients
  RowsOperand y;
  RowsOperand grad;     // for kFromX
  void* stream;         // a cudaStream_t
  int multiprocessors;  // of the device
};

// Start the kernel; a cudaError_t.
int launch_row_values(const RowsRequest& request);
int launch_row_gradients(const RowsRequest& request);         // kBackward
int launch_row_gradients_from_x(const RowsRequest& request);  // kFromX

inline int launch_rows(const RowsRequest& request) {
  if (request.task == RowTask::kValue) return launch_row_values(request);
  if (request.task == RowTask::kBackward) return launch_row_gradients(request);
  return launch_row_gradients_from_x(request);
}

}  // namespace rheo
