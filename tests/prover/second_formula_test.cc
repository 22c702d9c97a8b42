// SPDX-License-Identifier: Apache-2.0
// second_formula_test.cc: the oracle's value of every activation against a formula written another way, and
// its derivative against differences of that.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "src/prover/oracle.h"
#include "tests/core/each.h"
#include "tests/prover/second_formulas.h"

namespace rheo::oracle {
namespace {

// Enough for second formulas that cancel: tanh from exponentials loses 1000 bits at x = 1e-300, the normal
// distribution function 1200 at x = -40.
constexpr slong kBits = 4000;

class SecondFormulas : public testing::TestWithParam<const Activation*> {
 protected:
  const char* name() const { return GetParam()->entry->info->name; }
};

std::vector<const Activation*> everything() {
  std::vector<const Activation*> list;
  for (const Activation& a : all_activations()) list.push_back(&a);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, SecondFormulas, testing::ValuesIn(everything()),
                         [](const auto& info) { return std::string(info.param->name); });

// Where second formulas are worth comparing: moderate x, which all of them can take in few bits.
std::vector<double> points() {
  std::vector<double> x = {0, -0.0, 1e-300, -1e-300, 1e-9, -1e-9, 1, -1, 3, -3, 6, -6, 0.5, -0.5, 20, -20};
  std::mt19937_64 random(21);
  for (const double range : {1.0, 8.0, 40.0})
    for (int i = 0; i < 20; ++i) x.push_back(range * (static_cast<double>(random() >> 11) * 0x1p-52 - 1));
  return x;
}

std::vector<std::vector<double>> moderate_settings(const Activation& a) {
  std::vector<std::vector<double>> all;
  for (std::vector<double> values : test::settings<double>(a)) {
    const bool moderate = std::all_of(values.begin(), values.end(), [](double v) {
      return v == 0 || std::isinf(v) || (std::abs(v) > 1e-2 && std::abs(v) < 50);
    });
    values.resize(kMaxParameters);
    if (moderate) all.push_back(values);
  }
  return all;
}

// |a - b| <= 2^-bits |b| + 2^-1300 for certain. Most constants have 60 digits (199 bits), and the tails of
// exponentials make an error in them 2^12 times larger.
bool near(const Ball& a, const Ball& b, int bits) {
  Ball difference = a - b, bound, floor(1.0);
  arb_abs(difference.get(), difference.get());
  arb_abs(bound.get(), b.get());
  arb_mul_2exp_si(bound.get(), bound.get(), -bits);
  arb_mul_2exp_si(floor.get(), floor.get(), -1300);
  bound = bound + floor;
  return arb_le(difference.get(), bound.get()) != 0;
}

TEST_P(SecondFormulas, ExistForEveryActivation) {
  EXPECT_NE(find_second_formula(name()), nullptr)
      << name() << " has no second formula: add it to kFormulas in tests/prover/second_formulas.cc";
}

TEST_P(SecondFormulas, GiveTheOraclesValue) {
  const SecondFormula* second = find_second_formula(name());
  if (second == nullptr) GTEST_SKIP() << "no second formula";
  const Formula* first = find_formula(name());
  ASSERT_NE(first, nullptr);
  for (const std::vector<double>& p : moderate_settings(*GetParam())) {
    for (const double x : points()) {
      precision = kBits;
      const Ball a = first->value(Ball(x), p.data()), b = second->value(Ball(x), p.data());
      ASSERT_TRUE(near(a, b, second->bits)) << name() << test::text(p) << " at x = " << test::text(x);
    }
  }
}

// With steps of 2^-1400 the difference quotient's own error is below all that is compared, also where the
// second derivative jumps.
TEST_P(SecondFormulas, HaveTheOraclesDerivativeAsTheirSlope) {
  const SecondFormula* second = find_second_formula(name());
  if (second == nullptr) GTEST_SKIP() << "no second formula";
  const Formula* first = find_formula(name());
  for (const std::vector<double>& p : moderate_settings(*GetParam())) {
    const Facts facts = GetParam()->entry->facts(p.data());
    for (const double x : points()) {
      // Between kinks that have become one point, the derivative is that point's own.
      const bool at_kink = std::any_of(facts.kinks.begin(), facts.kinks.end(),
                                       [&](double kink) { return std::abs(kink - x) < 1e-9; });
      const auto end = p.begin() + std::ptrdiff_t(GetParam()->entry->info->parameters.size());
      if (at_kink || std::find(p.begin(), end, std::abs(x)) != end) continue;
      precision = kBits;
      Ball h(1.0);
      arb_mul_2exp_si(h.get(), h.get(), -1400);
      const Ball slope =
          (second->value(Ball(x) + h, p.data()) - second->value(Ball(x) - h, p.data())) / (h + h);
      ASSERT_TRUE(near(first->derivative(Ball(x), p.data()), slope, second->bits))
          << name() << test::text(p) << " at x = " << test::text(x);
    }
  }
}

}  // namespace
}  // namespace rheo::oracle
