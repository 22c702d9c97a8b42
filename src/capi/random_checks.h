// SPDX-License-Identifier: Apache-2.0
// random_checks.h: what calls of functions that draw random numbers check on a CPU and on a device in the
// same way.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "src/capi/call.h"
#include "src/random/registry.h"

namespace rheo {

// Throws Failure, as all of these do.
inline Role random_role(std::uint32_t role) {
  if (role == RHEO_VALUE) return Role::kValue;
  if (role == RHEO_DERIVATIVE) return Role::kDerivative;
  if (role == RHEO_BACKWARD) return Role::kBackward;
  fail(RHEO_ERROR_ROLE,
       "role is " + std::to_string(role) + "; expected RHEO_VALUE, RHEO_DERIVATIVE or RHEO_BACKWARD");
}

inline void check_training(std::uint32_t training) {
  if (training > 1)
    fail(RHEO_ERROR_UNSUPPORTED, "training is " + std::to_string(training) + "; expected 0 or 1");
}

inline void check_indices(std::uint64_t first, std::uint64_t count) {
  if (first < kMostIndices && count <= kMostIndices - first) return;
  fail(RHEO_ERROR_SHAPE, "first is " + std::to_string(first) + "; the indices of " + std::to_string(count) +
                             " elements would reach 2^63");
}

// The function's parameters, each by itself, rounded to the format.
inline void check_random_parameters(const RandomEntry& entry, std::span<const rheo_parameter> given,
                                    Format format, double* values) {
  const Parameters& list = entry.info->parameters;
  for (std::size_t i = 0; i < list.size(); ++i) values[i] = list[i].initial;
  check_parameters(entry.info->name, list, given, format, values);
}

// And together.
inline void check_random_together(const RandomEntry& entry, const double* values) {
  check_together(entry.info->name, entry.info->parameters, entry.objection(values), values);
}

}  // namespace rheo
