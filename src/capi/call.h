// SPDX-License-Identifier: Apache-2.0
// call.h: from the C ABI's descriptor to a checked job.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/capi/failure.h"
#include "src/core/registry.h"
#include "src/core/run.h"

// The opaque handle is the registry's own row.
struct rheo_activation : rheo::Activation {};

namespace rheo {

[[noreturn]] void fail(rheo_status status, std::string message);

using Parameters = List<Parameter, kMaxParameters>;

// Throws Failure.
Format checked_format(std::uint32_t format);

// Throws Failure where there should be some, but the pointer is null.
inline std::span<const rheo_parameter> given_parameters(const rheo_parameter* parameters, std::size_t count) {
  if (count > 0 && parameters == nullptr) fail(RHEO_ERROR_NULL, "parameters is null");
  return {parameters, count};
}

// The given parameters checked, and all rounded to the format. `values`, in the file's order, are the
// defaults at first. Takes no memory. Throws Failure.
void check_parameters(const char* function, const Parameters& list, std::span<const rheo_parameter> given,
                      Format format, double* values);

// The same of an activation, from its own defaults.
void check_parameters(const Activation& activation, std::span<const rheo_parameter> given, Format format,
                      double* values);

// Parameters that make sense alone but not together: `expected` is the function's objection, or null. Throws
// Failure.
void check_together(const char* function, const Parameters& list, const char* expected, const double* values);

// The same of an activation.
inline void check_together(const Activation& a, const double* values) {
  if (const char* expected = a.entry->objection(values); expected != nullptr)
    check_together(a.name, a.entry->info->parameters, expected, values);
}

// All parameters of an activation, then zeros up to kMaxParameters, after both checks. Throws Failure.
std::vector<double> checked_together(const Activation& activation, std::span<const rheo_parameter> given,
                                     Format format);

// Throws Failure.
void check_threads(std::int32_t threads);

// Throws Failure.
Role role_of(const rheo_call& call);

// What a call does with elements that lie together. Throws Failure.
Work work_of(const Activation& activation, const rheo_call& call, Format format, Role role);

// Checks shape, strides, pointers and overlap of a call, and puts them into the job, whose work is there
// already. False when there are no elements. Throws Failure.
bool place(const rheo_call& call, Role role, Job& job);

// Runs a simplified job on whose threads it is to be: the caller's, or the library's.
void execute(const rheo_call& call, const Job& job);

// Checks all of the call, then runs it.
void run_call(const Activation& activation, const rheo_call& call);

}  // namespace rheo
