// SPDX-License-Identifier: Apache-2.0
// primitives_test.cc: each primitive keeps the relative error that its comment states, on both numbers,
// against balls.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "src/block/block-inl.h"
#include "tests/math/against_balls.h"

namespace rheo {
namespace {

namespace lanes = HWY_NAMESPACE;
namespace hn = hwy::HWY_NAMESPACE;
using oracle::Ball;
using D = hn::CappedTag<double, 1>;
using F = lanes::F64<D>;
using W = lanes::Wide<D>;

Ball exact_value(F y) { return {hn::GetLane(y.v)}; }

Ball exact_value(W y) {
  Ball sum = Ball(hn::GetLane(y.high)) + Ball(hn::GetLane(y.low));
  arb_mul_2exp_si(sum.get(), sum.get(), static_cast<slong>(hn::GetLane(y.exponent)));
  return sum;
}

// Largest relative error of `ours` over the range, as a power of two.
template <class N, class Ours, class Exact>
double worst(Interval range, Ours ours, Exact truth) {
  oracle::precision = 400;
  double error = 0;
  for (const double x : points(range, 4000)) {
    N input;
    if constexpr (std::is_same_v<N, W>) {
      input = lanes::load_wide(D(), hn::Set(D(), x));
    } else {
      input = N(x);
    }
    error = std::max(error, relative_error(exact_value(ours(input)), truth(Ball(x))));
  }
  return std::log2(error);
}

// Checks `function` on both numbers; the plain one where its exponent limit does not cut.
#define EXPECT_ACCURATE(function, plain_range, plain_bits, wide_range, wide_bits)                   \
  do {                                                                                              \
    const auto ours = [](auto x) { return function(x); };                                           \
    const auto truth = [](const Ball& x) { return function(x); };                                   \
    EXPECT_LE((worst<F>(Interval plain_range, ours, truth)), -(plain_bits)) << #function " on F64"; \
    EXPECT_LE((worst<W>(Interval wide_range, ours, truth)), -(wide_bits)) << #function " on Wide";  \
  } while (false)

#define RANGE(low, high) {low, high}

TEST(Primitives, ExpKeepsItsBits) { EXPECT_ACCURATE(exp, RANGE(-400, 400), 52, RANGE(-5000, 5000), 64); }
TEST(Primitives, Expm1KeepsItsBits) { EXPECT_ACCURATE(expm1, RANGE(-400, 400), 51, RANGE(-5000, 5000), 63); }
TEST(Primitives, Log1pKeepsItsBits) {
  EXPECT_ACCURATE(log1p, RANGE(-0.999, 1e30), 50, RANGE(-0.9999, 1e300), 63);
}
TEST(Primitives, TanhKeepsItsBits) { EXPECT_ACCURATE(tanh, RANGE(-200, 200), 50, RANGE(-5000, 5000), 62); }
TEST(Primitives, SigmoidKeepsItsBits) {
  EXPECT_ACCURATE(sigmoid, RANGE(-400, 400), 50, RANGE(-5000, 5000), 62);
}
TEST(Primitives, SoftplusKeepsItsBits) {
  EXPECT_ACCURATE(softplus, RANGE(-400, 400), 49, RANGE(-5000, 5000), 62);
}
TEST(Primitives, ErfcKeepsItsBits) { EXPECT_ACCURATE(erfc, RANGE(-30, 19.9), 50, RANGE(-400, 300), 62); }
TEST(Primitives, ExpMinusSquareKeepsItsBits) {
  EXPECT_ACCURATE(exp_minus_square, RANGE(-19.9, 19.9), 51, RANGE(-300, 300), 62);
}

TEST(Primitives, WideNumbersNeitherOverflowNorUnderflow) {
  const W tiny = lanes::load_wide(D(), hn::Set(D(), 0x1p-1074));
  const W huge = lanes::load_wide(D(), hn::Set(D(), 0x1.fffffffffffffp1023));
  EXPECT_EQ(hn::GetLane(lanes::store_wide(D(), tiny * tiny * huge * huge * tiny / tiny)),
            std::ldexp(1 - 0x1p-52, 2 * 1024 - 2 * 1074));
  EXPECT_EQ(hn::GetLane(lanes::store_wide(D(), huge + huge)), HUGE_VAL);
  EXPECT_EQ(hn::GetLane(lanes::store_wide(D(), tiny)), 0x1p-1074);
}

TEST(Primitives, WideComparisonsSeeTheLastBit) {
  const W one(1.0);
  const W above = lanes::load_wide(D(), hn::Set(D(), 1 + 0x1p-52));
  EXPECT_TRUE(hn::AllTrue(D(), above > one));
  EXPECT_FALSE(hn::AllTrue(D(), one > above));
  EXPECT_TRUE(hn::AllTrue(D(), one >= one));
  EXPECT_TRUE(hn::AllTrue(D(), one * W(3.0) < W(3.0) * above));
}

TEST(Primitives, DualsOfDualsGiveSecondDerivatives) {
  using Second = lanes::Dual<lanes::Dual<F>>;
  const double x = 0.7;
  const Second at(lanes::Dual<F>(F(x), F(1.0)), lanes::Dual<F>(F(1.0), F(0.0)));
  const double t = std::tanh(x);
  EXPECT_NEAR(hn::GetLane(tanh(at).slope.slope.v), -2 * t * (1 - t * t), 1e-15);
  const double s = 1 / (1 + std::exp(-x));
  EXPECT_NEAR(hn::GetLane(softplus(at).slope.slope.v), s * (1 - s), 1e-15);
  EXPECT_NEAR(hn::GetLane(erfc(at).slope.slope.v), 4 * x / std::sqrt(M_PI) * std::exp(-x * x), 1e-15);
}

}  // namespace
}  // namespace rheo
