// SPDX-License-Identifier: Apache-2.0
// random.cc: the C ABI of functions that draw random numbers.
#include "rheobase/random.h"

#include <string>

#include "src/capi/call.h"
#include "src/capi/forms.h"
#include "src/capi/guard.h"
#include "src/capi/handles.h"
#include "src/capi/random_checks.h"
#include "src/core/run.h"

// The opaque handle is the registry's own entry.
struct rheo_random : rheo::RandomEntry {};

namespace rheo {

namespace {

void check_version(const rheo_random_call& call) {
  check_descriptor(call.struct_size, sizeof(rheo_random_call), 0, call.threads);
  check_training(call.training);
}

// What a call of any kind has.
rheo_call common_part(const rheo_random_call& call) {
  rheo_call common{};
  common.struct_size = sizeof common;
  common.role = call.role, common.format = call.format;
  common.rank = call.rank, common.threads = call.threads;
  common.shape = call.shape;
  common.x_strides = call.x_strides, common.grad_strides = call.grad_strides;
  common.y_strides = call.y_strides;
  common.x = call.x, common.grad = call.grad, common.y = call.y;
  common.executor = call.executor;
  return common;
}

void run_random(const RandomEntry& entry, const rheo_random_call& call) {
  check_version(call);
  const Format format = checked_format(call.format);
  const Role role = random_role(call.role);
  double parameters[kMaxParameters] = {};
  check_random_parameters(entry, given_parameters(call.parameters, call.parameter_count), format, parameters);
  const rheo_call common = common_part(call);
  Job job{{format, nullptr}, {}, {}, {}, {}, parameters};
  job.work.random = entry.kernel(format, role, call.training != 0);
  job.work.stream = {call.seed, call.offset}, job.work.first = call.first;
  if (!place(common, role, job)) return;
  check_random_together(entry, parameters);
  check_indices(call.first, static_cast<std::uint64_t>(element_count(job.dimensions)));
  if (call.training != 0)
    merge(job.dimensions);
  else
    simplify(job.dimensions);
  prepare_output(job);
  execute(common, job);
}

void write_numbers(std::uint32_t kind, Stream stream, std::uint64_t first, void* numbers, std::size_t count) {
  if (kind < RHEO_WORDS || kind > RHEO_NORMALS) {
    fail(RHEO_ERROR_FORMAT,
         "kind is " + std::to_string(kind) + "; expected RHEO_WORDS, RHEO_UNIFORMS or RHEO_NORMALS");
  }
  if (count == 0) return;
  require(numbers, "numbers");
  check_indices(first, count);
  const NumberKernels& kernels = number_kernels();
  if (kind == RHEO_WORDS) return kernels.words(stream, first, count, static_cast<std::uint32_t*>(numbers));
  (kind == RHEO_UNIFORMS ? kernels.uniforms : kernels.normals)(stream, first, count,
                                                               static_cast<double*>(numbers));
}

}  // namespace

}  // namespace rheo

using rheo::guarded, rheo::require;

extern "C" {

rheo_status rheo_random_names(const char* const** names, size_t* count) {
  return guarded([&] {
    rheo::list_names(
        rheo::all_random_functions(), [](const rheo::RandomEntry& f) { return f.info->name; }, names, count);
  });
}

rheo_status rheo_random_find(const char* name, const rheo_random** function) {
  return guarded([&] {
    require(name, "name"), require(function, "function");
    const rheo::RandomEntry* found = rheo::find_random_function(name);
    if (found == nullptr) throw rheo::Failure{RHEO_ERROR_NAME, rheo::random_name_error(name)};
    *function = static_cast<const rheo_random*>(found);
  });
}

rheo_status rheo_random_describe(const rheo_random* function, const char** json) {
  return guarded([&] {
    require(function, "function"), require(json, "json");
    *json = rheo::kept_description(*function);
  });
}

rheo_status rheo_random_run(const rheo_random* function, const rheo_random_call* call) {
  return guarded([&] {
    require(function, "function"), require(call, "call");
    rheo::run_random(*function, *call);
  });
}

rheo_status rheo_random_numbers(uint32_t kind, uint64_t seed, uint64_t offset, uint64_t first, void* numbers,
                                size_t count) {
  return guarded([&] { rheo::write_numbers(kind, {seed, offset}, first, numbers, count); });
}

}  // extern "C"
