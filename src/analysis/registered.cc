// SPDX-License-Identifier: Apache-2.0
// registered.cc: activations of the registry, through the C ABI: their own float64 kernels.
#include <memory>

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

}  // namespace

Function registered(const std::string& name, const std::vector<std::pair<std::string, double>>& parameters) {
  const auto call = std::make_shared<Call>();
  check(rheo_find(name.c_str(), &call->activation));
  call->settings = parameters;
  for (const auto& [parameter, value] : call->settings) call->parameters.push_back({parameter.c_str(), value});
  check(rheo_check_parameters(call->activation, RHEO_FLOAT64, call->parameters.data(), call->parameters.size()));
  Function f;
  f.name = name;
  f.value = [call](double x) { return (*call)(RHEO_VALUE, x); };
  f.derivative = [call](double x) { return (*call)(RHEO_DERIVATIVE, x); };
  f.second = [call](double x) { return (*call)(RHEO_SECOND, x); };
  f.derivative_source = "the library's float64 kernels";
  return f;
}

}  // namespace rheo::analysis
