// SPDX-License-Identifier: Apache-2.0
// special_values_test.cc: NaN, infinities and zeros, for each activation, format and setting of its
// parameters.
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(SpecialValues);

// Quiet and signalling, of both signs, with several payloads.
template <class T>
std::vector<T> nans() {
  const Bits<T> quiet = bits(std::numeric_limits<T>::quiet_NaN()),
                infinity = bits(std::numeric_limits<T>::infinity());
  const Bits<T> sign = bits(-T(0));
  std::vector<T> all;
  for (const Bits<T> pattern : {quiet, quiet | 1, quiet | (quiet - infinity) / 2, ~sign, infinity | 1,
                                infinity | (quiet - infinity) / 2})
    all.push_back(std::bit_cast<T>(static_cast<Bits<T>>(pattern))),
        all.push_back(std::bit_cast<T>(static_cast<Bits<T>>(pattern | sign)));
  return all;
}

TEST_P(SpecialValues, NanInGivesNanOutWhateverItsBits) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    using Limits = std::numeric_limits<T>;
    const std::vector<T> x = nans<T>();
    const auto expect = [&](const std::vector<T>& y, const char* what) {
      for (std::size_t i = 0; i < y.size(); ++i)
        EXPECT_TRUE(std::isnan(y[i])) << what << " of NaN " << std::hex << bits(x[i]) << ": " << text(y[i]);
    };
    expect(f.value(x), "value");
    expect(f.derivative(x), "derivative");
    for (const T grad : {T(1), T(0), -T(0), Limits::denorm_min(), -Limits::max(), Limits::infinity()})
      expect(f.backward(grad, x), "backward");
  });
}

TEST_P(SpecialValues, LimitsAreThoseThatTheFileStates) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
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
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    if (f.value(T(0)) != 0) return;
    EXPECT_TRUE(same(f.value(T(0)), T(0)));
    EXPECT_TRUE(same(f.value(-T(0)), -T(0)));
  });
}

TEST_P(SpecialValues, ZerosOfBothSignsHaveTheSameDerivative) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    EXPECT_EQ(f.derivative(T(0)), f.derivative(-T(0)));
    EXPECT_EQ(f.value(T(0)), f.value(-T(0)));
  });
}

// Near 0 a function is f(0), or f'(0) x, or stays 0: with the sign of x where it is 0 at 0.
TEST_P(SpecialValues, SubnormalsGiveWhatTheirNeighboursGive) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    using Limits = std::numeric_limits<T>;
    for (const T sign : {T(1), T(-1)}) {
      const std::vector<T> x = {sign * Limits::denorm_min(), sign * 2 * Limits::denorm_min(),
                                sign * Limits::min() / 2, sign * (Limits::min() - Limits::denorm_min()),
                                sign * Limits::min()};
      const std::vector<T> y = f.value(x), slope = f.derivative(x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_TRUE(std::isfinite(y[i]) || std::isinf(f.value(zero))) << "f(" << text(x[i]) << ")";
        EXPECT_FALSE(std::isnan(slope[i])) << "f'(" << text(x[i]) << ")";
        const bool steep = std::any_of(f.parameters(), f.parameters() + f.parameter_count(), [](double p) {
          return p != 0 && !std::isinf(p) && (std::abs(p) > 1e10 || std::abs(p) < 1e-10);
        });
        if (steep || f.facts().kinks.size() > 0) continue;
        // Nothing but x itself is as small as x: x^2 has the slope 2 x.
        EXPECT_NEAR(slope[i], slope[0], std::abs(slope[0]) * Limits::epsilon() + 4 * Limits::min())
            << "f'(" << text(x[i]) << ")";
      }
    }
  });
}

TEST_P(SpecialValues, FiniteInputsNeverGiveNan) {
  const auto check = [](const auto& f, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = finite(sample<T>(3000));
    const std::vector<T> y = f.value(x), slope = f.derivative(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_FALSE(std::isnan(y[i])) << "value at " << text(x[i]);
      ASSERT_FALSE(std::isnan(slope[i])) << "derivative at " << text(x[i]);
    }
    for (const T grad : {T(-2), zero, std::numeric_limits<T>::denorm_min(), -std::numeric_limits<T>::max()}) {
      const std::vector<T> g = f.backward(grad, x);
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_FALSE(std::isnan(g[i])) << "backward at " << text(x[i]) << ", gradient " << text(grad);
    }
  };
  for_all_settings(activation(), check);
}

// A result depends on its own x alone, for all parameters: turned round, all lanes have other neighbours.
TEST_P(SpecialValues, ReversedInputsGiveReversedResults) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = sample<T>(301, 9), grad = sample<T>(301, 10);
    const std::vector<T> back(x.rbegin(), x.rend()), back_grad(grad.rbegin(), grad.rend());
    const auto expect = [&](const std::vector<T>& y, const std::vector<T>& z, const char* role) {
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_TRUE(same(y[i], z[x.size() - 1 - i])) << role << " at " << text(x[i]) << ": " << text(y[i]);
    };
    expect(f.value(x), f.value(back), "value");
    expect(f.derivative(x), f.derivative(back), "derivative");
    expect(f.backward(grad, x), f.backward(back_grad, back), "backward");
  });
}

}  // namespace
}  // namespace rheo::test
