// SPDX-License-Identifier: Apache-2.0
// rows_call.cc: checks calls of row functions. Also of the library of device kernels, so nothing here needs a
// kernel of a CPU.
#include "src/capi/rows_call.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "src/capi/call.h"
#include "src/capi/checks.h"
#include "src/core/cursor.h"
#include "src/core/number_text.h"

namespace rheo {

namespace {

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

std::size_t checked_axis(const rheo_rows_call& call) {
  const std::int32_t rank = std::max<std::int32_t>(call.rank, 1);
  if (call.axis >= rank || call.axis < -rank) {
    fail(RHEO_ERROR_SHAPE, "axis is " + std::to_string(call.axis) + "; expected " + std::to_string(-rank) +
                               " to " + std::to_string(rank - 1) + " for rank " + std::to_string(call.rank));
  }
  return static_cast<std::size_t>(call.axis < 0 ? call.axis + rank : call.axis);
}

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

// The operands of one walk over the tensor.
struct Operands {
  const char *x, *other;
  char* y;
  const std::int64_t *x_strides, *other_strides, *y_strides;
  const char *x_name, *other_name;
};

const char* bytes(const void* memory) { return static_cast<const char*>(memory); }

// The dimensions with the operands' strides; an operand that there is not gets y's, so that it never stops
// dimensions merging. One at least.
std::vector<Dimension> dimensions_of(const rheo_rows_call& call, const Operands& operands) {
  const std::int64_t* const other = operands.other != nullptr ? operands.other_strides : operands.y_strides;
  std::vector<Dimension> dims =
      read_shape(call.rank, call.shape, {operands.x_strides, other, operands.y_strides});
  if (dims.empty()) dims.push_back({1, {1, 1, 1}});
  return dims;
}

// Makes the steps of a call whose numbers are right.
class Steps {
 public:
  Steps(const rheo_rows_call& call, Format format, double scale, std::size_t axis)
      : call_(call), format_(format), scale_(scale), axis_(axis) {}

  void check(const Operands& operands) const {
    const std::vector<Dimension> dims = dimensions_of(call_, operands);
    const auto size = static_cast<std::int64_t>(size_of(format_));
    for (const Operand o : {kX, kGrad, kY}) extent_of(dims, o, size);  // throws where strides reach too far
    check_output(dims);
    check_overlap(dims, kX, operands.x, operands.y, size, operands.x_name);
    if (operands.other != nullptr)
      check_overlap(dims, kGrad, operands.other, operands.y, size, operands.other_name);
  }
  RowStep step(RowTask task, const Operands& operands) const { return {task, job_of(operands)}; }
  // Backward of 16-bit formats, whose values are not to be rounded in between.
  RowStep step_from_x(const Operands& value, const Operands& gradient) const {
    RowJob job = job_of(value);
    const RowJob other = job_of(gradient);
    job.grad = gradient.other, job.grad_along = other.axis.stride[kGrad];
    for (const Dimension& d : other.dimensions) job.grad_strides.push_back(d.stride[kGrad]);
    return {RowTask::kFromX, std::move(job)};
  }

 private:
  // Of one dimension beside the axis at least.
  RowJob job_of(const Operands& operands) const {
    std::vector<Dimension> dims = dimensions_of(call_, operands);
    const Dimension axis = dims[axis_];
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis_));
    if (dims.empty()) dims.push_back({1, {1, 1, 1}});
    return {nullptr, format_, axis, std::move(dims), operands.x, operands.other, operands.y, scale_};
  }

  const rheo_rows_call& call_;
  const Format format_;
  const double scale_;  // with the function's sign
  const std::size_t axis_;
};

void add_gradient(RowSteps& all, const rheo_rows_call& call, const Steps& steps, const Operands& value) {
  Operands gradient{bytes(call.result), bytes(call.grad), value.y,  call.result_strides,
                    call.grad_strides,  call.y_strides,   "result", "grad"};
  if (call.result != nullptr) {
    steps.check(gradient);
    return all.add(steps.step(RowTask::kBackward, gradient));
  }
  if (gradient.other == gradient.y) fail(RHEO_ERROR_OVERLAP, "y is grad; from x, the value needs y's memory");
  gradient.x = gradient.y, gradient.x_strides = call.y_strides;
  steps.check(gradient);
  if (is16(checked_format(call.format))) return all.add(steps.step_from_x(value, gradient));
  all.add(steps.step(RowTask::kValue, value));
  all.add(steps.step(RowTask::kBackward, gradient));
}

}  // namespace

RowSteps checked_rows(const RowInfo& info, const rheo_rows_call& call) {
  if (call.unused != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "unused is " + std::to_string(call.unused) + "; expected 0");
  const bool backward = is_backward(call);
  const Format format = checked_format(call.format);
  const double scale = info.sign * scale_of(call, format);
  const bool empty = product_of_extents(read_shape(call.rank, call.shape, {})) == 0;
  const Steps steps(call, format, scale, checked_axis(call));
  check_roles(call, backward);
  RowSteps all;
  if (empty) return all;
  check_presence(call, backward);
  const Operands value{bytes(call.x),
                       bytes(call.mask),
                       static_cast<char*>(call.y),
                       call.x_strides,
                       call.mask_strides,
                       call.y_strides,
                       "x",
                       "mask"};
  if (!backward || call.result == nullptr) steps.check(value);
  if (backward)
    add_gradient(all, call, steps, value);
  else
    all.add(steps.step(RowTask::kValue, value));
  return all;
}

}  // namespace rheo
