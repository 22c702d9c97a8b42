// SPDX-License-Identifier: Apache-2.0
// numpy_callee.cc: from a ufunc's operands to a call of the C ABI.
#include "numpy_callee.h"

#include "numpy_library.h"

namespace rheo::numpy {

int Callee::inputs() const {
  const int grad = role == RHEO_BACKWARD ? 1 : 0;
  switch (kind) {
    case Kind::kVaried:
      return grad + 1 + static_cast<int>(names.size());
    case Kind::kGate:
    case Kind::kMasked:
      return grad + 2;
    case Kind::kResult:
      return 2;
    default:
      return grad + 1;
  }
}

void Callee::finish() {
  parameters.clear();
  for (std::size_t i = 0; i < names.size(); ++i) parameters.push_back({names[i].c_str(), values[i]});
  for (int format = 0; format <= kFormats; ++format) typed[format] = {this, static_cast<rheo_format>(format)};
}

rheo_call call_of(const Callee& callee, rheo_format format) {
  rheo_call call = {};
  call.struct_size = sizeof call;
  call.role = callee.role;
  call.format = format;
  call.threads = threads.load(std::memory_order_relaxed);
  if (callee.role == RHEO_PARAMETER) call.with_respect_to = callee.with_respect_to.c_str();
  return call;
}

rheo_call unary_call(const Callee& callee, rheo_format format, char* const* operands,
                     const std::int64_t* strides, const std::int64_t* n) {
  rheo_call call = call_of(callee, format);
  call.parameters = callee.parameters.data();
  call.parameter_count = callee.parameters.size();
  call.rank = 1;
  call.shape = n;
  int at = 0;
  if (callee.role == RHEO_BACKWARD) call.grad = operands[at], call.grad_strides = &strides[at], ++at;
  call.x = operands[at], call.x_strides = &strides[at], ++at;
  call.y = operands[at], call.y_strides = &strides[at];
  return call;
}

namespace {

rheo_status run_unary(const Callee& callee, rheo_format format, char* const* operands,
                      const std::int64_t* strides, std::int64_t n) {
  const rheo_call call = unary_call(callee, format, operands, strides, &n);
  return library.rheo_run(callee.activation, &call);
}

rheo_status run_gate(const Callee& callee, rheo_format format, char* const* operands,
                     const std::int64_t* strides, std::int64_t n) {
  rheo_gate gate = {};
  gate.struct_size = sizeof gate;
  gate.role = callee.role;
  gate.format = format;
  gate.layout = RHEO_TWO_ARRAYS;
  gate.rank = 1;
  gate.threads = threads.load(std::memory_order_relaxed);
  gate.shape = &n;
  gate.parameters = callee.parameters.data();
  gate.parameter_count = callee.parameters.size();
  gate.limit = callee.setting(0);
  gate.offset = callee.setting(1);
  const bool backward = callee.role == RHEO_BACKWARD;
  int at = 0;
  if (backward) gate.grad = operands[at], gate.grad_strides = &strides[at], ++at;
  gate.a = operands[at], gate.a_strides = &strides[at], ++at;
  gate.b = operands[at], gate.b_strides = &strides[at], ++at;
  (backward ? gate.da : gate.y) = operands[at];
  (backward ? gate.da_strides : gate.y_strides) = &strides[at];
  ++at;
  if (backward) gate.db = operands[at], gate.db_strides = &strides[at];
  return library.rheo_run_gate(callee.activation, &gate);
}

}  // namespace

rheo_status run_elements(const Callee& callee, rheo_format format, char* const* operands,
                         const std::int64_t* strides, std::int64_t n) {
  const bool gate = callee.kind == Kind::kGate;
  return (gate ? run_gate : run_unary)(callee, format, operands, strides, n);
}

rheo_status run_rows(const Callee& callee, rheo_format format, char* const* operands,
                     const std::int64_t (*strides)[2], std::int64_t count, std::int64_t n) {
  const std::int64_t shape[2] = {count, n};
  rheo_rows_call call = {};
  call.struct_size = sizeof call;
  call.role = callee.role;
  call.format = format;
  call.rank = 2;
  call.axis = 1;
  call.threads = threads.load(std::memory_order_relaxed);
  call.scale = callee.setting(0);
  call.shape = shape;
  int at = 0;
  if (callee.role == RHEO_BACKWARD) call.grad = operands[at], call.grad_strides = strides[at], ++at;
  const bool from_result = callee.kind == Kind::kResult;
  (from_result ? call.result : call.x) = operands[at];
  (from_result ? call.result_strides : call.x_strides) = strides[at];
  ++at;
  if (callee.kind == Kind::kMasked) call.mask = operands[at], call.mask_strides = strides[at], ++at;
  call.y = operands[at], call.y_strides = strides[at];
  return library.rheo_rows_run(callee.rows, &call);
}

rheo_status probe(const Callee& callee, rheo_format format) {
  double memory[kMostOperands] = {};
  char* operands[kMostOperands];
  std::int64_t strides[kMostOperands][2], flat[kMostOperands];
  for (int i = 0; i < kMostOperands; ++i) {
    operands[i] = reinterpret_cast<char*>(&memory[i]);
    strides[i][0] = strides[i][1] = flat[i] = 1;
  }
  if (callee.of_rows()) return run_rows(callee, format, operands, strides, 1, 1);
  return run_elements(callee, format, operands, flat, 1);
}

}  // namespace rheo::numpy
