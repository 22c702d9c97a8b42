// SPDX-License-Identifier: Apache-2.0
// pair64_test.cc: the functions of Pair64 keep the bits that they claim, against balls, and a number that
// lost too many says so.
#include <gtest/gtest.h>

#include <cmath>

#include "src/block/block-inl.h"
#include "tests/math/against_balls.h"

namespace rheo {
namespace {

namespace lanes = HWY_NAMESPACE;
namespace hn = hwy::HWY_NAMESPACE;
using oracle::Ball;
using V = lanes::Group<hn::CappedTag<double, 1>, 1>;
using Coarse = lanes::Pair64<V, false>;
using Fine = lanes::Pair64<V, true>;

double number(const V& v) { return hn::GetLane(v[0]); }

template <class N>
bool gave_up(const N& y) {
  return std::isnan(number(y.round()));
}

// Largest relative error over the range, as a power of two.
template <class N, class Ours, class Exact>
double worst(Interval range, Ours ours, Exact exact) {
  oracle::precision = 400;
  double error = 0;
  for (const double x : points(range, 20000)) {
    const N y = ours(N(V(x)));
    error = std::max(error, relative_error(Ball(number(y.high)) + Ball(number(y.low)), exact(Ball(x))));
  }
  return std::log2(error);
}

#define EXPECT_BITS(function, range, coarse_bits, fine_bits)                                        \
  do {                                                                                              \
    const auto ours = [](const auto& x) { return function(x); };                                    \
    const auto truth = [](const Ball& x) { return function(x); };                                   \
    EXPECT_LE((worst<Coarse>(Interval range, ours, truth)), -(coarse_bits)) << #function " coarse"; \
    EXPECT_LE((worst<Fine>(Interval range, ours, truth)), -(fine_bits)) << #function " fine";       \
  } while (false)

#define RANGE(low, high) {low, high}

TEST(Pair64, ExpKeepsItsBits) { EXPECT_BITS(exp, RANGE(-600, 600), lanes::kExpBits, lanes::kFineExpBits); }
TEST(Pair64, Expm1KeepsItsBits) {
  EXPECT_BITS(expm1, RANGE(-600, 600), lanes::kExpm1Bits, lanes::kExpm1Bits);
}
TEST(Pair64, Log1pKeepsItsBits) {
  EXPECT_BITS(log1p, RANGE(-0.9, 1e30), lanes::kLog1pBits, lanes::kLog1pBits);
}
TEST(Pair64, TanhKeepsItsBits) { EXPECT_BITS(tanh, RANGE(-512, 512), lanes::kExpm1Bits, lanes::kExpm1Bits); }
TEST(Pair64, SigmoidKeepsItsBits) {
  EXPECT_BITS(sigmoid, RANGE(-600, 600), lanes::kExpBits, lanes::kFineExpBits);
}
TEST(Pair64, SoftplusKeepsItsBits) {
  EXPECT_BITS(softplus, RANGE(-600, 600), lanes::kSoftplusBits, lanes::kSoftplusBits);
}
TEST(Pair64, ErfcKeepsItsBits) { EXPECT_BITS(erfc, RANGE(-30, 25), lanes::kErfcBits, lanes::kFineErfcBits); }
TEST(Pair64, ExpMinusSquareKeepsItsBits) {
  EXPECT_BITS(exp_minus_square, RANGE(-25, 25), lanes::kExpBits, lanes::kFineExpBits);
}
// x - tanh(x) loses what the two share.
TEST(Pair64, XMinusTanhKeepsItsBits) {
  EXPECT_BITS(x_minus_tanh, RANGE(-512, 512), lanes::kKeptBits, lanes::kKeptBits);
}

TEST(Pair64, ASumThatCancelsTooMuchIsNoNumber) {
  const Fine e = exp(Fine(V(0.25)));
  EXPECT_TRUE(gave_up(e - Fine(V(number(e.high)))));
  EXPECT_TRUE(gave_up((e - Fine(V(number(e.high)))) * Fine(V(0.5)) + Fine(3.0)));
  EXPECT_FALSE(gave_up(e - Fine(1.0)));
  EXPECT_FALSE(gave_up(e + Fine(V(number(e.high)))));
}

TEST(Pair64, AnExactSumMayCancel) {
  const double below_one = 1 - 0x1p-53;
  EXPECT_EQ(number((Fine(V(below_one)) - Fine(1.0)).round()), -0x1p-53);
  EXPECT_EQ(number((Fine(V(1.0)) - Fine(1.0)).round()), 0);
}

TEST(Pair64, AnExponentialThatOverflowsIsNoNumber) {
  EXPECT_TRUE(gave_up(exp(Coarse(V(700.0)))));
  EXPECT_TRUE(gave_up(expm1(Coarse(V(1e300)))));
  EXPECT_FALSE(gave_up(exp(-abs(Coarse(V(1e300))))));
}

// What is not chosen does not matter.
TEST(Pair64, ANumberThatGaveUpIsForgottenWhereTheOtherIsSelected) {
  const Coarse x(V(700.0)), y = select(x > Coarse(0.0), x, exp(x));
  EXPECT_EQ(number(y.round()), 700.0);
}

// Neither branch may be taken silently where a number that gave up decides.
TEST(Pair64, AComparisonOfWhatGaveUpIsInDoubt) {
  const Fine e = exp(Fine(V(0.25))), lost = e - Fine(V(number(e.high)));
  EXPECT_TRUE(gave_up(select(lost > Fine(0.0), Fine(1.0), Fine(2.0))));
  EXPECT_FALSE(gave_up(select(e > Fine(0.0), Fine(1.0), Fine(2.0))));
}

TEST(Pair64, AComparisonOfWhatMayHaveUnderflownIsInDoubt) {
  const Fine tiny = Fine(V(0x1p-1074)) * Fine(V(0.3));
  EXPECT_TRUE(gave_up(select(tiny > Fine(0.0), Fine(1.0), Fine(2.0))));
  EXPECT_FALSE(gave_up(select(tiny > Fine(1.0), Fine(1.0), Fine(2.0))));
}

}  // namespace
}  // namespace rheo
