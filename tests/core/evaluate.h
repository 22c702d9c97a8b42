// SPDX-License-Identifier: Apache-2.0
// evaluate.h: a recorded formula evaluated in long double, with its slope. A check that is independent of the
// kernels.
#pragma once

#include "src/core/trace.h"

namespace rheo::test {

// A value, its slope, and how large the terms are that they were added up from (their rounding error scales
// with it). `flat` says that the slope is 0 by definition: the value does not depend on x at all.
struct Evaluated {
  long double value = 0, slope = 0, value_size = 0, slope_size = 0;
  bool flat = true;
};

// The result of the trace at x, for parameters in the file's order. Throws std::runtime_error on an unknown
// operation.
Evaluated evaluate(const Trace& trace, double x, const double* parameters);

}  // namespace rheo::test
