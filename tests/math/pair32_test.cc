// SPDX-License-Identifier: Apache-2.0
// pair32_test.cc: the functions of Pair32, against balls; and which formulas Arithmetic lets float32
// evaluate.
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
using R = lanes::Ranged32<V>;

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
  EXPECT_LE(single, 0.95);
  EXPECT_LE(pair, 0.35);
}

TEST(Pair32, Expm1OfZerosInfinityAndNaN) {
  EXPECT_EQ(std::bit_cast<std::uint32_t>(number(our_expm1(0.0F).high)), 0U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(number(our_expm1(-0.0F).high)), 0x80000000U);
  EXPECT_EQ(number(our_expm1(-std::numeric_limits<float>::infinity()).high), -1.0F);
  EXPECT_LT(number(our_expm1(-std::numeric_limits<float>::infinity()).low), 0x1p-25F) << "half an ulp";
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

double ulp_of(double y) { return std::ldexp(1.0, std::max(std::ilogb(y), -126) - 23); }
Ball sigmoid_ball(const Ball& x) { return Ball(1.0) / (Ball(1.0) + exp(-x)); }
Ball sum_of(const N& y) {
  return Ball(static_cast<double>(number(y.high))) + Ball(static_cast<double>(number(y.low)));
}

TEST(Ranged32, SigmoidIsWithinItsBoundAsOneNumberAndAsTwo) {
  oracle::precision = 200;
  double single = 0, pair = 0;
  for (const double v : points({-86, 86}, 50000)) {
    const auto x = static_cast<float>(v);
    const R y = sigmoid(R(V(x)));
    const Ball truth = sigmoid_ball(Ball(static_cast<double>(x)));
    const double ulp = ulp_of(1 / (1 + std::exp(-static_cast<double>(x))));
    single = std::max(single, distance(Ball(static_cast<double>(number(y.round()))), truth, ulp));
    pair = std::max(pair, distance(sum_of(y.divided()), truth, ulp));
    EXPECT_LE(number(y.far), kExpFar);
  }
  EXPECT_LE(single, 0.84);
  EXPECT_LE(pair, 0.34);
}

TEST(Ranged32, AProductWithSigmoidIsRoundedOnceWhateverItsArgument) {
  oracle::precision = 200;
  for (const float beta : {1.0F, 1.702F, -0.3F, 12.5F}) {
    double worst = 0;
    for (const double v : points({-80 / std::fabs(beta), 80 / std::fabs(beta)}, 20000)) {
      const auto x = static_cast<float>(v);
      const R number_x{V(x)}, y = number_x * sigmoid(R(V(beta)) * number_x);
      const Ball exact(static_cast<double>(x));
      const Ball truth = exact * sigmoid_ball(Ball(static_cast<double>(beta)) * exact);
      const double near = x / (1 + std::exp(-static_cast<double>(beta) * static_cast<double>(x)));
      if (near == 0) continue;
      worst = std::max(worst, distance(Ball(static_cast<double>(number(y.round()))), truth, ulp_of(near)));
    }
    EXPECT_LE(worst, 0.9) << beta;
  }
}

TEST(Ranged32, SigmoidSaysWhichArgumentsAreTooFar) {
  const float infinity = std::numeric_limits<float>::infinity();
  const auto far = [](float x, bool held) {
    R n{V(x)};
    if (held) n.held = kExpFar;
    return number((R(V(2.0F)) * sigmoid(n)).far);
  };
  for (const float x : {-86.0F, 0.0F, 86.0F}) EXPECT_LE(far(x, false), kExpFar) << x;
  const float beyond = std::nextafter(86.0F, 87.0F);
  for (const float x : {-beyond, beyond, infinity, -infinity}) EXPECT_GT(far(x, false), kExpFar) << x;
  for (const float x : {-86.0F, 0.0F, beyond, 1e38F}) EXPECT_LE(far(x, true), kExpFar) << x;
  for (const float x : {-beyond, infinity, -infinity}) EXPECT_GT(far(x, true), kExpFar) << x;
  EXPECT_TRUE(std::isnan(far(std::numeric_limits<float>::quiet_NaN(), true)));
  R held{V(10000.0F)};
  held.held = kExpFar;
  EXPECT_EQ(number(sigmoid(held).round()), 1.0F);
  EXPECT_EQ(number((held * sigmoid(held)).round()), 10000.0F);
}

TEST(Pair32, TanhIsWithinItsBoundAndSaturates) {
  oracle::precision = 200;
  double worst = 0, pair = 0;
  for (const double v : points({-10, 10}, 100000)) {
    const auto x = static_cast<float>(v);
    if (x == 0) continue;
    const Ball truth = tanh(Ball(static_cast<double>(x)));
    const double ulp = ulp_of(std::tanh(static_cast<double>(x)));
    const N y = tanh(N(V(x)));
    worst = std::max(worst, distance(Ball(static_cast<double>(number(y.round()))), truth, ulp));
    pair = std::max(pair, distance(sum_of(y), truth, ulp));
  }
  EXPECT_LE(worst, 0.96);
  EXPECT_LE(pair, 0.45);
  const auto of = [](float x) { return number(tanh(N(V(x))).round()); };
  EXPECT_EQ(of(9.1F), 1.0F);
  EXPECT_EQ(of(-std::numeric_limits<float>::infinity()), -1.0F);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(of(-0.0F)), 0x80000000U);
  EXPECT_TRUE(std::isnan(of(std::numeric_limits<float>::quiet_NaN())));
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
  EXPECT_FALSE(plain([](A x) { return select(x > 0.0, x, log1p(x)); }));
}

TEST(ArithmeticOfFormulas, AProductWithSigmoidIsPlainASumIsNot) {
  using A = Arithmetic;
  const A beta(Sign::kAny);
  EXPECT_TRUE(plain([&](A x) { return x * sigmoid(beta * x); }));
  EXPECT_TRUE(made([&](A x) { return x * sigmoid(beta * x); }).ranged);
  EXPECT_FALSE(plain([](A x) { return sigmoid(x) - 0.5; })) << "it cancels";
  EXPECT_FALSE(plain([](A x) { return x * sigmoid(x * x * x + x); })) << "a table is quicker";
  EXPECT_FALSE(plain([](A x) { return sigmoid(sigmoid(x)); }));
  EXPECT_FALSE(plain([](A x) { return select(sigmoid(x) > 0.5, x, A(0.0)); })) << "who asks for its range?";
}

TEST(ArithmeticOfFormulas, TanhIsPlainOfWhatIsExact) {
  using A = Arithmetic;
  EXPECT_TRUE(plain([](A x) { return select(x > 0.0, x, tanh(x)); }));
  EXPECT_TRUE(plain([](A x) { return x * tanh(x); }));
  EXPECT_FALSE(plain([](A x) { return tanh(x * 0.1); }));
  EXPECT_FALSE(plain([](A x) { return x - tanh(x); }));
  EXPECT_FALSE(plain([](A x) { return select(tanh(x) > 0.5, x, A(0.0)); }));
  EXPECT_FALSE(plain([](A x) { return select(x > 0.0, tanh(x), x * sigmoid(x)); })) << "one table at a time";
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
