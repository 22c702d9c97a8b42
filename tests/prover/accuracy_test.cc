// SPDX-License-Identifier: Apache-2.0
// accuracy_test.cc: every activation and preset keeps its declared bounds on every instruction set of this
// machine.
#include <gtest/gtest.h>

#include <thread>

#include "src/core/describe.h"
#include "src/prover/check.h"

namespace rheo::oracle {
namespace {

constexpr std::int64_t kPoints = 3000;  // random ones; the dense neighbourhoods come on top

struct Case {
  const Activation* activation;
  std::vector<double> parameters;
};

std::vector<double> defaults(const Activation& a, Format format) {
  std::vector<double> p;
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i) {
    p.push_back(format == Format::kFloat32 ? static_cast<double>(static_cast<float>(a.initial(i)))
                                           : a.initial(i));
  }
  return p;
}

void expect_held(const Activation& a, Format format, const std::vector<double>& parameters) {
  for (const Role role : {Role::kValue, Role::kDerivative, Role::kBackward, Role::kProduct}) {
    const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const Result r = check({&a, format, role, parameters, available_targets(), kPoints, threads});
    std::string values;
    for (const double p : parameters) values.append(" ").append(number_text(p));
    EXPECT_TRUE(r.passed()) << a.name << values << (format == Format::kFloat32 ? " float32" : " float64")
                            << " role " << static_cast<int>(role) << ": " << r.worst << " ulp of " << r.bound
                            << " at " << r.at << " (" << r.target << "), " << r.different_bits << " differ, "
                            << r.fault;
  }
}

class Accuracy : public testing::TestWithParam<const Activation*> {};

TEST_P(Accuracy, BoundsHoldWithDefaultParameters) {
  for (const Format format : {Format::kFloat32, Format::kFloat64}) {
    expect_held(*GetParam(), format, defaults(*GetParam(), format));
  }
}

// Each parameter in turn at values where frameworks fail, as far as its domain allows.
TEST_P(Accuracy, BoundsHoldWithParametersAtTheirEnds) {
  const Activation& a = *GetParam();
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i) {
    const Domain domain = a.entry->info->parameters[i].domain;
    for (const float value : {-2.5F, 0.0F, 1e-40F, 0.3F, 3.0F, 40.0F, 1e30F}) {
      if (domain == Domain::kPositive && !(value > 0)) continue;
      if (domain == Domain::kNonnegative && !(value >= 0)) continue;
      if (domain == Domain::kNonzero && value == 0) continue;
      std::vector<double> parameters = defaults(a, Format::kFloat32);
      parameters[i] = static_cast<double>(value);
      parameters.resize(kMaxParameters);
      if (a.entry->objection(parameters.data()) != nullptr) continue;
      expect_held(a, Format::kFloat32, parameters);
    }
  }
}

std::vector<const Activation*> everything() {
  std::vector<const Activation*> list;
  for (const Activation& a : all_activations()) list.push_back(&a);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, Accuracy, testing::ValuesIn(everything()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace rheo::oracle
