// SPDX-License-Identifier: Apache-2.0
// float64_test.cc: float64 kernels, which take pairs where these will do, against wide numbers, densely.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string_view>
#include <vector>

#include "src/core/registry.h"
#include "src/prover/oracle.h"
#include "src/prover/sample.h"
#include "tests/core/each.h"
#include "tests/math/lanes.h"

namespace rheo {
namespace {

constexpr std::int64_t kPoints = 15000;

using Numbers = std::vector<double>;

class Float64 : public testing::TestWithParam<const Activation*> {
 protected:
  const Activation& activation() const { return *GetParam(); }

  static const LaneFormula& lanes_of(const Activation& a) {
    for (const LaneList* list : lane_lists()) {
      for (std::size_t i = 0; i < list->count; ++i) {
        if (a.entry->info->name == std::string_view(list->items[i].name)) return list->items[i];
      }
    }
    throw std::out_of_range(a.name);
  }
  Numbers parameters() const {
    Numbers p(kMaxParameters);
    for (std::size_t i = 0; i < activation().entry->info->parameters.size(); ++i)
      p[i] = activation().initial(i);
    return p;
  }
  Numbers run(Role role, const Numbers& x, const Numbers& grad, const Numbers& p) const {
    Numbers y(x.size());
    activation().kernel(Format::kFloat64, role)(x.data(), role == Role::kBackward ? grad.data() : nullptr,
                                                y.data(), x.size(), p.data());
    return y;
  }
  // Where the derivative or the value changes its sign, as well as where the value does otherwise.
  Numbers points(Role role, const Numbers& p) const {
    const auto result = [&](double x) { return run(role, {x}, {1.0}, p)[0]; };
    return oracle::sample(Format::kFloat64, activation().entry->facts(p.data()), kPoints, result);
  }
};

// In ulp of the exact result; what the wide number itself is off, 2^-62, does not count.
double error_in_ulp(double y, const WideResult& exact) {
  if (exact.high == 0) return y == 0 ? 0 : std::numeric_limits<double>::infinity();
  int leading = 0;
  std::frexp(exact.high, &leading);
  if (std::fabs(exact.high) == std::ldexp(0.5, leading) && exact.high * exact.low < 0) --leading;
  const int exponent = static_cast<int>(exact.exponent);
  const int unit = std::max(leading - 53, -1074 - exponent);
  // y and the exact result at the exponent of the latter; the difference of the leading parts is exact.
  const double scaled = std::ldexp(std::ldexp(y, -exponent / 2), -(exponent - exponent / 2));
  return std::fabs(std::ldexp((scaled - exact.high) - exact.low, -unit));
}

bool overflows(const WideResult& exact) {
  return std::isinf(std::ldexp(exact.high, static_cast<int>(std::clamp(exact.exponent, -3000.0, 3000.0))));
}

TEST_P(Float64, KernelsKeepTheirBoundOnADenseSample) {
  const LaneFormula& lanes = lanes_of(activation());
  const Numbers p = parameters();
  for (const Role role : {Role::kValue, Role::kDerivative}) {
    const bool value = role == Role::kValue;
    const Numbers x = points(role, p), y = run(role, x, {}, p);
    const double bound =
        value ? activation().entry->info->float64.value : activation().entry->info->float64.derivative;
    double worst = 0, at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const WideResult exact =
          value ? lanes.wide_value(x[i], p.data()) : lanes.wide_derivative(x[i], p.data());
      if (overflows(exact)) continue;
      const double error = error_in_ulp(y[i], exact);
      if (!(error <= worst)) worst = error, at = x[i];
    }
    EXPECT_LE(worst, bound) << activation().name << (value ? " value" : " derivative") << " at " << at;
  }
}

// Also where numbers overflow or are subnormal, and with few digits, whose sums are often ties.
Numbers extreme_points() {
  Numbers x = test::finite(test::sample<double>(2000));
  std::mt19937_64 random(7);
  const auto add = [&](double size, int exponent) {
    x.push_back(std::ldexp(size, exponent)), x.push_back(-std::ldexp(size, exponent));
  };
  for (int i = 0; i < 1000; ++i) {
    const double size = 1 + static_cast<double>(random() >> 12) * 0x1p-52;
    add(size, -1074 + i % 60), add(size, 1023 - i % 60), add(size, -70 + i % 80);
    add(static_cast<double>(1 + random() % 512), -60 + i % 70);
  }
  return x;
}

// Others are left to wide numbers, which round subnormal results twice.
bool ordinary(const Numbers& parameters) {
  return std::ranges::all_of(
      parameters, [](double p) { return p == 0 || (std::fabs(p) >= 0x1p-30 && std::fabs(p) <= 0x1p30); });
}

TEST_P(Float64, WhatRoundsOnceIsTheExactResultRounded) {
  const LaneFormula& lanes = lanes_of(activation());
  if (!lanes.rounds_once) return;
  const Numbers x = extreme_points();
  for (Numbers p : test::settings<double>(activation())) {
    if (!ordinary(p)) continue;
    p.resize(kMaxParameters);
    const Numbers y = run(Role::kValue, x, {}, p);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const WideResult exact = lanes.wide_value(x[i], p.data());
      const auto message = [&] { return test::text(x[i]) + " gives " + test::text(y[i]) + test::text(p); };
      if (overflows(exact)) {
        ASSERT_TRUE(std::isinf(y[i])) << message();
      } else {
        ASSERT_LE(error_in_ulp(y[i], exact), 0.5 + 0x1p-30) << message();
      }
      if (exact.high != 0) {
        ASSERT_EQ(std::signbit(y[i]), std::signbit(exact.high)) << message();
      }
    }
  }
}

TEST(Float64OfAll, FormulasThatRoundOnceAreFound) {
  std::set<std::string_view> found;
  for (const LaneList* list : lane_lists()) {
    for (std::size_t i = 0; i < list->count; ++i)
      if (list->items[i].rounds_once) found.insert(list->items[i].name);
  }
  for (const char* name : {"identity", "relu", "leaky_relu", "softshrink", "hardsigmoid_onnx"})
    EXPECT_TRUE(found.contains(name)) << name;
  for (const char* name : {"hardsigmoid", "hardswish", "softsign", "tanh"})
    EXPECT_FALSE(found.contains(name)) << name;
}

// A pair may round otherwise than a wide number does: a lane must not notice which of its neighbours are set
// aside.
TEST_P(Float64, ALaneDoesNotDependOnItsNeighbours) {
  const Numbers p = parameters();
  for (const Role role : {Role::kValue, Role::kDerivative, Role::kBackward}) {
    Numbers x, grad;
    for (const double v : points(role, p)) {
      if (x.size() % 97 == 0) x.push_back(std::numeric_limits<double>::quiet_NaN());
      if (x.size() % 61 == 0) x.push_back(-1e308);
      x.push_back(v);
    }
    for (std::size_t i = 0; i < x.size(); ++i) grad.push_back(1 + static_cast<double>(i % 7));
    const Numbers together = run(role, x, grad, p);
    for (std::size_t i = 0; i < x.size(); i += 5) {
      const double alone = run(role, {x[i]}, {grad[i]}, p)[0];
      ASSERT_TRUE(std::isnan(alone) ? std::isnan(together[i]) : alone == together[i]) << "x = " << x[i];
      ASSERT_EQ(std::signbit(alone), std::signbit(together[i])) << "x = " << x[i];
    }
  }
}

std::vector<const Activation*> everything() {
  std::vector<const Activation*> list;
  for (const Activation& a : all_activations()) list.push_back(&a);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, Float64, testing::ValuesIn(everything()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace rheo
