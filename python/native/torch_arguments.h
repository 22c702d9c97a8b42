// SPDX-License-Identifier: Apache-2.0
// torch_arguments.h: what the operators of forms take off the dispatcher's stack, on the CPU and on CUDA.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_ARGUMENTS_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_ARGUMENTS_H_

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "torch_forms.h"

namespace rheobase_torch {

// The arguments of a call, taken off the dispatcher's stack in their order. All handles are owned at once, so
// that an error leaks none: read everything before checking anything.
class [[gnu::visibility("hidden")]] Arguments {
 public:
  Arguments(const FormOperator& op, StableIValue* stack) : op_(op), next_(stack) {
    if (op.has_tensor) numbers_ = to<Tensor>(stack[op.own]);
  }
  template <class T>
  T take() {
    return to<T>(*next_++);
  }
  double take_number() { return op_.has_tensor ? numbers()[number_++] : take<double>(); }
  // The last to be taken.
  ParameterList take_parameters() {
    return op_.has_tensor ? ParameterList(op_.parameters, numbers() + number_)
                          : ParameterList(op_.parameters, next_);
  }

 private:
  const double* numbers() const {
    const size_t expected = op_.floats + op_.parameters.size();
    if (numbers_.scalar_type() != ScalarType::Double || !numbers_.is_cpu() || !numbers_.is_contiguous() ||
        static_cast<size_t>(numbers_.numel()) != expected)
      fail(op_.name, "numbers is not a contiguous float64 tensor on the CPU of " + std::to_string(expected) +
                         " elements");
    return static_cast<const double*>(numbers_.const_data_ptr());
  }

  const FormOperator& op_;
  StableIValue* next_;
  size_t number_ = 0;
  Tensor numbers_;  // only if op.has_tensor
};

// What both directions of a gate take. Hidden, as torch's tensors are.
struct [[gnu::visibility("hidden")]] GateArguments {
  Tensor a;
  std::optional<Tensor> b;
  int64_t layout;
  double limit, offset;
  ParameterList parameters;

  explicit GateArguments(Arguments& arguments)
      : a(arguments.take<Tensor>()),
        b(arguments.take<std::optional<Tensor>>()),
        layout(arguments.take<int64_t>()),
        limit(arguments.take_number()),
        offset(arguments.take_number()),
        parameters(arguments.take_parameters()) {}

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

// What both directions of a function that draws random numbers take, behind the gradient.
struct [[gnu::visibility("hidden")]] RandomArguments {
  Tensor x, seed;
  bool training;
  ParameterList parameters;

  explicit RandomArguments(Arguments& arguments)
      : x(arguments.take<Tensor>()),
        seed(arguments.take<Tensor>()),
        training(arguments.take<bool>()),
        parameters(arguments.take_parameters()) {}

  // A descriptor for the CPU or for CUDA, but for its arrays.
  template <class Call>
  Call call(const FormOperator& op, rheo_role role, const Tensor* grad) const {
    Call call{};
    call.struct_size = sizeof call;
    call.role = role;
    call.format = format_of(op.name, x);
    if (grad) check_like(op.name, "grad", *grad, x);
    read_seed(op, seed, call.seed, call.offset);
    call.training = training ? 1 : 0;
    call.parameters = parameters.data(), call.parameter_count = parameters.size();
    return call;
  }
};

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_ARGUMENTS_H_
