// SPDX-License-Identifier: Apache-2.0
// sides.h: what a function does towards the infinities.
#pragma once

#include "src/analysis/analysis.h"

namespace rheo::analysis {

// Towards +inf (direction 1) or -inf (-1). slope: the signs of f'; small: those of 1e-3 - |f'|.
Side side(const Function& f, int direction, const Signs& slope, const Signs& small,
          const std::vector<Break>& breaks);

}  // namespace rheo::analysis
