// SPDX-License-Identifier: Apache-2.0
// oracle.h: the exact value and derivative of an activation, from its own formula over balls.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "src/prover/ball.h"

namespace rheo::oracle {

// Encloses the results of n (a multiple of kEnclosureLanes) finite float32 inputs.
using Enclose = void(const float* x, std::size_t n, const double* parameters, double* mid, double* rad);

// The signs of their results, 1 or -1; 0 where it cannot tell. For results that enclosures cannot tell from
// 0.
using Signs = void(const float* x, std::size_t n, const double* parameters, std::int64_t* sign);

// Encloses all results of each of kEnclosureLanes intervals [x_mid - x_rad, x_mid + x_rad], and their signs.
using Boxes = void(const double* x_mid, const double* x_rad, const double* parameters, double* mid,
                   double* rad, std::int64_t* sign);

// One activation's formula over balls and over dual numbers of balls.
struct Formula {
  const char* name;
  Ball (*value)(const Ball& x, const double* parameters);
  Ball (*derivative)(const Ball& x, const double* parameters);
  Ball (*parameter)(const Ball& x, const double* parameters, std::size_t which);
  Enclose* enclose[2];  // of value and derivative
  Signs* signs[2];
  Boxes* boxes[2];
};

struct FormulaList {
  Formula items[8];
  std::size_t count;
};

// One list per file of activations/, from the generated list.
std::span<const FormulaList* const> formula_lists();

// The formula of that name, null when there is none.
const Formula* find_formula(std::string_view name);

// The exact result at a finite x to at least 100 bits, or [-r, r] with r < 2^-2000, whichever comes first:
// the precision is raised until then. An exact zero comes out as the exact ball 0.
Ball exact(const Formula& formula, bool derivative, double x, const double* parameters);

// The same for the derivative with respect to a parameter, given by its place.
Ball exact_parameter(const Formula& formula, std::size_t which, double x, const double* parameters);

}  // namespace rheo::oracle
