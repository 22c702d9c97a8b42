// SPDX-License-Identifier: Apache-2.0
// breaks.h: the points where a function or one of its derivatives jumps.
#pragma once

#include <functional>
#include <vector>

#include "src/analysis/function.h"

namespace rheo::analysis {

// A narrow interval in which something jumps; x is the simplest decimal number in it.
struct Bracket {
  double x, left, right;
};

// A point where f, f' or f'' jumps. left and right are the nearest points that were evaluated on its sides.
struct Break : Bracket {
  double value_jump = 0, slope_jump = 0, curvature_jump = 0;  // right-hand limit minus left-hand limit
  int order = 3;  // of the lowest derivative that jumps: 0 the value, 1 the slope, 2 f'', 3 f'''
};

// What is looked for. Bends smaller than noise, or than relative_noise times g, are rounding; intervals are
// halved until they are narrower than width(x).
struct Search {
  double noise, relative_noise;
  Real width;
  double shrink;         // 1: g itself jumps; 0.5: its slope does
  bool cancels = false;  // g may be a difference of numbers of size 1 or x, whose rounding stays
};

// Where g jumps, or has a kink. points are sorted.
std::vector<Bracket> jumps(const Real& g, const std::vector<double>& points, const Search& search);

// The number with the fewest decimal digits in [low, high].
double simplest(double low, double high);

// All breaks of f up to the third derivative, sorted.
std::vector<Break> find_breaks(const Function& f, const std::vector<double>& points);

// Points to look at, all within [low, high]: 64 a unit within [-32, 32], or 16 where every call counts; eight
// per octave beyond, and near 0.
std::vector<double> sampling_points(double low, double high, bool sparing);

}  // namespace rheo::analysis
