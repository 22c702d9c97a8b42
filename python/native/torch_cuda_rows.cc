// SPDX-License-Identifier: Apache-2.0
// torch_cuda_rows.cc: the operators of rows (torch_forms.h) for tensors on CUDA devices.
//
// Any strides are read and written in place, but for those of more dimensions than kernels walk.
#include "torch_cuda.h"
#include "torch_operator.h"

namespace rheobase_torch {
namespace {

struct RowsOperator {
  std::string name, function;
  bool backward;
};

// One of them is the rows' own; six others need not lie together.
constexpr int64_t kMostDimensions = 7;

Tensor walkable(const Tensor& t) { return t.dim() > kMostDimensions ? torch::stable::contiguous(t) : t; }

rheo_rows_call rows_call(const RowsOperator& op, const Tensor& like, int64_t axis, double scale) {
  rheo_rows_call call{};
  call.struct_size = sizeof call;
  call.role = op.backward ? RHEO_BACKWARD : RHEO_VALUE;
  call.format = format_of(op.name, like);
  call.rank = static_cast<int32_t>(like.dim());
  call.axis = static_cast<int32_t>(axis);
  call.scale = scale;
  call.shape = like.sizes().data();
  return call;
}

Tensor run(const RowsOperator& op, rheo_rows_call& rows, const Tensor& like) {
  const Tensor y = torch::stable::empty_like(like);
  if (y.numel() == 0) return y;
  rows.y = y.mutable_data_ptr(), rows.y_strides = y.strides().data();
  const torch::stable::accelerator::DeviceGuard guard(like.get_device_index());
  rheo_cuda_rows call{};
  call.struct_size = sizeof call;
  call.flags = RHEO_CUDA_UNCHECKED;
  call.rows = &rows;
  call.stream = current_stream(like);
  if (rheo_cuda_run_rows(op.function.c_str(), &call) != RHEO_OK) fail(op.name, rheo_cuda_last_error());
  return y;
}

Tensor value(const RowsOperator& op, const Tensor& given, const std::optional<Tensor>& given_mask,
             int64_t axis, double scale) {
  if (given_mask) {
    check_device(op.name, "mask", *given_mask, given);
    check_like(op.name, "mask", *given_mask, given);
  }
  const Tensor x = walkable(given), mask = given_mask ? walkable(*given_mask) : x;
  rheo_rows_call call = rows_call(op, x, axis, scale);
  call.x = x.const_data_ptr(), call.x_strides = x.strides().data();
  if (given_mask) call.mask = mask.const_data_ptr(), call.mask_strides = mask.strides().data();
  return like_given(given, run(op, call, x));
}

Tensor gradient(const RowsOperator& op, const Tensor& given_grad, const Tensor& given, int64_t axis,
                double scale) {
  check_device(op.name, "grad", given_grad, given);
  check_like(op.name, "grad", given_grad, given);
  const Tensor grad = walkable(given_grad), result = walkable(given);
  rheo_rows_call call = rows_call(op, result, axis, scale);
  call.grad = grad.const_data_ptr(), call.grad_strides = grad.strides().data();
  call.result = result.const_data_ptr(), call.result_strides = result.strides().data();
  return like_given(given, run(op, call, result));
}

// All handles on the stack are owned first, so that an error leaks none.
void call_rows(const RowsOperator& op, StableIValue* stack) {
  const Tensor first = to<Tensor>(stack[0]);
  const auto second = to<std::optional<Tensor>>(stack[1]);
  const auto axis = to<int64_t>(stack[2]);
  const auto scale = to<double>(stack[3]);
  stack[0] = from(value(op, first, second, axis, scale));
}

void call_rows_backward(const RowsOperator& op, StableIValue* stack) {
  const Tensor first = to<Tensor>(stack[0]), second = to<Tensor>(stack[1]);
  const auto axis = to<int64_t>(stack[2]);
  const auto scale = to<double>(stack[3]);
  stack[0] = from(gradient(op, first, second, axis, scale));
}

void call(const RowsOperator& op, StableIValue* stack) {
  op.backward ? call_rows_backward(op, stack) : call_rows(op, stack);
}

std::vector<RowsOperator> rows_operators;

void implement_rows(torch::stable::detail::StableLibrary& library) {
  for_functions(rheo_rows_names, rheo_rows_find, rheo_rows_describe,
                [](const void*, const std::string& name, const nlohmann::json&) {
                  rows_operators.push_back({name + "_rows", name, false});
                  rows_operators.push_back({name + "_rows_backward", name, true});
                });
  implement<rows_operators, call>(library);
}

}  // namespace
}  // namespace rheobase_torch

STABLE_TORCH_LIBRARY_IMPL(rheobase, CUDA, m) { rheobase_torch::guarded(rheobase_torch::implement_rows, m); }
