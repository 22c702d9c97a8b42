// SPDX-License-Identifier: Apache-2.0
// outputs_test.cc: which activations can, special values, layouts, instruction sets and wrong calls.
#include "tests/outputs/outputs.h"

#include <set>

#include "src/core/registry.h"
#include "src/math/format16.h"
#include "tests/core/hash.h"

namespace rheo::test {
namespace {

// The first activation that can, whose derivative at an output of 0.5 is this.
const rheo_activation* with_slope(float slope) {
  for (const std::string& name : names()) {
    const rheo_activation* const a = find(name);
    if (supported(a, RHEO_FLOAT32) && from_outputs<float>(a, {0.5F}, {})[0] == slope) return a;
  }
  ADD_FAILURE();
  return nullptr;
}

const rheo_activation* tangent() { return with_slope(0.75F); }

// One that is 0 for negative x, and whose slope is 1 above.
const rheo_activation* rectifier() {
  for (const std::string& name : names()) {
    const rheo_activation* const a = find(name);
    if (supported(a, RHEO_FLOAT32) &&
        same_bits(from_outputs<float>(a, {-1, 0, 0.5F, 7}, {}), std::vector<float>{0, 0, 1, 1}))
      return a;
  }
  ADD_FAILURE();
  return nullptr;
}

bool has(const std::string& name) {
  const std::vector<std::string> all = names();
  return std::find(all.begin(), all.end(), name) != all.end();
}

TEST(Outputs, TellTheDerivativeWhereThePageSaysSo) {
  const std::set<std::string> cannot = {"gelu", "gelu_tanh", "gelu_sigmoid", "swish",
                                        "silu", "mish",      "hardswish",    "tanhshrink"};
  for (const char* name :
       {"sigmoid",    "tanh",         "softsign",       "elu",        "celu",         "selu",
        "selu_onnx",  "softplus",     "softplus_torch", "logsigmoid", "relu_squared", "relu",
        "relu6",      "clipped_relu", "leaky_relu",     "prelu",      "hardtanh",     "hardsigmoid",
        "hardshrink", "softshrink",   "threshold",      "identity"}) {
    if (!has(name)) continue;
    for (const std::uint32_t format : {RHEO_FLOAT32, RHEO_FLOAT64, RHEO_BFLOAT16, RHEO_FLOAT16}) {
      SCOPED_TRACE(name + std::string(", format ") + std::to_string(format));
      // float64 tells outputs of both sides of its switch at 20 apart from each other, and they overlap.
      EXPECT_EQ(supported(find(name), format),
                std::string(name) != "softplus_torch" || format != RHEO_FLOAT64);
    }
  }
  for (const std::string& name : cannot) {
    if (!has(name)) continue;
    EXPECT_FALSE(supported(find(name), RHEO_FLOAT32)) << name;
  }
}

TEST(Outputs, OfParametersThatMakeOutputsMeetAreRefused) {
  const auto expect = [](const char* name, const char* parameter, double value, bool yes) {
    if (!has(name)) return;
    EXPECT_EQ(supported(find(name), RHEO_FLOAT32, {{parameter, value}}), yes) << name << ' ' << value;
  };
  expect("elu", "alpha", -0.5, false), expect("elu", "alpha", 0, true);
  expect("leaky_relu", "negative_slope", -0.01, false), expect("leaky_relu", "negative_slope", 0, true);
  expect("celu", "alpha", -0.5, true), expect("celu", "alpha", 1e-30, true);
  expect("swish", "beta", 0, true), expect("swish", "beta", -1, false);
  expect("threshold", "value", 5, false), expect("threshold", "value", -5, true);
  expect("softplus", "threshold", 0.5, false), expect("softplus", "beta", 1e-20, true);
}

TEST(Outputs, ThatAreNaNGiveNaN) {
  for (const std::string& name : names()) {
    if (!supported(find(name), RHEO_FLOAT32)) continue;
    EXPECT_TRUE(std::isnan(from_outputs<float>(find(name), {NAN}, {1.0F})[0])) << name;
    if (!supported(find(name), RHEO_FLOAT64)) continue;
    EXPECT_TRUE(std::isnan(from_outputs<double>(find(name), {NAN}, {})[0])) << name;
  }
}

TEST(Outputs, OfTheDeadSideGiveZeroForEveryGradient) {
  const std::vector<float> y = {0, -0.0F, -3, 0, 0, 0.5F}, grad = {NAN, HUGE_VALF, -HUGE_VALF, -1, 1e30F, 3};
  EXPECT_TRUE(same_bits(from_outputs(rectifier(), y, grad), std::vector<float>{0, 0, 0, 0, 0, 3}));
}

TEST(Outputs, AtTheirLimitsGiveZero) {
  const rheo_activation* const a = tangent();
  EXPECT_TRUE(same_bits(from_outputs<float>(a, {1, -1}, {}), std::vector<float>{0, 0}));
  // A rounding error beyond the limit is at the limit.
  EXPECT_TRUE(
      same_bits(from_outputs<float>(a, {next_above(1.0F), -2, HUGE_VALF}, {}), std::vector<float>{0, 0, 0}));
  // 0 by rounding only: gradients that are not finite show.
  EXPECT_TRUE(std::isnan(from_outputs<float>(a, {1}, {NAN})[0]));
  EXPECT_EQ(from_outputs<float>(a, {next_below(1.0F)}, {})[0], 0x1p-23F - 0x1p-48F);
}

TEST(Outputs, ThatAreInfiniteGiveTheLimit) {
  for (const std::string& name : names()) {
    const rheo_activation* const a = find(name);
    if (!supported(a, RHEO_FLOAT32)) continue;
    SCOPED_TRACE(name);
    const auto facts = describe(a)["facts"];
    for (const char* side : {"left", "right"}) {
      const double value = number(facts["limits"][side]["value"]);
      if (!std::isinf(value)) continue;
      EXPECT_EQ(from_outputs<float>(a, {static_cast<float>(value)}, {})[0],
                static_cast<float>(number(facts["limits"][side]["derivative"])));
    }
  }
}

template <class T>
void expect_scattered(const rheo_activation* a) {
  const Strides shape = {5, 7, 90};
  const std::vector<T> y = sample<T>(count_of(shape)), grad = sample<T>(count_of(shape), 2);
  const std::vector<T> expected = from_outputs(a, y, grad);
  for (const Strides& strides : {Strides{1, 5, 35}, {-630, 90, 1}, {1300, 180, 2}, {90, 450, -1}}) {
    Scattered<T> outputs(shape, strides), gradients(shape, {90, 450, 1}), dx(shape, {630, 1, 7});
    outputs.fill(y), gradients.fill(grad);
    const Layout layout{shape, {}, {}, {}};
    const rheo_call call = scattered_call(RHEO_BACKWARD, layout, outputs, gradients, dx);
    ASSERT_EQ(rheo_output_run(a, &call), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(dx.read(), expected) && dx.untouched_elsewhere());
  }
}

TEST(Outputs, MayBeAnywhereInMemory) {
  expect_scattered<float>(tangent()), expect_scattered<double>(tangent());
  expect_scattered<float>(rectifier());
}

TEST(Outputs, MayBeTheResultsMemory) {
  const std::vector<float> y = sample<float>(5000), grad = sample<float>(5000, 2);
  const std::vector<float> expected = from_outputs(tangent(), y, grad);
  for (const bool onto_grad : {false, true}) {
    Call<float> call(RHEO_BACKWARD, y);
    call.grad = grad, call.c.grad = call.grad.data();
    std::vector<float>& place = onto_grad ? call.grad : call.x;
    call.c.y = place.data();
    ASSERT_EQ(rheo_output_run(tangent(), &call.c), RHEO_OK) << rheo_last_error();
    EXPECT_TRUE(same_bits(place, expected));
  }
}

template <class T>
std::uint64_t digest_of(const rheo_activation* a, std::uint32_t format, int threads) {
  std::uint64_t state = kHashStart;
  for (const std::size_t n : {1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 300, 70001}) {
    std::vector<T> y(n), grad(n);
    if constexpr (sizeof(T) == 2) {
      for (std::size_t i = 0; i < n; ++i)
        y[i] = static_cast<T>(i * 40503U), grad[i] = static_cast<T>(0x3C00 + i % 77);
    } else {
      y = sample<T>(n + 200), grad = sample<T>(n + 200, 2);
      y.resize(n), grad.resize(n);
    }
    std::vector<T> dx = from_outputs(a, y, grad, {}, format, threads);
    if constexpr (sizeof(T) == 2) {
      const Format16 layout = format == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format;
      std::vector<double> wide;
      for (const T v : dx) wide.push_back(widened(v, layout));
      state = hash(state, wide);
    } else {
      state = hash(state, dx);
    }
  }
  return state;
}

std::uint64_t digest(int threads) {
  std::uint64_t state = kHashStart;
  for (const std::string& name : names()) {
    const rheo_activation* const a = find(name);
    const auto add = [&]<class T>(std::uint32_t format, T) {
      if (supported(a, format)) state = hash_byte(state, digest_of<T>(a, format, threads) >> 8);
    };
    add(RHEO_FLOAT32, 0.0F), add(RHEO_FLOAT64, 0.0);
    add(RHEO_BFLOAT16, std::uint16_t{}), add(RHEO_FLOAT16, std::uint16_t{});
  }
  return state;
}

TEST(Outputs, GiveTheSameBitsOnEveryInstructionSetAndAnyThreads) {
  const std::uint64_t expected = digest(1);
  EXPECT_EQ(digest(3), expected);
  for (const char* target : available_targets()) {
    ASSERT_TRUE(use_target(target));
    EXPECT_EQ(digest(1), expected) << target;
  }
  use_target(available_targets().front());
}

class OutputErrors : public testing::Test {
 protected:
  void expect(rheo_status status, const std::vector<std::string>& parts) {
    EXPECT_EQ(rheo_output_run(a, &call.c), status) << rheo_last_error();
    expect_message(parts);
    EXPECT_TRUE(call.untouched());
  }

  const rheo_activation* a = tangent();
  Call<float> call{RHEO_BACKWARD, 100};
};

TEST_F(OutputErrors, CallOfTheFixtureIsRight) {
  EXPECT_EQ(rheo_output_run(a, &call.c), RHEO_OK) << rheo_last_error();
  EXPECT_FALSE(call.untouched());
}

TEST_F(OutputErrors, ActivationsWhoseOutputsDoNotTellAreRefused) {
  for (const std::string& name : names()) {
    if (supported(find(name), RHEO_FLOAT32)) continue;
    a = find(name);
    expect(RHEO_ERROR_UNSUPPORTED, {name, "not from its output"});
  }
}

TEST_F(OutputErrors, OtherRolesAreRefused) {
  call.c.role = RHEO_VALUE;
  expect(RHEO_ERROR_ROLE, {"role is 1", "RHEO_BACKWARD"});
  call.c.role = RHEO_DERIVATIVE;
  expect(RHEO_ERROR_ROLE, {"grad is given"});
  call.c.with_respect_to = "alpha";
  expect(RHEO_ERROR_ROLE, {"with_respect_to"});
}

TEST_F(OutputErrors, WhatEveryCallRefusesIsRefused) {
  EXPECT_EQ(rheo_output_run(nullptr, &call.c), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_output_run(a, nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_output_supported(a, RHEO_FLOAT32, nullptr, 0, nullptr, nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_output_supported(a, RHEO_FLOAT32, nullptr, 1, nullptr, nullptr), RHEO_ERROR_NULL);
  call.c.threads = -1;
  expect(RHEO_ERROR_THREADS, {"threads is -1"});
  call.c.threads = 0, call.c.format = 77;
  expect(RHEO_ERROR_FORMAT, {"format is 77"});
  call.c.format = RHEO_FLOAT32, call.c.grad = nullptr;
  expect(RHEO_ERROR_NULL, {"grad is null"});
  call.c.grad = call.grad.data(), call.c.y = call.x.data() + 1;
  expect(RHEO_ERROR_OVERLAP, {"y overlaps x"});
  call.c.y = call.y.data();
  const rheo_parameter unknown = {"no_such", 1};
  call.c.parameters = &unknown, call.c.parameter_count = 1;
  expect(RHEO_ERROR_NAME, {"no_such"});
}

}  // namespace
}  // namespace rheo::test
