// SPDX-License-Identifier: Apache-2.0
// torch_ops.cc: every activation of the registry as PyTorch operators, through the LibTorch stable ABI.
//
// For each activation f with parameters p, in the namespace rheobase:
//   f(Tensor x, p...) -> Tensor                             value
//   f_derivative(Tensor x, p...) -> Tensor                  f'(x)
//   f_backward(Tensor grad, Tensor x, p...) -> Tensor       grad * f'(x)
//   f_out(Tensor x, p..., *, Tensor(a!) out) -> ()          value into out, which may be x itself
// Results have the layout of torch.empty_like(x). Any strides are read and written in place, without copies.
// Autograd, fake tensors and vmap are Python's part (rheobase/torch/).

#include <torch/csrc/stable/library.h>
#include <torch/csrc/stable/ops.h>
#include <torch/csrc/stable/tensor.h>
#include <torch/headeronly/core/ScalarType.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <utility>

#include "torch_registry.h"

namespace rheobase_torch {
namespace {

using torch::headeronly::ScalarType;
using torch::stable::Tensor;
using torch::stable::detail::from;
using torch::stable::detail::to;

// STD_TORCH_CHECK would put the path of this file into the message.
[[noreturn]] void fail(const Operator& op, const std::string& message) {
  throw std::runtime_error("rheobase::" + op.name + ": " + message);
}

rheo_format format_of(const Operator& op, const Tensor& x) {
  const ScalarType type = x.scalar_type();
  if (type == ScalarType::Float) return RHEO_FLOAT32;
  if (type == ScalarType::Double) return RHEO_FLOAT64;
  if (type == ScalarType::BFloat16) return RHEO_BFLOAT16;
  if (type == ScalarType::Half) return RHEO_FLOAT16;
  fail(op, std::string("x has dtype ") + torch::headeronly::toString(type) +
               "; Float, Double, BFloat16 and Half are supported");
}

void check_like(const Operator& op, const char* what, const Tensor& tensor, const Tensor& x) {
  if (tensor.scalar_type() != x.scalar_type())
    fail(op, std::string(what) + " has dtype " + torch::headeronly::toString(tensor.scalar_type()) +
                 ", x has " + torch::headeronly::toString(x.scalar_type()));
  const auto sizes = tensor.sizes(), expected = x.sizes();
  if (!std::equal(sizes.begin(), sizes.end(), expected.begin(), expected.end()))
    fail(op, std::string(what) + " and x differ in shape");
}

// torch.empty_like(x), usually without the dispatcher, which would take longer than a small tensor's values.
Tensor result_like(const Tensor& x) {
  if (!x.is_contiguous()) return torch::stable::empty_like(x);
  int32_t type = 0;
  AtenTensorHandle result = nullptr;
  STABLE_TORCH_ERROR_CODE_CHECK(aoti_torch_get_dtype(x.get(), &type));
  STABLE_TORCH_ERROR_CODE_CHECK(aoti_torch_empty_strided(x.dim(), x.sizes().data(), x.strides().data(), type,
                                                         aoti_torch_device_type_cpu(), 0, &result));
  return Tensor(result);
}

// A call's parameters, taken off the dispatcher's stack; those at their defaults need not be passed on.
class ParameterList {
 public:
  ParameterList(const Operator& op, const StableIValue* stack) {
    for (const Parameter& parameter : op.parameters) {
      const StableIValue item = *stack++;
      const double value = parameter.optional ? to<std::optional<double>>(item).value_or(parameter.standard)
                                              : to<double>(item);
      if (value != parameter.standard)
        list_[count_++] = {parameter.name.c_str(), value};  // a NaN differs as well
    }
  }
  const rheo_parameter* data() const { return list_.data(); }
  size_t size() const { return count_; }

 private:
  std::array<rheo_parameter, kMaxParameters> list_;
  size_t count_ = 0;
};

// torch's own threads. No exception may pass through the C ABI: a failure waits in `self` for rheo_run's end.
void run_on_torch_threads(void* self, int64_t n, int64_t grain, rheo_task task, void* context) {
  const int64_t pieces = n / grain + (n % grain != 0);
  if (pieces <= 1) return task(0, n, context);  // waking a thread would take longer
  try {
    torch::stable::parallel_for(0, pieces, 1, [=](int64_t begin, int64_t end) {
      task(begin * grain, std::min(end * grain, n), context);
    });
  } catch (...) {
    *static_cast<std::exception_ptr*>(self) = std::current_exception();
  }
}

void evaluate(const Operator& op, const Tensor* grad, const Tensor& x, const Tensor& y,
              const ParameterList& parameters) {
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = op.role;
  call.format = format_of(op, x);
  if (grad) check_like(op, "grad", *grad, x);
  if (op.has_out) check_like(op, "out", y, x);
  if (x.numel() == 0) return;
  call.parameters = parameters.data();
  call.parameter_count = parameters.size();
  call.rank = static_cast<int32_t>(x.dim());
  call.shape = x.sizes().data();
  call.x_strides = x.strides().data();
  call.grad_strides = grad ? grad->strides().data() : nullptr;
  call.y_strides = y.strides().data();
  call.x = x.const_data_ptr();
  call.grad = grad ? grad->const_data_ptr() : nullptr;
  call.y = y.mutable_data_ptr();
  std::exception_ptr failure;
  const rheo_executor executor{run_on_torch_threads, &failure};
  call.executor = &executor;
  if (rheo_run(op.activation, &call) != RHEO_OK) fail(op, rheo_last_error());
  if (failure) std::rethrow_exception(failure);
}

// The boxed calling convention: own every handle on the stack first, so that an error leaks none.
void call_operator(const Operator& op, StableIValue* stack) {
  size_t next = 0;
  std::optional<Tensor> grad, out;
  if (op.role == RHEO_BACKWARD) grad = to<Tensor>(stack[next++]);
  const Tensor x = to<Tensor>(stack[next++]);
  const ParameterList parameters(op, stack + next);
  next += op.parameters.size();
  if (op.has_out) {
    out = to<Tensor>(stack[next]);
    evaluate(op, nullptr, x, *out, parameters);
  } else {
    format_of(op, x);  // before memory is asked for
    const Tensor y = result_like(x);
    evaluate(op, grad ? &*grad : nullptr, x, y, parameters);
    stack[0] = from(y);
  }
}

// A boxed kernel is a plain function pointer that is told neither its operator nor a context, so every
// operator needs a function of its own. The pool is fixed, which keeps this file ignorant of how many
// activations there are.
constexpr size_t kPoolSize = 2048;  // 512 activations

using BoxedKernel = void (*)(StableIValue*, uint64_t, uint64_t);

std::vector<Operator> operators;
std::string load_error;

template <size_t kIndex>
void thunk(StableIValue* stack, uint64_t, uint64_t) {
  call_operator(operators[kIndex], stack);
}

template <size_t... kIndex>
constexpr std::array<BoxedKernel, sizeof...(kIndex)> make_pool(std::index_sequence<kIndex...>) {
  return {thunk<kIndex>...};
}

constexpr auto kPool = make_pool(std::make_index_sequence<kPoolSize>());

void define(torch::stable::detail::StableLibrary& library) {
  operators = list_operators();
  if (operators.size() > kPoolSize)
    throw std::runtime_error("rheobase: " + std::to_string(operators.size()) +
                             " PyTorch operators, room for " + std::to_string(kPoolSize) +
                             ": raise kPoolSize in torch_ops.cc");
  for (const Operator& op : operators) library.def(op.schema.c_str());
}

void implement(torch::stable::detail::StableLibrary& library) {
  for (size_t i = 0; i < operators.size(); ++i) library.impl(operators[i].name.c_str(), kPool[i]);
}

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

}  // namespace
}  // namespace rheobase_torch

// "" when all operators were registered, otherwise what went wrong.
extern "C" __attribute__((visibility("default"))) const char* rheobase_torch_load_error(void) {
  return rheobase_torch::load_error.c_str();
}

STABLE_TORCH_LIBRARY(rheobase, m) { rheobase_torch::guarded(rheobase_torch::define, m); }
STABLE_TORCH_LIBRARY_IMPL(rheobase, CPU, m) { rheobase_torch::guarded(rheobase_torch::implement, m); }
