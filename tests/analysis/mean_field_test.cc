// SPDX-License-Identifier: Apache-2.0
// mean_field_test.cc: variance maps, edges of chaos and fixed moments, against papers and closed forms.
#include <gtest/gtest.h>

#include "tests/analysis/functions.h"

namespace rheo::analysis {

const double kPi = std::acos(-1.0);

TEST(SelfNormalising, FixedPointOfSeluIsZeroOne) {
  const MeanField m = of("selu").mean_field;
  ASSERT_EQ(m.self_normalising.size(), 1U);
  EXPECT_NEAR(m.self_normalising[0].mean, 0, 1e-9);
  EXPECT_NEAR(m.self_normalising[0].variance, 1, 1e-9);
  EXPECT_TRUE(m.self_normalising[0].stable);
  // The Jacobian in appendix A3 of Klambauer et al. 2017, six decimals.
  EXPECT_NEAR(m.self_normalising[0].mean_slope, 0.088834, 1e-6);
  EXPECT_NEAR(m.self_normalising[0].variance_slope, 0.782648, 1e-6);
}

TEST(SelfNormalising, ReluHasNoFixedMoments) {
  EXPECT_TRUE(of("relu").mean_field.self_normalising.empty());
  EXPECT_FALSE(of("relu").mean_field.every_variance);
  EXPECT_TRUE(of("identity").mean_field.every_variance);
}

TEST(EdgeOfChaos, OfReluIsTheInitialisationOfHe) {
  const MeanField m = of("relu").mean_field;
  EXPECT_TRUE(m.every_critical);
  ASSERT_EQ(m.at_sigma_b.size(), 1U);
  EXPECT_NEAR(m.at_sigma_b[0].sigma_w, std::sqrt(2.0), 1e-13);
  EXPECT_EQ(m.at_sigma_b[0].sigma_b, 0);
  for (const Critical& c : m.edge) EXPECT_NEAR(c.sigma_b, 0, 1e-6) << c.q;
  // Leaky: 2 / (1 + slope^2).
  const MeanField leaky = of("leaky_relu", {{"negative_slope", 0.5}}).mean_field;
  EXPECT_NEAR(leaky.at_sigma_b.at(0).sigma_w, std::sqrt(2 / 1.25), 1e-13);
}

TEST(EdgeOfChaos, OfTanhIsThatOfThePapers) {
  const MeanField unbiased = of("tanh").mean_field;
  ASSERT_EQ(unbiased.at_sigma_b.size(), 1U);
  EXPECT_NEAR(unbiased.at_sigma_b[0].sigma_w, 1, 1e-12);
  EXPECT_EQ(unbiased.at_sigma_b[0].q, 0);
  // Schoenholz et al. 2017: critical at sigma_b^2 = 0.05 and sigma_w^2 = 1.76, two decimals.
  const MeanField m = of("tanh", {}, {.sigma_b = std::sqrt(0.05)}).mean_field;
  ASSERT_EQ(m.at_sigma_b.size(), 1U);
  EXPECT_NEAR(m.at_sigma_b[0].sigma_w * m.at_sigma_b[0].sigma_w, 1.76, 0.005);
}

TEST(EdgeOfChaos, OfTheErrorFunctionIsAClosedForm) {
  // chi = sigma_w^2 4 / (pi sqrt(1 + 4 q)), E f^2 = 2 / pi asin(2 q / (1 + 2 q)).
  const MeanField m = of_callable([](double x) { return std::erf(x); }).mean_field;
  ASSERT_FALSE(m.edge.empty());
  for (const Critical& c : m.edge) {
    const double w = kPi / 4 * std::sqrt(1 + 4 * c.q);
    const double b = c.q - w * 2 / kPi * std::asin(2 * c.q / (1 + 2 * c.q));
    EXPECT_NEAR(c.sigma_w * c.sigma_w, w, 1e-9) << c.q;
    EXPECT_NEAR(c.sigma_b * c.sigma_b, b, 1e-9) << c.q;
  }
}

TEST(VarianceMap, OfReluKeepsEveryVarianceAtRootTwo) {
  EXPECT_TRUE(of("relu", {}, {.sigma_w = std::sqrt(2.0)}).mean_field.every_q);
  // With biases q = q / 2 + b.
  const MeanField m = of("relu", {}, {.sigma_w = 1, .sigma_b = 3}).mean_field;
  ASSERT_EQ(m.fixed_points.size(), 1U);
  EXPECT_NEAR(m.fixed_points[0].q, 18, 1e-11);
  EXPECT_NEAR(m.fixed_points[0].slope, 0.5, 1e-12);
  EXPECT_NEAR(m.fixed_points[0].chi, 0.5, 1e-12);
  EXPECT_TRUE(m.fixed_points[0].stable);
}

TEST(VarianceMap, OfTanhBranchesAtOne) {
  const MeanField below = of("tanh", {}, {.sigma_w = 0.9}).mean_field;
  ASSERT_EQ(below.fixed_points.size(), 1U);
  EXPECT_EQ(below.fixed_points[0].q, 0);
  EXPECT_TRUE(below.fixed_points[0].stable);
  EXPECT_NEAR(below.fixed_points[0].chi, 0.81, 1e-12);
  const MeanField above = of("tanh", {}, {.sigma_w = 1.5}).mean_field;
  ASSERT_EQ(above.fixed_points.size(), 2U);
  EXPECT_FALSE(above.fixed_points[0].stable);
  EXPECT_TRUE(above.fixed_points[1].stable);
  EXPECT_GT(above.fixed_points[1].chi, 1);
}

TEST(VarianceMap, AtItsCriticalPointIsStableWhereVariancesShrink) {
  const MeanField m = of("tanh").mean_field;
  ASSERT_EQ(m.fixed_points.size(), 1U);
  EXPECT_TRUE(m.fixed_points[0].stable);
}

TEST(VarianceMap, OfAStepFollowsItsJump) {
  // E step^2 = 1 / 2 for every q: the slope is 0, though f' is 0 everywhere.
  const MeanField m = of_callable([](double x) { return x > 0 ? 1.0 : 0.0; }, {.sigma_w = 2}).mean_field;
  ASSERT_EQ(m.fixed_points.size(), 2U);
  EXPECT_NEAR(m.fixed_points[1].q, 2, 1e-10);
  EXPECT_NEAR(m.fixed_points[1].slope, 0, 1e-8);
}

}  // namespace rheo::analysis
