// SPDX-License-Identifier: Apache-2.0
// lanes.h: formulas on one float64 lane, as the float32 kernels evaluate them before they round, and on wide
// numbers.
#pragma once

#include <cstddef>
#include <span>

namespace rheo {

// (high + low) 2^exponent.
struct WideResult {
  double high, low, exponent;
};

struct LaneFormula {
  const char* name;
  double (*value)(double x, const double* parameters);
  double (*derivative)(double x, const double* parameters);
  WideResult (*wide_value)(double x, const double* parameters);
  WideResult (*wide_derivative)(double x, const double* parameters);
  bool rounds_once;  // the value, at most (src/block/once-inl.h)
};

struct LaneList {
  LaneFormula items[8];
  std::size_t count;
};

// One list per file of activations/, from the generated list.
std::span<const LaneList* const> lane_lists();

}  // namespace rheo
