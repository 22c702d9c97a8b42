// SPDX-License-Identifier: Apache-2.0
// against_balls.h: where the numbers of src/math are compared with balls, and how far off they are.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "src/prover/ball.h"

namespace rheo {

struct Interval {
  double low, high;
};

// Uniform in the range, and with exponents down to the smallest: some `count` of each.
inline std::vector<double> points(Interval range, int count) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> inside(range.low, range.high), mantissa(1, 2);
  std::uniform_int_distribution<int> exponent(-60, 9);
  std::vector<double> list{range.low, range.high, 0.5, 1, -0.5};
  for (int i = 0; i < count; ++i) {
    list.push_back(inside(random));
    const double small = std::ldexp(mantissa(random), exponent(random));
    list.push_back(i % 2 == 0 ? small : -small);
  }
  std::erase_if(list, [&](double x) { return x < range.low || x > range.high; });
  return list;
}

inline double relative_error(const oracle::Ball& got, const oracle::Ball& exact) {
  const oracle::Ball quotient = (got - exact) / exact;
  return std::fabs(arf_get_d(arb_midref(quotient.get()), ARF_RND_NEAR));
}

}  // namespace rheo
