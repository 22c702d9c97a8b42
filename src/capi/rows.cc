// SPDX-License-Identifier: Apache-2.0
// rows.cc: the C ABI of row functions: checks a call, then runs it.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "src/capi/call.h"
#include "src/capi/checks.h"
#include "src/capi/forms.h"
#include "src/capi/guard.h"
#include "src/capi/handles.h"
#include "src/core/describe.h"
#include "src/rows/registry.h"
#include "src/rows/run.h"

// The opaque handle is the registry's own row.
struct rheo_row_function : rheo::RowEntry {};

namespace rheo {

namespace {

void check_versions(const rheo_rows_call& call) {
  check_descriptor(call.struct_size, sizeof(rheo_rows_call), call.flags, call.threads);
  if (call.unused != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "unused is " + std::to_string(call.unused) + "; expected 0");
  if (call.executor != nullptr && call.executor->run == nullptr)
    fail(RHEO_ERROR_NULL, "executor->run is null");
}

bool is_backward(const rheo_rows_call& call) {
  if (call.role == RHEO_VALUE || call.role == RHEO_BACKWARD) return call.role == RHEO_BACKWARD;
  fail(RHEO_ERROR_ROLE, "role is " + std::to_string(call.role) + "; expected RHEO_VALUE or RHEO_BACKWARD");
}

double scale_of(const rheo_rows_call& call, Format format) {
  if (std::isfinite(call.scale) && std::fabs(call.scale) <= 0) return 1;
  const double rounded =
      format == Format::kFloat64 ? call.scale : static_cast<double>(static_cast<float>(call.scale));
  if (rounded > 0 && std::isfinite(rounded)) return rounded;
  fail(RHEO_ERROR_PARAMETER,
       "scale is " + number_text(call.scale) + "; expected a positive, finite number in the format of x");
}

// The operands of one walk over the tensor.
struct Operands {
  const char *x, *other;
  char* y;
  const std::int64_t *x_strides, *other_strides, *y_strides;
  const char *x_name, *other_name;
};

const char* bytes(const void* memory) { return static_cast<const char*>(memory); }

std::size_t checked_axis(const rheo_rows_call& call) {
  const std::int32_t rank = std::max<std::int32_t>(call.rank, 1);
  if (call.axis >= rank || call.axis < -rank) {
    fail(RHEO_ERROR_SHAPE, "axis is " + std::to_string(call.axis) + "; expected " + std::to_string(-rank) +
                               " to " + std::to_string(rank - 1) + " for rank " + std::to_string(call.rank));
  }
  return static_cast<std::size_t>(call.axis < 0 ? call.axis + rank : call.axis);
}

// The dimensions with the operands' strides; an operand that there is not gets y's, so that it never stops
// dimensions merging. One at least.
std::vector<Dimension> dimensions_of(const rheo_rows_call& call, const Operands& operands) {
  const std::int64_t* const other = operands.other != nullptr ? operands.other_strides : operands.y_strides;
  std::vector<Dimension> dims =
      read_shape(call.rank, call.shape, {operands.x_strides, other, operands.y_strides});
  if (dims.empty()) dims.push_back({1, {1, 1, 1}});
  return dims;
}

void check_memory(const std::vector<Dimension>& dims, const Operands& operands, std::int64_t size) {
  for (const Operand o : {kX, kGrad, kY}) extent_of(dims, o, size);  // throws where strides reach too far
  check_output(dims);
  check_overlap(dims, kX, operands.x, operands.y, size, operands.x_name);
  if (operands.other != nullptr)
    check_overlap(dims, kGrad, operands.other, operands.y, size, operands.other_name);
}

void execute(const rheo_rows_call& call, const RowJob& job) {
  const std::int64_t rows = element_count(job.dimensions);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_rows(*static_cast<const RowJob*>(context), begin, end);
  };
  run_pieces(call.executor, call.threads, rows, rows * job.axis.extent, task, const_cast<RowJob*>(&job),
             row_grain(job));
}

class Runner {
 public:
  Runner(const RowEntry& function, const rheo_rows_call& call)
      : call_(call),
        kernels_(row_kernels(function.info->result)),
        info_(*function.info),
        format_(checked_format(call.format)),
        scale_(scale_of(call, format_)),
        empty_(element_count(read_shape(call.rank, call.shape, {})) == 0),
        axis_(checked_axis(call)) {}

  bool empty() const { return empty_; }
  bool narrow() const { return is16(format_); }
  void check(const Operands& operands) const {
    check_memory(dimensions_of(call_, operands), operands, static_cast<std::int64_t>(size_of(format_)));
  }
  void run(RowRole role, const Operands& operands) const {
    const Format format = is16(format_) ? Format::kFloat32 : format_;
    RowJob job = job_of(kernels_.table[static_cast<int>(format)][static_cast<int>(role)], operands);
    simplify(job.dimensions);
    prepare_rows(job);
    execute(call_, job);
  }
  // Backward of 16-bit formats, whose values are not to be rounded in between.
  void run_from_x(const Operands& value, const Operands& gradient) const {
    RowJob job = job_of(kernels_.from_x, value);
    const RowJob other = job_of(nullptr, gradient);
    job.grad = gradient.other, job.grad_along = other.axis.stride[kGrad];
    for (const Dimension& d : other.dimensions) job.grad_strides.push_back(d.stride[kGrad]);
    prepare_rows(job);
    execute(call_, job);
  }

 private:
  // Of one dimension beside the axis at least.
  RowJob job_of(RowKernel kernel, const Operands& operands) const {
    std::vector<Dimension> dims = dimensions_of(call_, operands);
    const Dimension axis = dims[axis_];
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis_));
    if (dims.empty()) dims.push_back({1, {1, 1, 1}});
    return {kernel,     format_,        axis,       std::move(dims),
            operands.x, operands.other, operands.y, info_.sign * scale_};
  }

  const rheo_rows_call& call_;
  const RowKernels& kernels_;
  const RowInfo& info_;
  const Format format_;
  const double scale_;
  const bool empty_;
  const std::size_t axis_;
};

void check_presence(const rheo_rows_call& call, bool backward) {
  if (call.y == nullptr) fail(RHEO_ERROR_NULL, "y is null");
  if (!backward && call.x == nullptr) fail(RHEO_ERROR_NULL, "x is null");
  if (backward && call.grad == nullptr) fail(RHEO_ERROR_NULL, "grad is null");
  if (backward && call.x == nullptr && call.result == nullptr)
    fail(RHEO_ERROR_NULL, "x and result are null; expected one of them");
}

void check_roles(const rheo_rows_call& call, bool backward) {
  if (!backward && call.grad != nullptr)
    fail(RHEO_ERROR_ROLE, "grad is given, but role is not RHEO_BACKWARD");
  if (!backward && call.result != nullptr)
    fail(RHEO_ERROR_ROLE, "result is given, but role is not RHEO_BACKWARD");
  if (call.result != nullptr && call.x != nullptr)
    fail(RHEO_ERROR_ROLE, "result and x are given; expected one of them");
  if (call.result != nullptr && call.mask != nullptr)
    fail(RHEO_ERROR_ROLE, "mask is given with result, which is masked already");
}

void run_rows_call(const RowEntry& function, const rheo_rows_call& call) {
  check_versions(call);
  const bool backward = is_backward(call);
  const Runner runner(function, call);
  check_roles(call, backward);
  if (runner.empty()) return;
  check_presence(call, backward);
  auto* const y = static_cast<char*>(call.y);
  const Operands value{bytes(call.x),     bytes(call.mask), y,   call.x_strides,
                       call.mask_strides, call.y_strides,   "x", "mask"};
  Operands gradient{bytes(call.result), bytes(call.grad), y,        call.result_strides,
                    call.grad_strides,  call.y_strides,   "result", "grad"};
  if (!backward || call.result == nullptr) runner.check(value);
  if (!backward) return runner.run(RowRole::kValue, value);
  if (call.result == nullptr) {
    if (gradient.other == y) fail(RHEO_ERROR_OVERLAP, "y is grad; from x, the value needs y's memory");
    gradient.x = y, gradient.x_strides = call.y_strides;
    runner.check(gradient);
    if (runner.narrow()) return runner.run_from_x(value, gradient);
    runner.run(RowRole::kValue, value);
  } else {
    runner.check(gradient);
  }
  runner.run(RowRole::kBackward, gradient);
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
