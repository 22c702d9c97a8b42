// SPDX-License-Identifier: Apache-2.0
// torch_forms.cc: gates, masks, outputs, functions of rows and of random numbers as PyTorch operators,
// through the LibTorch stable ABI. torch_forms.h has their schemas; autograd is Python's part
// (rheobase/torch/).
#include "torch_forms.h"

#include "torch_arguments.h"
#include "torch_memory.h"

namespace rheobase_torch {

namespace {

int32_t rank_of(const Tensor& x) { return static_cast<int32_t>(x.dim()); }

rheo_gate gate_call(const FormOperator& op, const GateArguments& given, rheo_role role) {
  const Tensor& a = given.a;
  const std::optional<Tensor>& b = given.b;
  rheo_gate gate{};
  gate.struct_size = sizeof gate;
  gate.role = role;
  gate.format = format_of(op.name, a);
  gate.layout = static_cast<uint32_t>(given.layout);
  gate.rank = rank_of(a);
  gate.shape = a.sizes().data();
  gate.parameters = given.parameters.data();
  gate.parameter_count = given.parameters.size();
  gate.limit = given.limit, gate.offset = given.offset;
  gate.a = a.const_data_ptr(), gate.a_strides = a.strides().data();
  if (b) gate.b = b->const_data_ptr(), gate.b_strides = b->strides().data();
  return gate;
}

void run_gate(const FormOperator& op, rheo_gate& gate) {
  Threads threads;
  gate.executor = threads.executor();
  threads.finish(op.name, rheo_run_gate(static_cast<const rheo_activation*>(op.function), &gate));
}

}  // namespace

void gate(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const GateArguments given(arguments);
  const std::vector<int64_t> shape = given.shape(op);
  rheo_gate call = gate_call(op, given, RHEO_VALUE);
  const Tensor y = given.b ? cpu_empty_like(given.a) : cpu_empty(shape, given.a);
  if (y.numel() > 0) {
    call.y = y.mutable_data_ptr(), call.y_strides = y.strides().data();
    run_gate(op, call);
  }
  stack[0] = from(y);
}

void gate_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor grad = arguments.take<Tensor>();
  const GateArguments given(arguments);
  const std::vector<int64_t> shape = given.shape(op);
  given.check_grad(op, grad, shape);
  rheo_gate call = gate_call(op, given, RHEO_BACKWARD);
  const Tensor da = cpu_empty_like(given.a);
  const Tensor db = given.b ? cpu_empty_like(*given.b) : cpu_empty({0}, given.a);
  if (grad.numel() > 0) {
    call.grad = grad.const_data_ptr(), call.grad_strides = grad.strides().data();
    call.da = da.mutable_data_ptr(), call.da_strides = da.strides().data();
    if (given.b) call.db = db.mutable_data_ptr(), call.db_strides = db.strides().data();
    run_gate(op, call);
  }
  stack[0] = from(da), stack[1] = from(db);
}

namespace {

rheo_call plain_call(const FormOperator& op, const Tensor& like, const ParameterList& parameters) {
  rheo_call call{};
  call.struct_size = sizeof call;
  call.format = format_of(op.name, like);
  call.parameters = parameters.data();
  call.parameter_count = parameters.size();
  call.rank = rank_of(like);
  call.shape = like.sizes().data();
  return call;
}

}  // namespace

void mask(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor x = arguments.take<Tensor>();
  const auto parameters = arguments.take_parameters();
  rheo_call call = plain_call(op, x, parameters);
  call.role = RHEO_VALUE;
  size_t bytes = 0;
  check(rheo_mask_size(x.numel(), &bytes));
  const Tensor y = cpu_empty_like(x);
  const Tensor bits = cpu_empty_bytes(static_cast<int64_t>(bytes));
  if (x.numel() > 0) {
    call.x = x.const_data_ptr(), call.x_strides = x.strides().data();
    call.y = y.mutable_data_ptr(), call.y_strides = y.strides().data();
    Threads threads;
    call.executor = threads.executor();
    threads.finish(op.name, rheo_mask_forward(static_cast<const rheo_activation*>(op.function), &call,
                                              static_cast<uint8_t*>(bits.mutable_data_ptr()), bytes));
  }
  stack[0] = from(y), stack[1] = from(bits);
}

void mask_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor grad = arguments.take<Tensor>(), bits = arguments.take<Tensor>();
  const auto parameters = arguments.take_parameters();
  rheo_call call = plain_call(op, grad, parameters);
  call.role = RHEO_BACKWARD;
  if (bits.scalar_type() != ScalarType::Byte || !bits.is_contiguous())
    fail(op.name, "mask is not a contiguous tensor of bytes");
  const Tensor y = cpu_empty_like(grad);
  if (grad.numel() > 0) {
    call.grad = grad.const_data_ptr(), call.grad_strides = grad.strides().data();
    call.y = y.mutable_data_ptr(), call.y_strides = y.strides().data();
    Threads threads;
    call.executor = threads.executor();
    threads.finish(op.name, rheo_mask_backward(static_cast<const rheo_activation*>(op.function), &call,
                                               static_cast<const uint8_t*>(bits.const_data_ptr()),
                                               static_cast<size_t>(bits.numel())));
  }
  stack[0] = from(y);
}

void output_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor grad = arguments.take<Tensor>(), y = arguments.take<Tensor>();
  const auto parameters = arguments.take_parameters();
  rheo_call call = plain_call(op, y, parameters);
  check_like(op.name, "grad", grad, y);
  call.role = RHEO_BACKWARD;
  const Tensor dx = cpu_empty_like(y);
  if (y.numel() > 0) {
    call.x = y.const_data_ptr(), call.x_strides = y.strides().data();
    call.grad = grad.const_data_ptr(), call.grad_strides = grad.strides().data();
    call.y = dx.mutable_data_ptr(), call.y_strides = dx.strides().data();
    Threads threads;
    call.executor = threads.executor();
    threads.finish(op.name, rheo_output_run(static_cast<const rheo_activation*>(op.function), &call));
  }
  stack[0] = from(dx);
}

namespace {

// `like` has the rows' shape and the result's layout.
rheo_rows_call rows_call(const FormOperator& op, rheo_role role, const Tensor& like, int64_t axis,
                         double scale) {
  rheo_rows_call call{};
  call.struct_size = sizeof call;
  call.role = role;
  call.format = format_of(op.name, like);
  call.rank = rank_of(like);
  call.axis = static_cast<int32_t>(axis);
  call.scale = scale;
  call.shape = like.sizes().data();
  return call;
}

void run_rows(const FormOperator& op, rheo_rows_call& call, const Tensor& y) {
  if (y.numel() == 0) return;
  call.y = y.mutable_data_ptr(), call.y_strides = y.strides().data();
  Threads threads;
  call.executor = threads.executor();
  threads.finish(op.name, rheo_rows_run(static_cast<const rheo_row_function*>(op.function), &call));
}

}  // namespace

void rows(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor x = arguments.take<Tensor>();
  const auto mask = arguments.take<std::optional<Tensor>>();
  const auto axis = arguments.take<int64_t>();
  const auto scale = arguments.take_number();
  if (mask) check_like(op.name, "mask", *mask, x);
  rheo_rows_call call = rows_call(op, RHEO_VALUE, x, axis, scale);
  call.x = x.const_data_ptr(), call.x_strides = x.strides().data();
  if (mask) call.mask = mask->const_data_ptr(), call.mask_strides = mask->strides().data();
  const Tensor y = cpu_empty_like(x);
  run_rows(op, call, y);
  stack[0] = from(y);
}

void rows_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor grad = arguments.take<Tensor>(), result = arguments.take<Tensor>();
  const auto axis = arguments.take<int64_t>();
  const auto scale = arguments.take_number();
  check_like(op.name, "grad", grad, result);
  rheo_rows_call call = rows_call(op, RHEO_BACKWARD, result, axis, scale);
  call.grad = grad.const_data_ptr(), call.grad_strides = grad.strides().data();
  call.result = result.const_data_ptr(), call.result_strides = result.strides().data();
  const Tensor y = cpu_empty_like(result);
  run_rows(op, call, y);
  stack[0] = from(y);
}

namespace {

void run_random(const FormOperator& op, rheo_role role, const Tensor* grad, Arguments& arguments,
                StableIValue* stack) {
  const RandomArguments given(arguments);
  const Tensor& x = given.x;
  auto call = given.call<rheo_random_call>(op, role, grad);
  call.rank = rank_of(x);
  call.shape = x.sizes().data();
  const Tensor y = cpu_empty_like(x);
  if (x.numel() > 0) {
    call.x = x.const_data_ptr(), call.x_strides = x.strides().data();
    if (grad) call.grad = grad->const_data_ptr(), call.grad_strides = grad->strides().data();
    call.y = y.mutable_data_ptr(), call.y_strides = y.strides().data();
    Threads threads;
    call.executor = threads.executor();
    threads.finish(op.name, rheo_random_run(static_cast<const rheo_random*>(op.function), &call));
  }
  stack[0] = from(y);
}

}  // namespace

void random(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  run_random(op, RHEO_VALUE, nullptr, arguments, stack);
}

void random_backward(const FormOperator& op, StableIValue* stack) {
  Arguments arguments(op, stack);
  const Tensor grad = arguments.take<Tensor>();
  run_random(op, RHEO_BACKWARD, &grad, arguments, stack);
}

namespace {

std::vector<FormOperator> forms;

void define_all(torch::stable::detail::StableLibrary& library) {
  forms = list_forms();
  define<forms>(library);
}

void call_form(const FormOperator& op, StableIValue* stack) { op.kernel(op, stack); }

void implement_all(torch::stable::detail::StableLibrary& library) { implement<forms, call_form>(library); }

}  // namespace
}  // namespace rheobase_torch

// "" when all operators were registered, otherwise what went wrong.
extern "C" __attribute__((visibility("default"))) const char* rheobase_torch_forms_load_error(void) {
  return rheobase_torch::load_error.c_str();
}

STABLE_TORCH_LIBRARY_FRAGMENT(rheobase, m) { rheobase_torch::guarded(rheobase_torch::define_all, m); }
STABLE_TORCH_LIBRARY_IMPL(rheobase, CPU, m) { rheobase_torch::guarded(rheobase_torch::implement_all, m); }
