// SPDX-License-Identifier: Apache-2.0
// normal.h: expectations under normal distributions, by adaptive quadrature between the points where the
// integrand is not smooth.
#pragma once

#include <vector>

#include "src/analysis/function.h"

namespace rheo::analysis {

class Normal {
 public:
  // splits: where functions that will be integrated break, turn or change their sign.
  explicit Normal(std::vector<double> splits) : splits_(std::move(splits)) {}

  // E g(mean + deviation z), z ~ N(0, 1). Infinite or NaN where there is no such number.
  double expect(const Real& g, double mean, double deviation) const;

 private:
  std::vector<double> splits_;
};

// P(from < mean + deviation z < to).
double probability(double from, double to, double mean, double deviation);

}  // namespace rheo::analysis
