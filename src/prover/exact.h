// SPDX-License-Identifier: Apache-2.0
// exact.h: exact results as pairs of float64, for programs that compare other libraries with the oracle.
#pragma once

#include <span>
#include <vector>

#include "src/core/registry.h"

namespace rheo::oracle {

struct ExactRequest {
  const Activation* activation;
  Role role;
  std::vector<double> parameters;  // rounded to the format
  int threads;
  int exponent = 0;  // results are multiplied by 2^exponent
};

// The exact result is high + low to about 100 bits, as far as the range of float64 allows: low is 0 where
// high overflows to infinity, and coarse where high is subnormal. high is the result rounded to nearest; a
// nonzero result that is too small for float64 leaves a zero with its sign.
struct Pair {
  double high, low;
};
static_assert(sizeof(Pair) == 16);

// One pair for each x; `grad` is empty, or for Role::kBackward as long as `x`. A NaN gives NaN; at an
// infinity stands the limit that the activation's file declares (times grad). Throws where a result stays
// undecided.
std::vector<Pair> exact_pairs(const ExactRequest& request, std::span<const double> x,
                              std::span<const double> grad);

}  // namespace rheo::oracle
