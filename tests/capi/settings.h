// SPDX-License-Identifier: Apache-2.0
// settings.h: values that the parameters of an activation may have.
#pragma once

#include <string>
#include <vector>

#include "tests/capi/library.h"

namespace rheo::test {

// Names of an activation's parameters, and some sets of values that they may have.
struct Settings {
  std::vector<std::string> names;
  std::vector<std::vector<double>> sets;

  std::vector<rheo_parameter> list(std::size_t set) const {
    std::vector<rheo_parameter> parameters;
    for (std::size_t p = 0; p < names.size(); ++p)
      parameters.push_back({names[p].c_str(), sets[set % sets.size()][p]});
    return parameters;
  }
};

inline Settings settings_of(const rheo_activation* a) {
  Settings all;
  std::vector<double> defaults;
  const nlohmann::json info = describe(a);
  for (const nlohmann::json& p : info["parameters"]) {
    all.names.push_back(p["name"]), defaults.push_back(static_cast<float>(number(p["default"])));
  }
  // The defaults are among them, for which there may be other kernels.
  for (const double factor : {1.0, 0.5, -0.75, 2.0, 0.0, 1.25}) {
    all.sets.push_back(defaults);
    for (double& value : all.sets.back()) value *= factor;
    const auto list = all.list(all.sets.size() - 1);
    if (rheo_check_parameters(a, RHEO_FLOAT32, list.data(), list.size()) != RHEO_OK) all.sets.pop_back();
  }
  return all;
}

// Runs body(activation, settings) for all that have parameters.
template <class Body>
void for_settings(Body&& body) {
  int count = 0;
  for (const std::string& name : names()) {
    const rheo_activation* a = find(name);
    const Settings settings = settings_of(a);
    if (settings.names.empty()) continue;
    SCOPED_TRACE(name);
    ASSERT_GE(settings.sets.size(), 2u);
    body(a, settings), ++count;
  }
  EXPECT_GT(count, 5);
}

}  // namespace rheo::test
