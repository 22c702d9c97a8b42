// SPDX-License-Identifier: Apache-2.0
// products_test.cc: backward's bounds hold for the true kernels, and for none that are changed.
#include "src/prover/products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "tests/prover/changed.h"

namespace rheo::oracle {
namespace {

float kept(float, float, float y) { return y; }
float above(float y) { return std::nextafter(y, HUGE_VALF); }

ProductFindings scan(const Activation& a, float around, std::uint32_t blocks = 1) {
  constexpr auto kBlock = static_cast<std::uint32_t>(kScanBlock);
  ProductFindings found;
  const std::uint32_t start = std::bit_cast<std::uint32_t>(around) / kBlock * kBlock;
  scan_products(Subject(a, Role::kDerivative), start, static_cast<std::int64_t>(blocks) * kBlock, found);
  return found;
}
ProductFindings scan(const char* name, float around, ChangedActivation::Change change) {
  return scan(ChangedActivation(name, Role::kBackward, std::move(change)).get(), around);
}

// In some binades, of every function.
TEST(Products, AreWithinTheirBoundWithTrueKernels) {
  std::string error;
  ASSERT_NE(target_in_use(error), nullptr);
  for (const Activation& a : all_activations()) {
    const Subject subject(a, Role::kDerivative);
    for (std::uint32_t i = 0; i < 512; i += 24) {
      const float x = std::bit_cast<float>((i << 23) + (i * 7919 % 2048) * 4096);
      const ProductFindings found = scan(a, x);
      EXPECT_EQ(found.fault, "") << a.name;
      EXPECT_LE(found.at_most, subject.bound + 0.5) << a.name << " " << x;
      EXPECT_LE(found.worst.error, subject.bound + 0.5) << a.name << " " << x;
      EXPECT_LE(found.to_balls, 100) << a.name << " " << x;
    }
  }
}

// Where f' is 1, every product is the gradient, however near the intervals could tell.
TEST(Products, WithOneAreExact) {
  const ProductFindings found = scan("identity", 3, kept);
  EXPECT_EQ(found.worst.error, 0);
  EXPECT_EQ(found.at_most, ProductFindings::kFloor);
}

TEST(Products, OneUlpOffAreSeen) {
  const auto change = [](float x, float, float y) { return x == 1.5F ? above(y) : y; };
  const ProductFindings found = scan("silu", 1.5F, change), truth = scan("silu", 1.5F, kept);
  EXPECT_GT(found.worst.error, 1);
  EXPECT_EQ(found.worst.x, 1.5F);
  EXPECT_GT(found.at_most, std::max(1.25, truth.at_most));
}

// By an ulp where products are just below a power of two: no single gradient need show that.
TEST(Products, OfADerivativeThatIsOffAreBounded) {
  const auto change = [](float, float grad, float) {
    return static_cast<float>(static_cast<double>(grad) * (1 + 0x1p-24));  // for f' = 1
  };
  const ProductFindings found = scan("identity", 3, change);
  EXPECT_EQ(found.fault, "");
  EXPECT_GT(found.at_most, 1.4);
  EXPECT_LT(found.at_most, 1.6);
}

TEST(Products, OfDifferentDerivativesAreNone) {
  const auto change = [](float x, float grad, float y) {
    int exponent = 0;
    return x == 1.5F && std::fabs(std::frexp(grad, &exponent)) > 0.75F ? above(y) : y;
  };
  const ProductFindings found = scan("silu", 1.5F, change);
  EXPECT_NE(found.fault.find("no one number explains at x = 1.5"), std::string::npos) << found.fault;
}

TEST(Products, WithZeroAreZero) {
  const auto change = [](float x, float, float y) { return x == -1.5F ? 0x1p-149F : y; };
  const ProductFindings found = scan("relu", -1.5F, change);
  EXPECT_NE(found.fault.find("not 0 at x = -1.5"), std::string::npos) << found.fault;
}

TEST(Products, HaveTheirSign) {
  const auto change = [](float x, float, float y) { return x == -1.5F ? -y : y; };
  EXPECT_EQ(scan("sigmoid", -1.5F, change).worst.error, HUGE_VAL);
}

// For one gradient: the others do not make up for it.
TEST(Products, ThatAreNoNumbersAreSeen) {
  const auto change = [](float x, float grad, float y) {
    int exponent = 0;
    return x == 1.5F && std::frexp(grad, &exponent) == 0.5F ? std::nanf("") : y;
  };
  EXPECT_EQ(scan("silu", 1.5F, change).worst.error, HUGE_VAL);
}

// The error is that of the product with the exact derivative, in its own ulp.
TEST(Products, HaveTheErrorThatBallsTell) {
  const Subject subject(*find_activation("relu"), Role::kDerivative);
  EXPECT_NEAR(product_error(subject, {0, 2, 1.5F, above(1.5F)}), 1, 1e-9);
  EXPECT_EQ(product_error(subject, {0, -2, 1.5F, 0}), 0);
}

}  // namespace
}  // namespace rheo::oracle
