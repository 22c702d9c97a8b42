// SPDX-License-Identifier: Apache-2.0
// registered.cc: activations of the registry, through the C ABI: their own float64 kernels.
#include <memory>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "src/analysis/function.h"

namespace rheo::analysis {

namespace {

void check(rheo_status status) {
  if (status != RHEO_OK) throw Error{status, rheo_last_error()};
}

// Keeps the names that the call's parameters point to.
struct Call {
  const rheo_activation* activation = nullptr;
  std::vector<std::pair<std::string, double>> settings;
  std::vector<rheo_parameter> parameters;

  double operator()(rheo_role role, double x) const {
    double y = 0;
    rheo_call call{};
    call.struct_size = sizeof call;
    call.role = role;
    call.format = RHEO_FLOAT64;
    call.parameters = parameters.data();
    call.parameter_count = parameters.size();
    call.threads = 1;
    call.x = &x;
    call.y = &y;
    check(rheo_run(activation, &call));
    return y;
  }
};

// All parameters of an activation, with their defaults; infinities are strings in the description.
std::vector<std::pair<std::string, double>> defaults(const nlohmann::json& description) {
  std::vector<std::pair<std::string, double>> list;
  for (const auto& p : description["parameters"]) {
    const auto& initial = p["default"];
    list.emplace_back(p["name"],
                      initial.is_string() ? std::stod(initial.get<std::string>()) : initial.get<double>());
  }
  return list;
}

}  // namespace

Real cached(Real f) {
  const auto known = std::make_shared<std::unordered_map<double, double>>();
  return [f = std::move(f), known](double x) {
    const auto found = known->find(x);
    if (found != known->end()) return found->second;
    return known->emplace(x, f(x)).first->second;
  };
}

Function registered(const std::string& name, const std::vector<std::pair<std::string, double>>& parameters) {
  const auto call = std::make_shared<Call>();
  check(rheo_find(name.c_str(), &call->activation));
  call->settings = parameters;
  for (const auto& [parameter, value] : call->settings)
    call->parameters.push_back({parameter.c_str(), value});
  check(rheo_check_parameters(call->activation, RHEO_FLOAT64, call->parameters.data(),
                              call->parameters.size()));
  Function f;
  const char* text = nullptr;
  check(rheo_describe(call->activation, &text));
  const auto description = nlohmann::json::parse(text);
  f.name = description["name"], f.registered = true;
  f.parameters = defaults(description);
  for (auto& [parameter, value] : f.parameters)
    for (const auto& [given, setting] : parameters)
      if (given == parameter) value = setting;
  f.value = cached([call](double x) { return (*call)(RHEO_VALUE, x); });
  f.derivative = cached([call](double x) { return (*call)(RHEO_DERIVATIVE, x); });
  f.second = cached([call](double x) { return (*call)(RHEO_SECOND, x); });
  f.derivative_source = "the library's float64 kernels";
  return f;
}

}  // namespace rheo::analysis
