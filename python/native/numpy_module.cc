// SPDX-License-Identifier: Apache-2.0
// numpy_module.cc: the extension module _rheobase_numpy, which rheobase._numpy loads when a function is first
// used.
#define RHEO_NUMPY_IMPORTS
#include <cstdint>

#include "numpy_callee.h"
#include "numpy_direct.h"
#include "numpy_function.h"
#include "numpy_library.h"
#include "numpy_ufunc.h"

namespace rheo::numpy {

namespace {

// The address in the dictionary; null with an exception set where it is missing.
void* address(PyObject* addresses, const char* symbol) {
  PyObject* number = PyDict_GetItemString(addresses, symbol);
  if (number == nullptr) {
    PyErr_Format(PyExc_KeyError, "no address of %s", symbol);
    return nullptr;
  }
  return PyLong_AsVoidPtr(number);
}

// start({symbol: address}, number of bfloat16's type or -1)
PyObject* start(PyObject*, PyObject* args) {
  PyObject* addresses = nullptr;
  int bfloat16 = -1;
  if (!PyArg_ParseTuple(args, "O!i", &PyDict_Type, &addresses, &bfloat16)) return nullptr;
  Library found;
#define RHEO_NUMPY_TAKE(name)                                                     \
  found.name = reinterpret_cast<decltype(found.name)>(address(addresses, #name)); \
  if (found.name == nullptr) return nullptr;
  RHEO_NUMPY_SYMBOLS(RHEO_NUMPY_TAKE)
#undef RHEO_NUMPY_TAKE
  library = found;
  bfloat16_type = bfloat16;
  if (!prepare_direct()) return nullptr;
  Py_RETURN_NONE;
}

// set_threads(count): of every call from now on, 0 to 1024, which the Python side has checked.
PyObject* set_threads(PyObject*, PyObject* count) {
  const long wanted = PyLong_AsLong(count);
  if (wanted == -1 && PyErr_Occurred() != nullptr) return nullptr;
  threads.store(static_cast<std::int32_t>(wanted), std::memory_order_relaxed);
  Py_RETURN_NONE;
}

bool add_symbols(PyObject* module) {
#define RHEO_NUMPY_NAME(name) #name,
  const char* const symbols[] = {RHEO_NUMPY_SYMBOLS(RHEO_NUMPY_NAME)};
#undef RHEO_NUMPY_NAME
  const Owned list(PyList_New(0));
  if (!list) return false;
  for (const char* symbol : symbols) {
    const Owned text(PyUnicode_FromString(symbol));
    if (!text || PyList_Append(list.get(), text.get()) < 0) return false;
  }
  return PyModule_AddObjectRef(module, "SYMBOLS", list.get()) == 0;
}

int execute(PyObject* module) {
  import_array1(-1);
  import_umath1(-1);
  return add_function_type(module) && add_symbols(module) ? 0 : -1;
}

PyMethodDef methods[] = {{"start", start, METH_VARARGS, "Takes the library's functions; called once."},
                         {"set_threads", set_threads, METH_O, "How many threads a call may use."},
                         {nullptr, nullptr, 0, nullptr}};

// No subinterpreters: NumPy has none. Loops read what was written before they could be called, so that the
// module needs no lock of the interpreter's.
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(execute)},
#ifdef Py_mod_multiple_interpreters
                            {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#ifdef Py_mod_gil
                            {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
                            {0, nullptr}};

PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                          "_rheobase_numpy",
                          "Activations as NumPy's ufuncs; use them through rheobase.",
                          0,
                          methods,
                          slots,
                          nullptr,
                          nullptr,
                          nullptr};

}  // namespace

}  // namespace rheo::numpy

PyMODINIT_FUNC PyInit__rheobase_numpy() { return PyModuleDef_Init(&rheo::numpy::definition); }
