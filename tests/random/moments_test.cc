// SPDX-License-Identifier: Apache-2.0
// moments_test.cc: what the functions do on average, against theory, over 2^20 elements within five standard
// deviations of the mean.
#include <cmath>
#include <numbers>

#include "tests/random/random.h"

namespace rheo::test {
namespace {

constexpr std::size_t kMany = std::size_t{1} << 20;

struct Moments {
  double mean, variance, fourth;  // the fourth central one
};

Moments moments(const std::vector<double>& v) {
  const auto n = static_cast<double>(v.size());
  double sum = 0, second = 0, fourth = 0;
  for (const double x : v) sum += x;
  for (const double x : v) second += (x - sum / n) * (x - sum / n), fourth += std::pow(x - sum / n, 4);
  return {sum / n, second / n, fourth / n};
}

// The spread of the sample's variance is taken from the sample's own fourth moment.
void expect_moments(const std::vector<double>& v, double mean, double variance, const std::string& what) {
  const Moments m = moments(v);
  const double root = std::sqrt(static_cast<double>(v.size()));
  EXPECT_NEAR(m.mean, mean, 5 * std::sqrt(m.variance) / root) << what;
  EXPECT_NEAR(m.variance, variance, 5 * std::sqrt(m.fourth - m.variance * m.variance) / root) << what;
}

std::vector<double> values(const std::string& name, const std::vector<double>& x,
                           std::vector<rheo_parameter> parameters = {}) {
  RandomCall<double> call(RHEO_VALUE, x, std::move(parameters));
  return call.run(name);
}

TEST(Rrelu, HasTheMeanAndVarianceOfAUniformSlope) {
  for (const auto& [lower, upper] : {std::pair(1.0 / 8, 1.0 / 3), std::pair(-1.0, 2.0)}) {
    for (const double x : {-3.0, -0.5}) {
      const double width = (upper - lower) * x;
      expect_moments(values("rrelu", std::vector<double>(kMany, x), {{"lower", lower}, {"upper", upper}}),
                     (lower + upper) / 2 * x, width * width / 12, std::to_string(x));
    }
  }
}

TEST(Rrelu, OnAverageIsItsEvaluation) {
  const auto y = values("rrelu", std::vector<double>(kMany, -1));
  RandomCall<double> evaluation(RHEO_VALUE, {-1});
  evaluation.c.training = 0;
  expect_moments(y, evaluation.run("rrelu")[0], std::pow(1.0 / 3 - 1.0 / 8, 2) / 12, "slopes");
}

// Of max(0, x + s z) with normal z: with h = x / s, the mean is s (h P(h) + p(h)) and the mean square
// s^2 ((1 + h^2) P(h) + h p(h)), P the normal distribution and p its density.
TEST(NoisyRelu, HasTheMeanAndVarianceOfARectifiedNormal) {
  for (const double x : {-1.5, -0.5, 0.0, 0.5, 4.0}) {
    const double s = std::sqrt(1 / (1 + std::exp(-x))), h = x / s;
    const double p = std::exp(-h * h / 2) / std::sqrt(2 * std::numbers::pi);
    const double share = std::erfc(-h / std::numbers::sqrt2) / 2;
    const double mean = s * (h * share + p), square = s * s * ((1 + h * h) * share + h * p);
    expect_moments(values("noisy_relu", std::vector<double>(kMany, x)), mean, square - mean * mean,
                   std::to_string(x));
  }
}

// Normal inputs from other numbers than those that drop.
TEST(AlphaDropout, KeepsMeanAndVarianceOfStandardNormalInputs) {
  const auto z = numbers<double>(RHEO_NORMALS, kMany, 0, kSeed + 99);
  for (const double p : {0.05, 0.5, 0.9})
    expect_moments(values("alpha_dropout", z, {{"p", p}}), 0, 1, std::to_string(p));
}

TEST(AlphaDropout, DropsTheShareThatItSays) {
  for (const double p : {0.01, 0.5, 0.75}) {
    RandomCall<double> call(RHEO_DERIVATIVE, std::vector<double>(kMany, 1), {{"p", p}});
    std::vector<double> dropped;
    for (const double slope : call.run("alpha_dropout")) dropped.push_back(slope == 0 ? 1 : 0);
    expect_moments(dropped, p, p * (1 - p), std::to_string(p));
  }
}

}  // namespace
}  // namespace rheo::test
