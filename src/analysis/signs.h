// SPDX-License-Identifier: Apache-2.0
// signs.h: where a function is negative, zero and positive.
#pragma once

#include <vector>

#include "src/analysis/analysis.h"

namespace rheo::analysis {

// Of g. points are sorted. What is at most noise * max(1, |x|) in size counts as 0; a place where the sign
// changes is the simplest number within blur * max(1, |x|). A stretch of zeros is believed where it
// ends at a break or covers everything; others, as of a tail that is too small for float64, belong to their
// neighbours.
Signs signs(const Real& g, const std::vector<double>& points, const std::vector<Break>& breaks, double noise,
            double blur = 0);

// The points and both sides of every break, sorted, and no point inside a break's bracket.
std::vector<double> with_breaks(const std::vector<double>& points, const std::vector<Break>& breaks);

// The part of [from, to] where g > 0, as stretches.
std::vector<Stretch> positive(const Signs& signs, double from, double to);

}  // namespace rheo::analysis
