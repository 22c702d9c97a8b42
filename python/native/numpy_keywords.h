// SPDX-License-Identifier: Apache-2.0
// numpy_keywords.h: a function's keywords: which of a call's are its own, their values, and the ufunc that
// has them.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "numpy_api.h"
#include "numpy_callee.h"

namespace rheo::numpy {

inline constexpr std::size_t kMostNumbers =
    8;  // keywords that are numbers: four parameters, and two of a gate

// A function's keywords that are numbers.
using Numbers = std::array<double, kMostNumbers>;

// The Python object of a function with keywords of its own.
struct Function {
  // clang-format off
  PyObject_HEAD
      // clang-format on
      vectorcallfunc vectorcall;
  PyObject* dict;
  PyObject* weak;
  PyObject* ufunc;     // with the keywords' defaults
  PyObject* keywords;  // tuple of interned str: those that are numbers, parameters first
  PyObject* arrays;    // tuple of interned str: those that are for the fallback
  PyObject* fallback;  // called with (function, args, kwargs) where a keyword is an array; or None
  PyObject* bound;     // dict: values' bytes, or the word varied, to ufunc
#ifndef Py_GIL_DISABLED
  PyObject* last;  // the ufunc of the last call with numbers: calls mostly come again with the same ones
  Numbers last_values;
#endif
  Callee* callee;  // with the defaults
};

enum class Read {
  kNumber,  // or several
  kArray,   // one at least
  kFailed   // with an exception set
};

// The keyword's index in a tuple of names, or -1.
Py_ssize_t index_of(PyObject* tuple, PyObject* name);

// Whether any of the keywords, whose values are given, is the function's own.
bool has_own_keyword(const Function* self, PyObject* const* given, PyObject* names);

// Takes the function's own keywords out of a call. `values` starts with the defaults; `rest` gets the
// positions of NumPy's keywords.
Read read_keywords(Function* self, PyObject* const* given, PyObject* names, Numbers& values,
                   std::vector<Py_ssize_t>& rest);

// A new reference to what `bound` holds; null where it holds nothing, or with an exception set.
PyObject* find_kept(Function* self, PyObject* key);

// The defaults.
Numbers own_values(const Function* self);

// A new reference to the ufunc with these values; null with an exception set.
PyObject* bind_values(Function* self, const Numbers& values);

}  // namespace rheo::numpy
