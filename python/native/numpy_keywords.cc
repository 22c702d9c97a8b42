// SPDX-License-Identifier: Apache-2.0
// numpy_keywords.cc: reads keywords, and keeps the ufuncs that were made for their values.
#include "numpy_keywords.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "numpy_ufunc.h"

namespace rheo::numpy {

PyObject* find_kept(Function* self, PyObject* key) {
#if PY_VERSION_HEX >= 0x030d0000
  PyObject* found = nullptr;
  return PyDict_GetItemRef(self->bound, key, &found) < 0 ? nullptr : found;
#else
  return Py_XNewRef(PyDict_GetItemWithError(self->bound, key));
#endif
}

Py_ssize_t index_of(PyObject* tuple, PyObject* name) {
  const Py_ssize_t n = PyTuple_GET_SIZE(tuple);
  for (Py_ssize_t i = 0; i < n; ++i)
    if (PyTuple_GET_ITEM(tuple, i) == name) return i;
  for (Py_ssize_t i = 0; i < n; ++i)
    if (PyUnicode_Compare(PyTuple_GET_ITEM(tuple, i), name) == 0) return i;
  return -1;
}

namespace {

constexpr Py_ssize_t kMostBound = 256;  // ufuncs with values of their own that are kept, of one function

// Whether the function's own code has to see this keyword. An axis that is a number is a ufunc's as it is.
bool is_own_array(const Function* self, PyObject* name, PyObject* value) {
  return index_of(self->arrays, name) >= 0 &&
         !(PyLong_CheckExact(value) && PyUnicode_CompareWithASCIIString(name, "axis") == 0);
}

Read no_number(const Function* self, PyObject* name, PyObject* value) {
  PyErr_Format(PyExc_TypeError, "%s: %U must be a real number or an array of them, not %s",
               self->callee->name.c_str(), name, Py_TYPE(value)->tp_name);
  return Read::kFailed;
}

Read read_number(const Function* self, PyObject* name, PyObject* value, double* number) {
  if (PyFloat_CheckExact(value)) {
    *number = PyFloat_AS_DOUBLE(value);
    return Read::kNumber;
  }
  if (PyUnicode_Check(value) || PyBytes_Check(value) || PyComplex_Check(value) || value == Py_None ||
      PyArray_IsScalar(value, ComplexFloating))
    return no_number(self, name, value);
  if (PyArray_Check(value)) {
    auto* array = reinterpret_cast<PyArrayObject*>(value);
    const int type = PyArray_TYPE(array);
    const bool real = PyTypeNum_ISINTEGER(type) || PyTypeNum_ISFLOAT(type) || PyTypeNum_ISBOOL(type) ||
                      PyTypeNum_ISUSERDEF(type);
    if (!real) {
      PyErr_Format(PyExc_TypeError, "%s: %U must be real, not an array of dtype %S",
                   self->callee->name.c_str(), name, reinterpret_cast<PyObject*>(PyArray_DESCR(array)));
      return Read::kFailed;
    }
    if (PyArray_NDIM(array) > 0) return Read::kArray;
  } else if (!PyLong_Check(value) && !PyArray_CheckAnyScalarExact(value)) {
    const PyNumberMethods* methods = Py_TYPE(value)->tp_as_number;
    const bool number_like =
        methods != nullptr && (methods->nb_float != nullptr || methods->nb_index != nullptr);
    if (PySequence_Check(value) || PyObject_HasAttrString(value, "__array__") ||
        PyObject_HasAttrString(value, "__array_ufunc__")) {
      if (!number_like || !PyArray_CheckScalar(value)) return Read::kArray;
    }
    if (!number_like) return no_number(self, name, value);
  }
  *number = PyFloat_AsDouble(value);
  return *number == -1.0 && PyErr_Occurred() != nullptr ? Read::kFailed : Read::kNumber;
}

// A new reference to the ufunc with these values, from the dictionary or made.
PyObject* find_bound(Function* self, const Numbers& values) {
  const std::size_t count = self->callee->values.size();
  const auto* bytes = reinterpret_cast<const char*>(values.data());
  // Bytes, since 0 and -0 are different parameters.
  const Owned key(PyBytes_FromStringAndSize(bytes, static_cast<Py_ssize_t>(count * sizeof(double))));
  if (!key) return nullptr;
  PyObject* known = find_kept(self, key.get());
  if (known != nullptr || PyErr_Occurred() != nullptr) return known;
  auto callee = std::make_unique<Callee>(*self->callee);
  std::copy_n(values.begin(), count, callee->values.begin());
  Owned made(make_ufunc(std::move(callee)));
  if (!made) return nullptr;
  if (PyDict_GET_SIZE(self->bound) >= kMostBound) PyDict_Clear(self->bound);
  if (PyDict_SetItem(self->bound, key.get(), made.get()) < 0) return nullptr;
  return made.release();
}

}  // namespace

// The same, at once where the last call had these values.
PyObject* bind_values(Function* self, const Numbers& values) {
#ifdef Py_GIL_DISABLED
  return find_bound(self, values);
#else
  const std::size_t bytes = self->callee->values.size() * sizeof(double);
  if (self->last != nullptr && std::memcmp(values.data(), self->last_values.data(), bytes) == 0)
    return Py_NewRef(self->last);
  PyObject* found = find_bound(self, values);
  if (found != nullptr) {
    self->last_values = values;
    Py_XSETREF(self->last, Py_NewRef(found));
  }
  return found;
#endif
}

Numbers own_values(const Function* self) {
  Numbers values = {};
  std::copy(self->callee->values.begin(), self->callee->values.end(), values.begin());
  return values;
}

Read read_keywords(Function* self, PyObject* const* given, PyObject* names, Numbers& values,
                   std::vector<Py_ssize_t>& rest) {
  bool array = false;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
    PyObject* name = PyTuple_GET_ITEM(names, i);
    const Py_ssize_t at = index_of(self->keywords, name);
    if (at < 0) {
      array = array || is_own_array(self, name, given[i]);
      rest.push_back(i);
      continue;
    }
    const Read read = read_number(self, name, given[i], &values[static_cast<std::size_t>(at)]);
    if (read == Read::kFailed) return read;
    if (read == Read::kArray &&
        (self->fallback == Py_None || static_cast<std::size_t>(at) >= self->callee->names.size())) {
      PyErr_Format(PyExc_TypeError, "%s: %U must be a real number, not %s", self->callee->name.c_str(), name,
                   Py_TYPE(given[i])->tp_name);
      return Read::kFailed;
    }
    array = array || read == Read::kArray;
  }
  return array ? Read::kArray : Read::kNumber;
}

bool has_own_keyword(const Function* self, PyObject* const* given, PyObject* names) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
    PyObject* name = PyTuple_GET_ITEM(names, i);
    if (index_of(self->keywords, name) >= 0 || is_own_array(self, name, given[i])) return true;
  }
  return false;
}

}  // namespace rheo::numpy
