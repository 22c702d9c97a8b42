// SPDX-License-Identifier: Apache-2.0
// checks.h: checks that the forms of calls share. All throw Failure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/capi/call.h"
#include "src/core/run.h"

namespace rheo {

[[noreturn]] void fail(rheo_status status, std::string message);

void check_threads(std::int32_t threads);

// The parameter of that name.
std::size_t parameter_index(const Activation& activation, const char* name);

// Dimensions, and each operand's strides: null for row-major contiguous.
std::vector<Dimension> read_shape(std::int32_t rank, const std::int64_t* shape,
                                  const std::int64_t* const (&strides)[kOperands]);

// The bytes that an operand touches, relative to its pointer. Fails beyond 2^61 bytes.
struct Extent {
  std::int64_t low = 0, high = 0;
};
Extent extent_of(const std::vector<Dimension>& dims, Operand operand, std::int64_t size);

// That an input is y's own memory or apart from it.
void check_overlap(const std::vector<Dimension>& dims, Operand input, const char* data, const char* y,
                   std::int64_t size, const char* name);

// No two elements of y at one place.
void check_output(const std::vector<Dimension>& dims);

}  // namespace rheo
