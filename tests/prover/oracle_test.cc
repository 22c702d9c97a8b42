// SPDX-License-Identifier: Apache-2.0
// oracle_test.cc: the oracle against other formulas and published values, and how it counts errors.
#include "src/prover/oracle.h"

#include <gtest/gtest.h>

#include <cmath>

#include "src/prover/sample.h"
#include "src/prover/ulp.h"

namespace rheo::oracle {
namespace {

bool agree(const Ball& a, const Ball& b) { return arb_overlaps(a.get(), b.get()) != 0; }

// The value to 40 digits lies in the ball, widened by what the digits leave out.
bool holds(const Ball& ball, const char* digits) {
  Ball published;
  arb_set_str(published.get(), digits, 200);
  Ball margin;
  arb_set_str(margin.get(), "0 +/- 1e-38", 200);
  return agree(ball, published + margin);
}

TEST(Oracle, AgreesWithPublishedValues) {
  precision = 200;
  // Abramowitz and Stegun, tables 7.1 (erf 1 = 0.84270 07929 49714 86934) and 4.9; more digits by other
  // programs' series.
  EXPECT_TRUE(holds(Ball(1.0) - erfc(Ball(1.0)), "0.8427007929497148693412206350826092592961"));
  EXPECT_TRUE(holds(exp(Ball(1.0)), "2.7182818284590452353602874713526624977572"));
  EXPECT_TRUE(holds(tanh(Ball(1.0)), "0.7615941559557648881194582826047935904128"));
  EXPECT_TRUE(holds(softplus(Ball(0.0)), "0.6931471805599453094172321214581765680755"));
}

TEST(Oracle, AgreesWithSecondFormulas) {
  precision = 300;
  for (const double x : {-30.0, -2.5, -1e-9, 0.0, 0.3, 1.0, 7.0, 40.0}) {
    const Ball b(x), one(1.0), half(0.5);
    EXPECT_TRUE(agree(sigmoid(b), half * (one + tanh(half * b)))) << x;
    EXPECT_TRUE(agree(softplus(b) - softplus(-b), b)) << x;
    EXPECT_TRUE(agree(erfc(b) + erfc(-b), Ball(2.0))) << x;
    EXPECT_TRUE(agree(expm1(b) + one, exp(b))) << x;
    EXPECT_TRUE(agree(exp(log1p(exp(b))), one + exp(b))) << x;
  }
}

TEST(Oracle, DerivativesAgreeWithDifferences) {
  for (const FormulaList* list : formula_lists()) {
    for (std::size_t i = 0; i < list->count; ++i) {
      const Formula& f = list->items[i];
      const double p[] = {0.7, 3.0, 1, 1};
      for (const double x : {-2.1, -0.4, 0.3, 1.9}) {
        precision = 400;
        const Ball h(0x1p-60);
        const Ball slope = (f.value(Ball(x) + h, p) - f.value(Ball(x) - h, p)) / (Ball(2.0) * h);
        Ball difference = slope - f.derivative(Ball(x), p);
        arb_abs(difference.get(), difference.get());
        const Ball bound(0x1p-110);  // h^2 f''' / 6
        EXPECT_TRUE(arb_lt(difference.get(), bound.get())) << f.name << " at " << x;
      }
    }
  }
}

TEST(Oracle, ErrorsAreCountedInUnitsOfTheExactResult) {
  const Ball one(1.0);
  EXPECT_EQ(error_in_ulp(1.0, one, kLayout32), 0);
  EXPECT_EQ(error_in_ulp(1.0 + 0x1p-23, one, kLayout32), 1);
  EXPECT_EQ(error_in_ulp(1.0 - 0x1p-24, one, kLayout32), 0.5);
  EXPECT_EQ(error_in_ulp(0x1p-149, Ball(0x1p-150), kLayout32), 0.5);
  EXPECT_EQ(error_in_ulp(0.0, Ball(0x1p-151), kLayout32), 0.25);
  EXPECT_EQ(error_in_ulp(1.0, one, kLayout64), 0);
  EXPECT_EQ(error_in_ulp(std::nextafter(1.0, 2.0), one, kLayout64), 1);
}

TEST(Oracle, LostSignsAndFalseInfinitiesAreInfiniteErrors) {
  EXPECT_TRUE(std::isinf(error_in_ulp(-0.0, Ball(0x1p-300), kLayout32)));
  EXPECT_FALSE(std::isinf(error_in_ulp(0.0, Ball(0x1p-300), kLayout32)));
  EXPECT_TRUE(std::isinf(error_in_ulp(HUGE_VAL, Ball(0x1p127), kLayout32)));
  EXPECT_FALSE(std::isinf(error_in_ulp(HUGE_VAL, Ball(0x1p128), kLayout32)));
  EXPECT_TRUE(std::isinf(error_in_ulp(NAN, Ball(1.0), kLayout64)));
}

TEST(Oracle, OrdinalsOfNeighboursDifferByOne) {
  for (const Format format : {Format::kFloat32, Format::kFloat64}) {
    for (const double x : {0.0, 1.0, -1.0, 0x1p-126, -0x1p100}) {
      const std::int64_t at = to_ordinal(x, format);
      EXPECT_EQ(from_ordinal(at, format), x);
      EXPECT_GT(from_ordinal(at + 1, format), x);
    }
    EXPECT_EQ(to_ordinal(-0.0, format), -1);
    EXPECT_TRUE(std::signbit(from_ordinal(-1, format)));
  }
}

}  // namespace
}  // namespace rheo::oracle
