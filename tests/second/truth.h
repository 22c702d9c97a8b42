// SPDX-License-Identifier: Apache-2.0
// truth.h: exact second derivatives, from each formula over dual numbers of dual numbers of balls: nothing
// that src/second makes its programs of has a part in it.
#pragma once

#include <span>
#include <vector>

#include "src/prover/ball.h"
#include "src/second/program.h"

namespace rheo::oracle {

struct SecondFormula {
  const char* name;
  Ball (*second)(const Ball& x, const double* parameters);
};

struct SecondList {
  SecondFormula items[8];
  std::size_t count;
};

// One list per file of activations/, from the generated list.
std::span<const SecondList* const> second_lists();

// f''(x) to at least 100 bits, or [-r, r] with r < 2^-2000; an exact zero is the exact ball 0.
Ball exact_second(const char* name, double x, const double* parameters);

}  // namespace rheo::oracle

namespace rheo::test {

// f''(x) of the kernels, or grad f''(x): as float64, for any format, whose numbers x and grad are.
std::vector<double> second(const Entry& entry, Format format, const std::vector<double>& x,
                           const std::vector<double>& grad, const double* parameters);

}  // namespace rheo::test
