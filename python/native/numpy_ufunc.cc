// SPDX-License-Identifier: Apache-2.0
// numpy_ufunc.cc: makes ufuncs, which own what their loops read.
#include "numpy_ufunc.h"

#include <array>
#include <vector>

#include "numpy_library.h"
#include "numpy_loops.h"

namespace rheo::numpy {

namespace {

constexpr int kBuiltin = 3;

// In the order in which NumPy looks for the first one that an input can be cast to safely: so int8 and bool
// become float16, int16 float32, and others float64, as for np.exp.
constexpr std::array<std::pair<rheo_format, int>, kBuiltin> kTypes = {
    {{RHEO_FLOAT16, NPY_HALF}, {RHEO_FLOAT32, NPY_FLOAT}, {RHEO_FLOAT64, NPY_DOUBLE}}};

// What the ufunc refers to, and never copies.
struct Body {
  std::unique_ptr<Callee> callee;
  PyUFuncGenericFunction loops[kBuiltin];
  void* data[kBuiltin];
  char types[kBuiltin * kMostOperands];
  int count = 0;
};

void destroy(PyObject* capsule) { delete static_cast<Body*>(PyCapsule_GetPointer(capsule, nullptr)); }

// The types of all operands in a format; parameters in arrays have the precision that they are rounded to.
std::vector<int> operand_types(const Callee& callee, rheo_format format, int type) {
  std::vector<int> types(static_cast<std::size_t>(callee.inputs() + callee.outputs()), type);
  if (callee.kind != Kind::kVaried) return types;
  const std::size_t first = callee.role == RHEO_BACKWARD ? 2 : 1;
  for (std::size_t i = 0; i < callee.names.size(); ++i)
    types[first + i] = format == RHEO_FLOAT64 ? NPY_DOUBLE : NPY_FLOAT;
  return types;
}

const char* signature_of(Kind kind, bool backward) {
  const int inputs = (backward ? 1 : 0) + (kind == Kind::kMasked ? 2 : 1);
  return inputs == 1 ? "(n)->(n)" : inputs == 2 ? "(n),(n)->(n)" : "(n),(n),(n)->(n)";
}

bool add_bfloat16(PyObject* ufunc, Callee& callee) {
  if (bfloat16_type < 0 || probe(callee, RHEO_BFLOAT16) != RHEO_OK) return true;
  const std::vector<int> types = operand_types(callee, RHEO_BFLOAT16, bfloat16_type);
  callee.served[RHEO_BFLOAT16] = true;
  return PyUFunc_RegisterLoopForType(reinterpret_cast<PyUFuncObject*>(ufunc), bfloat16_type, loop_of(callee),
                                     types.data(), &callee.typed[RHEO_BFLOAT16]) == 0;
}

}  // namespace

PyObject* make_ufunc(std::unique_ptr<Callee> given) {
  auto body = std::make_unique<Body>();
  given->finish();
  Callee& callee = *given;
  body->callee = std::move(given);
  if (probe(callee, RHEO_FLOAT64) != RHEO_OK) {
    PyErr_SetString(PyExc_ValueError, library.rheo_last_error());
    return nullptr;
  }
  for (const auto& [format, type] : kTypes) {
    if (probe(callee, format) != RHEO_OK) continue;
    char* types = body->types + body->count * (callee.inputs() + callee.outputs());
    for (const int t : operand_types(callee, format, type)) *types++ = static_cast<char>(t);
    callee.served[format] = true;
    body->loops[body->count] = loop_of(callee);
    body->data[body->count++] = &callee.typed[format];
  }
  const Owned capsule(PyCapsule_New(body.get(), nullptr, destroy));
  if (!capsule) return nullptr;
  Body& owned = *body.release();
  const char* signature =
      callee.of_rows() ? signature_of(callee.kind, callee.role == RHEO_BACKWARD) : nullptr;
  Owned ufunc(PyUFunc_FromFuncAndDataAndSignature(owned.loops, owned.data, owned.types, owned.count,
                                                  callee.inputs(), callee.outputs(), PyUFunc_None,
                                                  callee.name.c_str(), callee.doc.c_str(), 0, signature));
  if (!ufunc) return nullptr;
  reinterpret_cast<PyUFuncObject*>(ufunc.get())->obj = Py_NewRef(capsule.get());
  if (!add_bfloat16(ufunc.get(), callee)) return nullptr;
  return ufunc.release();
}

// Every ufunc of ours has a first loop.
const Callee& callee_of(PyObject* ufunc) {
  return *static_cast<const Callee::Typed*>(reinterpret_cast<PyUFuncObject*>(ufunc)->data[0])->callee;
}

}  // namespace rheo::numpy
