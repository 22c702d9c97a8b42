// SPDX-License-Identifier: Apache-2.0
// torch_ops.cc: every activation of the registry as PyTorch operators, through the LibTorch stable ABI.
//
// For each activation f with parameters p, in the namespace rheobase:
//   f(Tensor x, p...) -> Tensor                             value
//   f_derivative(Tensor x, p...) -> Tensor                  f'(x)
//   f_backward(Tensor grad, Tensor x, p...) -> Tensor       grad * f'(x)
//   f_second(Tensor grad, Tensor x, p...) -> Tensor         grad * f''(x)
//   f_out(Tensor x, p..., *, Tensor(a!) out) -> ()          value into out, which may be x itself
// Results have the layout of torch.empty_like(x). Any strides are read and written in place, without copies.
// Autograd, fake tensors and vmap are Python's part (rheobase/torch/).

#include "torch_memory.h"
#include "torch_operator.h"

namespace rheobase_torch {
namespace {

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
  Threads threads;
  call.executor = threads.executor();
  threads.finish(op.name, rheo_run(op.activation, &call));
}

// The boxed calling convention: own every handle on the stack first, so that an error leaks none.
void call_operator(const Operator& op, StableIValue* stack) {
  size_t next = 0;
  std::optional<Tensor> grad, out;
  if (op.has_grad()) grad = to<Tensor>(stack[next++]);
  const Tensor x = to<Tensor>(stack[next++]);
  const ParameterList parameters(op.parameters, stack + next);
  next += op.parameters.size();
  if (op.has_out) {
    out = to<Tensor>(stack[next]);
    evaluate(op, nullptr, x, *out, parameters);
  } else {
    format_of(op, x);  // before memory is asked for
    const Tensor y = cpu_empty_like(x);
    evaluate(op, grad ? &*grad : nullptr, x, y, parameters);
    stack[0] = from(y);
  }
}

std::vector<Operator> operators;

void define_all(torch::stable::detail::StableLibrary& library) {
  operators = list_operators();
  define<operators>(library);
}

void implement_all(torch::stable::detail::StableLibrary& library) {
  implement<operators, call_operator>(library);
}

}  // namespace
}  // namespace rheobase_torch

// "" when all operators were registered, otherwise what went wrong.
extern "C" __attribute__((visibility("default"))) const char* rheobase_torch_load_error(void) {
  return rheobase_torch::load_error.c_str();
}

STABLE_TORCH_LIBRARY(rheobase, m) { rheobase_torch::guarded(rheobase_torch::define_all, m); }
STABLE_TORCH_LIBRARY_IMPL(rheobase, CPU, m) { rheobase_torch::guarded(rheobase_torch::implement_all, m); }
