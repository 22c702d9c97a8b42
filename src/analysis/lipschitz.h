// SPDX-License-Identifier: Apache-2.0
// lipschitz.h: the smallest Lipschitz constants of f and f'.
#pragma once

#include "src/analysis/analysis.h"

namespace rheo::analysis {

// sup |f'|: infinite where f jumps, where the slope is unbounded. a needs breaks and sides.
Supremum supremum_of_slope(const Function& f, const std::vector<double>& points, const Analysis& a);

// sup |f''|: infinite where f' jumps as well.
Supremum supremum_of_curvature(const Function& f, const std::vector<double>& points, const Analysis& a);

}  // namespace rheo::analysis
