// SPDX-License-Identifier: Apache-2.0
// values_test.cc: the functions are the formulas of docs/random.md, in training and in evaluation.
#include <cmath>

#include "src/math/format16.h"
#include "tests/random/random.h"

namespace rheo::test {
namespace {

constexpr Stream kStream{kSeed, kOffset};
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::size_t kPoints = 6000;

double uniform(std::size_t i) { return static_cast<double>(uniform_of(random_word(kStream, i))); }

// Points of one format, as it holds them.
template <class T>
std::vector<T> points() {
  return sample<T>(kPoints);
}

// In float64, every operation rounded as docs/random.md has it; then once more to the format.
double rrelu_slope(std::size_t i, double lower, double upper) {
  return std::fma(upper - lower, uniform(i), lower);
}
double rrelu(double x, std::size_t i, double lower, double upper) {
  return x > 0 || x == 0 ? x : rrelu_slope(i, lower, upper) * x;
}

template <class T>
void expect_rrelu(double lower, double upper) {
  const double l = static_cast<T>(lower), u = static_cast<T>(upper);
  RandomCall<T> value(RHEO_VALUE, points<T>(), {{"lower", lower}, {"upper", upper}});
  RandomCall<T> slope(RHEO_DERIVATIVE, points<T>(), {{"lower", lower}, {"upper", upper}});
  value.run("rrelu"), slope.run("rrelu");
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double x = value.x[i];
    ASSERT_TRUE(same(value.y[i], static_cast<T>(rrelu(x, i, l, u)))) << text(value.x[i]);
    const double expected = std::isnan(x) ? x : x > 0 ? 1 : rrelu_slope(i, l, u);
    ASSERT_TRUE(same(slope.y[i], static_cast<T>(expected))) << text(value.x[i]);
  }
}

TEST(Rrelu, IsItsFormulaBitForBit) {
  expect_rrelu<float>(1.0 / 8, 1.0 / 3);
  expect_rrelu<double>(1.0 / 8, 1.0 / 3);
  expect_rrelu<double>(-2, 5);
  expect_rrelu<float>(0.25, 0.25);
}

double alpha_dropout_slope(double p) {
  constexpr double kV = -1.7580993408473768;
  return 1 / std::sqrt((1 - p) * std::fma(p, kV * kV, 1.0));
}
double alpha_dropout(double x, std::size_t i, double p) {
  constexpr double kV = -1.7580993408473768;
  const double a = alpha_dropout_slope(p), b = -(a * p * kV);
  if (std::isnan(x)) return x;
  const double y = std::fma(a, uniform(i) < p ? kV : x, b);
  return x == 0 && y == 0 ? x : y;
}

template <class T>
void expect_alpha_dropout(double p) {
  const double used = static_cast<T>(p);
  RandomCall<T> value(RHEO_VALUE, points<T>(), {{"p", p}}), slope(RHEO_DERIVATIVE, points<T>(), {{"p", p}});
  value.run("alpha_dropout"), slope.run("alpha_dropout");
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double x = value.x[i];
    ASSERT_TRUE(same(value.y[i], static_cast<T>(alpha_dropout(x, i, used)))) << text(value.x[i]);
    const double expected = std::isnan(x) ? x : uniform(i) < used ? 0 : alpha_dropout_slope(used);
    ASSERT_TRUE(same(slope.y[i], static_cast<T>(expected))) << text(value.x[i]);
  }
}

TEST(AlphaDropout, IsItsFormulaBitForBit) {
  expect_alpha_dropout<float>(0.5);
  expect_alpha_dropout<double>(0.1);
  expect_alpha_dropout<double>(0.999);
  expect_alpha_dropout<float>(0);
}

TEST(AlphaDropout, OfProbabilityZeroIsTheIdentity) {
  RandomCall<double> call(RHEO_VALUE, points<double>(), {{"p", 0.0}});
  call.run("alpha_dropout");
  EXPECT_TRUE(same_bits(call.y, call.x));
}

struct Noisy {
  long double value, derivative, noisy;
};

// In long double, from the library's own normal numbers, which have a test of their own.
Noisy noisy_relu(long double x, long double normal, long double through_noise) {
  const long double s = 1 / (1 + std::exp(-x)), rest = 1 / (1 + std::exp(x));
  const long double noisy = x + std::sqrt(s) * normal;
  if (noisy <= 0) return {0, 0, noisy};
  return {noisy, 1 + through_noise * normal * std::sqrt(s) * rest / 2, noisy};
}

// float64 is within 2^-48 of the larger of x and noise: nothing is left of that where they cancel. A format
// with fewer bits rounds once more.
template <class T>
void expect_noisy_relu(double through_noise) {
  const double bits = std::numeric_limits<T>::epsilon();
  const auto normals = numbers<double>(RHEO_NORMALS, kPoints);
  std::vector<T> x = points<T>();
  for (std::size_t i = 0; i < x.size(); i += 2) x[i] = static_cast<T>(8 * uniform(i) - 4);
  RandomCall<T> value(RHEO_VALUE, x, {{"through_noise", through_noise}});
  RandomCall<T> slope(RHEO_DERIVATIVE, x, {{"through_noise", through_noise}});
  value.run("noisy_relu"), slope.run("noisy_relu");
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto point = static_cast<double>(x[i]);
    if (std::isnan(point)) {
      ASSERT_TRUE(std::isnan(value.y[i]) && std::isnan(slope.y[i]));
      continue;
    }
    const Noisy exact = noisy_relu(point, normals[i], through_noise);
    const auto size = std::fabs(exact.value);
    if (std::isinf(point)) {
      ASSERT_TRUE(same(value.y[i], point > 0 ? static_cast<T>(kInf) : T(0)));
      continue;
    }
    const long double margin = std::fabs(normals[i]) * 0x1p-48L + size * bits + 0x1p-1074L;
    ASSERT_LE(std::fabs(value.y[i] - exact.value), margin) << text(x[i]);
    if (std::fabs(exact.noisy) > margin) {  // its sign is sure
      ASSERT_LE(std::fabs(slope.y[i] - exact.derivative), 16 * 0x1p-48L + bits) << text(x[i]);
    }
  }
}

TEST(NoisyRelu, IsItsFormulaWithinItsBound) {
  expect_noisy_relu<float>(1);
  expect_noisy_relu<double>(1);
  expect_noisy_relu<double>(0);
  expect_noisy_relu<float>(0.5);
}

TEST(NoisyRelu, WithoutTheNoisesShareHasASlopeOfZeroOrOne) {
  RandomCall<float> call(RHEO_DERIVATIVE, std::vector<float>(kPoints, -0.5F), {{"through_noise", 0.0}});
  for (const float y : call.run("noisy_relu")) ASSERT_TRUE(y == 0 || y == 1);
}

// With the same numbers, in float64. The step is far above rounding and far below what bends.
TEST(Random, DerivativesAreThoseOfTheValues) {
  constexpr double kStep = 0x1p-20;
  for (const std::string& name : random_names()) {
    std::vector<double> x(kPoints);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 8 * uniform(i + kPoints) - 4;
    const auto moved = [&](double by) {
      std::vector<double> list = x;
      for (double& v : list) v += by;
      return random_results(name, RHEO_VALUE, list, list);
    };
    const auto above = moved(kStep), below = moved(-kStep), here = moved(0);
    const auto slope = random_results(name, RHEO_DERIVATIVE, x, x);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      // Not across a kink: there the two one-sided differences differ.
      const double up = (above[i] - here[i]) / kStep, down = (here[i] - below[i]) / kStep;
      if (std::fabs(up - down) > 1e-3) continue;
      ASSERT_NEAR((up + down) / 2, slope[i], 1e-8) << name << " at " << x[i];
      ++compared;
    }
    EXPECT_GT(compared, kPoints - 5) << name;
  }
}

TEST(Random, BackwardIsTheGradientTimesTheDerivative) {
  for (const std::string& name : random_names()) {
    const std::vector<double> x = points<double>(), grad = sample<double>(kPoints, 2);
    const auto slope = random_results(name, RHEO_DERIVATIVE, x, grad);
    const auto got = random_results(name, RHEO_BACKWARD, x, grad);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_TRUE(same(got[i], slope[i] == 0 ? 0.0 : grad[i] * slope[i])) << name << " at " << x[i];
  }
}

TEST(Random, NanStaysNan) {
  for (const std::string& name : random_names()) {
    for (const std::uint32_t training : {0U, 1U}) {
      for (const rheo_role role : kAllRoles) {
        RandomCall<float> call(role, std::vector<float>(100, std::nanf("")));
        call.c.training = training;
        const bool constant = training == 0 && role != RHEO_VALUE;  // whose derivative x has no part in
        for (const float y : call.run(name)) ASSERT_TRUE(std::isnan(y) || (constant && y == 1)) << name;
      }
    }
  }
}

// Evaluation draws nothing: it is another function, without seed.
template <class T, class Function>
void expect_evaluation(const std::string& name, const std::vector<rheo_parameter>& parameters, Function f) {
  RandomCall<T> call(RHEO_VALUE, points<T>(), parameters), slope(RHEO_DERIVATIVE, points<T>(), parameters);
  call.c.training = slope.c.training = 0;
  call.run(name), slope.run(name);
  for (std::size_t i = 0; i < kPoints; ++i) {
    const auto [value, derivative] = f(static_cast<double>(call.x[i]));
    ASSERT_TRUE(same(call.y[i], static_cast<T>(value))) << name << " at " << text(call.x[i]);
    if (!std::isnan(call.x[i])) {
      ASSERT_TRUE(same(slope.y[i], static_cast<T>(derivative))) << name;
    }
  }
}

TEST(Evaluation, IsTheMeanSlopeTheRectifierOrTheIdentity) {
  const auto leaky = [](double x) { return std::pair(x > 0 ? x : 0.375 * x, x > 0 ? 1 : 0.375); };
  expect_evaluation<float>("rrelu", {{"lower", 0.25}, {"upper", 0.5}}, leaky);
  expect_evaluation<double>("rrelu", {{"lower", 0.25}, {"upper", 0.5}}, leaky);
  const auto relu = [](double x) {
    return std::pair(x > 0 || std::isnan(x) || x == 0 ? x : 0, x > 0 ? 1 : 0);
  };
  expect_evaluation<float>("noisy_relu", {}, relu);
  expect_evaluation<double>("noisy_relu", {}, relu);
  const auto identity = [](double x) { return std::pair(x, 1); };
  expect_evaluation<float>("alpha_dropout", {}, identity);
  expect_evaluation<double>("alpha_dropout", {}, identity);
}

TEST(Rrelu, OfSlopeZeroIsZeroAtMinusInfinityToo) {
  for (const std::uint32_t training : {0U, 1U}) {
    RandomCall<double> call(RHEO_VALUE, {-kInf, kInf}, {{"lower", 0.0}, {"upper", 0.0}});
    call.c.training = training;
    EXPECT_EQ(call.run("rrelu"), (std::vector<double>{0, kInf}));
  }
}

// All 65,536 numbers of a 16-bit format: what float64 gives for them, rounded once.
void expect_rounded_once(rheo_format format, Format16 bits) {
  std::vector<std::uint16_t> narrow(65536);
  std::vector<double> wide(narrow.size());
  for (std::size_t i = 0; i < narrow.size(); ++i)
    narrow[i] = static_cast<std::uint16_t>(i), wide[i] = widened(narrow[i], bits);
  for (const std::string& name : random_names()) {
    for (const rheo_role role : kAllRoles) {
      // Numbers that float32 has are the same for both; the defaults are rounded.
      const std::vector<rheo_parameter> given =
          name == "rrelu" ? std::vector<rheo_parameter>{{"upper", 0.34375}} : std::vector<rheo_parameter>{};
      RandomCall<std::uint16_t> call(role, narrow, given);
      RandomCall<double> exact(role, wide, given);
      call.c.format = format;
      for (std::size_t i = 0; i < narrow.size(); ++i) {
        call.grad[i] = static_cast<std::uint16_t>(random_word(kStream, i) >> 16);
        exact.grad[i] = widened(call.grad[i], bits);
      }
      call.run(name), exact.run(name);
      for (std::size_t i = 0; i < narrow.size(); ++i) {
        const std::uint16_t expected = narrowed(exact.y[i], bits);
        const bool nan = std::isnan(exact.y[i]) && std::isnan(widened(call.y[i], bits));
        ASSERT_TRUE(nan || call.y[i] == expected) << name << " role " << role << " at " << wide[i];
      }
    }
  }
}

TEST(Random, OfSixteenBitsIsFloat64RoundedOnce) {
  expect_rounded_once(RHEO_BFLOAT16, kBfloat16Format);
  expect_rounded_once(RHEO_FLOAT16, kFloat16Format);
}

}  // namespace
}  // namespace rheo::test
