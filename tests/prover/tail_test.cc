// SPDX-License-Identifier: Apache-2.0
// tail_test.cc: signs of results that underflow are those of the exact ones, or not claimed.
#include "src/prover/tail.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/core/registry.h"
#include "src/prover/oracle.h"
#include "tests/prover/enclosing.h"

namespace rheo::oracle {
namespace {

Tail at(double x) { return Tail(Enclosure(x)); }

// Of lane 0; the lanes of a number without other ones are alike.
std::int64_t sign(const Tail& t) { return t.sign()[0]; }

TEST(Tails, KnowTheSignOfTermsWithOneExponential) {
  for (const double x : {-601.0, -1000.0, -3e38}) {
    const Tail n = at(x), e = exp(n);
    EXPECT_EQ(sign(e), 1);
    EXPECT_EQ(sign(n * e), -1);
    EXPECT_EQ(sign(e + n * e), -1);
    EXPECT_EQ(sign(e - n * e), 1);
    EXPECT_EQ(sign(Tail(2.0) * e - e), 1);
    EXPECT_EQ(sign((n * e) / e), -1);
    EXPECT_EQ(sign(sigmoid(n) + n * sigmoid(n)), -1);
    EXPECT_EQ(sign(softplus(n)), 1);
    EXPECT_EQ(sign(expm1(n * e)), -1);
    EXPECT_EQ(sign(log1p(e)), 1);
    EXPECT_EQ(sign(tanh(-e)), -1);
  }
}

// erfc(30) is 0.0188 exp(-900).
TEST(Tails, KnowWhichShareOfItsExponentialErfcIs) {
  const Tail x = at(30), c = erfc(x), e = exp_minus_square(x);
  EXPECT_EQ(sign(c), 1);
  EXPECT_EQ(sign(c - Tail(0.0189) * e), -1);
  EXPECT_EQ(sign(c - Tail(0.0187) * e), 1);
  EXPECT_EQ(sign(c - Tail(0.018796) * e), 0);
}

TEST(Tails, ClaimNothingOfTheDifferenceOfTwoExponentials) {
  const Tail x = at(-1000), near = x + Tail(1e-9);
  const Tail first = exp(x), second = exp(near);
  EXPECT_EQ(sign(first - second), 0);
  EXPECT_EQ(sign(second - first), 0);
  EXPECT_EQ(sign(x * first + near * first - x * second), 0);
  EXPECT_EQ(sign(first / second), 0);
  EXPECT_EQ(sign(sigmoid(x) - sigmoid(near)), 0);
  EXPECT_EQ(sign(erfc(-x) - erfc(-near)), 0);
  EXPECT_EQ(sign(exp_minus_square(x) - exp_minus_square(near)), 0);
}

// Functions of one argument have no symbol in common either, nor have products with their factors.
TEST(Tails, ClaimNothingOfExponentialsOfDifferentKinds) {
  const Tail x = at(-1000), e = exp(x), square = exp_minus_square(x);
  EXPECT_EQ(sign(e - Tail(2.0) * square), 0);
  EXPECT_EQ(sign(e * e - Tail(2.0) * e), 0);
  EXPECT_EQ(sign(e * e - Tail(2.0) * (e * e)), 0);
  const Tail sum = e + square;
  EXPECT_EQ(sign(sum), 1);
  EXPECT_EQ(sign(sum - Tail(3.0) * e), 0);
  EXPECT_EQ(sign(sum - Tail(3.0) * square), 0);
  EXPECT_EQ(sign(sum - (e + square)), 0);
}

TEST(Tails, AreLostBesideOrdinaryNumbersAndFoundAgainWithout) {
  const Tail e = exp(at(-1000));
  EXPECT_EQ(sign((Tail(1.0) + e) - Tail(1.0)), 0);
  EXPECT_EQ(sign(Tail(1.0) - e), 1);
  EXPECT_EQ(sign(Tail(0.0) - e), -1);
  EXPECT_EQ(sign(e - Tail(0.0)), 1);
  EXPECT_EQ(sign(e - e), 0);
}

TEST(Tails, OfComparisonsThatAreOpenAreUnknown) {
  const Tail e = exp(at(-1000)), f = exp(at(-1001));
  EXPECT_EQ(sign(select(e > f, Tail(1.0), Tail(2.0))), 0);
  EXPECT_EQ(sign(select(e > Tail(0.0), Tail(1.0), Tail(-1.0))), 1);
  EXPECT_EQ(sign(select(e < Tail(1.0), -e, e)), -1);
  // As softplus asks, whose threshold is infinite unless it is set.
  EXPECT_EQ(sign(select(at(-1000) > at(HUGE_VAL), Tail(1.0), e)), 1);
  EXPECT_EQ(sign(select(at(-1000) > at(-HUGE_VAL), -e, e)), -1);
}

TEST(Tails, KeepTheirLanesApart) {
  Doubles x{};
  x[0] = -1000, x[1] = -2, x[2] = 3, x[3] = -700;
  const Tail n(Enclosure(x, Doubles{})), slope = sigmoid(n) + n * sigmoid(n) * sigmoid(-n);
  const Choice s = slope.sign();
  const int expected[] = {-1, -1, 1, -1};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(s[i], expected[i]) << i;
}

// A box around 25, where erfc's tail begins, or wider than the number itself, must not become one.
TEST(Tails, AreOnlyOfBoxesThatLieInThem) {
  EXPECT_EQ(exp(Tail(in_all_lanes({-610, 20}))).symbol[0], 0);
  EXPECT_NE(exp(Tail(in_all_lanes({-630, 20}))).symbol[0], 0);
  EXPECT_EQ(erfc(Tail(in_all_lanes({26, 2}))).symbol[0], 0);
  EXPECT_EQ(exp_minus_square(Tail(in_all_lanes({0, 30}))).symbol[0], 0);
}

class Signs : public testing::TestWithParam<const Activation*> {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < GetParam()->entry->info->parameters.size(); ++i)
      p_[i] = static_cast<double>(static_cast<float>(GetParam()->initial(i)));
  }
  const Formula& formula() const { return *find_formula(GetParam()->entry->info->name); }
  Ball exact_at(bool derivative, const Ball& x) const {
    precision = 256;
    return (derivative ? formula().derivative : formula().value)(x, p_);
  }

  double p_[kMaxParameters] = {};
};

std::vector<const Activation*> everything() {
  std::vector<const Activation*> list;
  for (const Activation& a : all_activations()) list.push_back(&a);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, Signs, testing::ValuesIn(everything()),
                         [](const auto& info) { return std::string(info.param->name); });

// From 30 to the end of float32 in steps of 9 %, and the same below 0.
std::vector<float> far_points() {
  std::vector<float> x;
  for (double v = 30; v < 0x1.fffffep127; v *= 1.09) {
    x.push_back(static_cast<float>(v));
    x.push_back(static_cast<float>(-v));
  }
  x.push_back(0x1.fffffep127F), x.push_back(-0x1.fffffep127F);
  x.resize(x.size() / kEnclosureLanes * kEnclosureLanes);
  return x;
}

int sign_of(const Ball& b) {
  return arb_is_positive(b.get()) != 0 ? 1 : arb_is_negative(b.get()) != 0 ? -1 : 0;
}

// Arb gives up on erfc's exponents at some point: its ball then holds 0 and other numbers.
bool decided(const Ball& b) { return arb_is_zero(b.get()) != 0 || arb_contains_zero(b.get()) == 0; }

// Each is claimed where the enclosure cannot tell: balls could not settle it either where their exponents
// end. They can up to 36, where tails of gelu's derivative begin that are none of Tail's yet.
TEST_P(Signs, OfFarResultsAreThoseOfTheExactOnes) {
  const std::vector<float> x = far_points();
  std::vector<std::int64_t> signs(x.size());
  std::vector<double> mid(x.size()), rad(x.size());
  for (const std::size_t role : {0, 1}) {
    formula().signs[role](x.data(), x.size(), p_, signs.data());
    formula().enclose[role](x.data(), x.size(), p_, mid.data(), rad.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Ball truth = exact_at(role == 1, Ball(static_cast<double>(x[i])));
      const bool lost = !(std::fabs(mid[i]) > rad[i]) && rad[i] != 0;
      ASSERT_TRUE(!lost || signs[i] != 0 || std::fabs(x[i]) < 36) << "role " << role << " at " << x[i];
      ASSERT_TRUE(!decided(truth) || signs[i] == 0 || signs[i] == sign_of(truth))
          << "role " << role << " at " << x[i] << ": " << signs[i];
      ASSERT_TRUE(!decided(truth) || holds({mid[i], rad[i]}, truth)) << "role " << role << " at " << x[i];
    }
  }
}

TEST_P(Signs, AndValuesOfBoxesHoldForAllOfTheirNumbers) {
  Random random(7);
  const std::vector<float> x = far_points();
  for (const bool derivative : {false, true}) {
    for (std::size_t i = 0; i < x.size(); i += kEnclosureLanes) {
      double mid[kEnclosureLanes], rad[kEnclosureLanes], y[kEnclosureLanes], margin[kEnclosureLanes];
      std::int64_t signs[kEnclosureLanes];
      for (int k = 0; k < kEnclosureLanes; ++k) {
        mid[k] = static_cast<double>(x[i + static_cast<std::size_t>(k)]);
        rad[k] = std::fabs(mid[k] * random.of_magnitude(-24, -2));
      }
      formula().boxes[derivative ? 1 : 0](mid, rad, p_, y, margin, signs);
      for (int k = 0; k < kEnclosureLanes; ++k) {
        for (const double share : {-1.0, 0.3, 1.0}) {
          const Ball number = Interval{mid[k], rad[k]}.at(share), truth = exact_at(derivative, number);
          ASSERT_TRUE(holds({y[k], margin[k]}, truth)) << mid[k] << " +/- " << rad[k];
          ASSERT_TRUE(!decided(truth) || signs[k] == 0 || signs[k] == sign_of(truth))
              << mid[k] << " +/- " << rad[k] << ": " << signs[k];
        }
      }
    }
  }
}

}  // namespace
}  // namespace rheo::oracle
