// SPDX-License-Identifier: Apache-2.0
// special_values_test.cc: NaN, infinities and zeros, for each activation, format and setting of its
// parameters.
#include "tests/core/each.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(SpecialValues);

// Runs check(function) for both formats and all settings of the parameters.
template <class Check>
void for_all(const Activation& a, Check&& check) {
  for (const Values& values : settings<float>(a)) {
    SCOPED_TRACE("float32 " + text(values));
    check(Function<float>(a, values), float());
  }
  for (const Values& values : settings<double>(a)) {
    SCOPED_TRACE("float64 " + text(values));
    check(Function<double>(a, values), double());
  }
}

TEST_P(SpecialValues, NanInGivesNanOut) {
  for_all(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    for (const T x : {std::numeric_limits<T>::quiet_NaN(), -std::numeric_limits<T>::quiet_NaN()}) {
      EXPECT_TRUE(std::isnan(f.value(x)));
      EXPECT_TRUE(std::isnan(f.derivative(x)));
      EXPECT_TRUE(std::isnan(f.backward(T(1), x)));
    }
  });
}

TEST_P(SpecialValues, LimitsAreThoseThatTheFileStates) {
  for_all(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    const T infinity = std::numeric_limits<T>::infinity();
    const Facts facts = f.facts();
    const auto expect = [](T got, double stated, const char* what) {
      EXPECT_TRUE(same(got, static_cast<T>(stated)))
          << what << " is " << text(got) << ", stated " << text(stated);
    };
    expect(f.value(-infinity), facts.left.value, "f(-inf)");
    expect(f.value(infinity), facts.right.value, "f(inf)");
    expect(f.derivative(-infinity), facts.left.derivative, "f'(-inf)");
    expect(f.derivative(infinity), facts.right.derivative, "f'(inf)");
  });
}

TEST_P(SpecialValues, ZeroKeepsItsSignWhereTheFunctionIsZeroThere) {
  for_all(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    if (f.value(T(0)) != 0) return;
    EXPECT_TRUE(same(f.value(T(0)), T(0)));
    EXPECT_TRUE(same(f.value(-T(0)), -T(0)));
  });
}

TEST_P(SpecialValues, ZerosOfBothSignsHaveTheSameDerivative) {
  for_all(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    EXPECT_EQ(f.derivative(T(0)), f.derivative(-T(0)));
    EXPECT_EQ(f.value(T(0)), f.value(-T(0)));
  });
}

TEST_P(SpecialValues, FiniteInputsNeverGiveNan) {
  const auto check = [](const auto& f, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = finite(sample<T>(3000));
    const std::vector<T> y = f.value(x), slope = f.derivative(x), g = f.backward(T(-2), x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_FALSE(std::isnan(y[i])) << "value at " << text(x[i]);
      ASSERT_FALSE(std::isnan(slope[i])) << "derivative at " << text(x[i]);
      ASSERT_FALSE(std::isnan(g[i])) << "backward at " << text(x[i]);
    }
  };
  for_all(activation(), check);
}

}  // namespace
}  // namespace rheo::test
