// SPDX-License-Identifier: Apache-2.0
// parameter_test.cc: derivatives with respect to parameters: limits, NaN, signs, gradients, and the
// difference quotient of the value itself. Their accuracy is `rheobase check`'s.
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(ParameterDerivative);

// Runs check(f, k, zero of the format's type) for all parameters and settings.
template <class Check>
void for_all_parameters(const Activation& a, Check&& check) {
  for_all_settings(a, [&](const auto& f, auto zero) {
    for (std::size_t k = 0; k < f.parameter_count(); ++k) {
      SCOPED_TRACE(a.entry->info->parameters[k].name);
      check(f, k, zero);
    }
  });
}

TEST_P(ParameterDerivative, OfNanIsNan) {
  for_all_parameters(activation(), [](const auto& f, std::size_t k, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = {std::numeric_limits<T>::quiet_NaN(), -std::numeric_limits<T>::quiet_NaN()};
    for (const T y : f.parameter(k, x)) EXPECT_TRUE(std::isnan(y)) << text(y);
    for (const T y : f.parameter(k, T(2), x)) EXPECT_TRUE(std::isnan(y)) << text(y);
  });
}

TEST_P(ParameterDerivative, AtInfinitiesIsItsLimit) {
  for_all_parameters(activation(), [](const auto& f, std::size_t k, auto zero) {
    using T = decltype(zero);
    const T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> x = {-infinity, infinity}, y = f.parameter(k, x);
    const ParameterLimit limit = f.facts().parameters[k];
    EXPECT_EQ(y[0], static_cast<T>(limit.left));
    EXPECT_EQ(y[1], static_cast<T>(limit.right));
  });
}

// The largest finite inputs are on the way to the limit, or there.
TEST_P(ParameterDerivative, GoesToItsLimit) {
  const Function<double> f(activation());
  for (std::size_t k = 0; k < f.parameter_count(); ++k) {
    const ParameterLimit limit = f.facts().parameters[k];
    const std::vector<double> x = {-1e300, 1e300}, y = f.parameter(k, x);
    for (const auto& [found, expected] : {std::pair(y[0], limit.left), {y[1], limit.right}}) {
      if (std::isinf(expected)) {
        EXPECT_GT(std::copysign(1, expected) * found, 1e200) << k;
      } else {
        EXPECT_NEAR(found, expected, 1e-12) << k;
      }
    }
  }
}

TEST_P(ParameterDerivative, WithGradientOneHasTheSameBits) {
  for_all_parameters(activation(), [](const auto& f, std::size_t k, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = sample<T>(1000), y = f.parameter(k, x), one = f.parameter(k, T(1), x);
    const std::vector<T> minus = f.parameter(k, T(-1), x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_TRUE(same(one[i], y[i]) || (y[i] == 0 && one[i] == 0))
          << "x = " << text(x[i]) << ": " << text(one[i]);
      ASSERT_TRUE(same(minus[i], -y[i]) || (y[i] == 0 && minus[i] == 0))
          << "x = " << text(x[i]) << ": " << text(minus[i]);
    }
  });
}

// As with backward: of the exact product, half an ulp and a little.
TEST_P(ParameterDerivative, RoundsTheProductWithTheGradientOnce) {
  const Function<float> f(activation());
  const Function<double> wide(activation(), {f.parameters(), f.parameters() + kMaxParameters});
  std::vector<float> x = finite(sample<float>(3000)), grad = finite(sample<float>(3000, 2));
  x.resize(std::min(x.size(), grad.size()));
  grad.resize(x.size());
  const std::vector<double> wide_x(x.begin(), x.end());
  for (std::size_t k = 0; k < f.parameter_count(); ++k) {
    const std::vector<float> y = f.parameter(k, grad, x);
    const std::vector<double> slope = wide.parameter(k, wide_x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = static_cast<double>(grad[i]) * slope[i], magnitude = std::abs(exact);
      if (!(magnitude >= 0x1p-126 && magnitude <= 0x1.fffffcp127)) continue;
      const double ulp = std::ldexp(1.0, std::ilogb(magnitude) - 23);
      ASSERT_LE(std::abs(static_cast<double>(y[i]) - exact), 0.5001 * ulp)
          << "x = " << text(x[i]) << ", gradient " << text(grad[i]);
    }
  }
}

// A derivative that is 0 wherever x is near blocks every gradient; one that is not passes NaN on.
TEST_P(ParameterDerivative, PassesNanGradientsOnUnlessItIsZero) {
  const Function<double> f(activation());
  const std::vector<double> x = {-7.25, -2.6, -0.3, 0.35, 2.6, 7.25};
  for (std::size_t k = 0; k < f.parameter_count(); ++k) {
    const std::vector<double> slope = f.parameter(k, x), y = f.parameter(k, std::nan(""), x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (slope[i] == 0) {
        EXPECT_TRUE(same(y[i], 0.0)) << "x = " << x[i] << ": " << text(y[i]);
      } else {
        EXPECT_TRUE(std::isnan(y[i])) << "x = " << x[i] << ": " << text(y[i]);
      }
    }
  }
}

// (f(x; p + h) - f(x; p - h)) / 2 h, at points away from kinks, which move with the parameters.
TEST_P(ParameterDerivative, IsTheDifferenceQuotientOfTheValue) {
  const double h = 1e-5;
  const Values initial = initial_values(activation());
  const Function<double> f(activation());
  const std::vector<double> points = {-7.3, -2.63, -0.31, 0.37, 0.82, 2.71, 7.4};
  for (std::size_t k = 0; k < f.parameter_count(); ++k) {
    if (!std::isfinite(initial[k])) continue;
    Values up = initial, down = initial;
    up[k] += h, down[k] -= h;
    if (!allowed(activation().entry->info->parameters[k].domain, down[k], false)) continue;
    const std::vector<double> slope = f.parameter(k, points),
                              high = Function<double>(activation(), up).value(points),
                              low = Function<double>(activation(), down).value(points);
    for (std::size_t i = 0; i < points.size(); ++i)
      EXPECT_NEAR(slope[i], (high[i] - low[i]) / (2 * h), 1e-6) << "x = " << points[i] << ", parameter " << k;
  }
}

}  // namespace
}  // namespace rheo::test
