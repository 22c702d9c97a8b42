// SPDX-License-Identifier: Apache-2.0
// properties_test.cc: what a file states about its function's shape, held against the kernels.
#include "tests/core/evaluate.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(Properties);

TEST_P(Properties, OddFunctionsAreExactlyOdd) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    if (!f.facts().odd) return;
    const std::vector<T> x = sample<T>(10000);
    std::vector<T> mirrored;
    for (const T v : x) mirrored.push_back(-v);
    const std::vector<T> y = f.value(x), z = f.value(mirrored), s = f.derivative(x),
                         t = f.derivative(mirrored);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_TRUE(same(y[i], -z[i])) << "x = " << text(x[i]) << ": " << text(y[i]) << " and " << text(z[i]);
      ASSERT_TRUE(same(s[i], t[i])) << "derivative at x = " << text(x[i]) << ": " << text(s[i]);
    }
  });
}

// The points around x where a computed value is most likely to leave the range, a few ulp apart.
template <class T>
std::vector<T> close_to(T x) {
  std::vector<T> points = {x};
  for (int i = 0; i < 500; ++i) points.push_back(next_above(points.back()));
  points.push_back(x);
  for (int i = 0; i < 500; ++i) points.push_back(next_below(points.back()));
  return points;
}

TEST_P(Properties, ValuesNeverLeaveTheStatedRange) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    const Facts facts = f.facts();
    const auto low = static_cast<T>(facts.low), high = static_cast<T>(facts.high);
    const auto check = [&](const std::vector<T>& x) {
      const std::vector<T> y = f.value(x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(x[i])) continue;
        ASSERT_TRUE(low <= y[i] && y[i] <= high)
            << "f(" << text(x[i]) << ") = " << text(y[i]) << ", range " << low << " to " << high;
      }
    };
    const std::vector<T> x = finite(sample<T>(6000)), y = f.value(x);
    check(sample<T>(6000));
    check(close_to(x[static_cast<std::size_t>(std::min_element(y.begin(), y.end()) - y.begin())]));
    check(close_to(x[static_cast<std::size_t>(std::max_element(y.begin(), y.end()) - y.begin())]));
  });
}

// An end of the range that is not a limit is reached somewhere: a range that is too generous is no statement.
TEST_P(Properties, TheStatedRangeIsReachedOrApproached) {
  const Function<double> f(activation());
  std::vector<double> x = sorted(sample<double>(4000));
  for (int i = -32000; i < 32000; ++i) x.push_back(i / 1000.0);
  const std::vector<double> y = f.value(x);
  const Facts facts = f.facts();
  const auto near = [](double found, double stated) {
    return std::isinf(stated) ? std::abs(found) > 1e300
                              : std::abs(found - stated) < 1e-6 * (1 + std::abs(stated));
  };
  EXPECT_TRUE(near(*std::min_element(y.begin(), y.end()), facts.low)) << "lower end " << facts.low;
  EXPECT_TRUE(near(*std::max_element(y.begin(), y.end()), facts.high)) << "upper end " << facts.high;
}

// Tables of float32 may step down by one number; proofs count how often (docs/accuracy.md).
template <class T, class F>
void expect_no_descent(const F& f, const std::vector<T>& x) {
  const std::vector<T> y = f.value(x);
  for (std::size_t i = 1; i < x.size(); ++i) {
    const T before = sizeof(T) == 4 ? next_below(y[i - 1]) : y[i - 1];
    ASSERT_LE(before, y[i]) << "between " << text(x[i - 1]) << " and " << text(x[i]);
  }
}

TEST_P(Properties, MonotoneFunctionsNeverDecrease) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    if (!f.facts().monotone) return;
    expect_no_descent(f, sorted(sample<T>(20000)));
    // Neighbouring numbers, where a descent would hide: at random places, and where saturation sets in.
    for (const T x : finite(sample<T>(160, 3))) expect_no_descent(f, sorted(close_to(x)));
  });
}

TEST_P(Properties, FunctionsThatAreNotStatedMonotoneDecreaseSomewhere) {
  const Function<double> f(activation());
  if (f.facts().monotone) GTEST_SKIP() << "stated to be monotone";
  std::vector<double> x;
  for (int i = -32000; i < 32000; ++i) x.push_back(i / 1000.0);
  for (const double kink : f.facts().kinks) x.push_back(kink), x.push_back(next_above(kink));
  x = sorted(x);
  const std::vector<double> y = f.value(x);
  EXPECT_FALSE(std::is_sorted(y.begin(), y.end()));
}

TEST_P(Properties, FunctionsThatAreNotStatedOddAreNot) {
  const Function<double> f(activation());
  if (f.facts().odd) GTEST_SKIP() << "stated to be odd";
  const std::vector<double> x = finite(sample<double>(1000));
  EXPECT_TRUE(std::any_of(x.begin(), x.end(), [&](double v) { return f.value(-v) != -f.value(v); }));
}

// How far f' jumps over x.
double jump(const Function<double>& f, double x) {
  const double tiny = x == 0 ? 1e-12 : std::abs(x) * 1e-12;
  return std::abs(f.derivative(x + tiny) - f.derivative(x - tiny));
}

// Parameters for which a jump is large enough to see, and neighbouring kinks are apart.
bool moderate(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](double v) {
    return v == 0 || std::isinf(v) || (std::abs(v) > 0.1 && std::abs(v) < 30);
  });
}

TEST_P(Properties, TheDerivativeJumpsAtEachStatedKink) {
  for (const Values& values : settings<double>(activation())) {
    const Function<double> f(activation(), values);
    for (const double kink : f.facts().kinks) {
      if (!moderate(values) || std::abs(kink) > 30) continue;
      EXPECT_GT(jump(f, kink), 1e-10) << "kink " << kink << " for " << text(values);
    }
  }
}

TEST_P(Properties, TheDerivativeJumpsNowhereElse) {
  for (const Values& values : settings<double>(activation())) {
    if (!moderate(values)) continue;
    const Function<double> f(activation(), values);
    const Facts facts = f.facts();
    for (double x = -32; x <= 32; x += 0.125) {
      if (std::find(facts.kinks.begin(), facts.kinks.end(), x) != facts.kinks.end()) continue;
      EXPECT_LT(jump(f, x), 1e-7 * (1 + std::abs(f.derivative(x)))) << "at " << x << " for " << text(values);
    }
  }
}

// The recorded formula is what other languages' bodies are made of: it has to be the function that the
// kernels compute.
template <class T>
void check_trace(const Activation& a, const Values& values) {
  const Function<T> f(a, values);
  Trace trace;
  a.entry->record(trace);
  const std::vector<T> x = finite(sample<T>(2000));
  const std::vector<T> y = f.value(x), slope = f.derivative(x);
  constexpr long double kTolerance = sizeof(T) == 4 ? 0x1p-23 : 0x1p-50,
                        kLargest = std::numeric_limits<T>::max();
  constexpr long double kSmallest = std::numeric_limits<T>::denorm_min();
  const auto expect = [&](T x_, T got, long double wanted, long double size, const char* what) {
    if (std::abs(wanted) >= kLargest) {
      ASSERT_TRUE(std::abs(got) >= kLargest / 2 && std::signbit(got) == std::signbit(wanted))
          << what << " at " << text(x_) << " is " << text(got);
      return;
    }
    ASSERT_TRUE(std::isfinite(got)) << what << " at " << text(x_);
    ASSERT_LE(std::abs(static_cast<long double>(got) - wanted), kTolerance * size + kSmallest)
        << what << " at " << text(x_) << " is " << text(got) << ", by the trace "
        << static_cast<double>(wanted);
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Evaluated e = evaluate(trace, static_cast<double>(x[i]), f.parameters());
    expect(x[i], y[i], e.value, e.value_size, "value");
    expect(x[i], slope[i], e.slope, e.slope_size, "derivative");
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST_P(Properties, TheRecordedFormulaIsTheFunctionThatTheKernelsCompute) {
  for (const Values& values : settings<float>(activation())) {
    SCOPED_TRACE("float32 " + text(values));
    check_trace<float>(activation(), values);
  }
  for (const Values& values : settings<double>(activation())) {
    SCOPED_TRACE("float64 " + text(values));
    check_trace<double>(activation(), values);
  }
}

}  // namespace
}  // namespace rheo::test
