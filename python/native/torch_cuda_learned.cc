// SPDX-License-Identifier: Apache-2.0
// torch_cuda_learned.cc: the operators of torch_learned.h for tensors on CUDA devices. Parameters stay there:
// nothing is read by the host, so their values are not checked.

// First: it asks torch's headers for what is CUDA's.
#include "torch_cuda.h"

#include "torch_learned.h"

namespace rheobase_torch {
namespace {

class DeviceCall {
 public:
  DeviceCall(const LearnedOperator& op, StableIValue* stack) : op_(op), given_(op, stack), x_(given_.x) {
    if (!dense(x_)) x_ = torch::stable::contiguous(x_);
    for (size_t i = 0; i < given_.parameters.size(); ++i) {
      const Tensor& p = given_.parameters[i];
      check_device(op.name, op.parameters[i].name.c_str(), p, x_);
      numbers_.push_back({p.const_data_ptr(), p.numel()});
    }
    call_.struct_size = sizeof call_;
    call_.role = op.role, call_.format = static_cast<uint32_t>(given_.format);
    call_.flags = RHEO_CUDA_UNCHECKED;
    if (!numbers_.empty())
      call_.parameter_format = static_cast<uint32_t>(format_of(op, given_.parameters.front()));
    call_.parameters = numbers_.data(), call_.parameter_count = numbers_.size();
    if (op.has_which()) call_.with_respect_to = op.parameters[static_cast<size_t>(given_.which)].name.c_str();
    check_formats();
    set_shape();
    call_.x = x_.const_data_ptr();
    if (!op.has_grad()) return;
    check_device(op.name, "grad", given_.grad, x_);
    grad_ = laid_out_as(x_, given_.grad);
    call_.grad = grad_->const_data_ptr();
  }

  Tensor run() { return op_.task == Task::kMap ? map() : sum(); }

 private:
  // All parameters of a kernel are of one format.
  void check_formats() const {
    for (size_t i = 1; i < given_.parameters.size(); ++i)
      if (given_.parameters[i].scalar_type() != given_.parameters.front().scalar_type())
        fail(op_, op_.parameters[i].name + " and " + op_.parameters.front().name + " differ in dtype");
  }
  // Dense tensors are [outer][channels][inner] in the order of memory.
  void set_shape() {
    const bool split = given_.axis >= 0 && given_.channels > 1;
    call_.channels = split ? given_.channels : 1;
    call_.inner = split ? x_.strides()[static_cast<size_t>(given_.axis)] : x_.numel();
    call_.outer = x_.numel() == 0 ? 0 : x_.numel() / (call_.channels * call_.inner);
  }

  Tensor map() {
    const Tensor y = torch::stable::empty_like(x_);
    call_.y = y.mutable_data_ptr();
    const torch::stable::accelerator::DeviceGuard guard(x_.get_device_index());
    call_.stream = current_stream(x_);
    check_started(rheo_cuda_run_learned(op_.activation_name.c_str(), &call_));
    return like_given(given_.x, y);
  }

  Tensor sum() {
    const bool plain = op_.activation == nullptr;
    const ScalarType wide = given_.format == RHEO_FLOAT64 ? ScalarType::Double : ScalarType::Float;
    const Tensor result =
        plain ? torch::stable::new_empty(x_, {given_.channels}, wide)
              : torch::stable::empty_like(given_.parameters[static_cast<size_t>(given_.which)]);
    if (result.numel() == 0) return result;
    const rheo_sums_form form{RHEO_SUMS_TERMS, call_.format, result.numel()};
    size_t words = 0;
    check(rheo_sums_size(&form, &words, nullptr));
    const Tensor workspace = torch::stable::new_zeros(x_, {static_cast<int64_t>(words)}, ScalarType::Long);
    auto* const memory = static_cast<int64_t*>(workspace.mutable_data_ptr());
    const torch::stable::accelerator::DeviceGuard guard(x_.get_device_index());
    call_.stream = current_stream(x_);
    check_started(
        rheo_cuda_sums_add(plain ? nullptr : op_.activation_name.c_str(), &call_, &form, memory, words));
    check_started(rheo_cuda_sums_finish(&form, memory, words, static_cast<uint32_t>(format_of(op_, result)),
                                        result.mutable_data_ptr(), RHEO_CUDA_UNCHECKED, call_.stream));
    return result;
  }
  void check_started(rheo_status status) const {
    if (status != RHEO_OK) fail(op_, rheo_cuda_last_error());
  }

  const LearnedOperator& op_;
  const LearnedArguments given_;
  Tensor x_;
  std::optional<Tensor> grad_;
  std::vector<rheo_cuda_numbers> numbers_;
  rheo_cuda_learned call_{};
};

void call_learned(const LearnedOperator& op, StableIValue* stack) {
  stack[0] = from(DeviceCall(op, stack).run());
}

std::vector<LearnedOperator> cuda_learned;

}  // namespace

void implement_cuda_learned(torch::stable::detail::StableLibrary& library,
                            const std::vector<Operator>& operators) {
  cuda_learned = list_learned(operators);
  implement<cuda_learned, call_learned>(library);
}

}  // namespace rheobase_torch
