// SPDX-License-Identifier: Apache-2.0
// torch_cuda_forms.cc: gates and functions of random numbers for tensors on CUDA devices, as
// torch_cuda_ops.cc has the rest.

// First: it asks torch's headers for what is CUDA's.
#include "torch_cuda.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "torch_arguments.h"
#include "torch_operator.h"

namespace rheobase_torch {
namespace {

// A call's tensors in layouts that kernels take: two factors dense and alike, or one array row by row.
struct GateTensors {
  Tensor a;
  std::optional<Tensor> b;

  explicit GateTensors(const GateArguments& given) : a(given.a), b(given.b) {
    if (!b || !dense(a)) a = torch::stable::contiguous(a);
    if (b) b = laid_out_as(a, *b);
  }
  Tensor empty_result(const std::vector<int64_t>& shape) const {
    return b ? torch::stable::empty_like(a) : torch::stable::new_empty(a, {shape.data(), shape.size()});
  }
};

void run_gate(const FormOperator& op, const GateArguments& given, const GateTensors& tensors, rheo_role role,
              const Tensor* grad, const Tensor& y, const Tensor* db) {
  rheo_cuda_gate call{};
  call.struct_size = sizeof call;
  call.role = role;
  call.format = format_of(op.name, tensors.a);
  call.layout = static_cast<uint32_t>(given.layout);
  call.flags = RHEO_CUDA_UNCHECKED;
  call.parameters = given.parameters.data(), call.parameter_count = given.parameters.size();
  call.limit = given.limit, call.offset = given.offset;
  call.count = tensors.b ? tensors.a.numel() : tensors.a.numel() / 2;
  if (call.count == 0) return;
  if (!tensors.b) call.width = tensors.a.sizes().back() / 2;
  call.a = tensors.a.const_data_ptr(), call.b = tensors.b ? tensors.b->const_data_ptr() : nullptr;
  if (role == RHEO_VALUE) {
    call.y = y.mutable_data_ptr();
  } else {
    call.grad = grad->const_data_ptr();
    call.da = y.mutable_data_ptr(), call.db = tensors.b ? db->mutable_data_ptr() : nullptr;
  }
  const torch::stable::accelerator::DeviceGuard guard(tensors.a.get_device_index());
  call.stream = current_stream(tensors.a);
  if (rheo_cuda_run_gate(op.function_name.c_str(), &call) != RHEO_OK) fail(op.name, rheo_cuda_last_error());
}

void cuda_gate(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const GateArguments given(arguments);
  const std::vector<int64_t> shape = given.shape(op);
  format_of(op.name, given.a);  // before memory is asked for
  if (given.b) check_device(op.name, "b", *given.b, given.a);
  const GateTensors tensors(given);
  const Tensor y = tensors.empty_result(shape);
  run_gate(op, given, tensors, RHEO_VALUE, nullptr, y, nullptr);
  stack[0] = from(given.b ? like_given(given.a, y) : y);
}

void cuda_gate_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  Tensor grad = arguments.take<Tensor>();
  const GateArguments given(arguments);
  const std::vector<int64_t> shape = given.shape(op);
  format_of(op.name, given.a);
  given.check_grad(op, grad, shape);
  check_device(op.name, "grad", grad, given.a);
  if (given.b) check_device(op.name, "b", *given.b, given.a);
  const GateTensors tensors(given);
  grad = given.b ? laid_out_as(tensors.a, grad) : torch::stable::contiguous(grad);
  const Tensor da = torch::stable::empty_like(tensors.a);
  const Tensor db = given.b ? torch::stable::empty_like(tensors.a) : torch::stable::new_empty(given.a, {0});
  run_gate(op, given, tensors, RHEO_BACKWARD, &grad, da, &db);
  stack[0] = from(like_given(given.a, da));
  stack[1] = from(given.b ? like_given(*given.b, db) : db);
}

// Numbers belong to elements row by row.
void run_random(const FormOperator& op, rheo_role role, const Tensor* grad, Arguments& arguments,
                StableIValue* stack) {
  const RandomArguments given(arguments);
  auto call = given.call<rheo_cuda_random>(op, role, grad);
  if (grad) check_device(op.name, "grad", *grad, given.x);
  call.flags = RHEO_CUDA_UNCHECKED;
  call.count = given.x.numel();
  const Tensor x = torch::stable::contiguous(given.x);
  const Tensor y = torch::stable::empty_like(x);
  std::optional<Tensor> rows;
  if (grad) rows = torch::stable::contiguous(*grad);
  if (call.count > 0) {
    call.x = x.const_data_ptr(), call.y = y.mutable_data_ptr();
    call.grad = rows ? rows->const_data_ptr() : nullptr;
    const torch::stable::accelerator::DeviceGuard guard(x.get_device_index());
    call.stream = current_stream(x);
    if (rheo_cuda_run_random(op.function_name.c_str(), &call) != RHEO_OK)
      fail(op.name, rheo_cuda_last_error());
  }
  stack[0] = from(like_given(given.x, y));
}

void cuda_random(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  run_random(op, RHEO_VALUE, nullptr, arguments, stack);
}

void cuda_random_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor grad = arguments.take<Tensor>();
  run_random(op, RHEO_BACKWARD, &grad, arguments, stack);
}

// The form of an operator that there is already, with a kernel for a device.
constexpr FormSchema on_device(std::span<const FormSchema> forms, std::string_view suffix,
                               FormKernel kernel) {
  for (FormSchema form : forms) {
    if (form.suffix != suffix) continue;
    form.kernel = kernel;
    return form;
  }
  throw "no such form";
}
constexpr FormSchema kOnDevice[] = {on_device(kFormsOfActivations, "_gate", cuda_gate),
                                    on_device(kFormsOfActivations, "_gate_backward", cuda_gate_backward)};
constexpr FormSchema kRandomOnDevice[] = {
    on_device(kFormsOfRandom, "_random", cuda_random),
    on_device(kFormsOfRandom, "_random_backward", cuda_random_backward)};

std::vector<FormOperator> cuda_forms;

void call_form(const FormOperator& op, StableIValue* stack) { op.kernel(op, stack); }

}  // namespace

void implement_cuda_forms(torch::stable::detail::StableLibrary& library) {
  for_functions(rheo_names, rheo_find, rheo_describe, append_forms(cuda_forms, kOnDevice, true));
  for_functions(rheo_random_names, rheo_random_find, rheo_random_describe,
                append_forms(cuda_forms, kRandomOnDevice, false));
  implement<cuda_forms, call_form>(library);
}

}  // namespace rheobase_torch
