// SPDX-License-Identifier: Apache-2.0
// shape.h: checks of shapes and strides, for all kinds of calls. Implemented in call.cc; all throw Failure.
#pragma once

#include <cstdint>
#include <vector>

#include "src/core/run.h"

namespace rheo {

// The bytes that an operand touches, relative to its pointer. Throws beyond 2^61 bytes.
struct Extent {
  std::int64_t low = 0, high = 0;
};

Extent extent_of(const std::vector<Dimension>& dims, Operand operand, std::int64_t size);

// No two elements of y at one place.
void check_output(const std::vector<Dimension>& dims);

// The input is y's memory exactly, or they never meet.
void check_overlap(const std::vector<Dimension>& dims, Operand input, const char* data, const char* y,
                   std::int64_t size, const char* name);

}  // namespace rheo
