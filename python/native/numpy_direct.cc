// SPDX-License-Identifier: Apache-2.0
// numpy_direct.cc: calls of loops on whole arrays and on numbers. Results are those of the ufunc in every
// respect: bits, dtype, shape, strides and type.
#include "numpy_direct.h"

#include <numpy/arrayscalars.h>

#include <algorithm>
#include <cstring>

#include "numpy_loops.h"
#include "numpy_ufunc.h"

namespace rheo::numpy {

namespace {

constexpr int kMostInputs = 3;

// NumPy's dtypes by rheo_format, in the machine's byte order and without metadata: there is one object of
// each.
PyArray_Descr* dtypes[kFormats + 1] = {};

PyArray_Descr* new_dtype(int format) {
  Py_INCREF(reinterpret_cast<PyObject*>(dtypes[format]));
  return dtypes[format];
}

// An array without gaps; no dimensions would make a scalar of the result.
bool is_plain(PyObject* object) {
  return PyArray_CheckExact(object) && PyArray_NDIM(array(object)) > 0 &&
         PyArray_CHKFLAGS(array(object), NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED);
}

bool is_like(PyObject* object, PyArrayObject* first) {
  if (!is_plain(object)) return false;
  return PyArray_DESCR(array(object)) == PyArray_DESCR(first) && same_shape(array(object), first);
}

// Whether the output may be written while the inputs are read: an element is read before it is written over,
// but of rows all elements are read again.
bool is_free(const Callee& callee, const char* output, char* const* inputs, int count, npy_intp bytes) {
  return std::all_of(inputs, inputs + count, [&](const char* input) {
    return output + bytes <= input || input + bytes <= output || (input == output && !callee.of_rows());
  });
}

// Runs the kind's loop over all elements, in rows that are `row` elements long.
void run_loop(const Callee& callee, int format, char** operands, npy_intp elements, npy_intp row) {
  const npy_intp size = size_of(static_cast<rheo_format>(format));
  const int count = callee.inputs() + callee.outputs();
  std::intptr_t dimensions[2] = {elements, row}, steps[2 * kMostOperands];
  if (callee.of_rows()) dimensions[0] = elements / row;
  std::fill_n(steps, count, callee.of_rows() ? row * size : size);
  std::fill_n(steps + count, count, size);
  PyThreadState* released = elements > kMostLocked ? PyEval_SaveThread() : nullptr;
  loop_of(callee)(operands, dimensions, steps, const_cast<Callee::Typed*>(&callee.typed[format]));
  if (released != nullptr) PyEval_RestoreThread(released);
}

// The one, or a tuple of both.
PyObject* as_result(Owned (&outputs)[2], int count) {
  if (!outputs[0] || (count == 2 && !outputs[1])) return nullptr;
  return count == 1 ? outputs[0].release() : PyTuple_Pack(2, outputs[0].get(), outputs[1].get());
}

bool run_alike(const Callee& callee, PyObject* const* args, int inputs, PyObject* given, PyObject** result) {
  if (!is_plain(args[0])) return false;
  PyArrayObject* first = array(args[0]);
  const int format = format_of(PyArray_DESCR(first)), count = callee.outputs();
  const npy_intp elements = PyArray_SIZE(first);
  if (format == 0 || !callee.served[format] || elements == 0) return false;
  char* operands[kMostOperands];
  for (int i = 0; i < inputs; ++i) {
    if (i > 0 && !is_like(args[i], first)) return false;
    operands[i] = PyArray_BYTES(array(args[i]));
  }
  Owned outputs[2];
  if (given != nullptr) {
    if (count != 1 || !is_like(given, first) || !PyArray_ISWRITEABLE(array(given)) ||
        !is_free(callee, PyArray_BYTES(array(given)), operands, inputs, PyArray_NBYTES(first)))
      return false;
    // What may still be wrong is a warning of NumPy's, which may be an error.
    if (PyArray_FailUnlessWriteable(array(given), "output array") == 0) outputs[0] = Owned(Py_NewRef(given));
  }
  for (int i = 0; i < count; ++i) {
    if (given == nullptr)
      outputs[i] = Owned(PyArray_NewFromDescr(&PyArray_Type, new_dtype(format), PyArray_NDIM(first),
                                              PyArray_DIMS(first), nullptr, nullptr, 0, nullptr));
    if (!outputs[i]) return true;
    operands[inputs + i] = PyArray_BYTES(array(outputs[i].get()));
  }
  run_loop(callee, format, operands, elements, PyArray_DIM(first, PyArray_NDIM(first) - 1));
  *result = as_result(outputs, count);
  return true;
}

// The format of one of NumPy's numbers, or of Python's, whose value `to` gets; 0 for others.
int read_number(PyObject* object, char* to) {
  const PyTypeObject* type = Py_TYPE(object);
  if (type == &PyFloat_Type || type == &PyDoubleArrType_Type) {  // the one is derived from the other
    std::memcpy(to, &reinterpret_cast<PyFloatObject*>(object)->ob_fval, sizeof(double));
    return RHEO_FLOAT64;
  }
  if (type == &PyFloatArrType_Type) {
    std::memcpy(to, &PyArrayScalar_VAL(object, Float), sizeof(float));
    return RHEO_FLOAT32;
  }
  if (type == &PyHalfArrType_Type) {
    std::memcpy(to, &PyArrayScalar_VAL(object, Half), sizeof(npy_half));
    return RHEO_FLOAT16;
  }
  return 0;
}

bool run_numbers(const Callee& callee, PyObject* const* args, int inputs, PyObject** result) {
  if (callee.of_rows()) return false;
  alignas(double) char memory[kMostInputs + 2][sizeof(double)];
  const int format = read_number(args[0], memory[0]), count = callee.outputs();
  if (format == 0 || !callee.served[format]) return false;
  for (int i = 1; i < inputs; ++i)
    if (read_number(args[i], memory[i]) != format) return false;
  char* operands[kMostOperands];
  for (int i = 0; i < inputs + count; ++i) operands[i] = memory[i];
  run_loop(callee, format, operands, 1, 1);
  Owned outputs[2];
  for (int i = 0; i < count; ++i)
    outputs[i] = Owned(PyArray_Scalar(memory[inputs + i], dtypes[format], nullptr));
  *result = as_result(outputs, count);
  return true;
}

}  // namespace

int format_of(const PyArray_Descr* dtype) {
  for (int format = kFormats; format > 0; --format)
    if (dtypes[format] == dtype) return format;
  return 0;
}

bool prepare_direct() {
  const std::pair<rheo_format, int> types[] = {{RHEO_FLOAT32, NPY_FLOAT},
                                               {RHEO_FLOAT64, NPY_DOUBLE},
                                               {RHEO_FLOAT16, NPY_HALF},
                                               {RHEO_BFLOAT16, bfloat16_type}};
  for (const auto& [format, type] : types) {
    if (type < 0) continue;
    dtypes[format] = PyArray_DescrFromType(type);
    if (dtypes[format] == nullptr) return false;
  }
  return true;
}

bool run_direct(const Callee& callee, PyObject* const* args, Py_ssize_t count, PyObject** result) {
  *result = nullptr;
  const int inputs = callee.inputs();
  if (inputs > kMostInputs || count < inputs || count > inputs + 1) return false;
  PyObject* given = count > inputs ? args[inputs] : nullptr;
  if (run_alike(callee, args, inputs, given, result)) return true;
  return given == nullptr && run_numbers(callee, args, inputs, result);
}

}  // namespace rheo::numpy
