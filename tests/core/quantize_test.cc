// SPDX-License-Identifier: Apache-2.0
// quantize_test.cc: each convention's rounding, at ties and beyond the codes.
#include "src/core/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rheo {
namespace {

constexpr Codes kInt8{-128, 127}, kUint8{0, 255};

std::int32_t tflite(float y, Scale s, Codes c = kInt8) { return code_of(y, s, c, Rounding::kReciprocalAway); }
std::int32_t onnx(float y, Scale s, Codes c = kInt8) { return code_of(y, s, c, Rounding::kDivideEven); }
std::int32_t torch(float y, Scale s, Codes c = kInt8) { return code_of(y, s, c, Rounding::kReciprocalEven); }

TEST(Quantize, TiesGoAwayFromZeroForTfliteAndToEvenForOthers) {
  const Scale half{0.5F, 0};
  for (int k = -100; k < 100; ++k) {
    const float tie = 0.5F * (static_cast<float>(k) + 0.5F);
    EXPECT_EQ(tflite(tie, half), k < 0 ? k : k + 1) << tie;
    EXPECT_EQ(onnx(tie, half), k % 2 == 0 ? k : k + 1) << tie;
    EXPECT_EQ(torch(tie, half), k % 2 == 0 ? k : k + 1) << tie;
  }
}

TEST(Quantize, ZeroIsAddedAfterRoundingSoItsParityDoesNotCount) {
  for (const int zero : {-3, -2, 1, 4, 5}) {
    const Scale s{0.25F, zero};
    EXPECT_EQ(onnx(0.125F, s), zero) << zero;
    EXPECT_EQ(torch(0.125F, s), zero) << zero;
    EXPECT_EQ(tflite(0.125F, s), zero + 1) << zero;
    EXPECT_EQ(tflite(-0.125F, s), zero - 1) << zero;
  }
}

// 0.05 is the float 0.0500000007...; 1 / 0.05 rounds to 20, and the two ways to 12.5 part.
TEST(Quantize, OnlyOnnxDivides) {
  int apart = 0;
  for (const float scale : {0.05F, 0.1F, 0.007F, 0.3F}) {
    for (int k = 0; k < 127; ++k) {
      const float tie = scale * (static_cast<float>(k) + 0.5F);
      const float quotient = tie / scale, product = tie * (1 / scale);
      apart += quotient != product ? 1 : 0;
      EXPECT_EQ(onnx(tie, {scale, 0}), std::lrint(quotient));
      EXPECT_EQ(torch(tie, {scale, 0}), std::lrint(product));
      EXPECT_EQ(tflite(tie, {scale, 0}), std::lround(product));
    }
  }
  EXPECT_GT(apart, 0);
}

TEST(Quantize, WhatIsBeyondTheCodesBecomesTheLastOne) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const auto convention : {tflite, onnx, torch}) {
    for (const float far : {1e3F, 1e9F, 1e20F, std::numeric_limits<float>::max(), infinity}) {
      EXPECT_EQ(convention(far, {0.1F, 5}, kInt8), 127);
      EXPECT_EQ(convention(-far, {0.1F, 5}, kInt8), -128);
      EXPECT_EQ(convention(far, {0.1F, 200}, kUint8), 255);
      EXPECT_EQ(convention(-far, {0.1F, 200}, kUint8), 0);
    }
    EXPECT_EQ(convention(12.7F, {0.1F, 0}, kInt8), 127);
    EXPECT_EQ(convention(-12.8F, {0.1F, 0}, kInt8), -128);
  }
}

TEST(Quantize, NumbersAreCodesWithoutTheirZeroTimesTheScale) {
  EXPECT_EQ(number_of(-128, {0.05F, 127}), 0.05F * -255.0F);
  EXPECT_EQ(number_of(255, {3.0F, 0}), 765.0F);
  EXPECT_EQ(number_of(17, {0.3F, 17}), 0.0F);
  EXPECT_FALSE(std::signbit(number_of(17, {0.3F, 17})));
}

TEST(Quantize, EveryCodeIsTheCodeOfItsNumber) {
  for (const auto convention : {tflite, onnx, torch}) {
    for (const Scale s : {Scale{0.05F, 3}, Scale{1.0F / 3, -128}, Scale{0.0078125F, 0}})
      for (int code = -128; code < 128; ++code) EXPECT_EQ(convention(number_of(code, s), s, kInt8), code);
  }
}

}  // namespace
}  // namespace rheo
