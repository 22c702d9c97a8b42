// SPDX-License-Identifier: Apache-2.0
// tables_test.cc: the oracle against tables printed before there were such oracles. AS is Abramowitz and
// Stegun, Handbook of Mathematical Functions, 1964.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "src/prover/oracle.h"

namespace rheo::oracle {
namespace {

// Whether `ball` rounds to the printed digits: at most half a unit (and a little, as some tables round
// carelessly in the last place) away.
bool prints_as(const Ball& ball, const char* digits) {
  const std::string text(digits);
  const std::size_t point = text.find('.');
  const std::size_t decimals = point == std::string::npos ? 0 : text.size() - point - 1;
  const std::string tolerance = std::string("0.").append(decimals, '0').append("501");
  Ball printed, slack;
  arb_set_str(printed.get(), digits, 300);
  arb_set_str(slack.get(), tolerance.c_str(), 300);
  precision = 300;
  Ball difference = ball - printed;
  arb_abs(difference.get(), difference.get());
  return arb_le(difference.get(), slack.get()) != 0;
}

Ball value(const char* name, const Ball& x, std::initializer_list<double> given = {}) {
  double p[4] = {};
  std::copy(given.begin(), given.end(), p);
  precision = 300;
  return find_formula(name)->value(x, p);
}

Ball decimal(const char* digits) {
  Ball r;
  arb_set_str(r.get(), digits, 300);
  return r;
}

struct Row {
  const char *x, *printed;
};

// AS table 26.1, P(x) to 15 decimals. gelu(x) / x is P(x).
TEST(Tables, GeluOverXIsTheNormalDistributionFunction) {
  for (const Row& row :
       {Row{"0.5", "0.691462461274013"}, Row{"1", "0.841344746068543"}, Row{"1.5", "0.933192798731142"},
        Row{"2", "0.977249868051821"}, Row{"2.5", "0.993790334674224"}, Row{"3", "0.998650101968370"}}) {
    const Ball x = decimal(row.x);
    EXPECT_TRUE(prints_as(value("gelu", x) / x, row.printed)) << "P(" << row.x << ")";
    EXPECT_TRUE(prints_as(Ball(1.0) - value("gelu", -x) / -x, row.printed)) << "P(" << row.x << ") from -x";
  }
}

// AS table 26.1, Z(x) to 15 decimals: gelu'(x) = P(x) + x Z(x).
TEST(Tables, GelusDerivativeIsTheDistributionFunctionAndXTimesTheDensity) {
  const struct {
    double x;
    const char *distribution, *density;
  } rows[] = {{0.5, "0.691462461274013", "0.352065326764300"},
              {1, "0.841344746068543", "0.241970724519143"},
              {2, "0.977249868051821", "0.053990966513188"},
              {3, "0.998650101968370", "0.004431848411938"}};
  for (const auto& row : rows) {
    precision = 300;
    const Ball slope = find_formula("gelu")->derivative(Ball(row.x), nullptr);
    Ball difference = slope - (decimal(row.distribution) + Ball(row.x) * decimal(row.density)), bound(3e-15);
    arb_abs(difference.get(), difference.get());
    EXPECT_TRUE(arb_lt(difference.get(), bound.get()) != 0) << "at " << row.x;
  }
}

// AS table 7.1, erf x to 10 decimals: 1 - erfc(x), and 2 gelu(sqrt(2) x) / (sqrt(2) x) - 1.
TEST(Tables, ErfIsThePrintedOne) {
  Ball root;
  arb_sqrt_ui(root.get(), 2, 300);
  for (const Row& row : {Row{"0.1", "0.1124629160"}, Row{"0.5", "0.5204998778"}, Row{"1", "0.8427007929"},
                         Row{"1.5", "0.9661051465"}, Row{"2", "0.9953222650"}}) {
    precision = 300;
    const Ball x = decimal(row.x), scaled = root * x;
    EXPECT_TRUE(prints_as(Ball(1.0) - erfc(x), row.printed)) << "erf(" << row.x << ")";
    EXPECT_TRUE(prints_as(Ball(2.0) * value("gelu", scaled) / scaled - Ball(1.0), row.printed)) << row.x;
  }
}

// AS table 4.4, the exponential function: e^-x to 20 decimals and more. elu(-x) + 1 is e^-x.
TEST(Tables, EluPlusOneIsTheExponentialFunction) {
  for (const Row& row : {Row{"-0.1", "0.90483741803595957316"}, Row{"-0.5", "0.60653065971263342360"},
                         Row{"-1", "0.36787944117144232160"}, Row{"-2", "0.13533528323661269189"},
                         Row{"-10", "0.00004539992976248485"}}) {
    precision = 300;
    EXPECT_TRUE(prints_as(value("elu", decimal(row.x), {1}) + Ball(1.0), row.printed)) << row.x;
  }
}

// AS table 4.15, hyperbolic functions: tanh x to 8 decimals.
TEST(Tables, TanhIsThePrintedOne) {
  for (const Row& row : {Row{"0.1", "0.09966799"}, Row{"0.5", "0.46211716"}, Row{"1", "0.76159416"},
                         Row{"1.5", "0.90514825"}, Row{"2", "0.96402758"}})
    EXPECT_TRUE(prints_as(value("tanh", decimal(row.x)), row.printed)) << row.x;
}

// The same table by 4.5.2's identity: the logistic function is (1 + tanh(x / 2)) / 2; and e^-x from
// table 4.4.
TEST(Tables, SigmoidFollowsFromTheTablesOfTanhAndOfTheExponential) {
  EXPECT_TRUE(prints_as(Ball(2.0) * value("sigmoid", decimal("1")) - Ball(1.0), "0.46211716"));
  EXPECT_TRUE(prints_as(Ball(2.0) * value("sigmoid", decimal("2")) - Ball(1.0), "0.76159416"));
  EXPECT_TRUE(prints_as(Ball(1.0) / value("sigmoid", decimal("1")) - Ball(1.0), "0.36787944117144232160"));
  EXPECT_TRUE(prints_as(Ball(1.0) / value("sigmoid", decimal("10")) - Ball(1.0), "0.00004539992976248485"));
}

// AS table 4.2, natural logarithms: ln 2 and ln 3. softplus(ln n) is ln(n + 1).
TEST(Tables, SoftplusFollowsFromTheTableOfLogarithms) {
  constexpr double kAll = HUGE_VAL;  // no switch to the line
  EXPECT_TRUE(prints_as(value("softplus", Ball(0.0), {1, kAll}), "0.6931471805599453"));
  EXPECT_TRUE(
      prints_as(value("softplus", decimal("0.693147180559945309417232"), {1, kAll}), "1.0986122886681097"));
}

// Klambauer et al., Self-normalizing neural networks, 2017: alpha and lambda as printed there.
TEST(Tables, SelusConstantsAreThePrintedOnes) {
  precision = 300;
  EXPECT_TRUE(prints_as(find_formula("selu")->derivative(Ball(2.0), nullptr), "1.0507"));
  EXPECT_TRUE(prints_as(value("selu", Ball(-1000.0)) / Ball(-1.0507009873554805), "1.6733"));
}

}  // namespace
}  // namespace rheo::oracle
