// SPDX-License-Identifier: Apache-2.0
// check.h: compares kernels with the oracle on a sample, for every instruction set of this machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/core/registry.h"
#include "src/prover/oracle.h"

namespace rheo::oracle {

struct Request {
  const Activation* activation;
  Format format;
  Role role;
  std::vector<double> parameters;    // rounded to the format
  std::vector<const char*> targets;  // instruction sets to compare
  std::int64_t points;               // random points in the sample
  int threads;
  std::size_t parameter = 0;  // which one, for Role::kParameter
};

struct Result {
  double worst = 0;  // ulp
  double at = 0;     // x
  double grad = 1;   // the gradient there, for backward
  double got = 0;
  std::string target;  // where the worst was seen
  std::int64_t points = 0;
  std::int64_t different_bits = 0;  // results that are not the same on all instruction sets
  double bound = 0;
  std::string fault;  // a special value that is wrong, "" when none is
  bool passed() const { return worst <= bound && different_bits == 0 && fault.empty(); }
};

// The error of the result y in ulp of the exact one; of float64 near a zero of the result, for the best x
// within one ulp of the given one (docs/accuracy.md). grad counts for kBackward and kParameter.
double error_at(const Request& request, const Formula& formula, double x, double grad, double y);

Result check(const Request& request);

}  // namespace rheo::oracle
