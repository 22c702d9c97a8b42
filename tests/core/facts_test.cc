// SPDX-License-Identifier: Apache-2.0
// facts_test.cc: what each file states makes sense by itself, for parameters up to the ends of their domains.
#include <string_view>

#include "src/core/info.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(Declaration);

TEST_P(Declaration, HasFactsWithoutNanForEveryParameterUpToTheEndsOfItsDomain) {
  for (const Values& values : settings<double>(activation())) {
    SCOPED_TRACE(text(values));
    const Facts facts = Function<double>(activation(), values).facts();
    for (const double v : {facts.left.value, facts.left.derivative, facts.right.value, facts.right.derivative,
                           facts.low, facts.high})
      EXPECT_FALSE(std::isnan(v));
    EXPECT_LE(facts.low, facts.high);
    for (const double limit : {facts.left.value, facts.right.value}) {
      EXPECT_LE(facts.low, limit);
      EXPECT_LE(limit, facts.high);
    }
    EXPECT_TRUE(!facts.monotone || facts.left.value <= facts.right.value);
    if (facts.odd) {
      EXPECT_EQ(facts.left.value, -facts.right.value);
      EXPECT_EQ(facts.low, -facts.high);
    }
  }
}

// Far out the function is near its limit: the same sign and growth, or the same value.
TEST_P(Declaration, HasLimitsThatTheFunctionApproaches) {
  const Function<double> f(activation());
  const Facts facts = f.facts();
  const auto expect = [](double far, double limit) {
    if (std::isinf(limit)) {
      EXPECT_TRUE(std::abs(far) > 1e30 && (far > 0) == (limit > 0)) << text(far) << ", limit " << limit;
    } else {
      EXPECT_NEAR(far, limit, 1e-12);
    }
  };
  expect(f.value(-1e40), facts.left.value);
  expect(f.value(1e40), facts.right.value);
  expect(f.derivative(-1e40), facts.left.derivative);
  expect(f.derivative(1e40), facts.right.derivative);
}

TEST_P(Declaration, IsComplete) {
  const Info& info = *activation().entry->info;
  EXPECT_FALSE(std::string_view(info.title).empty());
  EXPECT_TRUE(std::string_view(info.summary).ends_with('.')) << info.summary;
  for (const Parameter& p : info.parameters) EXPECT_FALSE(std::string_view(p.meaning).empty()) << p.name;
  for (const Preset& p : info.presets) EXPECT_EQ(p.values.size(), info.parameters.size()) << p.name;
  for (const Reference& r : info.references) {
    EXPECT_FALSE(std::string_view(r.text).empty());
    EXPECT_TRUE(std::string_view(r.url).starts_with("https://")) << r.url;
  }
  for (const Bound& b : {info.float32, info.float64}) {
    EXPECT_GE(b.value, 0.5);
    EXPECT_GE(b.derivative, 0.5);
  }
}

TEST_P(Declaration, HasDefaultsInsideTheirDomains) {
  const Values values = initial_values(activation());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = activation().entry->info->parameters[i];
    for (const double rounded : {values[i], static_cast<double>(static_cast<float>(values[i]))})
      EXPECT_TRUE(allowed(p.domain, rounded, std::isinf(rounded) && !std::isinf(values[i]))) << p.name;
  }
}

TEST_P(Declaration, GivesTorchNamesThatExistInTheFile) {
  const Info& info = *activation().entry->info;
  for (const TorchName& t : info.torch) {
    EXPECT_NE(t.module, nullptr);
    EXPECT_NE(t.function, nullptr);
    EXPECT_EQ(t.argument == nullptr, t.choice == nullptr) << t.module;
    const auto has_preset = [&] {
      return std::any_of(info.presets.begin(), info.presets.end(),
                         [&](const Preset& p) { return std::string_view(p.name) == t.preset; });
    };
    EXPECT_TRUE(t.preset == nullptr || has_preset()) << t.preset;
    for (const Default& d : t.defaults) {
      const auto named = [&](const Parameter& p) { return std::string_view(p.name) == d.parameter; };
      EXPECT_TRUE(std::any_of(info.parameters.begin(), info.parameters.end(), named)) << d.parameter;
    }
  }
}

}  // namespace
}  // namespace rheo::test
