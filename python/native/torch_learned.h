// SPDX-License-Identifier: Apache-2.0
// torch_learned.h: the operators of activations whose parameters are tensors, so that they can be learned.
//
// For each activation f with parameters p, in the namespace rheobase:
//   f_learned(Tensor x, Tensor p..., int axis) -> Tensor                             value
//   f_learned_backward(Tensor grad, Tensor x, Tensor p..., int axis) -> Tensor       grad * f'(x)
//   f_learned_term(Tensor grad, Tensor x, Tensor p..., int axis, int which) -> Tensor
//                                                              grad * df/dp(x), p the parameter number
//                                                              `which`
//   f_learned_sum(Tensor grad, Tensor x, Tensor p..., int axis, int which) -> Tensor
//                                                              the same, summed to the shape of p
// and, for all: channel_sum(Tensor x, int axis) -> Tensor, sums of x itself.
// Parameters have one element, or one for each index of dimension `axis`, which is -1 where all have one.
// They are of x's dtype, or of float32 where that has 16 bits. Sums are exact until they are rounded once
// (sums.h).
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_LEARNED_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_LEARNED_H_

#include <algorithm>
#include <string>
#include <vector>

#include "torch_operator.h"

namespace rheobase_torch {

enum class Task {
  kMap,  // one number for each of x
  kSum   // one for each of a parameter
};

struct LearnedOperator : Operator {
  Task task;
  bool has_which() const { return role == RHEO_PARAMETER; }
};

inline void append_learned(const Operator& value, std::vector<LearnedOperator>& operators) {
  std::string parameters;
  for (const Parameter& p : value.parameters) parameters += ", Tensor " + p.name;
  const auto add = [&](const char* suffix, rheo_role role, Task task) {
    LearnedOperator op{value, task};
    op.name += suffix, op.role = role;
    op.schema = op.name + (op.has_grad() ? "(Tensor grad, Tensor x" : "(Tensor x") + parameters +
                ", int axis" + (op.has_which() ? ", int which" : "") + ") -> Tensor";
    operators.push_back(op);
  };
  add("_learned", RHEO_VALUE, Task::kMap);
  add("_learned_backward", RHEO_BACKWARD, Task::kMap);
  add("_learned_term", RHEO_PARAMETER, Task::kMap);
  add("_learned_sum", RHEO_PARAMETER, Task::kSum);
}

// From all of list_operators().
inline std::vector<LearnedOperator> list_learned(const std::vector<Operator>& all) {
  std::vector<LearnedOperator> operators;
  for (const Operator& op : all)
    if (op.role == RHEO_VALUE && !op.has_out && !op.parameters.empty()) append_learned(op, operators);
  operators.push_back(
      {{"channel_sum", "channel_sum(Tensor x, int axis) -> Tensor", "", nullptr, RHEO_VALUE, false, {}},
       Task::kSum});
  return operators;
}

// One call's tensors, taken off the dispatcher's stack and checked but for the parameters' values.
struct [[gnu::visibility("hidden")]] LearnedArguments {
  Tensor grad, x;  // grad only where the operator has one
  std::vector<Tensor> parameters;
  int64_t axis = -1, which = 0, channels = 1;
  rheo_format format;

  LearnedArguments(const LearnedOperator& op, StableIValue* stack) {
    size_t next = 0;
    if (op.has_grad()) grad = to<Tensor>(stack[next++]);
    x = to<Tensor>(stack[next++]);
    for (size_t i = 0; i < op.parameters.size(); ++i) parameters.push_back(to<Tensor>(stack[next++]));
    axis = to<int64_t>(stack[next++]);
    if (op.has_which()) which = to<int64_t>(stack[next++]);
    format = format_of(op, x);
    if (op.has_grad()) check_like(op, "grad", grad, x);
    if (axis < -1 || axis >= x.dim()) fail(op, "axis is " + std::to_string(axis));
    if (which < 0 || which >= std::max<int64_t>(1, static_cast<int64_t>(parameters.size())))
      fail(op, "which is " + std::to_string(which));
    channels = axis < 0 ? 1 : x.sizes()[static_cast<size_t>(axis)];
    for (size_t i = 0; i < parameters.size(); ++i) check_parameter(op, i);
  }

 private:
  void check_parameter(const LearnedOperator& op, size_t i) {
    Tensor& t = parameters[i];
    const std::string& name = op.parameters[i].name;
    const ScalarType type = t.scalar_type();
    const bool narrow = format == RHEO_BFLOAT16 || format == RHEO_FLOAT16;
    if (type != x.scalar_type() && !(narrow && type == ScalarType::Float))
      fail(op, name + " has dtype " + torch::headeronly::toString(type) + ", x has " +
                   torch::headeronly::toString(x.scalar_type()));
    const int64_t n = t.numel();
    if (t.dim() > 1 || (n != 1 && n != channels))
      fail(op, name + " has " + std::to_string(n) + " elements; expected 1 or " + std::to_string(channels));
    t = torch::stable::contiguous(t);
  }
};

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_LEARNED_H_
