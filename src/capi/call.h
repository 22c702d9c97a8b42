// SPDX-License-Identifier: Apache-2.0
// call.h: from the C ABI's descriptor to a checked job.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/core/registry.h"
#include "src/core/run.h"

// The opaque handle is the registry's own row.
struct rheo_activation : rheo::Activation {};

namespace rheo {

// What a call did wrong: thrown inside the library, turned into a code at the C ABI.
struct Failure {
  rheo_status status;
  std::string message;
};

[[noreturn]] void fail(rheo_status status, std::string message);

using Parameters = List<Parameter, kMaxParameters>;

// Throws Failure.
Format checked_format(std::uint32_t format);

// Throws Failure where there should be some, but the pointer is null.
std::span<const rheo_parameter> given_parameters(const rheo_parameter* parameters, std::size_t count);

// All parameters in the file's order, then zeros up to kMaxParameters; the given ones checked, all rounded to
// the format. Throws Failure.
std::vector<double> checked_parameters(const Activation& activation, std::span<const rheo_parameter> given,
                                       Format format);

// The same of any kind of function, from its defaults.
std::vector<double> checked_parameters(const char* function, const Parameters& list,
                                       std::vector<double> initial, std::span<const rheo_parameter> given,
                                       Format format);

// The same as checked_parameters(), of an activation's parameters that also make sense together. Throws
// Failure.
std::vector<double> checked_together(const Activation& activation, std::span<const rheo_parameter> given,
                                     Format format);

// All parameters in the file's order, rounded to the format and checked, for short calls: without memory.
// False where one is not as it has to be; checked_together() says why.
bool short_parameters(const Activation& activation, const rheo_parameter* given, std::size_t count,
                      Format format, double* values);

// Parameters that make sense alone but not together. Throws Failure.
void check_together(const Activation& activation, const std::vector<double>& values);

// The same of any kind of function; `expected` is its objection, or null.
void check_together(const char* function, const Parameters& list, const char* expected,
                    const std::vector<double>& values);

// Throws Failure.
void check_threads(std::int32_t threads);

// Checks shape, strides, pointers and overlap of a call, and puts them into the job, whose work is there
// already. False when there are no elements. Throws Failure.
bool place(const rheo_call& call, Role role, Job& job);

// Runs a simplified job on whose threads it is to be: the caller's, or the library's.
void execute(const rheo_call& call, const Job& job);

// Checks all of the call, then runs it.
void run_call(const Activation& activation, const rheo_call& call);

}  // namespace rheo
