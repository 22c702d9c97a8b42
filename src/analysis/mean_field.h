// SPDX-License-Identifier: Apache-2.0
// mean_field.h: how means and variances pass through wide layers of random weights.
#pragma once

#include "src/analysis/analysis.h"
#include "src/analysis/normal.h"

namespace rheo::analysis {

// continuous: f has no jumps, so that the maps' slopes follow from f'.
MeanField mean_field(const Function& f, const std::vector<Break>& breaks, bool continuous,
                     const Options& options);

}  // namespace rheo::analysis
