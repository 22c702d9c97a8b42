// SPDX-License-Identifier: Apache-2.0
// run.h: walks the rows of a strided tensor, on whoever's threads.
#pragma once

#include <cstdint>
#include <vector>

#include "src/core/run.h"
#include "src/rows/rows.h"

namespace rheo {

// A checked call. Operands' strides are in the dimensions and in `axis`, under kX, kGrad (for `other`) and
// kY.
struct RowJob {
  RowKernel kernel;
  Format format;
  Dimension axis;
  std::vector<Dimension> dimensions;  // all others, simplified, so that there is one at least
  const char* x;
  const char* other;  // may be null
  char* y;
  double scale;
  const char* grad = nullptr;  // of backward from x, with its strides: along the axis and the dimensions
  std::int64_t grad_along = 0;
  std::vector<std::int64_t> grad_strides = {};
};

// Pieces of work are multiples of so many rows, however many threads there are.
std::int64_t row_grain(const RowJob& job);

// Rows [begin, end) in the order of the dimensions, on the calling thread.
void run_rows(const RowJob& job, std::int64_t begin, std::int64_t end);

// Prepares the memory of the output, by its size.
void prepare_rows(const RowJob& job);

}  // namespace rheo
