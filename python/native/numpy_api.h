// SPDX-License-Identifier: Apache-2.0
// numpy_api.h: the interpreter's and NumPy's C interfaces. Each file is compiled against one table of
// functions, which numpy_module.cc imports.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>  // before all other headers

// With headers of NumPy 2 one binary serves 1.25 and later, 2 included: the oldest that the tests pass
// with. 1.23 has no ufunc.resolve_dtypes, which rheobase._numpy needs.
#define NPY_NO_DEPRECATED_API NPY_1_25_API_VERSION
#define NPY_TARGET_VERSION NPY_1_25_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL rheobase_array_api
#define PY_UFUNC_UNIQUE_SYMBOL rheobase_ufunc_api
#ifndef RHEO_NUMPY_IMPORTS
#define NO_IMPORT_ARRAY
#define NO_IMPORT_UFUNC
#endif
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#include <algorithm>
#include <utility>

namespace rheo::numpy {

inline PyArrayObject* array(PyObject* object) { return reinterpret_cast<PyArrayObject*>(object); }

inline bool same_shape(PyArrayObject* a, PyArrayObject* b) {
  return PyArray_NDIM(a) == PyArray_NDIM(b) &&
         std::equal(PyArray_DIMS(a), PyArray_DIMS(a) + PyArray_NDIM(a), PyArray_DIMS(b));
}

// An owned reference.
class Owned {
 public:
  Owned() = default;
  explicit Owned(PyObject* object) : object_(object) {}
  Owned(Owned&& other) noexcept : object_(other.release()) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { Py_XDECREF(object_); }

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_ = nullptr;
};

}  // namespace rheo::numpy
