// SPDX-License-Identifier: Apache-2.0
// sample.h: the points at which an activation is checked: dense where errors hide.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "src/core/info.h"
#include "src/core/kernels.h"

namespace rheo::oracle {

// Numbers of a format in order: neighbours differ by 1. Both zeros are 0 and -1.
std::int64_t to_ordinal(double value, Format format);
double from_ordinal(std::int64_t ordinal, Format format);

// Signed zeros, the ends of the format, random numbers of every exponent and of the usual ranges, and
// neighbourhoods of kinks, of sign changes of `result`, and of the places where it turns subnormal, zero or
// constant. Sorted, each once, finite. `count` is the number of random points.
std::vector<double> sample(Format format, const Facts& facts, std::int64_t count,
                           const std::function<double(double)>& result);

}  // namespace rheo::oracle
