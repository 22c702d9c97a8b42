// SPDX-License-Identifier: Apache-2.0
// backward_test.cc: grad f'(x), and the rule that a derivative which is 0 by definition gives 0 for every
// gradient.
#include <tuple>

#include "tests/core/evaluate.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(Backward);

template <class T>
std::vector<T> gradients() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> all;
  for (const T g :
       {T(0), T(1), T(0.3), Limits::denorm_min(), Limits::min(), Limits::max(), Limits::infinity()})
    all.push_back(g), all.push_back(-g);
  all.push_back(Limits::quiet_NaN());
  return all;
}

// Whether the derivative at x is 0 by definition, as far as the recorded formula shows it.
enum class Zero {
  kNo,
  kYes,
  kUnsure
};

// Flat, or terms that cancel and are large enough not to have underflowed. Where they only seem to cancel in
// long double, the file may write its derivative down in a form that does not, and that may underflow.
Zero zero_by_definition(const Trace& trace, double x, const double* parameters, double derivative) {
  const Evaluated e = evaluate(trace, x, parameters);
  if (e.flat) return Zero::kYes;
  if (e.slope != 0 || (e.slope_size < 1e-300L && x != 0)) return Zero::kNo;
  const bool lost =
      derivative != 0 ? std::abs(derivative) < e.slope_size * 0x1p-60L : e.slope_size < 1e-15L && x != 0;
  return lost ? Zero::kUnsure : Zero::kYes;
}

template <class T>
void check_zeros(const Activation& a, const Values& values) {
  const Function<T> f(a, values);
  Trace trace;
  a.entry->record(trace);
  const std::vector<T> x = finite(sample<T>(2000));
  const std::vector<T> derivative = f.derivative(x);
  std::vector<Zero> zero;
  for (std::size_t i = 0; i < x.size(); ++i)
    zero.push_back(zero_by_definition(trace, static_cast<double>(x[i]), f.parameters(),
                                      static_cast<double>(derivative[i])));
  for (const T g : gradients<T>()) {
    const std::vector<T> y = f.backward(g, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (zero[i] == Zero::kUnsure) continue;
      if (zero[i] == Zero::kYes) {
        ASSERT_EQ(derivative[i], 0) << "x = " << text(x[i]);
        ASSERT_TRUE(same(y[i], T(0)))
            << "x = " << text(x[i]) << ", gradient " << text(g) << ": " << text(y[i]);
      } else if (std::isnan(g)) {
        ASSERT_TRUE(std::isnan(y[i])) << "x = " << text(x[i]) << ": " << text(y[i]);
      } else if (std::isinf(g)) {
        // Also where the derivative underflows: its sign is known, and it is not zero.
        const T infinity = std::signbit(derivative[i]) ? -g : g;
        ASSERT_TRUE(same(y[i], infinity))
            << "x = " << text(x[i]) << ", gradient " << text(g) << ": " << text(y[i]);
      }
    }
  }
}

TEST_P(Backward, IsZeroForEveryGradientExactlyWhereTheDerivativeIsZeroByDefinition) {
  for (const Values& values : settings<float>(activation())) {
    SCOPED_TRACE("float32 " + text(values));
    check_zeros<float>(activation(), values);
    if (HasFatalFailure()) return;
  }
  for (const Values& values : settings<double>(activation())) {
    SCOPED_TRACE("float64 " + text(values));
    check_zeros<double>(activation(), values);
    if (HasFatalFailure()) return;
  }
}

template <class T>
void check_unit_gradient(const Activation& a, const Values& values) {
  const Function<T> f(a, values);
  const std::vector<T> x = sample<T>(2000);
  const std::vector<T> derivative = f.derivative(x), plus = f.backward(T(1), x), minus = f.backward(T(-1), x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (derivative[i] == 0) {
      ASSERT_EQ(plus[i], 0) << "x = " << text(x[i]);
      continue;
    }
    ASSERT_TRUE(same(plus[i], derivative[i])) << "x = " << text(x[i]) << ": " << text(plus[i]);
    ASSERT_TRUE(same(minus[i], -derivative[i])) << "x = " << text(x[i]) << ": " << text(minus[i]);
  }
}

TEST_P(Backward, WithGradientOneHasTheBitsOfTheDerivative) {
  for (const Values& values : settings<float>(activation())) {
    SCOPED_TRACE("float32 " + text(values));
    check_unit_gradient<float>(activation(), values);
  }
  for (const Values& values : settings<double>(activation())) {
    SCOPED_TRACE("float64 " + text(values));
    check_unit_gradient<double>(activation(), values);
  }
}

// The product takes the derivative before its last rounding, so it is as near to the exact one as
// docs/accuracy.md promises. With the rounded derivative the error could reach 2.5 ulp.
TEST_P(Backward, IsWithinOneAndAHalfUlp) {
  const Function<float> f(activation());
  const Function<double> wide(activation(), {f.parameters(), f.parameters() + kMaxParameters});
  std::vector<float> x = finite(sample<float>(4000)), grad = finite(sample<float>(4000, 2));
  x.resize(std::min(x.size(), grad.size()));
  grad.resize(x.size());
  const std::vector<float> y = f.backward(grad, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double exact = static_cast<double>(grad[i]) * wide.derivative(static_cast<double>(x[i]));
    const double magnitude = std::abs(exact);
    if (magnitude < 0x1p-126 || magnitude > 0x1.fffffcp127) continue;
    const double ulp = std::ldexp(1.0, std::ilogb(magnitude) - 23);
    ASSERT_LE(std::abs(static_cast<double>(y[i]) - exact), 1.5 * ulp)
        << "x = " << text(x[i]) << ", gradient " << text(grad[i]);
  }
}

// Where the derivative alone would be subnormal or 0, a large gradient brings the product back into range.
TEST_P(Backward, KeepsItsDigitsWhereTheDerivativeUnderflows) {
  const Function<float> f(activation());
  const Function<double> wide(activation(), {f.parameters(), f.parameters() + kMaxParameters});
  const float grad = 0x1p120f;
  for (float x = -110; x < 110; x += 0.37f) {
    const double derivative = wide.derivative(static_cast<double>(x)),
                 exact = derivative * static_cast<double>(grad);
    if (derivative == 0 || std::abs(exact) < 0x1p-126 || std::abs(exact) > 0x1p127) continue;
    EXPECT_NEAR(static_cast<double>(f.backward(grad, x)) / exact, 1, 0x1p-23) << "x = " << text(x);
  }
}

// Where the derivative alone would overflow, as 2 x does, a small gradient brings the product back.
TEST_P(Backward, KeepsItsDigitsWhereTheDerivativeOverflows) {
  const Function<float> f(activation());
  const Function<double> wide(activation(), {f.parameters(), f.parameters() + kMaxParameters});
  const float grad = 0x1.8p-100f;
  for (float x = 0x1.3p90f; x < 0x1p127f * 1.9f; x *= 1.37f) {
    for (const float v : {-x, x}) {
      const double exact = wide.derivative(static_cast<double>(v)) * static_cast<double>(grad);
      if (std::abs(exact) < 0x1p-126) continue;
      EXPECT_NEAR(static_cast<double>(f.backward(grad, v)) / exact, 1, 0x1p-23) << "x = " << text(v);
    }
  }
}

// At an infinity the derivative is its limit. Where that is infinite too, 0 times it is not a number.
TEST_P(Backward, AtInfinitiesIsTheGradientTimesTheLimit) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    for (const T x : {-std::numeric_limits<T>::infinity(), std::numeric_limits<T>::infinity()}) {
      const double limit = x < 0 ? f.facts().left.derivative : f.facts().right.derivative;
      for (const T g : gradients<T>()) {
        const T expected = limit == 0 ? T(0) : static_cast<T>(static_cast<double>(g) * limit),
                y = f.backward(g, x);
        EXPECT_TRUE(same(y, expected)) << "x = " << x << ", gradient " << text(g) << ": " << text(y);
      }
    }
  });
}

template <class T>
void check_signs(const Activation& a, std::initializer_list<T> gradients) {
  for (const Values& values : settings<T>(a)) {
    SCOPED_TRACE(text(values));
    const Function<T> f(a, values);
    const std::vector<T> x = finite(sample<T>(1000, 4)), slope = f.derivative(x);
    for (const T g : gradients) {
      const std::vector<T> plus = f.backward(g, x), minus = f.backward(-g, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (slope[i] == 0) continue;
        ASSERT_EQ(std::signbit(plus[i]), std::signbit(slope[i]) != std::signbit(g))
            << "x = " << text(x[i]) << ", gradient " << text(g) << ": " << text(plus[i]);
        ASSERT_TRUE(same(minus[i], -plus[i])) << "x = " << text(x[i]) << ", gradient " << text(g);
      }
    }
  }
}

// Also where the product underflows or overflows; only a flat place gives a plain 0.
TEST_P(Backward, HasTheSignOfTheProduct) {
  using Float = std::numeric_limits<float>;
  using Double = std::numeric_limits<double>;
  check_signs<float>(activation(), {Float::denorm_min(), Float::min(), 1, Float::max(), Float::infinity()});
  check_signs<double>(activation(),
                      {Double::denorm_min(), Double::min(), 1, Double::max(), Double::infinity()});
}

TEST_P(Backward, OfAZeroGradientHasTheSignOfTheProductInFloat32) { check_signs<float>(activation(), {0}); }

// Float64's product loses the sign of a gradient that is 0: -0 times a positive derivative gives +0.
TEST_P(Backward, OfAZeroGradientHasTheSignOfTheProductInFloat64) { check_signs<double>(activation(), {0}); }

}  // namespace
}  // namespace rheo::test
