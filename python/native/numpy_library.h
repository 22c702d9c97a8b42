// SPDX-License-Identifier: Apache-2.0
// numpy_library.h: the functions of the C ABI that NumPy's ufuncs call.
//
// They come as addresses from the library that the Python package has loaded (rheobase._core), so that there
// is one library in the process whatever RHEOBASE_LIBRARY says, and the extension module is linked with none.
#pragma once

#include <type_traits>

#include "rheobase/rheobase.h"

namespace rheo::numpy {

// Every function that is called, once.
#define RHEO_NUMPY_SYMBOLS(X) \
  X(rheo_find)                \
  X(rheo_last_error)          \
  X(rheo_rows_find)           \
  X(rheo_rows_run)            \
  X(rheo_run)                 \
  X(rheo_run_arrays)          \
  X(rheo_run_gate)

struct Library {
#define RHEO_NUMPY_MEMBER(name) std::add_pointer_t<decltype(::name)> name = nullptr;
  RHEO_NUMPY_SYMBOLS(RHEO_NUMPY_MEMBER)
#undef RHEO_NUMPY_MEMBER
};

// Filled once, when the module is started, and only read afterwards.
inline Library library;

}  // namespace rheo::numpy
