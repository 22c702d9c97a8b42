// SPDX-License-Identifier: Apache-2.0
// numpy_function.h: the Python type of a function with keywords of its own.
#pragma once

#include "numpy_api.h"

namespace rheo::numpy {

// Adds the type to the module; false with an exception set.
bool add_function_type(PyObject* module);

}  // namespace rheo::numpy
