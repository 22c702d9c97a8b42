// SPDX-License-Identifier: Apache-2.0
// torch_cuda_ops.cc: the operators of torch_ops.cc for tensors on CUDA devices, through librheobase_cuda.
//
// Kernels go to torch's current stream, memory comes from torch's allocator, and nothing waits: operators may
// be captured in a CUDA graph. Tensors that are dense and alike in layout are read and written in place;
// others are made contiguous first.

#include "torch_cuda.h"
#include "torch_operator.h"

namespace rheobase_torch {
namespace {

// y, x and grad have the same layout.
void start(const Operator& op, const Tensor* grad, const Tensor& x, const Tensor& y,
           const ParameterList& parameters) {
  rheo_cuda_call call{};
  call.struct_size = sizeof call;
  call.role = op.role;
  call.format = format_of(op, x);
  call.flags = RHEO_CUDA_UNCHECKED;
  call.count = x.numel();
  if (call.count == 0) return;
  call.parameters = parameters.data();
  call.parameter_count = parameters.size();
  call.x = x.const_data_ptr();
  call.grad = grad ? grad->const_data_ptr() : nullptr;
  call.y = y.mutable_data_ptr();
  const torch::stable::accelerator::DeviceGuard guard(x.get_device_index());
  call.stream = current_stream(x);
  std::optional<Tensor> workspace;
  const bool narrow = call.format == RHEO_BFLOAT16 || call.format == RHEO_FLOAT16;
  if (narrow && !grad && call.count >= RHEO_CUDA_WORKSPACE_FROM) {
    workspace = torch::stable::new_empty(x, {RHEO_CUDA_WORKSPACE}, ScalarType::Byte);
    call.workspace = workspace->mutable_data_ptr();
    call.workspace_bytes = RHEO_CUDA_WORKSPACE;
  }
  if (rheo_cuda_run(op.activation_name.c_str(), &call) != RHEO_OK) fail(op, rheo_cuda_last_error());
}

void call_operator(const Operator& op, StableIValue* stack) {
  size_t next = 0;
  std::optional<Tensor> grad, out;
  if (op.has_grad()) grad = to<Tensor>(stack[next++]);
  Tensor x = to<Tensor>(stack[next++]);
  const ParameterList parameters(op.parameters, stack + next);
  next += op.parameters.size();
  if (op.has_out) out = to<Tensor>(stack[next]);
  format_of(op, x);  // before memory is asked for
  if (grad) check_device(op.name, "grad", *grad, x), check_like(op, "grad", *grad, x);
  if (out) check_device(op.name, "out", *out, x), check_like(op, "out", *out, x);
  if (!dense(x)) x = torch::stable::contiguous(x);
  Tensor y = out && same_layout(*out, x) ? *out : torch::stable::empty_like(x);
  if (!same_layout(y, x)) x = torch::stable::contiguous(x), y = torch::stable::empty_like(x);
  if (grad) grad = laid_out_as(x, *grad);
  start(op, grad ? &*grad : nullptr, x, y, parameters);
  if (!out) {
    stack[0] = from(y);
  } else if (y.const_data_ptr() != out->const_data_ptr()) {
    torch::stable::copy_(*out, y);
  }
}

std::vector<Operator> operators;

void implement_all(torch::stable::detail::StableLibrary& library) {
  operators = list_operators();
  implement<operators, call_operator>(library);
  implement_cuda_forms(library);
  implement_cuda_learned(library, operators);
}

}  // namespace
}  // namespace rheobase_torch

// "" when all operators were registered, otherwise what went wrong.
extern "C" __attribute__((visibility("default"))) const char* rheobase_torch_cuda_load_error(void) {
  return rheobase_torch::load_error.c_str();
}

STABLE_TORCH_LIBRARY_IMPL(rheobase, CUDA, m) { rheobase_torch::guarded(rheobase_torch::implement_all, m); }
