// SPDX-License-Identifier: Apache-2.0
// unmet.h: whether a parameter may have a value, for the C ABI and for the installed headers alike.
#pragma once

#include <cmath>
#include <string>

#include "src/core/info.h"

namespace rheo {

// What is expected of a parameter that is not allowed, else "". `rounded` is its value in the format of the
// call, which `format` names.
inline std::string unmet(const Parameter& p, double value, double rounded, const std::string& format) {
  if (p.domain == Domain::kNonzero && rounded == 0) return "a number other than 0 in " + format;
  if (p.domain == Domain::kNonnegative && !(value >= 0)) return "a number that is not negative";
  if (p.domain == Domain::kPositive && !(rounded > 0)) return "a positive number in " + format;
  if (std::isinf(rounded) && !std::isinf(value)) return "a number that " + format + " can hold";
  if (std::isinf(rounded) && p.domain != Domain::kFiniteOrInfinite) return "a finite number in " + format;
  if (std::isnan(value)) return "a number";
  return "";
}

}  // namespace rheo
