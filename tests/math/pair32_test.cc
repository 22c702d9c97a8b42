// SPDX-License-Identifier: Apache-2.0
// pair32_test.cc: expm1 of Pair32, against balls; and which formulas Arithmetic lets float32 evaluate.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "src/block/block-inl.h"
#include "tests/math/against_balls.h"

namespace rheo {
namespace {

namespace lanes = HWY_NAMESPACE;
namespace hn = hwy::HWY_NAMESPACE;
using oracle::Ball;
using V = lanes::Group<hn::ScalableTag<float>, 1>;
using N = lanes::Pair32<V>;

float number(const V& v) { return hn::GetLane(v[0]); }
N our_expm1(float x) { return expm1(N(V(x))); }

// In units of `ulp`.
double distance(const Ball& a, const Ball& b, double ulp) {
  const Ball difference = a - b;
  return std::fabs(arf_get_d(arb_midref(difference.get()), ARF_RND_NEAR)) / ulp;
}

TEST(Pair32, Expm1IsWithinItsBoundAsOneNumberAndAsTwo) {
  oracle::precision = 100;
  double single = 0, pair = 0;
  for (const double v : points({-20, 0}, 50000)) {
    const auto x = static_cast<float>(v);
    if (x > 0 || x == 0) continue;
    const N y = our_expm1(x);
    const Ball truth = expm1(Ball(static_cast<double>(x)));
    const double ulp = std::ldexp(1.0, std::ilogb(std::expm1(static_cast<double>(x))) - 23);
    const Ball high(static_cast<double>(number(y.high))), low(static_cast<double>(number(y.low)));
    single = std::max(single, distance(high, truth, ulp));
    pair = std::max(pair, distance(high + low, truth, ulp));
  }
  EXPECT_LE(single, 0.82);
  EXPECT_LE(pair, 0.45);
}

TEST(Pair32, Expm1OfZerosInfinityAndNaN) {
  EXPECT_EQ(std::bit_cast<std::uint32_t>(number(our_expm1(0.0F).high)), 0U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(number(our_expm1(-0.0F).high)), 0x80000000U);
  EXPECT_EQ(number(our_expm1(-std::numeric_limits<float>::infinity()).high), -1.0F);
  EXPECT_EQ(number(our_expm1(-std::numeric_limits<float>::infinity()).low), 0.0F);
  EXPECT_TRUE(std::isnan(number(our_expm1(std::numeric_limits<float>::quiet_NaN()).high)));
}

TEST(Pair32, Expm1NeverStepsDown) {
  // All numbers from -2^-10 to -32, each 37th.
  float before = -1;
  for (std::uint32_t bits = std::bit_cast<std::uint32_t>(-32.0F); bits >= 0xba800000U; bits -= 37) {
    const float y = number(our_expm1(std::bit_cast<float>(bits)).high);
    ASSERT_GE(y, before) << std::bit_cast<float>(bits);
    before = y;
  }
}

// Formulas that no activation has, of an x of 11 digits.
template <class Body>
constexpr Arithmetic made(Body body) {
  const auto of = [&](Sign sign) {
    Arithmetic x(sign, 11);
    x.itself = true;
    return body(x);
  };
  return Arithmetic::any_of(of(Sign::kPositive), of(Sign::kNotPositive));
}
template <class Body>
constexpr bool plain(Body body) {
  return made(body).plain;
}

TEST(ArithmeticOfFormulas, Expm1IsPlainWhereNothingPositiveReachesTheResult) {
  using A = Arithmetic;
  EXPECT_TRUE(plain([](A x) { return select(x > 0.0, x, expm1(x)); }));
  EXPECT_TRUE(plain([](A x) { return select(x <= 0.0, expm1(x), x * 2.0); }));
  EXPECT_TRUE(plain([](A x) { return select(x > 0.0, expm1(-x), x); }));
  EXPECT_FALSE(plain([](A x) { return expm1(x); }));
  EXPECT_FALSE(plain([](A x) { return select(x > 0.0, expm1(x), x); }));
  EXPECT_FALSE(plain([](A x) { return select(x > 1.0, x, expm1(x)); }));
  EXPECT_FALSE(plain([](A x) { return select(x < 0.0, -x, expm1(-x)); })) << "-x may be 0 here, not positive";
}

TEST(ArithmeticOfFormulas, ItsArgumentMustBeExact) {
  using A = Arithmetic;
  EXPECT_FALSE(plain([](A x) { return select(x > 0.0, x, expm1(x * 0.1)); }));
  EXPECT_FALSE(plain([](A x) { return select(x > 0.0, x, expm1(exp(x))); }));
}

TEST(ArithmeticOfFormulas, SumsProductsAndConstantsArePlainOtherFunctionsAreNot) {
  using A = Arithmetic;
  EXPECT_TRUE(plain([](A x) { return select(x < 3.0, x * ((x + 3.0) / 6.0), x); }));
  EXPECT_FALSE(plain([](A x) { return A(1.0) / x; }));
  EXPECT_FALSE(plain([](A x) { return select(x > 0.0, x, tanh(x)); }));
}

TEST(ArithmeticOfFormulas, TwiceXHasTheDigitsOfXOtherSumsHaveMany) {
  using A = Arithmetic;
  EXPECT_EQ(made([](A x) { return select(x > 0.0, x + x, 0.0); }).digits, 11);
  EXPECT_EQ(made([](A x) { return x * x; }).digits, 22);
  EXPECT_EQ(made([](A x) { return x + -x; }).digits, A::kManyDigits);
  EXPECT_EQ(made([](A x) { return x + 1.0; }).digits, A::kManyDigits);
  EXPECT_EQ(made([](A x) { return x * x + x; }).digits, A::kManyDigits);
}

TEST(ArithmeticOfFormulas, UnitsAreMadeOfUnits) {
  using A = Arithmetic;
  EXPECT_TRUE(made([](A x) { return select(x > 3.0, 1.0, select(x > 0.0, A(-1.0), 0.0)); }).unit);
  EXPECT_TRUE(made([](A x) { return select(x > 0.0, 1.0, 0.0) * select(x > 1.0, 1.0, -1.0); }).unit);
  EXPECT_FALSE(made([](A x) { return select(x > 0.0, 1.0, 0.25); }).unit) << "a product may underflow";
  EXPECT_FALSE(made([](A x) { return select(x > 0.0, x, 0.0); }).unit);
  EXPECT_FALSE(made([](A x) { return select(x > 0.0, A(1.0), 0.0) + 1.0; }).unit);
}

}  // namespace
}  // namespace rheo
