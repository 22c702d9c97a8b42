// SPDX-License-Identifier: Apache-2.0
// enclosure_test.cc: what enclosures say holds for the exact results of all numbers in their arguments.
#include "src/prover/enclosure.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/prover/enclosing.h"

namespace rheo::oracle {
namespace {

constexpr double kShares[] = {-1, 1, 0, -0.61, 0.35};  // where in an interval exact results are taken
constexpr double kInf = std::numeric_limits<double>::infinity();

Interval lane(const Enclosure& e, int i = 0) { return {e.mid[i], e.rad[i]}; }

std::string text(Interval i) {
  return std::string("[").append(std::to_string(i.mid)) + " +/- " + std::to_string(i.rad) + "]";
}

struct Function {
  const char* name;
  Enclosure (*enclosed)(Enclosure);
  Ball (*exact)(const Ball&);
};

constexpr Function kFunctions[] = {
    {"exp", [](Enclosure x) { return exp(x); }, [](const Ball& x) { return exp(x); }},
    {"expm1", [](Enclosure x) { return expm1(x); }, [](const Ball& x) { return expm1(x); }},
    {"tanh", [](Enclosure x) { return tanh(x); }, [](const Ball& x) { return tanh(x); }},
    {"x_minus_tanh", [](Enclosure x) { return x_minus_tanh(x); },
     [](const Ball& x) {
       precision = 1000;  // twice those of 2^-300 cancel
       const Ball y = x_minus_tanh(x);
       precision = kTestBits;
       return y;
     }},
    {"sigmoid", [](Enclosure x) { return sigmoid(x); }, [](const Ball& x) { return sigmoid(x); }},
    {"softplus", [](Enclosure x) { return softplus(x); }, [](const Ball& x) { return softplus(x); }},
    {"erfc", [](Enclosure x) { return erfc(x); }, [](const Ball& x) { return erfc(x); }},
    {"exp_minus_square", [](Enclosure x) { return exp_minus_square(x); },
     [](const Ball& x) { return exp_minus_square(x); }},
    {"minus", [](Enclosure x) { return -x; }, [](const Ball& x) { return -x; }},
    // Of what is above -1.
    {"log1p", [](Enclosure x) { return log1p(x * x - Enclosure(0.875)); },
     [](const Ball& x) { return log1p(x * x - Ball(0.875)); }},
};

class Functions : public testing::TestWithParam<Function> {};
INSTANTIATE_TEST_SUITE_P(All, Functions, testing::ValuesIn(kFunctions),
                         [](const auto& info) { return std::string(info.param.name); });

// The share of answers that have to be known: all would hold if nothing were.
TEST_P(Functions, HoldTheExactResultOfEveryNumberInTheirArgument) {
  Random random(1);
  const Function& f = GetParam();
  int known = 0;
  constexpr int kIntervals = 6000;
  for (int i = 0; i < kIntervals; ++i) {
    const Interval x = random.interval();
    const Interval y = lane(f.enclosed(in_all_lanes(x)), i % kEnclosureLanes);
    known += y.known() ? 1 : 0;
    for (const double share : kShares) {
      const Ball at = x.at(share);
      ASSERT_TRUE(holds(y, f.exact(at))) << f.name << text(x) << " at " << share << ": " << text(y);
    }
  }
  EXPECT_GT(known, kIntervals / 3);
}

// Where definitions change: the ends of tails, series and clamps.
TEST_P(Functions, HoldTheExactResultAtTheirSeams) {
  const Function& f = GetParam();
  for (const double seam : {0.0, 0.3, 8.0, 25.0, 30.0, 60.0, 600.0}) {
    for (const double step : {0.0, 1e-14, -1e-14, 1e-3, -1e-3}) {
      for (const double sign : {-1.0, 1.0}) {
        for (const double rad : {0.0, 1e-15, 0.9e-3, 1.1e-3, 0.0099, 0.0101, 1.0}) {
          const Interval x{sign * (seam + step), rad}, y = lane(f.enclosed(in_all_lanes(x)));
          for (const double share : kShares) {
            const Ball at = x.at(share);
            ASSERT_TRUE(holds(y, f.exact(at))) << f.name << text(x) << " at " << share << ": " << text(y);
          }
        }
      }
    }
  }
}

struct Operation {
  const char* name;
  Enclosure (*enclosed)(Enclosure, Enclosure);
  Ball (*exact)(const Ball&, const Ball&);
};

constexpr Operation kOperations[] = {
    {"plus", [](Enclosure a, Enclosure b) { return a + b; },
     [](const Ball& a, const Ball& b) { return a + b; }},
    {"minus", [](Enclosure a, Enclosure b) { return a - b; },
     [](const Ball& a, const Ball& b) { return a - b; }},
    {"times", [](Enclosure a, Enclosure b) { return a * b; },
     [](const Ball& a, const Ball& b) { return a * b; }},
    {"by", [](Enclosure a, Enclosure b) { return a / b; },
     [](const Ball& a, const Ball& b) { return a / b; }},
};

class Operations : public testing::TestWithParam<Operation> {};
INSTANTIATE_TEST_SUITE_P(All, Operations, testing::ValuesIn(kOperations),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Operations, HoldTheExactResultOfAllPairs) {
  Random random(2);
  const Operation& f = GetParam();
  for (int i = 0; i < 10000; ++i) {
    const Interval a = random.interval(), b = random.interval();
    const Interval y = lane(f.enclosed(in_all_lanes(a), in_all_lanes(b)), i % kEnclosureLanes);
    for (const double share : kShares) {
      for (const double other : {-1.0, 0.2, 1.0}) {
        const Ball left = a.at(share), right = b.at(other);
        ASSERT_TRUE(holds(y, f.exact(left, right)))
            << text(a) << " " << f.name << " " << text(b) << ": " << text(y);
      }
    }
  }
}

TEST(Enclosures, AreExactWhereFloat64Is) {
  const Enclosure y = Enclosure(0.0) * Enclosure(-3.0);
  EXPECT_EQ(y.mid[3], 0);
  EXPECT_EQ(y.rad[3], 0);
  EXPECT_TRUE(std::signbit(y.mid[3]));
  EXPECT_TRUE(std::signbit(Enclosure(-0.0).mid[7]));
}

// Neither is known to be 0: only a product with 0 itself is.
TEST(Enclosures, OfResultsTooSmallForFloat64HoldThem) {
  precision = kTestBits;
  for (const double x : {1e-200, -0x1p-600, 0x1p-1074}) {
    const Interval product = lane(in_all_lanes({x, 0}) * in_all_lanes({x, 0}));
    EXPECT_TRUE(holds(product, Ball(x) * Ball(x), 0)) << x;
    const Interval around = lane(in_all_lanes({0, std::fabs(x)}) * in_all_lanes({0, std::fabs(x)}));
    EXPECT_TRUE(holds(around, Ball(x) * Ball(x), 0)) << x;
    const Interval quotient = lane(in_all_lanes({x, 0}) / Enclosure(3e250));
    EXPECT_TRUE(holds(quotient, Ball(x) / Ball(3e250), 0)) << x;
  }
}

TEST(Enclosures, OfAQuotientByAnIntervalAroundZeroAreUnknown) {
  for (const double mid : {0.0, 1e-3, -1e-3})
    EXPECT_EQ((Enclosure(1.0) / in_all_lanes({mid, 1e-3})).rad[0], kInf) << mid;
}

TEST(Enclosures, OfAnExactConstantHoldIt) {
  constexpr Constant kConstants[] = {0.707106781186547524400844362104849039284835937688474036588340_exact,
                                     1.702_exact,
                                     0.044715_exact,
                                     ratio(1, 3),
                                     ratio(1, 6),
                                     3_exact};
  for (const Constant& c : kConstants) {
    precision = kTestBits;
    const Interval i = lane(Enclosure(c));
    EXPECT_TRUE(holds(i, Ball(c))) << i.mid;
    EXPECT_LE(i.rad, std::fabs(i.mid) * 0x1p-53);
  }
  EXPECT_EQ(Enclosure(3_exact).rad[0], 0);
}

// Pairs that touch, overlap or are apart; of the same numbers too.
TEST(Comparisons, AreOpenOrTrueOfAllPairs) {
  Random random(3);
  int open = 0, closed = 0;
  for (int i = 0; i < 20000; ++i) {
    const Interval a = random.interval();
    const double apart = random.of_magnitude(-60, 1) * (std::fabs(a.mid) + a.rad);
    const Interval b = {a.mid + (random.one_in(9) ? 0 : apart), random.one_in(3) ? 0 : std::fabs(apart) / 2};
    const Enclosure left = in_all_lanes(a), right = in_all_lanes(b);
    const Comparison results[] = {left > right, left < right, left >= right, left <= right};
    for (const Comparison& c : results) (c.open[i % 8] != 0 ? open : closed) += 1;
    for (const double share : {-1.0, 1.0}) {
      for (const double other : {-1.0, 1.0}) {
        Ball difference = a.at(share) - b.at(other);
        const bool above = arb_is_positive(difference.get()) != 0;
        const bool below = arb_is_negative(difference.get()) != 0;
        const bool truth[] = {above, below, !below, !above};
        for (int k = 0; k < 4; ++k) {
          const bool decided = results[k].open[i % 8] == 0;
          ASSERT_TRUE(!decided || (results[k].yes[i % 8] != 0) == truth[k]) << k << text(a) << text(b);
        }
      }
    }
  }
  EXPECT_GT(open, 1000);
  EXPECT_GT(closed, 1000);
}

// As 0 / 0 is one: nothing is known of it, so no branch may be taken for it.
TEST(Comparisons, OfWhatIsUnknownAreOpen) {
  const Enclosure nothing = Enclosure(0.0) / Enclosure(0.0), zero(0.0);
  for (const Comparison& c : {nothing > zero, nothing < zero, zero >= nothing, nothing <= nothing})
    EXPECT_NE(c.open[0], 0);
  const Enclosure unknown = in_all_lanes({0, kInf}), product = unknown * zero;
  for (const Comparison& c : {unknown > zero, product > Enclosure(1.0), Enclosure(1.0) < product})
    EXPECT_NE(c.open[0], 0);
}

TEST(Selections, TakeEachLanesBranchAndKnowNothingWhereItIsOpen) {
  Comparison c{};
  c.yes[1] = -1, c.open[2] = -1, c.yes[3] = -1, c.open[3] = -1;
  const Enclosure y = select(c, in_all_lanes({1, 0.25}), in_all_lanes({2, 0.5}));
  EXPECT_EQ(y.mid[0], 2);
  EXPECT_EQ(y.rad[0], 0.5);
  EXPECT_EQ(y.mid[1], 1);
  EXPECT_EQ(y.rad[1], 0.25);
  EXPECT_EQ(y.rad[2], kInf);
  EXPECT_EQ(y.rad[3], kInf);
}

}  // namespace
}  // namespace rheo::oracle
