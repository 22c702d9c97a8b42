// SPDX-License-Identifier: Apache-2.0
// varied.h: jobs whose parameters differ from element to element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "src/core/run.h"

namespace rheo {

// One dimension: its extent, the stride of each operand, and behind them those of the parameters' arrays.
struct VariedDimension {
  std::int64_t extent;
  std::int64_t stride[kOperands + kMaxParameters];
};

// Values of one parameter: of float64 where the elements are, otherwise of float32.
struct ParameterArray {
  std::size_t parameter;  // which one
  const char* values;
};

// A checked call.
struct VariedJob {
  Work work;
  std::vector<VariedDimension> dimensions;  // outermost first; at least one
  const char* x;
  const char* grad;  // or null
  char* y;
  const double* parameters;  // the values of those that are no arrays
  std::size_t parameter_count;
  std::vector<ParameterArray> arrays;
};

// The value that is `offset` values behind the first one, at any address.
inline double read_parameter(Format format, const ParameterArray& array, std::int64_t offset) {
  const auto read = [&](auto value) {
    std::memcpy(&value, array.values + offset * std::int64_t{sizeof value}, sizeof value);
    return static_cast<double>(value);
  };
  return format == Format::kFloat64 ? read(0.0) : read(0.0F);
}

// Whether n values are finite, and larger than that.
bool all_finite_above(const float* values, std::int64_t n, float least);
bool all_finite_above(const double* values, std::int64_t n, double least);

// Elements [begin, end) in the order of the dimensions, on the calling thread. Takes memory, and does without
// where there is none.
void run_varied(const VariedJob& job, std::int64_t begin, std::int64_t end);

}  // namespace rheo
