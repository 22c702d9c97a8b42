// SPDX-License-Identifier: Apache-2.0
// breaks_test.cc: jumps of a function and its derivatives are found where they are, and nowhere else.
#include "src/analysis/breaks.h"

#include <gtest/gtest.h>

#include "tests/analysis/functions.h"

namespace rheo::analysis {

TEST(Simplest, NumberOfAnIntervalHasTheFewestDigits) {
  EXPECT_EQ(simplest(0.2999999999, 0.3000000001), 0.3);
  EXPECT_EQ(simplest(-1e-9, 1e-12), 0);
  EXPECT_EQ(simplest(-6.0001, -5.9), -6);
  EXPECT_EQ(simplest(0.1, 0.1), 0.1);
}

TEST(Breaks, OfAPowerAreInItsLastDerivativeAlone) {
  for (int power = 1; power <= 3; ++power) {
    const auto term = [power](double x, int order) {
      double y = x > 0.3 ? 1 : 0;
      for (int k = 0; k < power; ++k) y *= k < order ? power - k : x - 0.3;
      return y;
    };
    const Function f = exact([=](double x) { return term(x, 0); }, [=](double x) { return term(x, 1); },
                             [=](double x) { return term(x, 2); });
    const Analysis a = analyze(f, {});
    ASSERT_EQ(a.breaks.size(), 1U) << power;
    EXPECT_NEAR(a.breaks[0].x, 0.3, power == 3 ? 1e-4 : 0) << power;
    EXPECT_EQ(a.breaks[0].order, power);
    EXPECT_EQ(a.smoothness, power - 1);
  }
}

TEST(Breaks, OfATinyJumpAreFoundBesideALargeSlope) {
  const Analysis a = of("softplus", {{"threshold", 20.0}});  // goes on as x, e^-20 below
  ASSERT_EQ(a.breaks.size(), 1U);
  EXPECT_EQ(a.breaks[0].x, 20);
  EXPECT_NEAR(a.breaks[0].value_jump, -std::log1p(std::exp(-20.0)), 1e-14);
  EXPECT_EQ(a.smoothness, -1);
  EXPECT_EQ(a.monotone, "no");
}

TEST(Breaks, AreExactAtAnyParameter) {
  for (const double width : {1e-3, 0.1, 0.75, 3.3, 1000.0}) {
    const Analysis a = of("hardshrink", {{"lambd", width}});
    ASSERT_EQ(a.breaks.size(), 2U) << width;
    EXPECT_EQ(a.breaks[0].x, -width);
    EXPECT_EQ(a.breaks[1].x, width);
    EXPECT_NEAR(a.breaks[1].value_jump, width, width * 1e-12);
  }
}

TEST(Breaks, OfSmoothFunctionsThereAreNone) {
  EXPECT_TRUE(of("tanh").breaks.empty());
  EXPECT_TRUE(of("gelu").breaks.empty());
  EXPECT_TRUE(of_callable([](double x) { return std::tanh(20 * x); }).breaks.empty());
  EXPECT_TRUE(of_callable([](double x) { return std::exp(-x * x); }).breaks.empty());
  // Its left tail is made of rounding errors.
  EXPECT_TRUE(
      of_callable([](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }).breaks.empty());
}

TEST(Breaks, OfCallablesAreFoundFromValuesAlone) {
  const Analysis tent = of_callable([](double x) { return std::max(0.0, 1 - std::abs(x - 0.3)); });
  ASSERT_EQ(tent.breaks.size(), 3U);
  EXPECT_EQ(tent.breaks[0].x, -0.7);
  EXPECT_EQ(tent.breaks[1].x, 0.3);
  EXPECT_EQ(tent.breaks[2].x, 1.3);
  EXPECT_NEAR(tent.breaks[1].slope_jump, -2, 1e-9);
  const Analysis elu = of_callable([](double x) { return x > 0 ? x : std::expm1(x); });
  ASSERT_EQ(elu.breaks.size(), 1U);
  EXPECT_EQ(elu.breaks[0].x, 0);
  EXPECT_EQ(elu.smoothness, 1);
  EXPECT_NEAR(elu.breaks[0].curvature_jump, -1, 1e-4);
  EXPECT_EQ(of_callable([](double x) { return x < 2 ? 0.0 : 1.0; }).breaks.at(0).x, 2);
}

TEST(Breaks, AtVerticalTangentsAreWhereTheTangentIs) {
  const Analysis a = of_callable([](double x) { return std::sqrt(std::abs(x - 0.25)); });
  ASSERT_EQ(a.breaks.size(), 1U);
  EXPECT_EQ(a.breaks[0].x, 0.25);
  EXPECT_EQ(a.lipschitz.value, INFINITY);
}

TEST(Waves, AreNotFollowedFarOut) {
  const Analysis a = of_callable([](double x) { return std::sin(x); });
  EXPECT_EQ(a.looked_low, -32);
  EXPECT_EQ(a.looked_high, 32);
  EXPECT_EQ(a.notes.size(), 2U);
  EXPECT_EQ(a.zeros.size(), 21U);  // k pi, |k| <= 10
  EXPECT_EQ(a.symmetry, "odd");
  EXPECT_TRUE(of_callable([](double x) { return std::tanh(x); }).notes.empty());
  EXPECT_TRUE(of_callable([](double x) { return 0.5 * x * (1 + std::erf(x)); }).notes.empty());
}

TEST(Breaks, InFloat32AreFoundAsWell) {
  const Analysis a = of_callable([](double x) {
    const auto y = static_cast<float>(x);
    return static_cast<double>(y > 0.5F ? y - 0.5F : 0.1F * (y - 0.5F));
  });
  ASSERT_EQ(a.breaks.size(), 1U);
  EXPECT_NEAR(a.breaks[0].x, 0.5, 1e-4);
  EXPECT_NEAR(a.breaks[0].slope_jump, 0.9, 1e-4);
}

}  // namespace rheo::analysis
