// SPDX-License-Identifier: Apache-2.0
// torch_arguments.h: what the operators of forms take off the dispatcher's stack, on the CPU and on CUDA.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_ARGUMENTS_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_ARGUMENTS_H_

#include <algorithm>
#include <optional>
#include <vector>

#include "torch_forms.h"

namespace rheobase_torch {

// The arguments of a call, taken off the dispatcher's stack in their order. All handles are owned at once, so
// that an error leaks none: read everything before checking anything.
class Arguments {
 public:
  explicit Arguments(StableIValue* stack) : next_(stack) {}
  template <class T>
  T take() {
    return to<T>(*next_++);
  }
  ParameterList take_parameters(const FormOperator& op) {
    const StableIValue* const first = next_;
    next_ += op.parameters.size();
    return ParameterList(op.parameters, first);
  }

 private:
  StableIValue* next_;
};

// What both directions of a gate take. Hidden, as torch's tensors are.
struct [[gnu::visibility("hidden")]] GateArguments {
  Tensor a;
  std::optional<Tensor> b;
  int64_t layout;
  double limit, offset;
  ParameterList parameters;

  GateArguments(const FormOperator& op, Arguments& arguments)
      : a(arguments.take<Tensor>()),
        b(arguments.take<std::optional<Tensor>>()),
        layout(arguments.take<int64_t>()),
        limit(arguments.take<double>()),
        offset(arguments.take<double>()),
        parameters(arguments.take_parameters(op)) {}

  // The result's shape.
  std::vector<int64_t> shape(const FormOperator& op) const {
    const auto sizes = a.sizes();
    std::vector<int64_t> result(sizes.begin(), sizes.end());
    if (b) {
      check_like(op.name, "b", *b, a);
    } else if (result.empty() || result.back() % 2 != 0) {
      fail(op.name, "the last dimension of what holds both factors has an even extent");
    } else {
      result.back() /= 2;
    }
    return result;
  }
  // Of the gradient of a result of that shape.
  void check_grad(const FormOperator& op, const Tensor& grad, const std::vector<int64_t>& result) const {
    check_type(op.name, "grad", grad, a);
    const auto sizes = grad.sizes();
    if (!std::equal(sizes.begin(), sizes.end(), result.begin(), result.end()))
      fail(op.name, "grad has not the shape of the gate's result");
  }
};

inline void read_seed(const FormOperator& op, const Tensor& tensor, uint64_t& seed, uint64_t& offset) {
  if (tensor.scalar_type() != ScalarType::Long || tensor.numel() != 2 || !tensor.is_cpu() ||
      !tensor.is_contiguous())
    fail(op.name, "seed is not an int64 tensor of two elements on the CPU");
  const auto* const words = static_cast<const int64_t*>(tensor.const_data_ptr());
  seed = static_cast<uint64_t>(words[0]), offset = static_cast<uint64_t>(words[1]);
}

inline Tensor empty_of(const Tensor& like, const std::vector<int64_t>& shape,
                       std::optional<ScalarType> type = std::nullopt) {
  return torch::stable::new_empty(like, {shape.data(), shape.size()}, type);
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_ARGUMENTS_H_
