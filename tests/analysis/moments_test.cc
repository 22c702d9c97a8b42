// SPDX-License-Identifier: Apache-2.0
// moments_test.cc: moments and shares, against closed forms.
#include <gtest/gtest.h>

#include "src/analysis/normal.h"
#include "tests/analysis/functions.h"

namespace rheo::analysis {

const double kPi = std::acos(-1.0);
// A sum of some hundred terms, each rounded.
constexpr double kRounding = 1e-13;

double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * kPi); }
double distribution(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

TEST(Moments, OfReluAreThoseOfATruncatedNormal) {
  for (const double mean : {-1.5, 0.0, 2.0}) {
    for (const double s : {0.01, 1.0, 30.0}) {
      const Moments m = of("relu", {}, {.mean = mean, .deviation = s}).moments;
      const double t = mean / s, expected = mean * distribution(t) + s * density(t);
      const double square = (mean * mean + s * s) * distribution(t) + mean * s * density(t);
      EXPECT_NEAR(m.mean, expected, kRounding * s) << mean << ' ' << s;
      EXPECT_NEAR(m.second, square, kRounding * (mean * mean + s * s)) << mean << ' ' << s;
      EXPECT_NEAR(m.variance, square - expected * expected, kRounding * (mean * mean + s * s));
      EXPECT_NEAR(m.slope_second, distribution(t), kRounding);
    }
  }
}

TEST(Moments, OfGeluAreKnown) {
  const Moments m = of("gelu").moments;
  EXPECT_NEAR(m.mean, 1 / (2 * std::sqrt(kPi)), kRounding);
  EXPECT_NEAR(m.second, 1.0 / 3 + 1 / (2 * std::sqrt(3.0) * kPi), kRounding);
  EXPECT_NEAR(m.slope, 0.5, kRounding);
}

TEST(Moments, OfTheErrorFunctionAreKnown) {
  // Williams, Computing with infinite networks, 1997: E erf(s z)^2 = 2 / pi asin(2 s^2 / (1 + 2 s^2)).
  for (const double s : {0.1, 1.0, 10.0}) {
    const Moments m = of_callable([](double x) { return std::erf(x); }, {.deviation = s}).moments;
    EXPECT_NEAR(m.mean, 0, kRounding);
    EXPECT_NEAR(m.second, 2 / kPi * std::asin(2 * s * s / (1 + 2 * s * s)), kRounding) << s;
    EXPECT_NEAR(m.slope_second, 4 / kPi / std::sqrt(1 + 4 * s * s), 1e-9) << s;  // by differences
  }
}

TEST(Nodes, GiveTheSameAsAdaptiveQuadrature) {
  const Function f = registered("mish", {});
  const Nodes nodes(f, {});
  const Normal normal({0}, f);
  for (const double s : {0x1p-9, 0.3, 1.0, 17.0, 500.0}) {
    const double a = nodes.expect(s, [](double, double y, double) { return y * y; });
    const double b = normal.expect([&](double x) { return f.value(x) * f.value(x); }, 0, s);
    EXPECT_NEAR(a / b, 1, 1e-12) << s;
  }
}

TEST(Probability, KeepsItsDigitsInBothTails) {
  EXPECT_DOUBLE_EQ(probability(-INFINITY, -10, 0, 1), std::erfc(10 / std::sqrt(2.0)) / 2);
  EXPECT_DOUBLE_EQ(probability(10, INFINITY, 0, 1), std::erfc(10 / std::sqrt(2.0)) / 2);
  EXPECT_DOUBLE_EQ(probability(-INFINITY, INFINITY, 3, 2), 1);
}

TEST(Shares, AreLengthsAndProbabilitiesOfTheSameSets) {
  const Options o{.low = -10, .high = 10, .mean = 1, .deviation = 2};
  const Analysis tanh = of("tanh", {}, o), relu = of("relu", {}, o);
  const double x = std::acosh(std::sqrt(1000.0));
  EXPECT_NEAR(tanh.on_interval.vanishing, (10 - x) / 10, 1e-13);
  EXPECT_NEAR(tanh.under_normal.vanishing, distribution((-x - 1) / 2) + distribution((1 - x) / 2), 1e-13);
  EXPECT_EQ(relu.on_interval.vanishing, 0.5);
  EXPECT_EQ(relu.on_interval.zero, 0.5);
  EXPECT_NEAR(relu.under_normal.zero, distribution(-0.5), 1e-15);
  EXPECT_EQ(tanh.under_normal.zero, 0);
}

TEST(Shares, OfExplodingGradientsAreFound) {
  const Analysis a = of_callable([](double x) { return x * x * x; }, {.low = -50, .high = 50});
  EXPECT_NEAR(a.on_interval.exploding, 1 - std::sqrt(1000.0 / 3) / 50, 1e-9);
  EXPECT_EQ(of("gelu").on_interval.exploding, 0);
}

}  // namespace rheo::analysis
