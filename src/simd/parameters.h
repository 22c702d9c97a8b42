// SPDX-License-Identifier: Apache-2.0
// parameters.h: what Prepare... of the installed headers (docs/simd.md) says of bad parameters: the same as
// the C ABI (src/capi/call.cc).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include "hwy/base.h"
#include "src/core/info.h"

namespace rheo {

inline std::string parameter_text(const Parameter& p, double value) {
  char number[40];
  std::snprintf(number, sizeof number, "%.9g", value);
  return std::string(p.name) + " is " + (std::isnan(value) ? "nan" : number);
}

[[noreturn]] inline void refuse(const std::string& message) {
#if defined(__cpp_exceptions)
  throw std::invalid_argument(message);
#else
  HWY_ABORT("%s", message.c_str());
#endif
}

// What is expected of a parameter that is not allowed, else null. `rounded` is its value in the lanes' type.
inline const char* unmet(const Parameter& p, double value, double rounded) {
  if (std::isnan(value)) return "a number";
  if (std::isinf(rounded) && p.domain != Domain::kFiniteOrInfinite)
    return "a finite number in the lanes' format";
  if (std::isinf(rounded) && !std::isinf(value)) return "a number that the lanes' format can hold";
  if (p.domain == Domain::kPositive && !(rounded > 0)) return "a positive number in the lanes' format";
  if (p.domain == Domain::kNonnegative && !(value >= 0)) return "a number that is not negative";
  if (p.domain == Domain::kNonzero && rounded == 0) return "a number other than 0 in the lanes' format";
  return nullptr;
}

// Rounds the parameters of A to T, where they make sense; else throws std::invalid_argument, or ends the
// program where exceptions are switched off.
template <class A, class T>
void check_parameters(double* p) {
  double given[kMaxParameters] = {};
  for (std::size_t i = 0; i < A::info.parameters.size(); ++i) {
    const Parameter& parameter = A::info.parameters[i];
    given[i] = p[i];
    p[i] = static_cast<double>(static_cast<T>(p[i]));
    if (const char* expected = unmet(parameter, given[i], p[i]))
      refuse(std::string(A::info.name) + ": " + parameter_text(parameter, given[i]) + "; expected " +
             expected);
  }
  const char* const expected = [p]<std::size_t... I>(std::index_sequence<I...>) -> const char* {
    if constexpr (requires { A::objection(p[I]...); }) return A::objection(p[I]...);
    return nullptr;
  }(std::make_index_sequence<A::info.parameters.size()>());
  if (expected == nullptr) return;
  std::string message;
  for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
    message += (i == 0 ? ": " : ", ") + parameter_text(A::info.parameters[i], given[i]);
  refuse(A::info.name + message + "; expected " + expected);
}

}  // namespace rheo
