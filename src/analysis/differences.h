// SPDX-License-Identifier: Apache-2.0
// differences.h: derivatives of a function by differences of fourth order that never reach across a break.
#pragma once

#include <vector>

#include "src/analysis/breaks.h"
#include "src/analysis/function.h"

namespace rheo::analysis {

class Differences {
 public:
  // breaks: sorted. precision: of g's values, relative. g is evaluated within [low, high] only.
  Differences(Real g, std::vector<Break> breaks, double precision, double low, double high)
      : g_(std::move(g)), breaks_(std::move(breaks)), precision_(precision), low_(low), high_(high) {}

  // The derivatives; at a break those of the left side.
  double first(double x) const;
  double second(double x) const;

 private:
  // Where the piece around x ends, and x moved into it.
  struct Place {
    double x, low, high;
  };
  Place place(double x) const;

  Real g_;
  std::vector<Break> breaks_;
  double precision_, low_, high_;
};

}  // namespace rheo::analysis
