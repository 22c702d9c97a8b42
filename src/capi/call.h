// SPDX-License-Identifier: Apache-2.0
// call.h: from the C ABI's descriptor to a checked job.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/core/registry.h"

// The opaque handle is the registry's own row.
struct rheo_activation : rheo::Activation {};

namespace rheo {

// What a call did wrong: thrown inside the library, turned into a code at the C ABI.
struct Failure {
  rheo_status status;
  std::string message;
};

// Throws Failure.
Format checked_format(std::uint32_t format);

// All parameters in the file's order, then zeros up to kMaxParameters; the given ones checked, all rounded to
// the format. Throws Failure.
std::vector<double> checked_parameters(const Activation& activation, std::span<const rheo_parameter> given,
                                       Format format);

// Parameters that make sense alone but not together. Throws Failure.
void check_together(const Activation& activation, const std::vector<double>& values);

// Checks all of the call, then runs it.
void run_call(const Activation& activation, const rheo_call& call);

}  // namespace rheo
