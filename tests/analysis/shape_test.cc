// SPDX-License-Identifier: Apache-2.0
// shape_test.cc: zeros, extrema, range, monotone and convex intervals, symmetry, Lipschitz constants.
#include <gtest/gtest.h>

#include <limits>

#include "tests/analysis/functions.h"

namespace rheo::analysis {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Extrema, OfGeluAndSiluAreTheKnownMinima) {
  // d/dx (x Phi(x)) = 0 and 1 + x (1 - sigmoid(x)) = 0, solved with 40 digits.
  const Analysis gelu = of("gelu"), silu = of("silu");
  ASSERT_EQ(gelu.extrema.size(), 1U);
  EXPECT_NEAR(gelu.extrema[0].x, -0.75179152469356457457904947, 1e-14);
  EXPECT_NEAR(gelu.extrema[0].value, -0.16997120747990369, 1e-15);
  EXPECT_TRUE(gelu.extrema[0].global);
  EXPECT_TRUE(gelu.low.attained);
  EXPECT_EQ(gelu.low.value, gelu.extrema[0].value);
  ASSERT_EQ(silu.extrema.size(), 1U);
  EXPECT_NEAR(silu.extrema[0].x, -1.2784645427610737951, 1e-14);
  EXPECT_NEAR(silu.extrema[0].value, -0.27846454276107379511, 1e-15);
}

TEST(Extrema, OfACubicAreTwoLocalOnes) {
  const Analysis a = of_callable([](double x) { return x * x * x - x; });
  ASSERT_EQ(a.extrema.size(), 2U);
  EXPECT_NEAR(a.extrema[0].x, -1 / std::sqrt(3.0), 1e-9);
  EXPECT_TRUE(a.extrema[0].maximum);
  EXPECT_FALSE(a.extrema[0].global);
  EXPECT_NEAR(a.extrema[1].value, -2 / std::sqrt(27.0), 1e-12);
  EXPECT_EQ(a.zeros, (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(a.low.value, -kInfinity);
  EXPECT_EQ(a.inflections, std::vector<double>{0});
}

TEST(Extrema, OfPlateausHaveBothEnds) {
  const Analysis a = of("clipped_relu", {{"ceiling", 2.5}});
  ASSERT_EQ(a.extrema.size(), 2U);
  EXPECT_EQ(a.extrema[0].x, -kInfinity);
  EXPECT_EQ(a.extrema[0].to, 0);
  EXPECT_EQ(a.extrema[1].x, 2.5);
  EXPECT_EQ(a.extrema[1].to, kInfinity);
  EXPECT_EQ(a.extrema[1].value, 2.5);
}

TEST(Range, SaysWhatIsAttainedAndWhatIsOnlyApproached) {
  const Analysis sigmoid = of("sigmoid"), hard = of("hardsigmoid"), elu = of("elu", {{"alpha", 0.5}});
  EXPECT_EQ(sigmoid.low.value, 0);
  EXPECT_EQ(sigmoid.high.value, 1);
  EXPECT_FALSE(sigmoid.low.attained);
  EXPECT_EQ(sigmoid.high.at, kInfinity);
  EXPECT_TRUE(hard.low.attained);
  EXPECT_TRUE(hard.high.attained);
  EXPECT_EQ(hard.high.at, 3);
  EXPECT_EQ(elu.low.value, -0.5);
  EXPECT_EQ(elu.high.value, kInfinity);
}

TEST(Range, BesideAJumpIsApproachedWhereTheJumpTakesItAway) {
  // 5 up to 1, x beyond: 1 is only approached, from the right.
  const Analysis a = of("threshold", {{"threshold", 1.0}, {"value", 5.0}});
  EXPECT_NEAR(a.low.value, 1, 1e-12);
  EXPECT_FALSE(a.low.attained);
  EXPECT_EQ(a.low.at, 1);
  EXPECT_EQ(a.monotone, "no");
}

TEST(Zeros, AreIntervalsWhereTheFunctionIsFlat) {
  const Analysis relu = of("relu"), shrink = of("softshrink", {{"lambd", 0.25}});
  ASSERT_EQ(relu.value.stretches[0].sign, 0);
  EXPECT_EQ(relu.value.stretches[0].to, 0);
  EXPECT_TRUE(relu.zeros.empty());
  ASSERT_EQ(shrink.value.stretches[1].sign, 0);
  EXPECT_EQ(shrink.value.stretches[1].from, -0.25);
  EXPECT_EQ(shrink.value.stretches[1].to, 0.25);
}

TEST(Zeros, WithoutAChangeOfSignAreFound) {
  EXPECT_EQ(of_callable([](double x) { return x * x; }).zeros, std::vector<double>{0});
  const Analysis a = of_callable([](double x) { return (x - 2) * (x - 2) / (1 + x * x); });
  ASSERT_EQ(a.zeros.size(), 1U);
  EXPECT_NEAR(a.zeros[0], 2, 1e-8);
}

TEST(Zeros, OfATailTooSmallForFloat64AreNone) {
  EXPECT_EQ(of("gelu").zeros, std::vector<double>{0});  // underflows below -38.6
  EXPECT_EQ(of("silu").zeros, std::vector<double>{0});
}

TEST(Monotone, IsStrictUnlessSomethingIsFlat) {
  EXPECT_EQ(of("tanh").monotone, "strictly increasing");
  EXPECT_EQ(of("tanhshrink").monotone, "strictly increasing");  // its derivative is 0 at a single point
  EXPECT_EQ(of("relu").monotone, "increasing");
  EXPECT_EQ(of("gelu").monotone, "no");
  EXPECT_EQ(of("leaky_relu", {{"negative_slope", -0.5}}).monotone, "no");
  EXPECT_EQ(of_callable([](double x) { return -std::atan(x); }).monotone, "strictly decreasing");
  EXPECT_EQ(of_callable([](double) { return 2.0; }).monotone, "constant");
}

TEST(Convexity, CountsKinks) {
  EXPECT_EQ(of("relu").convexity, "convex");
  EXPECT_EQ(of("softplus").convexity, "convex");
  EXPECT_EQ(of("logsigmoid").convexity, "concave");
  EXPECT_EQ(of("identity").convexity, "linear");
  EXPECT_EQ(of("selu").convexity, "neither");  // its kink bends downwards
  const Analysis gelu = of("gelu");
  ASSERT_EQ(gelu.inflections.size(), 2U);
  EXPECT_NEAR(gelu.inflections[1], std::sqrt(2.0), 1e-14);
}

TEST(Convexity, OfAStepIsStraightOnBothSides) {
  const Analysis a = of_callable([](double x) { return x > 0 ? 1.0 : 0.0; });
  EXPECT_EQ(a.curvature.stretches.size(), 1U);
  EXPECT_EQ(a.curvature.stretches[0].sign, 0);
  EXPECT_EQ(a.convexity, "neither");
  EXPECT_EQ(a.monotone, "increasing");
  EXPECT_EQ(a.extrema.size(), 2U);
}

TEST(Symmetry, IsSeenInValues) {
  EXPECT_EQ(of("tanh").symmetry, "odd");
  EXPECT_EQ(of("relu").symmetry, "none");
  EXPECT_EQ(of_callable([](double x) { return std::cos(x); }).symmetry, "even");
  EXPECT_EQ(of_callable([](double) { return 0.0; }).symmetry, "both");
  EXPECT_EQ(of("sigmoid").centre, 0.5);
  EXPECT_FALSE(of("gelu").centre.has_value());
}

TEST(Lipschitz, ConstantsAreTheLargestSlopes) {
  const double pi = std::acos(-1.0), root = std::sqrt(2.0);
  const Analysis gelu = of("gelu"), tanh = of("tanh"), square = of("relu_squared");
  // gelu'(x) = Phi(x) + x phi(x) is largest where gelu'' = phi(x) (2 - x^2) is 0; gelu'' is largest at 0.
  const double largest = std::erfc(-1.0) / 2 + root * std::exp(-1.0) / std::sqrt(2 * pi);
  EXPECT_NEAR(gelu.lipschitz.value, largest, 1e-14);
  EXPECT_NEAR(gelu.lipschitz.at, root, 1e-7);
  EXPECT_NEAR(gelu.lipschitz_slope.value, 2 / std::sqrt(2 * pi), 1e-14);
  EXPECT_EQ(gelu.lipschitz_slope.at, 0);
  EXPECT_NEAR(tanh.lipschitz_slope.value, 4 / std::sqrt(27.0), 1e-14);
  EXPECT_EQ(square.lipschitz.value, kInfinity);
  EXPECT_EQ(square.lipschitz_slope.value, 2);
}

TEST(Lipschitz, ConstantsAreInfiniteAtJumpsAndVerticalTangents) {
  EXPECT_EQ(of("relu").lipschitz.value, 1);
  EXPECT_EQ(of("relu").lipschitz_slope.value, kInfinity);
  EXPECT_EQ(of("hardshrink").lipschitz.value, kInfinity);
  EXPECT_EQ(of_callable([](double x) { return std::sqrt(std::abs(x)); }).lipschitz.value, kInfinity);
}

}  // namespace rheo::analysis
