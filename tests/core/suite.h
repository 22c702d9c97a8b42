// SPDX-License-Identifier: Apache-2.0
// suite.h: tests that run once per entry of the registry.
//
// No list of names here: a new file in activations/ is tested because the registry has it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/each.h"

namespace rheo::test {

class EachActivation : public testing::TestWithParam<const char*> {
 protected:
  const Activation& activation() const { return *find_activation(GetParam()); }
};

inline std::vector<const char*> registry_names() {
  std::vector<const char*> names;
  for (const Activation& a : all_activations()) names.push_back(a.name);
  return names;
}

// A test fixture of its own name, whose tests run for each name of the registry.
#define RHEO_EACH_ACTIVATION(suite)                                                            \
  class suite : public ::rheo::test::EachActivation {};                                        \
  INSTANTIATE_TEST_SUITE_P(Registry, suite, testing::ValuesIn(::rheo::test::registry_names()), \
                           [](const auto& info) { return std::string(info.param); })

// Runs check(function, zero of the format's type) for both formats and all settings of the parameters.
template <class Check>
void for_all_settings(const Activation& a, Check&& check) {
  for (const Values& values : settings<float>(a)) {
    SCOPED_TRACE("float32 " + text(values));
    check(Function<float>(a, values), float());
    if (testing::Test::HasFatalFailure()) return;
  }
  for (const Values& values : settings<double>(a)) {
    SCOPED_TRACE("float64 " + text(values));
    check(Function<double>(a, values), double());
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace rheo::test
