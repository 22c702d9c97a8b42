// SPDX-License-Identifier: Apache-2.0
// outputs.h: calls of derivatives from outputs as their tests make them.
#pragma once

#include <memory>

#include "tests/capi/layout.h"

namespace rheo::test {

using Parameters = std::vector<rheo_parameter>;

inline std::string described(const Parameters& parameters) {
  std::string text;
  for (const rheo_parameter& p : parameters)
    text += std::string(", ") + p.name + " " + std::to_string(p.value);
  return text;
}

inline bool supported(const rheo_activation* a, std::uint32_t format, const Parameters& parameters = {}) {
  std::int32_t yes = -1;
  const char* reason = nullptr;
  EXPECT_EQ(rheo_output_supported(a, format, parameters.data(), parameters.size(), &yes, &reason), RHEO_OK)
      << rheo_last_error();
  EXPECT_EQ(reason == nullptr, yes == 1);
  return yes == 1;
}

// grad f' from outputs; f' itself if there are no gradients.
template <class T>
std::vector<T> from_outputs(const rheo_activation* a, const std::vector<T>& y, const std::vector<T>& grad,
                            const Parameters& parameters = {}, std::uint32_t format = format_of<T>(),
                            int threads = 1) {
  const auto n = static_cast<std::int64_t>(y.size());
  std::vector<T> dx(y.size());
  rheo_call call{};
  call.struct_size = sizeof call, call.format = format, call.rank = 1, call.shape = &n;
  call.role = grad.empty() ? RHEO_DERIVATIVE : RHEO_BACKWARD, call.threads = threads;
  call.parameters = parameters.data(), call.parameter_count = parameters.size();
  call.x = y.data(), call.grad = grad.empty() ? nullptr : grad.data(), call.y = dx.data();
  EXPECT_EQ(rheo_output_run(a, &call), RHEO_OK) << rheo_last_error();
  return dx;
}

template <class T>
std::vector<T> value_of(const rheo_activation* a, const std::vector<T>& x, const Parameters& parameters = {},
                        std::uint32_t format = format_of<T>()) {
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<T> y(x.size());
  rheo_call call{};
  call.struct_size = sizeof call, call.format = format, call.rank = 1, call.shape = &n;
  call.role = RHEO_VALUE, call.parameters = parameters.data(), call.parameter_count = parameters.size();
  call.x = x.data(), call.y = y.data();
  EXPECT_EQ(rheo_run(a, &call), RHEO_OK) << rheo_last_error();
  return y;
}

// Defaults, and one parameter at a time at a few values.
inline std::vector<Parameters> settings_of(const rheo_activation* a) {
  static std::vector<std::unique_ptr<std::string>> kept;
  std::vector<Parameters> settings = {{}};
  const nlohmann::json description = describe(a);
  for (const auto& p : description["parameters"]) {
    kept.push_back(std::make_unique<std::string>(p["name"]));
    for (const double value : {-2.0, -0.3, 0.0, 0.1, 1.7, 20.0, 1e30, 1e-30}) {
      const Parameters one = {{kept.back()->c_str(), value}};
      if (rheo_check_parameters(a, RHEO_FLOAT32, one.data(), 1) == RHEO_OK) settings.push_back(one);
    }
  }
  return settings;
}

}  // namespace rheo::test
