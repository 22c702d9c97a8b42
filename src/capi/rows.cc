// SPDX-License-Identifier: Apache-2.0
// rows.cc: the C ABI of row functions: runs calls that rows_call.cc has checked.
#include <string>

#include "src/capi/call.h"
#include "src/capi/checks.h"
#include "src/capi/forms.h"
#include "src/capi/guard.h"
#include "src/capi/handles.h"
#include "src/capi/rows_call.h"
#include "src/rows/registry.h"
#include "src/rows/run.h"

// The opaque handle is the registry's own row.
struct rheo_row_function : rheo::RowEntry {};

namespace rheo {

namespace {

void check_versions(const rheo_rows_call& call) {
  check_descriptor(call.struct_size, sizeof(rheo_rows_call), call.flags, call.threads);
  if (call.executor != nullptr && call.executor->run == nullptr)
    fail(RHEO_ERROR_NULL, "executor->run is null");
}

void execute(const rheo_rows_call& call, const RowJob& job) {
  const std::int64_t rows = element_count(job.dimensions);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_rows(*static_cast<const RowJob*>(context), begin, end);
  };
  run_pieces(call.executor, call.threads, rows, rows * job.axis.extent, task, const_cast<RowJob*>(&job),
             row_grain(job));
}

void run_step(const RowKernels& kernels, const rheo_rows_call& call, RowStep& step) {
  RowJob& job = step.job;
  if (step.task == RowTask::kFromX) {
    job.kernel = kernels.from_x;
  } else {
    const Format format = is16(job.format) ? Format::kFloat32 : job.format;
    const RowRole role = step.task == RowTask::kValue ? RowRole::kValue : RowRole::kBackward;
    job.kernel = kernels.table[static_cast<int>(format)][static_cast<int>(role)];
    simplify(job.dimensions);
  }
  prepare_rows(job);
  execute(call, job);
}

void run_rows_call(const RowEntry& function, const rheo_rows_call& call) {
  check_versions(call);
  const RowKernels& kernels = row_kernels(function.info->result);
  RowSteps steps = checked_rows(*function.info, call);
  for (RowStep& step : steps) run_step(kernels, call, step);
}

}  // namespace

}  // namespace rheo

using rheo::guarded, rheo::require;

extern "C" {

rheo_status rheo_rows_names(const char* const** names, size_t* count) {
  return guarded([&] {
    rheo::list_names(
        rheo::all_row_functions(), [](const rheo::RowEntry& f) { return f.info->name; }, names, count);
  });
}

rheo_status rheo_rows_find(const char* name, const rheo_row_function** function) {
  return guarded([&] {
    require(name, "name"), require(function, "function");
    const rheo::RowEntry* found = rheo::find_row_function(name);
    if (found == nullptr) throw rheo::Failure{RHEO_ERROR_NAME, rheo::row_name_error(name)};
    *function = static_cast<const rheo_row_function*>(found);
  });
}

rheo_status rheo_rows_describe(const rheo_row_function* function, const char** json) {
  return guarded([&] {
    require(function, "function"), require(json, "json");
    *json = rheo::kept_description(*function);
  });
}

rheo_status rheo_rows_run(const rheo_row_function* function, const rheo_rows_call* call) {
  return guarded([&] {
    require(function, "function"), require(call, "call");
    rheo::run_rows_call(*function, *call);
  });
}

}  // extern "C"
