// SPDX-License-Identifier: Apache-2.0
// numpy_ufunc.h: np.ufunc objects.
#pragma once

#include <memory>

#include "numpy_api.h"
#include "numpy_callee.h"

namespace rheo::numpy {

// NumPy's number of ml_dtypes' bfloat16, or -1. Set once, when the module is started.
inline int bfloat16_type = -1;

// A ufunc with loops for float16, float32, float64 and, where there is one, bfloat16. Those whose format
// cannot hold the values of the keywords are left out. A ValueError where no format can; null with an
// exception set on failure.
PyObject* make_ufunc(std::unique_ptr<Callee> callee);

// What it was made of.
const Callee& callee_of(PyObject* ufunc);

}  // namespace rheo::numpy
