// SPDX-License-Identifier: Apache-2.0
// numpy_arrays.cc: from NumPy's arrays to shapes and strides of the C ABI. Results are those of the ufunc:
// bits, dtype, shape, type, and strides but for extents of 1.
#include "numpy_arrays.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "numpy_direct.h"
#include "numpy_flags.h"
#include "numpy_library.h"

namespace rheo::numpy {

namespace {

using Strides = std::array<std::int64_t, NPY_MAXDIMS>;

// One of NumPy's own arrays of this dtype, whose elements lie where a load may be.
bool is_native(PyObject* object, int format) {
  return object != nullptr && PyArray_CheckExact(object) &&
         format_of(PyArray_DESCR(array(object))) == format && PyArray_ISALIGNED(array(object));
}

// In elements. False where a step is no whole number of them.
bool read_strides(PyArrayObject* a, Strides& strides) {
  const npy_intp size = PyArray_ITEMSIZE(a);
  for (int i = 0; i < PyArray_NDIM(a); ++i) {
    if (PyArray_STRIDE(a, i) % size != 0) return false;
    strides[static_cast<std::size_t>(i)] = PyArray_STRIDE(a, i) / size;
  }
  return true;
}

// An array's strides as it is broadcast to x's shape: 0 where it is repeated. False where it does not fit.
bool broadcast(PyArrayObject* a, PyArrayObject* x, Strides& strides) {
  const int rank = PyArray_NDIM(x), missing = rank - PyArray_NDIM(a);
  Strides own;
  if (missing < 0 || !read_strides(a, own)) return false;
  for (int i = 0; i < rank; ++i) {
    const npy_intp extent = i < missing ? 1 : PyArray_DIM(a, i - missing);
    if (extent != 1 && extent != PyArray_DIM(x, i)) return false;
    strides[static_cast<std::size_t>(i)] = extent == 1 ? 0 : own[static_cast<std::size_t>(i - missing)];
  }
  return true;
}

// Parameters as the C ABI takes them.
class Parameters {
 public:
  // False where one is nothing for us.
  bool read(const Callee& callee, const ArrayCall& call, PyArrayObject* x, int format) {
    for (std::size_t p = 0; p < callee.names.size(); ++p) {
      PyObject* given = call.parameters[p];
      const char* name = callee.names[p].c_str();
      if (given == nullptr) {
        numbers_[number_count_++] = {name, callee.values[p]};
      } else if (PyFloat_CheckExact(given)) {
        numbers_[number_count_++] = {name, PyFloat_AS_DOUBLE(given)};
      } else if (!read_array(name, given, x, format)) {
        return false;
      }
    }
    return true;
  }
  rheo_status run(const Callee& callee, rheo_call call) const {
    call.parameters = numbers_, call.parameter_count = number_count_;
    const FlagsKept flags;
    return library.rheo_run_arrays(callee.activation, &call, arrays_, array_count_);
  }
  // Whether an array of several dimensions may have an order of its own, which counts for that of the result.
  bool ordered() const {
    for (std::size_t a = 0; a < array_count_; ++a) {
      const auto& strides = strides_[a];
      if (std::count_if(strides.begin(), strides.begin() + rank_, [](auto s) { return s != 0; }) > 1)
        return true;
    }
    return false;
  }

 private:
  bool read_array(const char* name, PyObject* given, PyArrayObject* x, int format) {
    const int wanted = format == RHEO_FLOAT64 ? RHEO_FLOAT64 : RHEO_FLOAT32;
    const bool wide = wanted == RHEO_FLOAT32 && is_native(given, RHEO_FLOAT64);
    if (!wide && !is_native(given, wanted)) return false;
    Strides& strides = strides_[array_count_];
    rank_ = PyArray_NDIM(x);
    if (!broadcast(array(given), x, strides)) return false;
    const void* values = PyArray_DATA(array(given));
    if (wide) {
      if (!PyArray_IS_C_CONTIGUOUS(array(given))) return false;
      const FlagsKept flags;
      const auto* from = static_cast<const double*>(values);
      std::vector<float>& narrow = narrow_[array_count_];
      narrow.reserve(static_cast<std::size_t>(PyArray_SIZE(array(given))));
      for (npy_intp i = 0; i < PyArray_SIZE(array(given)); ++i) {
        // Others say that float32 cannot hold it.
        if (std::abs(from[i]) > double{std::numeric_limits<float>::max()} && !std::isinf(from[i]))
          return false;
        narrow.push_back(static_cast<float>(from[i]));
      }
      values = narrow.data();
    }
    arrays_[array_count_++] = {name, values, strides.data()};
    return true;
  }

  rheo_parameter numbers_[kMostNumbers];
  rheo_parameter_array arrays_[kMostNumbers];
  Strides strides_[kMostNumbers];
  std::vector<float> narrow_[kMostNumbers];  // what comes as float64 and is computed in float32
  std::size_t number_count_ = 0, array_count_ = 0;
  int rank_ = 0;
};

// [grad,] x and y, as the C ABI takes them.
struct Operands {
  int format = 0;
  PyArrayObject *grad = nullptr, *x = nullptr;
  Owned y;
  std::int64_t shape[NPY_MAXDIMS];
  Strides grad_strides, x_strides, y_strides;

  // False where one is nothing for us.
  bool read(const Callee& callee, PyObject* const* given) {
    const int inputs = callee.inputs();
    PyObject* last = given[inputs - 1];
    if (!PyArray_CheckExact(last) || PyArray_NDIM(array(last)) == 0) return false;
    x = array(last), format = format_of(PyArray_DESCR(x));
    if (format == 0 || !callee.served[format] || PyArray_SIZE(x) == 0) return false;
    if (!is_native(last, format) || !read_strides(x, x_strides)) return false;
    std::copy_n(PyArray_DIMS(x), PyArray_NDIM(x), shape);
    if (inputs == 1) return true;
    if (!is_native(given[0], format) || !same_shape(array(given[0]), x)) return false;
    grad = array(given[0]);
    return read_strides(grad, grad_strides);
  }
  // Whether it is clear how a new result is to lie in memory: as x does. Where orders differ, NumPy weighs
  // them.
  bool clear_order(bool ordered_parameters) const {
    const int rank = PyArray_NDIM(x);
    if (grad != nullptr && !std::equal(x_strides.begin(), x_strides.begin() + rank, grad_strides.begin()))
      return false;
    if (PyArray_IS_C_CONTIGUOUS(x)) return true;
    return !ordered_parameters && std::count(x_strides.begin(), x_strides.begin() + rank, 0) == 0;
  }
  // `out`, or a new array. False where it is nothing for us; y is null with an exception set.
  bool make_output(PyObject* out) {
    if (out == nullptr) {
      y = Owned(PyArray_NewLikeArray(x, NPY_KEEPORDER, nullptr, 0));
    } else {
      if (!is_native(out, format) || !same_shape(array(out), x) || !PyArray_ISWRITEABLE(array(out)))
        return false;
      // What may still be wrong is a warning of NumPy's, which may be an error.
      if (PyArray_FailUnlessWriteable(array(out), "output array") == 0) y = Owned(Py_NewRef(out));
    }
    return !y || read_strides(array(y.get()), y_strides);
  }
  rheo_call call(const Callee& callee) const {
    rheo_call c = call_of(callee, static_cast<rheo_format>(format));
    c.rank = PyArray_NDIM(x), c.shape = shape;
    c.x = PyArray_DATA(x), c.x_strides = x_strides.data();
    if (grad != nullptr) c.grad = PyArray_DATA(grad), c.grad_strides = grad_strides.data();
    c.y = PyArray_DATA(array(y.get())), c.y_strides = y_strides.data();
    return c;
  }
};

}  // namespace

bool run_with_arrays(const Callee& callee, const ArrayCall& given, PyObject** result) {
  *result = nullptr;
  Operands operands;
  Parameters parameters;
  if (callee.kind != Kind::kElements || !operands.read(callee, given.inputs) ||
      !parameters.read(callee, given, operands.x, operands.format))
    return false;
  if (given.out == nullptr && !operands.clear_order(parameters.ordered())) return false;
  if (!operands.make_output(given.out)) return false;
  if (!operands.y) return true;
  const rheo_call call = operands.call(callee);
  PyThreadState* released = PyArray_SIZE(operands.x) > kMostLocked ? PyEval_SaveThread() : nullptr;
  const rheo_status status = parameters.run(callee, call);
  if (released != nullptr) PyEval_RestoreThread(released);
  if (status == RHEO_OK) *result = operands.y.release();
  if (status == RHEO_ERROR_PARAMETER) PyErr_SetString(PyExc_ValueError, library.rheo_last_error());
  return status == RHEO_OK || status == RHEO_ERROR_PARAMETER;
}

}  // namespace rheo::numpy
