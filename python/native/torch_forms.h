// SPDX-License-Identifier: Apache-2.0
// torch_forms.h: which operators there are of gates, masks, outputs, rows and random numbers, with their
// schemas.
//
// For each activation f with parameters p:
//   f_gate(Tensor a, Tensor? b, int layout, float limit, float offset, p...) -> Tensor
//   f_gate_backward(Tensor grad, Tensor a, Tensor? b, int layout, ..., p...) -> (Tensor, Tensor)
//       da and db; for one array that holds both, its gradient and a tensor of no elements
//   f_mask(Tensor x, p...) -> (Tensor, Tensor)                      value and mask (uint8)
//   f_mask_backward(Tensor grad, Tensor mask, p...) -> Tensor
//   f_output_backward(Tensor grad, Tensor y, p...) -> Tensor        grad f'(x), where y is f(x)
// and each of these once more, named f_..._with, whose numbers (limit, offset, p...) are the elements of one
// float64 tensor on the CPU: under torch.compile a tensor may change from call to call, where another number
// is another graph.
// For each function of rows:
//   f_rows(Tensor x, Tensor? mask, int axis, float scale) -> Tensor
//   f_rows_backward(Tensor grad, Tensor result, int axis, float scale) -> Tensor
// For each function that draws random numbers, with seed and offset in an int64 tensor on the CPU:
//   f_random(Tensor x, Tensor seed, bool training, p...) -> Tensor
//   f_random_backward(Tensor grad, Tensor x, Tensor seed, bool training, p...) -> Tensor
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_FORMS_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_FORMS_H_

#include <algorithm>
#include <string>
#include <vector>

#include "torch_operator.h"

namespace rheobase_torch {

struct FormOperator;
using FormKernel = void (*)(const FormOperator& op, StableIValue* stack);

struct FormOperator {
  std::string name, schema;
  FormKernel kernel;
  const void* function;  // rheo_activation, rheo_row_function or rheo_random
  std::string function_name;
  std::vector<Parameter> parameters;
  size_t own;       // arguments before the numbers
  size_t floats;    // numbers before the parameters
  bool has_tensor;  // all numbers are in one tensor
};

// Implemented in torch_forms.cc.
void gate(const FormOperator& op, StableIValue* stack);
void gate_backward(const FormOperator& op, StableIValue* stack);
void mask(const FormOperator& op, StableIValue* stack);
void mask_backward(const FormOperator& op, StableIValue* stack);
void output_backward(const FormOperator& op, StableIValue* stack);
void rows(const FormOperator& op, StableIValue* stack);
void rows_backward(const FormOperator& op, StableIValue* stack);
void random(const FormOperator& op, StableIValue* stack);
void random_backward(const FormOperator& op, StableIValue* stack);

struct FormSchema {
  const char* suffix;
  const char* arguments;  // before the numbers
  const char* numbers;    // before the parameters
  const char* results;
  FormKernel kernel;
};

inline constexpr FormSchema kFormsOfActivations[] = {
    {"_gate", "Tensor a, Tensor? b, int layout", "float limit, float offset", "Tensor", gate},
    {"_gate_backward", "Tensor grad, Tensor a, Tensor? b, int layout", "float limit, float offset",
     "(Tensor, Tensor)", gate_backward},
    {"_mask", "Tensor x", "", "(Tensor, Tensor)", mask},
    {"_mask_backward", "Tensor grad, Tensor mask", "", "Tensor", mask_backward},
    {"_output_backward", "Tensor grad, Tensor y", "", "Tensor", output_backward},
};
inline constexpr FormSchema kFormsOfRows[] = {
    {"_rows", "Tensor x, Tensor? mask, int axis", "float scale", "Tensor", rows},
    {"_rows_backward", "Tensor grad, Tensor result, int axis", "float scale", "Tensor", rows_backward},
};
inline constexpr FormSchema kFormsOfRandom[] = {
    {"_random", "Tensor x, Tensor seed, bool training", "", "Tensor", random},
    {"_random_backward", "Tensor grad, Tensor x, Tensor seed, bool training", "", "Tensor", random_backward},
};

inline size_t count_arguments(const std::string& text) {
  return text.empty() ? 0 : 1 + static_cast<size_t>(std::count(text.begin(), text.end(), ','));
}

inline FormOperator make_form(const FormSchema& form, bool has_tensor, const void* function,
                              const std::string& name, const std::vector<Parameter>& parameters) {
  const std::string numbers = form.numbers, full = name + form.suffix + (has_tensor ? "_with" : "");
  const std::string given =
      has_tensor ? ", Tensor numbers" : (numbers.empty() ? "" : ", " + numbers) + schema_text(parameters);
  return {full,
          full + "(" + form.arguments + given + ") -> " + form.results,
          form.kernel,
          function,
          name,
          parameters,
          count_arguments(form.arguments),
          count_arguments(numbers),
          has_tensor};
}

// What for_functions() calls, so that the operators have all these forms of each function, and again with one
// tensor of numbers where that is asked for.
template <class Forms>
auto append_forms(std::vector<FormOperator>& operators, const Forms& forms, bool also_with) {
  return [&operators, &forms, also_with](const void* function, const std::string& name,
                                         const nlohmann::json& description) {
    const std::vector<Parameter> parameters = read_parameters(name, description);
    for (const FormSchema& form : forms)
      for (int with = 0; with <= (also_with ? 1 : 0); ++with)
        operators.push_back(make_form(form, with == 1, function, name, parameters));
  };
}

inline std::vector<FormOperator> list_forms() {
  std::vector<FormOperator> operators;
  for_functions(rheo_names, rheo_find, rheo_describe, append_forms(operators, kFormsOfActivations, true));
  for_functions(rheo_rows_names, rheo_rows_find, rheo_rows_describe,
                append_forms(operators, kFormsOfRows, false));
  for_functions(rheo_random_names, rheo_random_find, rheo_random_describe,
                append_forms(operators, kFormsOfRandom, false));
  return operators;
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_FORMS_H_
