// SPDX-License-Identifier: Apache-2.0
// normal_test.cc: quantiles of the normal distribution against balls.
#include "src/math/normal-inl.h"

#include <arb_hypgeom.h>
#include <gtest/gtest.h>

#include "tests/math/against_balls.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

using D = hn::CappedTag<double, 1>;

double quantile(double u) { return hn::GetLane(normal_quantile<D>(hn::Set(D(), u))); }

// sqrt(2) erfinv(u), by way of the tail so that none of its digits is lost.
oracle::Ball exact_quantile(double u) {
  oracle::precision = 200;
  oracle::Ball z = oracle::Ball(1.0) - oracle::Ball(u), root(2.0);
  arb_hypgeom_erfcinv(z.get(), z.get(), oracle::precision);
  arb_sqrt(root.get(), root.get(), oracle::precision);
  return z * root;
}

double error(double u) { return relative_error(oracle::Ball(quantile(u)), exact_quantile(u)); }

// Multiples of 2^-53, as normal_of makes them: everywhere, near both ends, and around the border.
TEST(NormalQuantile, IsWithinItsBound) {
  std::mt19937_64 random(9);
  double worst = 0, at = 0;
  for (int i = 0; i < 40000; ++i) {
    const std::uint64_t bits = random() >> 11 | 1;
    const double any = static_cast<double>(bits) * 0x1p-53;
    const double small = static_cast<double>(bits >> (i % 53) | 1) * 0x1p-53;
    const double u = i % 4 == 0   ? any
                     : i % 4 == 1 ? small
                     : i % 4 == 2 ? 1 - small
                                  : kNormalBorder + (any - 0.5) * 0x1p-20;
    if (u <= 0 || u >= 1) continue;
    const double e = error(u);
    if (e > worst) worst = e, at = u;
  }
  EXPECT_LE(worst, 0x1p-48) << "at " << at;
  RecordProperty("worst", std::to_string(std::log2(worst)));
}

TEST(NormalQuantile, IsWithinItsBoundAtTheEnds) {
  for (const double u : {0x1p-53, 0x1.8p-52, 1 - 0x1p-53, 1 - 0x1.8p-52, kNormalBorder,
                         std::nextafter(kNormalBorder, 0), std::nextafter(kNormalBorder, 1)})
    EXPECT_LE(error(u), 0x1p-48) << u;
}

TEST(NormalQuantile, OfTheLastShareIsTheLargestNumber) {
  EXPECT_NEAR(quantile(1 - 0x1p-53), 8.292361075813595, 1e-13);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();
