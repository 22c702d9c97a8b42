// SPDX-License-Identifier: Apache-2.0
// functions.h: functions whose properties are known in closed form.
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include "src/analysis/analysis.h"

namespace rheo::analysis {

using Setting = std::pair<std::string, double>;

inline Analysis of(const std::string& name, const std::vector<Setting>& settings = {},
                   const Options& o = {}) {
  return analyze(registered(name, settings), o);
}

// As a user would hand it over: derivatives by differences.
inline Analysis of_callable(const Real& f, const Options& o = {}) {
  return analyze(from_callable("f", f, {}), o);
}

// With exact derivatives.
inline Function exact(Real value, Real derivative, Real second) {
  Function f;
  f.name = "f";
  f.value = std::move(value), f.derivative = std::move(derivative), f.second = std::move(second);
  return f;
}

}  // namespace rheo::analysis
