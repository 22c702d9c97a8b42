// SPDX-License-Identifier: Apache-2.0
// torch_operator.h: what operators on the CPU and on CUDA share: checks, parameters, and functions to
// register.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_OPERATOR_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_OPERATOR_H_

#include <array>
#include <optional>
#include <utility>

#include "torch_call.h"
#include "torch_registry.h"

namespace rheobase_torch {

[[noreturn]] inline void fail(const Operator& op, const std::string& message) { fail(op.name, message); }
inline rheo_format format_of(const Operator& op, const Tensor& x) { return format_of(op.name, x); }
inline void check_like(const Operator& op, const char* what, const Tensor& tensor, const Tensor& x) {
  check_like(op.name, what, tensor, x);
}

// A call's parameters, taken off the dispatcher's stack; those at their defaults need not be passed on.
class ParameterList {
 public:
  ParameterList(const std::vector<Parameter>& parameters, const StableIValue* stack) {
    for (const Parameter& parameter : parameters) {
      const StableIValue item = *stack++;
      add(parameter, parameter.optional ? to<std::optional<double>>(item).value_or(parameter.standard)
                                        : to<double>(item));
    }
  }
  ParameterList(const std::vector<Parameter>& parameters, const double* values) {
    for (const Parameter& parameter : parameters) add(parameter, *values++);
  }
  const rheo_parameter* data() const { return list_.data(); }
  size_t size() const { return count_; }

 private:
  void add(const Parameter& parameter, double value) {
    if (value != parameter.standard)
      list_[count_++] = {parameter.name.c_str(), value};  // a NaN differs as well
  }

  std::array<rheo_parameter, kMaxParameters> list_;
  size_t count_ = 0;
};

// A boxed kernel is a plain function pointer that is told neither its operator nor a context, so every
// operator needs a function of its own. Their number is fixed, which keeps these files ignorant of how many
// activations there are.
inline constexpr size_t kRoom = 2048;  // 204 activations with ten operators each, in the file that has most

using BoxedKernel = void (*)(StableIValue*, uint64_t, uint64_t);

// kCall(operator, stack) for the operator of that number. kOperators is a vector of the file's own.
template <auto& kOperators, auto kCall, size_t kIndex>
void thunk(StableIValue* stack, uint64_t, uint64_t) {
  kCall(kOperators[kIndex], stack);
}

template <auto& kOperators, auto kCall, size_t... kIndex>
constexpr std::array<BoxedKernel, sizeof...(kIndex)> make_pool(std::index_sequence<kIndex...>) {
  return {thunk<kOperators, kCall, kIndex>...};
}

template <auto& kOperators>
void define(torch::stable::detail::StableLibrary& library) {
  for (const auto& op : kOperators) library.def(op.schema.c_str());
}

template <auto& kOperators, auto kCall>
void implement(torch::stable::detail::StableLibrary& library) {
  static constexpr auto kPool = make_pool<kOperators, kCall>(std::make_index_sequence<kRoom>());
  if (kOperators.size() > kRoom)
    throw std::runtime_error("rheobase: " + std::to_string(kOperators.size()) +
                             " PyTorch operators, room for " + std::to_string(kRoom) +
                             ": raise kRoom in torch_operator.h");
  for (size_t i = 0; i < kOperators.size(); ++i) library.impl(kOperators[i].name.c_str(), kPool[i]);
}

// What went wrong while this library was loaded. Each library's own: were it not hidden, the dynamic linker
// would merge those of one process.
[[gnu::visibility("hidden")]] inline std::string load_error;

// While a library is being loaded an exception would end the process: keep it for whoever loads it.
template <class Step>
void guarded(Step step, torch::stable::detail::StableLibrary& library) {
  if (!load_error.empty()) return;
  try {
    step(library);
  } catch (const std::exception& error) {
    load_error = error.what();
  }
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_OPERATOR_H_
