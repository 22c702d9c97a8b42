// SPDX-License-Identifier: Apache-2.0
// settings_test.cc: all settings of the parameters against ball arithmetic, in both formats, and backward
// with gradients up to the ends of the format.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>

#include "src/prover/check.h"
#include "src/prover/sample.h"
#include "tests/core/each.h"

namespace rheo::oracle {
namespace {

constexpr std::size_t kPoints = 30;

class Settings : public testing::TestWithParam<const Activation*> {};

std::vector<const Activation*> everything() {
  std::vector<const Activation*> list;
  for (const Activation& a : all_activations()) list.push_back(&a);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, Settings, testing::ValuesIn(everything()),
                         [](const auto& info) { return std::string(info.param->name); });

// Other points for every setting; the numbers beside each kink, and the ends of the format, for all.
template <class T>
std::vector<T> points(const Facts& facts, std::uint64_t seed) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> x = {0, Limits::denorm_min(), -Limits::denorm_min(), Limits::max(), -Limits::max()};
  for (const double kink : facts.kinks) {
    const T k = static_cast<T>(kink);
    for (const T v : {k, test::next_above(k), test::next_below(k)}) x.push_back(v);
  }
  const std::vector<T> sample = test::sample<T>(400, seed);
  x.insert(x.end(), sample.end() - kPoints, sample.end());
  return test::finite(std::move(x));
}

template <class T>
Request request_of(const Activation& a, const std::vector<double>& values, const test::Function<T>& f) {
  Request request{&a, test::Function<T>::kFormat, Role::kValue, values, {}, 0, 1};
  request.parameters.assign(f.parameters(), f.parameters() + kMaxParameters);
  return request;
}

// What docs/accuracy.md promises for parameters other than the defaults: 1 ulp, and half an ulp more for
// backward.
template <class T>
void check_setting(const Activation& a, const std::vector<double>& values, std::uint64_t seed) {
  using Limits = std::numeric_limits<T>;
  const test::Function<T> f(a, values);
  const Formula& formula = *find_formula(a.entry->info->name);
  const std::vector<T> x = points<T>(f.facts(), seed);
  const std::array<T, 6> gradients = {T(1.7),        Limits::denorm_min(), -3 * Limits::denorm_min(),
                                      Limits::min(), -Limits::max(),       T(-1e-20)};
  Request request = request_of(a, values, f);
  const auto expect = [&](T at, T y, Role kind, double factor, double bound, const char* role) {
    double error = HUGE_VAL;
    request.role = kind;
    ASSERT_NO_THROW(error =
                        error_at(request, formula, static_cast<double>(at), factor, static_cast<double>(y)));
    ASSERT_LE(error, bound) << role << " at " << test::text(at) << ", gradient " << test::text(factor) << ": "
                            << test::text(y);
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T g = gradients[(i + seed) % gradients.size()];
    expect(x[i], f.value(x[i]), Role::kValue, 1, 1, "value");
    expect(x[i], f.derivative(x[i]), Role::kDerivative, 1, 1, "derivative");
    expect(x[i], f.backward(g, x[i]), Role::kBackward, static_cast<double>(g), 1.5, "backward");
    if (testing::Test::HasFatalFailure()) return;
  }
}

template <class T>
void check_settings(const Activation& a) {
  std::uint64_t seed = 0;
  for (const std::vector<double>& values : test::settings<T>(a)) {
    SCOPED_TRACE(test::text(values));
    check_setting<T>(a, values, ++seed);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST_P(Settings, KeepOneUlpInFloat32) { check_settings<float>(*GetParam()); }

// Found by search: what float32 itself leaves of results near the smallest normal number is rounded there.
TEST(SettingsOfExtremeSize, KeepOneUlpBesideTheSmallestNormalNumber) {
  const Activation& a = *find_activation("swish");
  const Formula& formula = *find_formula(a.entry->info->name);
  const auto expect = [&](float beta, std::uint32_t bits) {
    const std::vector<double> values = {static_cast<double>(beta)};
    const test::Function<float> f(a, values);
    const auto x = std::bit_cast<float>(bits);
    const float y = f.value(x);
    EXPECT_LE(error_at(request_of(a, values, f), formula, static_cast<double>(x), 1, static_cast<double>(y)),
              1)
        << test::text(beta) << ", x = " << test::text(x) << ": " << test::text(y);
  };
  expect(1e36F, 0x012828f0U);
  expect(1e37F, 0x014f0e14U);
  expect(-3e38F, 0x80519979U);
}

TEST_P(Settings, KeepOneUlpInFloat64) { check_settings<double>(*GetParam()); }

}  // namespace
}  // namespace rheo::oracle
