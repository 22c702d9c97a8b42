// SPDX-License-Identifier: Apache-2.0
// checks.h: what all calls of the C ABI check in the same way. Implemented in call.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/capi/call.h"
#include "src/core/run.h"

namespace rheo {

// Throws Failure.
[[noreturn]] void fail(rheo_status status, std::string message);

// Throws Failure unless it is 0 to kMaxThreads.
void check_threads(std::int32_t threads);

// The bytes that an operand touches, relative to its pointer.
struct Extent {
  std::int64_t low = 0, high = 0;
};

// Throws Failure beyond 2^61 bytes.
Extent extent_of(const std::vector<Dimension>& dims, Operand operand, std::int64_t size);

// Whether two walks over overlapping bytes, b's first one `distance` bytes behind that of a, never meet: even
// and odd elements of one array, for example, or other columns of one matrix.
bool interleaved(std::vector<Dimension> dims, Operand a, Operand b, std::int64_t distance, std::int64_t size);

bool same_strides(const std::vector<Dimension>& dims, Operand a, Operand b);

// Throws Failure when two elements of y, which is called `name`, have one place.
void check_output(const std::vector<Dimension>& dims, const char* name);

}  // namespace rheo
