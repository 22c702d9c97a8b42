// SPDX-License-Identifier: Apache-2.0
// lanes_test.cc: the float64 lanes leave float32 29 bits to spare, for value and derivative.
#include "tests/math/lanes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "src/core/registry.h"
#include "src/prover/oracle.h"
#include "src/prover/sample.h"
#include "src/prover/ulp.h"
#include "tests/math/against_balls.h"

namespace rheo {
namespace {

using oracle::Ball;

constexpr double kLargestError = 0x1p-45;     // relative, 2^20 times finer than half an ulp of float32
constexpr double kSmallestMatter = 0x1p-160;  // below it, float32 sees 0 whatever the lanes say

double middle(const Ball& ball) { return arf_get_d(arb_midref(ball.get()), ARF_RND_NEAR); }

// A smooth result loses relative accuracy beside its zeros; how near counts as beside is a matter of |f|
// here.
bool beside_zero(const oracle::Formula& f, bool derivative, double x, const double* p, double y) {
  if (std::fabs(x) > 4) return false;
  const double step = 0.05;
  const double left = middle(oracle::exact(f, derivative, x - step, p));
  const double right = middle(oracle::exact(f, derivative, x + step, p));
  return left * y <= 0 || right * y <= 0;
}

void expect_accurate(const LaneFormula& lanes, const Activation& a, bool derivative) {
  const oracle::Formula& formula = *oracle::find_formula(a.entry->info->name);
  double p[kMaxParameters]{};
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i) {
    p[i] = static_cast<double>(static_cast<float>(a.initial(i)));
  }
  const auto lane = [&](double x) { return derivative ? lanes.derivative(x, p) : lanes.value(x, p); };
  double worst = 0, at = 0;
  for (const double x : oracle::sample(Format::kFloat32, a.entry->facts(p), 3000, lane)) {
    const Ball truth = oracle::exact(formula, derivative, x, p);
    const double y = middle(truth);
    if (std::fabs(y) < kSmallestMatter || beside_zero(formula, derivative, x, p, y)) continue;
    oracle::precision = 160;
    const double error = relative_error(Ball(lane(x)), truth);
    if (error > worst) worst = error, at = x;
  }
  EXPECT_LE(worst, kLargestError) << a.name << (derivative ? " derivative" : " value") << " at " << at
                                  << ": 2^" << std::log2(worst);
}

TEST(Lanes, KeepFortyFiveBitsOfEveryValueAndDerivative) {
  for (const LaneList* list : lane_lists()) {
    for (std::size_t i = 0; i < list->count; ++i) {
      for (const bool derivative : {false, true}) {
        expect_accurate(list->items[i], *find_activation(list->items[i].name), derivative);
      }
    }
  }
}

}  // namespace
}  // namespace rheo
