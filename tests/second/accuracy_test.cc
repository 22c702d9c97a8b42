// SPDX-License-Identifier: Apache-2.0
// accuracy_test.cc: second derivatives in every format against ball arithmetic.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "src/prover/sample.h"
#include "src/prover/ulp.h"
#include "tests/core/each.h"
#include "tests/second/truth.h"

namespace rheo::test {
namespace {

using oracle::Ball;

// Errors in ulp, as docs/accuracy.md promises them.
constexpr double kBound32 = 0.501, kBound64 = 1, kBound16 = 0.505;

oracle::Layout layout_of(Format format) {
  if (format == Format::kFloat32) return oracle::kLayout32;
  if (format == Format::kFloat64) return oracle::kLayout64;
  if (format == Format::kBfloat16) return {8, -133, 0x1.FEp127};
  return {11, -24, 65504};
}

double rounded(double x, Format format) {
  if (format == Format::kFloat64) return x;
  if (format == Format::kFloat32) return static_cast<double>(static_cast<float>(x));
  const Format16 layout = format == Format::kBfloat16 ? kBfloat16Format : kFloat16Format;
  return widened(narrowed(x, layout), layout);
}

// Of the usual sizes, and far from them.
std::vector<double> gradients(std::size_t n, Format format) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> mantissa(1, 2);
  const int range = format == Format::kFloat64 ? 200 : format == Format::kFloat16 ? 8 : 20;
  std::uniform_int_distribution<int> exponent(-range, range);
  std::vector<double> g(n);
  for (double& v : g)
    v = rounded(std::ldexp(mantissa(random), exponent(random)) * (random() % 2 == 0 ? 1 : -1), format);
  return g;
}

struct Case {
  const Activation& activation;
  Format format;
  std::vector<double> parameters;

  Ball truth(double x, double grad) const {
    const Ball exact = oracle::exact_second(activation.entry->info->name, x, parameters.data());
    oracle::precision = 300;
    return Ball(grad) * exact;
  }
  // In ulp; of float64, for the best x within one ulp of the given one.
  double error(double x, double grad, double y) const {
    const Ball exact = truth(x, grad);
    if (arb_is_zero(exact.get()) != 0) return y == 0 ? 0 : kInfinity;
    const oracle::Layout layout = layout_of(format);
    const double plain = oracle::error_in_ulp(y, exact, layout);
    if (format != Format::kFloat64 || plain < 0.8) return plain;
    const std::int64_t at = oracle::to_ordinal(x, format);
    const Ball sides[] = {truth(oracle::from_ordinal(at - 1, format), grad),
                          truth(oracle::from_ordinal(at + 1, format), grad)};
    const Ball below = sides[0] - Ball(y), above = sides[1] - Ball(y);
    if ((arb_is_negative(below.get()) != 0) != (arb_is_negative(above.get()) != 0)) return 0;
    return std::min(
        {plain, oracle::error_in_ulp(y, sides[0], layout), oracle::error_in_ulp(y, sides[1], layout)});
  }
  // Places where the result changes its sign or vanishes, kinks, all magnitudes: all next to a change of
  // sign, and a part of the others.
  std::vector<double> points(std::size_t most) const {
    const Format grid = format == Format::kFloat64 ? Format::kFloat64 : Format::kFloat32;
    const auto results = [&](const std::vector<double>& x) {
      return second(*activation.entry, grid, x, {}, parameters.data());
    };
    std::vector<double> all = oracle::sample(grid, activation.entry->facts(parameters.data()), 2000,
                                             [&](double x) { return results({x})[0]; });
    const std::vector<double> y = results(all);
    std::vector<double> chosen;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      if (!(y[i] < 0 && y[i + 1] > 0) && !(y[i] > 0 && y[i + 1] < 0)) continue;
      for (std::size_t k = i < 4 ? 0 : i - 4; k < std::min(i + 6, all.size()); ++k) chosen.push_back(all[k]);
    }
    std::shuffle(all.begin(), all.end(), std::mt19937_64(3));
    chosen.insert(chosen.end(), all.begin(),
                  all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size())));
    for (double& x : chosen) x = rounded(x, format);
    std::erase_if(chosen, [](double x) { return std::isinf(x); });
    return chosen;
  }
};

// The largest error of f'' and of grad f''.
void expect_within(const Case& c, double bound, std::size_t points) {
  const std::vector<double> x = c.points(points), grad = gradients(x.size(), c.format), ones(x.size(), 1.0);
  for (const bool with_grad : {false, true}) {
    const std::vector<double> y = second(*c.activation.entry, c.format, x,
                                         with_grad ? grad : std::vector<double>(), c.parameters.data());
    double worst = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double error = c.error(x[i], with_grad ? grad[i] : 1, y[i]);
      if (error > worst) worst = error, at = i;
    }
    EXPECT_LE(worst, bound) << c.activation.name << text(c.parameters) << " at " << text(x[at]) << ": "
                            << text(y[at]) << ", grad " << text(grad[at]);
  }
}

void expect_all_within(Format format, double bound, std::size_t points) {
  for (const Activation& a : all_activations()) {
    std::vector<double> p = initial_values(a);
    for (double& v : p) v = format == Format::kFloat64 ? v : static_cast<double>(static_cast<float>(v));
    p.resize(kMaxParameters);
    expect_within({a, format, p}, bound, points);
  }
}

TEST(SecondDerivative, OfFloat32IsWithinItsBound) { expect_all_within(Format::kFloat32, kBound32, 800); }
TEST(SecondDerivative, OfFloat64IsWithinItsBound) { expect_all_within(Format::kFloat64, kBound64, 800); }
TEST(SecondDerivative, OfBfloat16IsWithinItsBound) { expect_all_within(Format::kBfloat16, kBound16, 400); }
TEST(SecondDerivative, OfFloat16IsWithinItsBound) { expect_all_within(Format::kFloat16, kBound16, 400); }

template <class T>
void expect_within_for_other_parameters(Format format, double bound) {
  for (const Activation& a : all_activations()) {
    if (a.preset != nullptr) continue;
    // Of two parameters there are hundreds of settings: some of them.
    const std::vector<Values> all = settings<T>(a);
    const std::size_t step = 1 + all.size() / 24;
    for (std::size_t i = 0; i < all.size(); i += step) {
      Values p = all[i];
      if (p.empty()) continue;
      p.resize(kMaxParameters);
      expect_within({a, format, p}, bound, 40);
    }
  }
}

TEST(SecondDerivative, OfOtherParametersIsWithinItsBoundInFloat32) {
  expect_within_for_other_parameters<float>(Format::kFloat32, kBound32);
}
TEST(SecondDerivative, OfOtherParametersIsWithinItsBoundInFloat64) {
  expect_within_for_other_parameters<double>(Format::kFloat64, kBound64);
}

}  // namespace
}  // namespace rheo::test
