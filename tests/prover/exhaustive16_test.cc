// SPDX-License-Identifier: Apache-2.0
// exhaustive16_test.cc: the proofs of 16-bit formats hold for the true kernels, and for none that are
// changed.
#include "src/prover/exhaustive16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "tests/prover/changed.h"

namespace rheo::oracle {
namespace {

class Changed16 {
 public:
  using Change = std::function<float(float x, float y)>;

  Changed16(const char* name, Role role, Change change)
      : activation_(name, role, [change](float x, float, float y) { return change(x, y); }), role_(role) {}
  Result16 prove(Format format, std::size_t every = 1) const {
    return prove16({&activation_.get(), format, role_, 2, {}, every});
  }

 private:
  ChangedActivation activation_;
  Role role_;
};

float kept(float, float y) { return y; }
constexpr Format kFormats[] = {Format::kBfloat16, Format::kFloat16};

TEST(Exhaustive16, HoldsForTheTrueKernels) {
  for (const Format format : kFormats) {
    for (const Role role : {Role::kValue, Role::kDerivative}) {
      for (const char* name : {"silu", "tanhshrink", "relu_squared", "hardswish"}) {
        const Result16 result = Changed16(name, role, kept).prove(format);
        EXPECT_TRUE(result.passed()) << name << " " << result.fault << " " << result.proof.rounded_wrongly;
        EXPECT_LE(result.proof.maximum, 0.5 + 1e-12) << name;  // the upper end of a ball
        EXPECT_EQ(result.proof.digest.size(), 32u);
      }
    }
    for (const char* name : {"silu", "relu_squared", "relu"}) {
      const Result16 result = Changed16(name, Role::kBackward, kept).prove(format, 997);
      EXPECT_TRUE(result.passed()) << name << " " << result.fault << " " << result.proof.maximum;
    }
  }
}

// One number further is one result that is not the nearest.
TEST(Exhaustive16, CountsAResultThatIsRoundedWrongly) {
  for (const Format format : kFormats) {
    const auto change = [](float x, float y) { return x == 1.5F ? y * (1 + 0x1p-6F) : y; };
    const Result16 result = Changed16("sigmoid", Role::kValue, change).prove(format);
    EXPECT_EQ(result.proof.rounded_wrongly, 1);
    EXPECT_EQ(result.proof.x, 1.5);
    EXPECT_GT(result.proof.maximum, 0.5);
    EXPECT_FALSE(result.passed());
  }
}

TEST(Exhaustive16, SeesWrongSpecialValues) {
  for (const Format format : kFormats) {
    const auto is_nan = [](float x, float y) { return std::isinf(x) ? NAN : y; };
    EXPECT_NE(Changed16("silu", Role::kValue, is_nan).prove(format).fault, "");
    const auto not_zero = [](float x, float y) { return x < 0 ? 1.0F : y; };
    EXPECT_NE(Changed16("relu", Role::kValue, not_zero).prove(format).fault, "");
  }
}

TEST(Exhaustive16, BoundsTheErrorOfBackward) {
  for (const Format format : kFormats) {
    const auto change = [](float x, float y) { return x > 0.5F ? y * (1 + 0x1p-6F) : y; };
    const Result16 result = Changed16("silu", Role::kBackward, change).prove(format, 997);
    EXPECT_GT(result.proof.maximum, 0.505);
    EXPECT_GT(result.proof.rounded_wrongly, 1000);
    EXPECT_FALSE(result.passed());
    const auto turned = [](float x, float y) { return x > 0.5F ? -y : y; };
    EXPECT_NE(Changed16("silu", Role::kBackward, turned).prove(format, 997).fault, "");
    const auto not_zero = [](float x, float y) { return x < 0 ? 1.0F : y; };
    EXPECT_NE(Changed16("relu", Role::kBackward, not_zero).prove(format, 997).fault, "");
  }
}

}  // namespace
}  // namespace rheo::oracle
