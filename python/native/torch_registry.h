// SPDX-License-Identifier: Apache-2.0
// torch_registry.h: which PyTorch operators there are: one per activation and role, with their schemas.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_REGISTRY_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_REGISTRY_H_

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"

namespace rheobase_torch {

// The kernels keep a call's parameters on the stack.
inline constexpr size_t kMaxParameters = 16;

struct Parameter {
  std::string name;
  double standard;  // its default
  bool optional;    // `float? name=None`, where None stands for the default
};

struct Operator {
  std::string name;  // within the namespace rheobase, for example "<activation>_backward"
  std::string schema;
  std::string activation_name;
  const rheo_activation* activation;
  rheo_role role;
  bool has_out;  // writes to its last argument, which may be x, and returns nothing
  std::vector<Parameter> parameters;

  // As its first argument.
  bool has_grad() const { return role == RHEO_BACKWARD || role == RHEO_SECOND || role == RHEO_PARAMETER; }
};

inline void check(rheo_status status) {
  if (status != RHEO_OK) throw std::runtime_error(std::string("rheobase: ") + rheo_last_error());
}

// rheo_describe writes numbers that JSON has no spelling for as strings.
inline double read_number(const nlohmann::json& value) {
  if (!value.is_string()) return value.get<double>();
  const std::string& text = value.get_ref<const std::string&>();
  const double infinity = std::numeric_limits<double>::infinity();
  if (text == "inf") return infinity;
  if (text == "-inf") return -infinity;
  throw std::runtime_error("rheobase: the default of a parameter is " + text);
}

// torch's schema parser (2.13) has no spelling for an infinity and refuses subnormals: it reads numbers with
// std::stod, which throws for both, and knows no word such as "inf". Exporting a graph is also safest without
// either.
inline Parameter read_parameter(const nlohmann::json& description) {
  Parameter result{description.at("name").get<std::string>(), read_number(description.at("default")), false};
  result.optional = result.standard != 0.0 && !std::isnormal(result.standard);
  return result;
}

inline std::string schema_text(const Parameter& parameter) {
  if (parameter.optional) return "float? " + parameter.name + "=None";
  char digits[32];  // shortest text that reads back as the same double: at most 24 characters
  const auto end = std::to_chars(digits, digits + sizeof digits, parameter.standard).ptr;
  return "float " + parameter.name + "=" + std::string(digits, end);
}

inline std::vector<Parameter> read_parameters(const std::string& name, const nlohmann::json& description) {
  std::vector<Parameter> parameters;
  if (description.contains("parameters"))
    for (const auto& entry : description.at("parameters")) parameters.push_back(read_parameter(entry));
  if (parameters.size() > kMaxParameters)
    throw std::runtime_error("rheobase: " + name +
                             " has more parameters than a PyTorch operator here can take");
  return parameters;
}

inline std::string schema_text(const std::vector<Parameter>& parameters) {
  std::string text;
  for (const Parameter& parameter : parameters) text += ", " + schema_text(parameter);
  return text;
}

// visit(function, name, description) for all functions of one kind of file. Presets, whose description names
// another activation, run that one's operators and have none of their own.
template <class Handle, class Visit>
void for_functions(rheo_status (*list)(const char* const**, size_t*),
                   rheo_status (*find)(const char*, const Handle**),
                   rheo_status (*describe)(const Handle*, const char**), Visit visit) {
  if (rheo_abi_version() < RHEO_ABI_VERSION)
    throw std::runtime_error(std::string("rheobase: librheobase ") + rheo_version() +
                             " is too old for these operators");
  const char* const* names = nullptr;
  size_t count = 0;
  check(list(&names, &count));
  for (size_t i = 0; i < count; ++i) {
    const Handle* function = nullptr;
    const char* text = nullptr;
    check(find(names[i], &function));
    check(describe(function, &text));
    const nlohmann::json description = nlohmann::json::parse(text);
    if (description.value("activation", names[i]) == names[i]) visit(function, names[i], description);
  }
}

// The five operators of one activation.
inline void append_operators(const rheo_activation* activation, const std::string& name,
                             const nlohmann::json& description, std::vector<Operator>& operators) {
  const std::vector<Parameter> parameters = read_parameters(name, description);
  const std::string arguments = "Tensor x" + schema_text(parameters);
  const auto append = [&](const std::string& full_name, const std::string& signature, rheo_role role,
                          bool has_out) {
    operators.push_back({full_name, full_name + signature, name, activation, role, has_out, parameters});
  };
  append(name, "(" + arguments + ") -> Tensor", RHEO_VALUE, false);
  append(name + "_derivative", "(" + arguments + ") -> Tensor", RHEO_DERIVATIVE, false);
  append(name + "_backward", "(Tensor grad, " + arguments + ") -> Tensor", RHEO_BACKWARD, false);
  append(name + "_second", "(Tensor grad, " + arguments + ") -> Tensor", RHEO_SECOND, false);
  append(name + "_out", "(" + arguments + ", *, Tensor(a!) out) -> ()", RHEO_VALUE, true);
}

inline std::vector<Operator> list_operators() {
  std::vector<Operator> operators;
  for_functions(
      rheo_names, rheo_find, rheo_describe,
      [&](const rheo_activation* activation, const std::string& name, const nlohmann::json& description) {
        append_operators(activation, name, description, operators);
      });
  return operators;
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_REGISTRY_H_
