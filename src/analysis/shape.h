// SPDX-License-Identifier: Apache-2.0
// shape.h: what follows from signs, breaks and limits: zeros, extrema, range, monotone, convex, symmetric.
#pragma once

#include "src/analysis/analysis.h"

namespace rheo::analysis {

// Fills a's fields; its breaks, signs and sides have to be there.
void find_shape(const Function& f, const std::vector<double>& points, Analysis& a);

}  // namespace rheo::analysis
