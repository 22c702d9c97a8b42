// SPDX-License-Identifier: Apache-2.0
// numpy_arrays.h: calls whose parameters are arrays, straight to the library (rheo_run_arrays).
//
// As a ufunc's inputs, parameters that differ along the last axis would be a call for each element. Here the
// library sees all dimensions at once.
#pragma once

#include "numpy_api.h"
#include "numpy_keywords.h"

namespace rheo::numpy {

// One call. All must be NumPy's own arrays of the dtype that they are computed in, but for parameters, which
// may be Python's numbers and arrays of float64 as well.
struct ArrayCall {
  PyObject* const* inputs;                  // as many as the callee has: [grad,] x
  PyObject* parameters[kMostNumbers] = {};  // in the callee's order; null for the default
  PyObject* out = nullptr;                  // or null
};

// Does the call: its result, or null with an exception set. False where that is left to others; then nothing
// was written.
bool run_with_arrays(const Callee& callee, const ArrayCall& call, PyObject** result);

}  // namespace rheo::numpy
