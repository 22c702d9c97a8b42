// SPDX-License-Identifier: Apache-2.0
// dense_test.cc: every registered activation: shares, moments and Lipschitz constants against a dense sample,
// which looks for nothing: 49,152 points a unit, 1.2 million of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/analysis/functions.h"

namespace rheo::analysis {

namespace {

constexpr int kPerUnit = 49152, kReach = 12;
constexpr double kStep = 1.0 / kPerUnit;
constexpr double kDensest = 0.4;  // the largest density of N(0, 1)

std::vector<double> midpoints() {
  std::vector<double> x;
  for (int k = -kReach * kPerUnit; k < kReach * kPerUnit; ++k) x.push_back((k + 0.5) / kPerUnit);
  return x;
}

std::vector<double> evaluated(const std::string& name, rheo_role role, const std::vector<double>& x) {
  std::vector<double> y(x.size());
  const auto shape = static_cast<std::int64_t>(x.size());
  const rheo_activation* activation = nullptr;
  EXPECT_EQ(rheo_find(name.c_str(), &activation), RHEO_OK);
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = role, call.format = RHEO_FLOAT64, call.threads = 1;
  call.rank = 1, call.shape = &shape, call.x = x.data(), call.y = y.data();
  EXPECT_EQ(rheo_run(activation, &call), RHEO_OK) << rheo_last_error();
  return y;
}

struct Sample {
  explicit Sample(const std::string& name)
      : x(midpoints()), y(evaluated(name, RHEO_VALUE, x)), slope(evaluated(name, RHEO_DERIVATIVE, x)) {
    for (const double z : x) weights.push_back(std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)) * kStep);
  }

  // E g under N(0, 1), the midpoint rule.
  double expect(const std::function<double(std::size_t)>& g) const {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += weights[i] * g(i);
    return sum;
  }

  std::vector<double> x, y, slope, weights;
};

// The midpoint rule counts a cell as a whole: each end of the set may be half a cell off. A set between two
// points is not seen: at most one cell of them is allowed.
void expect_share(const Sample& s, const std::function<bool(std::size_t)>& inside, double on_interval,
                  double normal) {
  double length = 0, ends = 2;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    length += std::abs(s.x[i]) < 5 && inside(i) ? kStep : 0;
    ends += i > 0 && inside(i) != inside(i - 1) ? 1 : 0;
  }
  const double share = s.expect([&](std::size_t i) { return inside(i) ? 1.0 : 0.0; });
  EXPECT_NEAR(on_interval, length / 10, ends * kStep / 2 / 10 + 1e-12);
  EXPECT_NEAR(normal, share, ends * kStep / 2 * kDensest + 1e-12);
}

void expect_shares(const Sample& s, const Analysis& a) {
  const Shares &interval = a.on_interval, &normal = a.under_normal;
  expect_share(
      s, [&](std::size_t i) { return std::abs(s.slope[i]) < 1e-3; }, interval.vanishing, normal.vanishing);
  expect_share(
      s, [&](std::size_t i) { return std::abs(s.slope[i]) > 1e3; }, interval.exploding, normal.exploding);
  expect_share(s, [&](std::size_t i) { return s.y[i] == 0; }, interval.zero, normal.zero);
}

// Where g jumps within a cell the rule is off by half the cell times the jump; where it has a kink by the
// square of the cell. jumps: the sum of all |jumps|, which the sample shows as differences of neighbours.
void expect_moment(const Sample& s, const std::function<double(std::size_t)>& g, double found) {
  double jumps = 0, size = 0;
  for (std::size_t i = 1; i < s.x.size(); ++i) {
    const double difference = std::abs(g(i) - g(i - 1));
    size = std::max(size, std::abs(g(i)) * std::min(1.0, s.weights[i] / kStep));
    jumps += difference > 1e-3 * std::max(1.0, std::abs(g(i))) ? difference : 0;
  }
  EXPECT_NEAR(found, s.expect(g), jumps * kStep / 2 * kDensest + 1e-9 * (1 + size));
}

void expect_moments(const Sample& s, const Analysis& a) {
  const Moments& m = a.moments;
  expect_moment(s, [&](std::size_t i) { return s.y[i]; }, m.mean);
  expect_moment(s, [&](std::size_t i) { return s.y[i] * s.y[i]; }, m.second);
  expect_moment(s, [&](std::size_t i) { return (s.y[i] - m.mean) * (s.y[i] - m.mean); }, m.variance);
  expect_moment(s, [&](std::size_t i) { return s.slope[i]; }, m.slope);
  expect_moment(s, [&](std::size_t i) { return s.slope[i] * s.slope[i]; }, m.slope_second);
}

double quotient(const std::string& name, rheo_role role, double low, double high) {
  const std::vector<double> y = evaluated(name, role, {low, high});
  return std::abs(y[1] - y[0]) / (high - low);
}

// A Lipschitz constant is the supremum of difference quotients. A finite one is above all of them and close
// to the largest; around the place of an infinite one they grow without end.
void expect_constant(const std::string& name, rheo_role role, const Sample& s, const std::vector<double>& y,
                     const Supremum& found) {
  double largest = 0;
  for (std::size_t i = 1; i < y.size(); ++i)
    largest = std::max(largest, std::abs(y[i] - y[i - 1]) / (s.x[i] - s.x[i - 1]));
  for (int k = 4; k < 59; ++k)  // towards the infinities
    for (const double sign : {-1.0, 1.0}) {
      const double near = sign * std::ldexp(1, k), far = 2 * near;
      largest = std::max(largest, quotient(name, role, std::min(near, far), std::max(near, far)));
    }
  if (std::isfinite(found.value)) {
    EXPECT_LE(largest, found.value * (1 + 1e-9) + 1e-9);
    EXPECT_GE(largest, found.value * (1 - 1e-4));
  } else if (std::isfinite(found.at)) {
    const auto around = [&](double d) { return quotient(name, role, found.at - d, found.at + d); };
    EXPECT_GE(around(0x1p-40), 10 * around(0x1p-20)) << found.at;
  } else {
    const auto far = [&](int k) {
      const double sign = std::copysign(1.0, found.at), a = sign * std::ldexp(1, k), b = 2 * a;
      return quotient(name, role, std::min(a, b), std::max(a, b));
    };
    EXPECT_GE(far(40), 10 * far(20));
  }
}

std::vector<std::string> names() {
  const char* const* list = nullptr;
  std::size_t count = 0;
  EXPECT_EQ(rheo_names(&list, &count), RHEO_OK);
  return {list, list + count};
}

}  // namespace

TEST(DenseSample, AgreesWithTheAnalysisOfEveryActivation) {
  ASSERT_FALSE(names().empty());
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    const Sample sample(name);
    const Analysis a = of(name);
    expect_shares(sample, a);
    expect_moments(sample, a);
    {
      SCOPED_TRACE("f");
      expect_constant(name, RHEO_VALUE, sample, sample.y, a.lipschitz);
    }
    SCOPED_TRACE("f'");
    expect_constant(name, RHEO_DERIVATIVE, sample, sample.slope, a.lipschitz_slope);
  }
}

}  // namespace rheo::analysis
