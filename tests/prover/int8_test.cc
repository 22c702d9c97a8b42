// SPDX-License-Identifier: Apache-2.0
// int8_test.cc: tables of 8-bit codes of all activations, against ball arithmetic.
#include "rheobase/int8.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "src/core/registry.h"
#include "src/prover/exact.h"

namespace rheo::oracle {
namespace {

// Rounded to float32 once: the sum of a pair could lie on a tie of float32 that its first part only seems to
// be at.
float once(Pair exact) {
  const float nearest = static_cast<float>(exact.high);
  const double rest = (exact.high - static_cast<double>(nearest)) + exact.low;
  const float next = std::nextafter(nearest, rest > 0 ? HUGE_VALF : -HUGE_VALF);
  const double half = (static_cast<double>(next) - static_cast<double>(nearest)) / 2;
  const double beyond = ((exact.high - static_cast<double>(nearest)) - half) + exact.low;
  return std::isfinite(nearest) && rest != 0 && (rest > 0 ? beyond > 0 : beyond < 0) ? next : nearest;
}

// The convention in words, in float64, where products and quotients of float32 are rounded to float32
// rightly.
double code_of(float y, float scale, std::uint32_t convention) {
  const float inverse = static_cast<float>(1 / static_cast<double>(scale));
  const float scaled = convention == RHEO_ONNX
                           ? static_cast<float>(static_cast<double>(y) / static_cast<double>(scale))
                           : static_cast<float>(static_cast<double>(y) * static_cast<double>(inverse));
  const double below = std::floor(static_cast<double>(scaled)), part = static_cast<double>(scaled) - below;
  if (part != 0.5) return below + (part > 0.5 ? 1 : 0);
  if (convention == RHEO_TFLITE) return below + (scaled > 0 ? 1 : 0);
  return below + (std::fmod(below, 2) == 0 ? 0 : 1);
}

const rheo_activation* found(const char* name) {
  const rheo_activation* activation = nullptr;
  EXPECT_EQ(rheo_find(name, &activation), RHEO_OK);
  return activation;
}

rheo_quantization quantization(float in_scale, std::int32_t in_zero, float out_scale, std::int32_t out_zero) {
  rheo_quantization q{};
  q.struct_size = sizeof q;
  q.codes = RHEO_INT8;
  q.in_scale = in_scale, q.in_zero = in_zero, q.out_scale = out_scale, q.out_zero = out_zero;
  return q;
}

TEST(Int8Tables, AreThoseOfExactResultsRoundedToFloat32Once) {
  const rheo_quantization settings[] = {
      quantization(0.0625F, 0, 0.125F, 0), quantization(0.05F, 3, 0.0373F, -100),
      quantization(0.03125F, -128, 0.25F, 5), quantization(0.1F, -7, 0.0078125F, 64)};
  for (const Activation& a : all_activations()) {
    std::vector<double> parameters(kMaxParameters);
    for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i)
      parameters[i] = static_cast<double>(static_cast<float>(a.initial(i)));
    for (rheo_quantization q : settings) {
      std::vector<double> x;
      for (int code = -128; code < 128; ++code)
        x.push_back(static_cast<double>(q.in_scale * static_cast<float>(code - q.in_zero)));
      const std::vector<Pair> exact = exact_pairs({&a, Role::kValue, parameters, 1}, x, {});
      for (const std::uint32_t convention : {RHEO_TFLITE, RHEO_ONNX, RHEO_TORCH}) {
        q.convention = convention;
        std::uint8_t table[256];
        ASSERT_EQ(rheo_int8_table(found(a.name), &q, table), RHEO_OK) << rheo_last_error();
        for (int code = -128; code < 128; ++code) {
          const float y = once(exact[static_cast<std::size_t>(code + 128)]);
          const double wanted =
              std::fmin(std::fmax(code_of(y, q.out_scale, convention) + q.out_zero, -128), 127);
          ASSERT_EQ(static_cast<std::int8_t>(table[static_cast<std::uint8_t>(code)]), wanted)
              << a.name << " at code " << code << ", convention " << convention;
        }
      }
    }
  }
}

}  // namespace
}  // namespace rheo::oracle
