// SPDX-License-Identifier: Apache-2.0
// sides_test.cc: limits, asymptotes and saturation towards the infinities.
#include <gtest/gtest.h>

#include <limits>

#include "tests/analysis/functions.h"

namespace rheo::analysis {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Limits, OfAlgebraicTailsAreReached) {
  const Analysis a = of("softsign");
  EXPECT_EQ(a.left.limit, -1);
  EXPECT_EQ(a.right.limit, 1);
  const Analysis atan = of_callable([](double x) { return std::atan(x); });
  EXPECT_NEAR(atan.right.limit, std::acos(0.0), 1e-14);
}

TEST(Limits, ThatDoNotExistAreNaN) {
  const Analysis a = of_callable([](double x) { return std::sin(x); });
  EXPECT_TRUE(std::isnan(a.right.limit));
  EXPECT_TRUE(std::isnan(a.right.slope));
  EXPECT_NEAR(a.high.value, 1, 1e-6);
}

TEST(Limits, OfSlowGrowthAreInfinite) {
  const Analysis a = of_callable([](double x) { return std::copysign(std::log1p(std::abs(x)), x); });
  EXPECT_EQ(a.right.limit, kInfinity);
  EXPECT_EQ(a.left.limit, -kInfinity);
  EXPECT_EQ(a.right.slope, 0);
  EXPECT_FALSE(a.right.saturates);
}

TEST(Asymptotes, HaveSlopeAndIntercept) {
  const Analysis a = of("softshrink", {{"lambd", 0.3}});
  EXPECT_EQ(a.right.slope, 1);
  EXPECT_NEAR(a.right.intercept, -0.3, 1e-15);
  EXPECT_NEAR(a.left.intercept, 0.3, 1e-15);
  EXPECT_NEAR(of("tanhshrink").right.intercept, -1, 1e-14);
  EXPECT_EQ(of("gelu").right.intercept, 0);
  EXPECT_TRUE(std::isnan(of("relu_squared").right.intercept));
  EXPECT_EQ(of("relu_squared").right.order, 2);
}

TEST(Saturation, HasTheRateOfTheTail) {
  const Analysis tanh = of("tanh"), gelu = of("gelu"), sign = of("softsign"), hard = of("hardsigmoid");
  EXPECT_TRUE(tanh.left.saturates && tanh.right.saturates);
  EXPECT_EQ(tanh.right.rate, Rate::kExponential);
  EXPECT_NEAR(tanh.right.speed, 2, 1e-12);  // 1 - tanh^2 = 4 e^-2x (1 + ...)
  EXPECT_EQ(tanh.right.power, 1);
  EXPECT_NEAR(of("mish").left.speed, 1, 1e-3);  // x e^x (1 + O(1 / x))
  EXPECT_EQ(gelu.left.power, 2);
  EXPECT_NEAR(gelu.left.speed, 0.5, 1e-4);
  EXPECT_FALSE(gelu.right.saturates);
  EXPECT_EQ(sign.right.rate, Rate::kAlgebraic);
  EXPECT_EQ(sign.right.power, 1);
  EXPECT_EQ(hard.left.rate, Rate::kHard);
  EXPECT_EQ(hard.left.hard_from, -3);
  EXPECT_EQ(hard.right.hard_from, 3);
}

TEST(Saturation, BeginsWhereTheSlopeFallsBelowAThousandth) {
  // 1 / cosh^2 = 1e-3.
  EXPECT_NEAR(of("tanh").right.vanishes_from, std::acosh(std::sqrt(1000.0)), 1e-12);
  EXPECT_NEAR(of("softsign").left.vanishes_from, 1 - std::sqrt(1000.0), 1e-12);
  EXPECT_EQ(of("relu").left.vanishes_from, 0);
  EXPECT_TRUE(std::isnan(of("identity").left.vanishes_from));
}

}  // namespace rheo::analysis
