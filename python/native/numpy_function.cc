// SPDX-License-Identifier: Apache-2.0
// numpy_function.cc: a callable that turns keywords into a ufunc that has them built in, and calls that.
//
// Without keywords of its own a call is passed on as it came: to the ufunc, or straight to the ufunc's loop
// where that does (numpy_direct.h). Numbers are looked up among ufuncs that were made before. Arrays as
// parameters go to the library where they are simple enough (numpy_arrays.h); all else goes to a Python
// function: other arrays, keywords that are arrays anyway, and an axis that is no number.
#include "numpy_function.h"

#include <structmember.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "numpy_arrays.h"
#include "numpy_callee.h"
#include "numpy_direct.h"
#include "numpy_keywords.h"
#include "numpy_library.h"
#include "numpy_ufunc.h"

namespace rheo::numpy {

namespace {

Function* function(PyObject* object) { return reinterpret_cast<Function*>(object); }

// A call with arrays among its keywords, by the Python function.
PyObject* call_fallback(Function* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Owned positional(PyTuple_New(count)), keywords(PyDict_New());
  if (!positional || !keywords) return nullptr;
  for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(positional.get(), i, Py_NewRef(args[i]));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i)
    if (PyDict_SetItem(keywords.get(), PyTuple_GET_ITEM(names, i), args[count + i]) < 0) return nullptr;
  return PyObject_CallFunctionObjArgs(self->fallback, reinterpret_cast<PyObject*>(self), positional.get(),
                                      keywords.get(), nullptr);
}

PyObject* out_name = nullptr;  // "out", interned as the names in a program's calls are

// What stands where an output would, and cannot be one; mostly null.
PyObject* wrong_output(const Callee& callee, PyObject* const* args, Py_ssize_t count) {
  const Py_ssize_t inputs = callee.inputs();
  if (count > inputs + callee.outputs()) return nullptr;
  for (Py_ssize_t i = inputs; i < count; ++i)
    if (args[i] != Py_None && !PyArray_Check(args[i]) && !PyObject_HasAttrString(args[i], "__array_ufunc__"))
      return args[i];
  return nullptr;
}

// In place of NumPy's message about it, since it most likely is a parameter without its keyword.
void name_keyword(const Callee& callee, PyObject* wrong) {
  const char* keyword = callee.of_rows()             ? "axis"
                        : !callee.names.empty()      ? callee.names[0].c_str()
                        : callee.kind == Kind::kGate ? "limit"
                                                     : nullptr;
  const char *name = callee.name.c_str(), *type = Py_TYPE(wrong)->tp_name;
  PyErr_Clear();
  if (keyword == nullptr)
    PyErr_Format(PyExc_TypeError, "%s: out must be an array, not %s", name, type);
  else if (PyFloat_Check(wrong) || PyLong_Check(wrong))
    PyErr_Format(PyExc_TypeError, "%s: out must be an array, not %s; parameters go by keyword: %s=%R", name,
                 type, keyword, wrong);
  else
    PyErr_Format(PyExc_TypeError, "%s: out must be an array, not %s; parameters go by keyword: %s=...", name,
                 type, keyword);
}

// A call without keywords of ours. An output as a keyword stands where one among the arguments would.
PyObject* call_ufunc(PyObject* ufunc, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Callee& callee = callee_of(ufunc);
  const bool out = names != nullptr && PyTuple_GET_SIZE(names) == 1 &&
                   PyTuple_GET_ITEM(names, 0) == out_name && count == callee.inputs();
  PyObject* result = nullptr;
  if ((names == nullptr || out) && run_direct(callee, args, out ? count + 1 : count, &result)) return result;
  PyObject* wrong = wrong_output(callee, args, count);  // looked at now, as that would clear an error
  result = PyObject_Vectorcall(ufunc, args, static_cast<std::size_t>(count), names);
  if (result == nullptr && wrong != nullptr && PyErr_ExceptionMatches(PyExc_TypeError) != 0)
    name_keyword(callee, wrong);
  return result;
}

// A call with arrays among its parameters, by the library; false where it is for the fallback.
bool call_with_arrays(Function* self, PyObject* const* args, Py_ssize_t count, PyObject* names,
                      PyObject** result) {
  const Callee& callee = callee_of(self->ufunc);
  if (count != callee.inputs()) return false;
  ArrayCall call{args};
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
    PyObject* name = PyTuple_GET_ITEM(names, i);
    const Py_ssize_t at = index_of(self->keywords, name);
    if (at >= 0)
      call.parameters[at] = args[count + i];
    else if (name == out_name)
      call.out = args[count + i] == Py_None ? nullptr : args[count + i];
    else
      return false;
  }
  return run_with_arrays(callee, call, result);
}

PyObject* call_bound(Function* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  Numbers values = own_values(self);
  std::vector<Py_ssize_t> rest;
  const Read read = read_keywords(self, args + count, names, values, rest);
  if (read == Read::kFailed) return nullptr;
  if (read == Read::kArray) {
    PyObject* result = nullptr;
    if (call_with_arrays(self, args, count, names, &result)) return result;
    return call_fallback(self, args, count, names);
  }
  const Owned ufunc(bind_values(self, values));
  if (!ufunc) return nullptr;
  const auto left = static_cast<Py_ssize_t>(rest.size());
  if (left == 0) return call_ufunc(ufunc.get(), args, count, nullptr);
  const Owned rest_names(PyTuple_New(left));
  if (!rest_names) return nullptr;
  std::vector<PyObject*> passed(args, args + count);
  for (Py_ssize_t i = 0; i < left; ++i) {
    const Py_ssize_t at = rest[static_cast<std::size_t>(i)];
    PyTuple_SET_ITEM(rest_names.get(), i, Py_NewRef(PyTuple_GET_ITEM(names, at)));
    passed.push_back(args[count + at]);
  }
  return call_ufunc(ufunc.get(), passed.data(), count, rest_names.get());
}

// C++ memory may run out in what follows; no exception may leave it.
template <class Body>
PyObject* guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::exception&) {
    return PyErr_NoMemory();
  }
}

PyObject* call(PyObject* object, PyObject* const* args, std::size_t flags, PyObject* names) {
  Function* self = function(object);
  const Py_ssize_t count = PyVectorcall_NARGS(flags);
  if (names == nullptr || !has_own_keyword(self, args + count, names))
    return call_ufunc(self->ufunc, args, count, names);
  return guarded([&] { return call_bound(self, args, count, names); });
}

// function.bind(**keywords): the ufunc itself.
PyObject* bind(PyObject* object, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  Function* self = function(object);
  if (count != 0) {
    PyErr_Format(PyExc_TypeError, "%s.bind takes keywords alone", self->callee->name.c_str());
    return nullptr;
  }
  if (names == nullptr) return Py_NewRef(self->ufunc);
  return guarded([&]() -> PyObject* {
    Numbers values = own_values(self);
    std::vector<Py_ssize_t> rest;
    const Read read = read_keywords(self, args, names, values, rest);
    if (read == Read::kFailed) return nullptr;
    if (rest.empty() && read == Read::kNumber) return bind_values(self, values);
    if (!rest.empty())
      PyErr_Format(PyExc_TypeError, "%s.bind() got an unexpected keyword argument '%U'",
                   self->callee->name.c_str(), PyTuple_GET_ITEM(names, rest[0]));
    else
      PyErr_Format(PyExc_TypeError, "%s.bind takes numbers, no arrays", self->callee->name.c_str());
    return nullptr;
  });
}

// function._run_arrays(inputs, parameters, out): what call_with_arrays does, with all parameters in the
// file's order; NotImplemented where it is for the ufunc.
PyObject* run_arrays(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  const Callee& callee = callee_of(function(object)->ufunc);
  if (count != 3 || !PyTuple_CheckExact(args[0]) || !PyTuple_CheckExact(args[1]) ||
      PyTuple_GET_SIZE(args[0]) != callee.inputs() ||
      static_cast<std::size_t>(PyTuple_GET_SIZE(args[1])) != callee.names.size()) {
    PyErr_Format(PyExc_TypeError, "%s._run_arrays takes a tuple of inputs, one of parameters, and out",
                 callee.name.c_str());
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    ArrayCall call{&PyTuple_GET_ITEM(args[0], 0)};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[1]); ++i)
      call.parameters[i] = PyTuple_GET_ITEM(args[1], i);
    if (args[2] != Py_None) call.out = args[2];
    PyObject* result = nullptr;
    if (run_with_arrays(callee, call, &result)) return result;
    Py_RETURN_NOTIMPLEMENTED;
  });
}

// function.varied: the ufunc that takes parameters as further inputs. Made when it is first asked for; where
// two threads ask at once, one of them keeps one of its own.
PyObject* get_varied(PyObject* object, void*) {
  Function* self = function(object);
  return guarded([&]() -> PyObject* {
    if (self->callee->kind != Kind::kElements || self->callee->names.empty()) Py_RETURN_NONE;
    const Owned key(PyUnicode_InternFromString("varied"));
    if (!key) return nullptr;
    PyObject* known = find_kept(self, key.get());
    if (known != nullptr || PyErr_Occurred() != nullptr) return known;
    auto callee = std::make_unique<Callee>(*self->callee);
    callee->kind = Kind::kVaried;
    Owned made(make_ufunc(std::move(callee)));
    if (!made || PyDict_SetItem(self->bound, key.get(), made.get()) < 0) return nullptr;
    return made.release();
  });
}

// What a ufunc has and we have not: nin, nout, types, at, outer ...
PyObject* get_attribute(PyObject* object, PyObject* name) {
  PyObject* found = PyObject_GenericGetAttr(object, name);
  if (found != nullptr || PyErr_ExceptionMatches(PyExc_AttributeError) == 0) return found;
  if (PyUnicode_GET_LENGTH(name) > 1 && PyUnicode_READ_CHAR(name, 0) == '_') return nullptr;
  PyErr_Clear();
  return PyObject_GetAttr(function(object)->ufunc, name);
}

PyObject* represent(PyObject* object) {
  const Owned name(PyObject_GetAttrString(object, "__qualname__"));
  if (!name) return nullptr;
  return PyUnicode_FromFormat("<function rheobase.%U>", name.get());
}

// Pickled, and copied, as what it is called; what is not an attribute says what makes it again.
PyObject* reduce(PyObject* object, PyObject*) {
  if (PyObject* made = PyObject_GetAttrString(object, "_reduced"); made != nullptr) return made;
  PyErr_Clear();
  return PyObject_GetAttrString(object, "__qualname__");
}

bool fill_callee(Callee& callee, PyObject* names, PyObject* defaults) {
  const Py_ssize_t count = PyTuple_GET_SIZE(names);
  const std::size_t settings = callee.kind == Kind::kGate ? 2 : callee.of_rows() ? 1 : 0;
  if (PyTuple_GET_SIZE(defaults) != count || static_cast<std::size_t>(count) < settings ||
      static_cast<std::size_t>(count) > kMostNumbers) {
    PyErr_SetString(PyExc_ValueError, "as many defaults as keywords are needed, and at most 8");
    return false;
  }
  for (Py_ssize_t i = 0; i < count; ++i) {
    const double value = PyFloat_AsDouble(PyTuple_GET_ITEM(defaults, i));
    if (value == -1.0 && PyErr_Occurred() != nullptr) return false;
    callee.values.push_back(value);
    const char* name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, i));
    if (name == nullptr) return false;
    if (static_cast<std::size_t>(i) + settings < static_cast<std::size_t>(count))
      callee.names.emplace_back(name);
  }
  const char* wanted = callee.with_respect_to.empty() ? nullptr : callee.with_respect_to.c_str();
  if ((callee.role == RHEO_PARAMETER) != (wanted != nullptr)) {
    PyErr_SetString(PyExc_ValueError, "a parameter is named for RHEO_PARAMETER, and for no other role");
    return false;
  }
  return true;
}

PyObject* interned(PyObject* names) {
  Owned tuple(PyTuple_New(PyTuple_GET_SIZE(names)));
  if (!tuple) return nullptr;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
    PyObject* name = Py_NewRef(PyTuple_GET_ITEM(names, i));
    if (!PyUnicode_Check(name)) {
      Py_DECREF(name);
      PyErr_SetString(PyExc_TypeError, "keywords are strings");
      return nullptr;
    }
    PyUnicode_InternInPlace(&name);
    PyTuple_SET_ITEM(tuple.get(), i, name);
  }
  return tuple.release();
}

PyObject* create(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"lookup",   "name",     "doc",    "kind",     "role",
                                       "keywords", "defaults", "arrays", "fallback", "with_respect_to",
                                       nullptr};
  const char *lookup = nullptr, *name = nullptr, *doc = nullptr, *with_respect_to = "";
  int kind = 0, role = 0;
  PyObject *own = nullptr, *defaults = nullptr, *arrays = nullptr, *fallback = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "sssiiO!O!O!O|s", const_cast<char**>(kNames), &lookup,
                                   &name, &doc, &kind, &role, &PyTuple_Type, &own, &PyTuple_Type, &defaults,
                                   &PyTuple_Type, &arrays, &fallback, &with_respect_to))
    return nullptr;
  return guarded([&]() -> PyObject* {
    auto callee = std::make_unique<Callee>();
    callee->name = name, callee->doc = doc, callee->kind = static_cast<Kind>(kind);
    callee->role = static_cast<std::uint32_t>(role), callee->with_respect_to = with_respect_to;
    const rheo_status status = callee->of_rows() ? library.rheo_rows_find(lookup, &callee->rows)
                                                 : library.rheo_find(lookup, &callee->activation);
    if (status != RHEO_OK) {
      PyErr_SetString(PyExc_ValueError, library.rheo_last_error());
      return nullptr;
    }
    if (!fill_callee(*callee, own, defaults)) return nullptr;
    Owned ufunc(make_ufunc(std::make_unique<Callee>(*callee)));
    Owned names(interned(own)), array_names(interned(arrays)), bound(PyDict_New());
    if (!ufunc || !names || !array_names || !bound) return nullptr;
    PyObject* made = type->tp_alloc(type, 0);
    if (made == nullptr) return nullptr;
    Function* self = function(made);
    self->vectorcall = call;
    self->ufunc = ufunc.release(), self->keywords = names.release(), self->arrays = array_names.release();
    self->bound = bound.release(), self->fallback = Py_NewRef(fallback), self->callee = callee.release();
    return made;
  });
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  Function* self = function(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self->dict);
  Py_VISIT(self->ufunc);
  Py_VISIT(self->fallback);
  Py_VISIT(self->bound);
#ifndef Py_GIL_DISABLED
  Py_VISIT(self->last);
#endif
  return 0;
}

int clear(PyObject* object) {
  Function* self = function(object);
  Py_CLEAR(self->dict);
  Py_CLEAR(self->fallback);
  Py_CLEAR(self->bound);
#ifndef Py_GIL_DISABLED
  Py_CLEAR(self->last);
#endif
  return 0;
}

void deallocate(PyObject* object) {
  Function* self = function(object);
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  if (self->weak != nullptr) PyObject_ClearWeakRefs(object);
  clear(object);
  Py_CLEAR(self->ufunc);
  Py_CLEAR(self->keywords);
  Py_CLEAR(self->arrays);
  delete self->callee;
  type->tp_free(object);
  Py_DECREF(type);
}

PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Function, vectorcall), READONLY, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(Function, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Function, weak), READONLY, nullptr},
    {"ufunc", T_OBJECT, offsetof(Function, ufunc), READONLY, "The np.ufunc with the keywords' defaults."},
    {nullptr, 0, 0, 0, nullptr}};

PyMethodDef methods[] = {
    {"bind", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(bind)), METH_FASTCALL | METH_KEYWORDS,
     "The np.ufunc with these values of the keywords, which are numbers."},
    {"_run_arrays", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(run_arrays)), METH_FASTCALL,
     "A call with arrays as parameters, or NotImplemented where it is for the ufunc `varied`."},
    {"__reduce__", reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef properties[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
                            {"varied", get_varied, nullptr,
                             "The np.ufunc that takes the parameters as further inputs, or None.", nullptr},
                            {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("A function of arrays with keywords of its own; otherwise as a np.ufunc.")},
    {Py_tp_new, reinterpret_cast<void*>(create)},
    {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
    {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
    {Py_tp_setattro, reinterpret_cast<void*>(PyObject_GenericSetAttr)},
    {Py_tp_repr, reinterpret_cast<void*>(represent)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear)},
    {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
    {Py_tp_members, members},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {0, nullptr}};

PyType_Spec spec = {"rheobase.Function", sizeof(Function), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, slots};

}  // namespace

bool add_function_type(PyObject* module) {
  out_name = PyUnicode_InternFromString("out");
  if (out_name == nullptr) return false;
  const Owned type(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return type && PyModule_AddObjectRef(module, "Function", type.get()) == 0;
}

}  // namespace rheo::numpy
