// SPDX-License-Identifier: Apache-2.0
// slopes.h: finds out whether a derivative takes two values only, so that one bit tells them apart.
#pragma once

#include "src/core/registry.h"
#include "src/masks/bits.h"

namespace rheo {

struct Slopes {
  bool two = false;     // or one
  double slope[2];      // of f, rounded to float32 or float64; the second one is at least as steep
  double x[2];          // numbers of the format where f' has them; infinite ones count
  Edges<double> edges;  // numbers of the format; a bit is 1 where f' is the second one
};

// For parameters that a call would take. Depends on the formula and the facts alone, never on names.
Slopes slopes_of(const Activation& activation, Format format, const double* parameters);

// The format's number next to x.
double rounded_to(Format format, double x);

}  // namespace rheo
