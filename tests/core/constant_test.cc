// SPDX-License-Identifier: Apache-2.0
// constant_test.cc: exact constants as pairs of doubles, against published expansions and exact arithmetic.
#include "src/math/constant.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace rheo {
namespace {

// |high + low - n / d| <= n / d 2^-105, decided without rounding: both fused operations are exact for n, d <
// 2^53, as what remains is a multiple of an ulp of high (or low) and at most d times half of one.
void expect_ratio(Constant c, double n, double d) {
  const double rest = std::fma(-c.high, d, n);
  const double error = std::fma(-c.low, d, rest);
  EXPECT_LE(std::abs(error), n * 0x1p-105) << n << " / " << d;
  EXPECT_LE(std::abs(c.low), std::ldexp(0.5, std::ilogb(c.high) - 52)) << n << " / " << d;
  EXPECT_EQ(c.high, n / d);  // the nearest double
}

TEST(Constant, PairIsTheRatioTo105Bits) {
  expect_ratio(ratio(1, 3), 1, 3);
  expect_ratio(ratio(2, 3), 2, 3);
  expect_ratio(ratio(1, 10), 1, 10);
  expect_ratio(ratio(851, 500), 851, 500);
  expect_ratio(ratio(22, 7), 22, 7);
  expect_ratio(ratio(1, 9007199254740881), 1, 9007199254740881);
  expect_ratio(ratio(9007199254740881, 9007199254740847), 9007199254740881, 9007199254740847);
  expect_ratio(ratio(123456789, 41), 123456789, 41);
}

TEST(Constant, PairIsTheDecimalTo105Bits) {
  expect_ratio(0.1_exact, 1, 10);
  expect_ratio(1.702_exact, 1702, 1000);
  expect_ratio(0.044715_exact, 44715, 1000000);
  expect_ratio(6.02_exact, 602, 100);
  expect_ratio(98765.4321_exact, 987654321, 10000);
  expect_ratio(0.000000001_exact, 1, 1e9);
}

TEST(Constant, HasNoLowPartWhereADoubleIsExact) {
  for (const Constant c :
       {0.5_exact, 3_exact, 6.0_exact, 1'000.25_exact, ratio(7, 8), ratio(12, 4), ratio(1, 1)}) {
    EXPECT_EQ(c.low, 0);
  }
  EXPECT_EQ((0.5_exact).high, 0.5);
  EXPECT_EQ((3_exact).high, 3);
  EXPECT_EQ((1'000.25_exact).high, 1000.25);
  EXPECT_EQ(ratio(12, 4).high, 3);
}

void expect_pair(Constant c, double high, double low) {
  EXPECT_EQ(c.high, high);
  EXPECT_LE(std::abs(c.low - low), std::abs(high) * 0x1p-105);
}

// High and low parts as printed in fdlibm's e_log.c and k_rem_pio2.c, CORE-MATH and Muller's Handbook,
// chapter 11.
TEST(Constant, AgreesWithPublishedPairs) {
  expect_pair(3.14159265358979323846264338327950288419716939937510582097494_exact, 0x1.921fb54442d18p+1,
              0x1.1a62633145c07p-53);
  expect_pair(0.693147180559945309417232121458176568075500134360255254120680_exact, 0x1.62e42fefa39efp-1,
              0x1.abc9e3b39803fp-56);
  expect_pair(1.442695040888963407359924681001892137426645954152985934135449_exact, 0x1.71547652b82fep+0,
              0x1.777d0ffda0d24p-56);
  expect_pair(0.707106781186547524400844362104849039284835937688474036588340_exact, 0x1.6a09e667f3bcdp-1,
              -0x1.bdd3413b26456p-55);
}

TEST(Constant, RoundsItsHighPartToNearest) {
  constexpr Constant almost = 0.99999999999999999999_exact;  // 1 - 1e-20
  EXPECT_EQ(almost.high, 1);
  EXPECT_NEAR(almost.low, -1e-20, 0x1p-105);
  constexpr Constant above = 1.00000000000000000001_exact;
  EXPECT_EQ(above.high, 1);
  EXPECT_NEAR(above.low, 1e-20, 0x1p-105);
}

TEST(Constant, KeepsItsDigitsOrItsRatioForTheOracle) {
  constexpr Constant decimal = 1.702_exact;
  EXPECT_STREQ(decimal.digits, "1.702");
  constexpr Constant third = ratio(1, 3);
  EXPECT_EQ(third.digits, nullptr);
  EXPECT_EQ(third.numerator, 1u);
  EXPECT_EQ(third.denominator, 3u);
}

TEST(Constant, InverseFactorialsAreRatios) {
  constexpr Constant list[] = {inverse_factorial(0), inverse_factorial(1),  inverse_factorial(2),
                               inverse_factorial(5), inverse_factorial(10), inverse_factorial(17),
                               inverse_factorial(18)};
  const int n[] = {0, 1, 2, 5, 10, 17, 18};
  for (int i = 0; i < 7; ++i) {
    double factorial = 1;
    for (int k = 2; k <= n[i]; ++k) factorial *= k;
    expect_ratio(list[i], 1, factorial);  // 18! has 53 bits without its trailing zeros
    EXPECT_EQ(static_cast<double>(list[i].denominator), factorial);
  }
}

}  // namespace
}  // namespace rheo
