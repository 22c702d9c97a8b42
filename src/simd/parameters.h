// SPDX-License-Identifier: Apache-2.0
// parameters.h: what Prepare... of the installed headers (docs/simd.md) says of bad parameters: the same as
// the C ABI (src/capi/call.cc).
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include "hwy/base.h"
#include "src/core/info.h"
#include "src/core/number_text.h"
#include "src/core/unmet.h"

namespace rheo {

inline std::string parameter_text(const Parameter& p, double value) {
  return std::string(p.name) + " is " + number_text(value);
}

[[noreturn]] inline void refuse(const std::string& message) {
#if defined(__cpp_exceptions)
  throw std::invalid_argument(message);
#else
  HWY_ABORT("%s", message.c_str());
#endif
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
    const std::string expected = unmet(parameter, given[i], p[i], "the lanes' format");
    if (!expected.empty())
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
