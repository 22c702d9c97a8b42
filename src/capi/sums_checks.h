// SPDX-License-Identifier: Apache-2.0
// sums_checks.h: what calls of exact sums check on a CPU and on a device in the same way.
#pragma once

#include <cstdint>
#include <string>

#include "rheobase/sums.h"
#include "src/capi/call.h"
#include "src/sums/reduce.h"

namespace rheo {

// Throws Failure, as all of these do.
inline SumForm checked_form(const rheo_sums_form* form) {
  require(form, "form");
  if (form->kind != RHEO_SUMS_TERMS && form->kind != RHEO_SUMS_STATISTICS) {
    fail(RHEO_ERROR_ROLE,
         "kind is " + std::to_string(form->kind) + "; expected RHEO_SUMS_TERMS or RHEO_SUMS_STATISTICS");
  }
  constexpr std::int64_t kMostChannels = std::int64_t{1} << 48;
  if (form->channels < 1 || form->channels > kMostChannels)
    fail(RHEO_ERROR_SHAPE, "channels is " + std::to_string(form->channels) + "; expected 1 or more");
  return {checked_format(form->format), form->kind == RHEO_SUMS_STATISTICS, form->channels};
}

inline std::size_t added_words(const SumForm& form) {
  return static_cast<std::size_t>(form.channels) * form.added();
}
inline std::size_t all_words(const SumForm& form) {
  return static_cast<std::size_t>(form.channels) * (form.added() + form.extremes());
}

inline void check_workspace(const SumForm& form, const std::int64_t* workspace, std::size_t words,
                            const char* name = "workspace") {
  require(workspace, name);
  if (words != all_words(form)) {
    fail(RHEO_ERROR_WORKSPACE,
         "words is " + std::to_string(words) + "; expected " + std::to_string(all_words(form)));
  }
  if (reinterpret_cast<std::uintptr_t>(workspace) % alignof(std::int64_t) != 0)
    fail(RHEO_ERROR_WORKSPACE, std::string(name) + " is not at a multiple of 8 bytes");
}

// Of a call that sums x itself, what would belong to an activation.
template <class Call>
void check_no_activation(const Call& call) {
  if (call.grad != nullptr) fail(RHEO_ERROR_ROLE, "grad is given, but activation is null");
  if (call.with_respect_to != nullptr)
    fail(RHEO_ERROR_ROLE, "with_respect_to is given, but activation is null");
  if (call.parameter_count > 0) fail(RHEO_ERROR_ROLE, "parameters are given, but activation is null");
}

}  // namespace rheo
