// SPDX-License-Identifier: Apache-2.0
// settings_test.cc: all settings of the parameters against ball arithmetic, in both formats, and backward
// with gradients up to the ends of the format.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "src/prover/oracle.h"
#include "src/prover/sample.h"
#include "src/prover/ulp.h"
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

// The error in ulp; near a zero of a float64 result, for the best x within one ulp (docs/accuracy.md).
template <class T>
double error_of(const Formula& f, bool derivative, T x, double factor, T y, const double* p) {
  const Format format = test::Function<T>::kFormat;
  const Layout& layout = sizeof(T) == 4 ? kLayout32 : kLayout64;
  const auto truth = [&](double at) {
    const Ball exact_one = exact(f, derivative, at, p);
    return Ball(factor) * exact_one;
  };
  const Ball here = truth(static_cast<double>(x));
  if (arb_is_zero(here.get()) != 0) return y == 0 ? 0 : HUGE_VAL;
  const double error = error_in_ulp(static_cast<double>(y), here, layout);
  if (error <= 1 || sizeof(T) == 4 || std::abs(x) == std::numeric_limits<T>::max()) return error;
  const std::int64_t at = to_ordinal(static_cast<double>(x), format);
  const Ball below = truth(from_ordinal(at - 1, format)), above = truth(from_ordinal(at + 1, format));
  const Ball a = below - Ball(static_cast<double>(y)), b = above - Ball(static_cast<double>(y));
  if ((arb_is_negative(a.get()) != 0) != (arb_is_negative(b.get()) != 0)) return 0;
  return std::min(error, std::min(error_in_ulp(static_cast<double>(y), below, layout),
                                  error_in_ulp(static_cast<double>(y), above, layout)));
}

// 2 ulp for parameters other than the defaults, half an ulp more for backward.
template <class T>
void check_setting(const Activation& a, const std::vector<double>& values, std::uint64_t seed) {
  using Limits = std::numeric_limits<T>;
  const test::Function<T> f(a, values);
  const Formula& formula = *find_formula(a.entry->info->name);
  const std::vector<T> x = points<T>(f.facts(), seed);
  const std::array<T, 6> gradients = {T(1.7),        Limits::denorm_min(), -3 * Limits::denorm_min(),
                                      Limits::min(), -Limits::max(),       T(-1e-20)};
  const auto expect = [&](T at, T y, bool derivative, double factor, double bound, const char* role) {
    double error = HUGE_VAL;
    ASSERT_NO_THROW(error = error_of<T>(formula, derivative, at, factor, y, f.parameters()));
    ASSERT_LE(error, bound) << role << " at " << test::text(at) << ", gradient " << test::text(factor) << ": "
                            << test::text(y);
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T g = gradients[(i + seed) % gradients.size()];
    expect(x[i], f.value(x[i]), false, 1, 2, "value");
    expect(x[i], f.derivative(x[i]), true, 1, 2, "derivative");
    expect(x[i], f.backward(g, x[i]), true, static_cast<double>(g), 2.5, "backward");
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

TEST_P(Settings, KeepTwoUlpInFloat32) { check_settings<float>(*GetParam()); }

TEST_P(Settings, KeepTwoUlpInFloat64) { check_settings<double>(*GetParam()); }

}  // namespace
}  // namespace rheo::oracle
