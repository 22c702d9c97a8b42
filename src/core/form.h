// SPDX-License-Identifier: Apache-2.0
// form.h: walks calls of several inputs and outputs, each with strides of its own, block by block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rheo {

inline constexpr int kFormOperands = 5;

struct FormDimension {
  std::int64_t extent;
  std::int64_t stride[kFormOperands];  // in elements of the operand; 0 repeats it, or it is not used
};

// A checked call. The first operands are inputs, the last ones outputs.
struct Form {
  std::vector<FormDimension> dimensions;  // outermost first
  int count = 0, outputs = 0;             // operands; how many of them are outputs
  char* data[kFormOperands] = {};
  std::size_t size[kFormOperands] = {};  // of an element: 2, 4 or 8 bytes
  // What is done with n contiguous elements of each operand.
  void (*body)(const void* self, void* const* operands, std::size_t n) = nullptr;
  const void* self = nullptr;
};

// Number of elements; -1 when it does not fit.
std::int64_t element_count(const std::vector<FormDimension>& dimensions);

// Drops extents of 1, orders the dimensions as the first output lies in memory and merges those that lie
// together; prepares the outputs' memory by its size.
void prepare_form(Form& form);

// Elements [begin, end) in the order of the prepared dimensions, on the calling thread.
void run_form(const Form& form, std::int64_t begin, std::int64_t end);

}  // namespace rheo
