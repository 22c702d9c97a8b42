// SPDX-License-Identifier: Apache-2.0
// run.cc: a call of one function of one number: checked by call.cc, then run.
#include <cstdint>
#include <string>
#include <vector>

#include "src/capi/call.h"
#include "src/capi/checks.h"
#include "src/core/pool.h"
#include "src/core/run.h"

namespace rheo {

bool place(const rheo_call& call, Role role, Job& job) {
  const auto size = static_cast<std::int64_t>(size_of(job.work.format));
  job.dimensions = read_shape(call.rank, call.shape, {call.x_strides, call.grad_strides, call.y_strides});
  if (call.grad != nullptr && (role == Role::kValue || role == Role::kDerivative))
    fail(RHEO_ERROR_ROLE, "grad is given, but role is neither RHEO_BACKWARD, RHEO_PARAMETER nor RHEO_SECOND");
  if (element_count(job.dimensions) == 0) return false;
  if (call.x == nullptr) fail(RHEO_ERROR_NULL, "x is null");
  if (call.y == nullptr) fail(RHEO_ERROR_NULL, "y is null");
  if (role == Role::kBackward && call.grad == nullptr) fail(RHEO_ERROR_NULL, "grad is null");
  job.x = static_cast<const char*>(call.x);
  job.grad = static_cast<const char*>(call.grad);
  job.y = static_cast<char*>(call.y);
  if (call.executor != nullptr && call.executor->run == nullptr)
    fail(RHEO_ERROR_NULL, "executor->run is null");
  for (const Operand o : {kX, kGrad, kY})
    extent_of(job.dimensions, o, size);  // throws where strides reach too far
  check_output(job.dimensions);
  check_overlap(job.dimensions, kX, job.x, job.y, size, "x");
  if (job.grad != nullptr) {
    check_overlap(job.dimensions, kGrad, job.grad, job.y, size, "grad");
  } else {
    for (Dimension& d : job.dimensions)
      d.stride[kGrad] = d.stride[kY];  // so that it never stops dimensions merging
  }
  return true;
}

void execute(const rheo_call& call, const Job& job) {
  const std::int64_t n = element_count(job.dimensions);
  if (call.executor == nullptr) {
    std::string error;  // was looked at when the call came in
    return run_job(job, call.threads != 0 ? call.threads : default_threads(error));
  }
  if (n <= kGrain) return run_range(job, 0, n);
  const rheo_task task = [](int64_t begin, int64_t end, void* context) {
    run_range(*static_cast<const Job*>(context), begin, end);
  };
  call.executor->run(call.executor->self, n, kGrain, task, const_cast<Job*>(&job));
}

Role role_of(const rheo_call& call) {
  if (call.role == RHEO_VALUE) return Role::kValue;
  if (call.role == RHEO_DERIVATIVE) return Role::kDerivative;
  if (call.role == RHEO_BACKWARD) return Role::kBackward;
  if (call.role == RHEO_PARAMETER) return Role::kParameter;
  if (call.role == RHEO_SECOND) return Role::kSecond;
  fail(RHEO_ERROR_ROLE,
       "role is " + std::to_string(call.role) +
           "; expected RHEO_VALUE, RHEO_DERIVATIVE, RHEO_BACKWARD, RHEO_PARAMETER or RHEO_SECOND");
}

Work work_of(const Activation& a, const rheo_call& call, Format format, Role role) {
  const bool of_parameter = role == Role::kParameter;
  if (!of_parameter && call.with_respect_to != nullptr)
    fail(RHEO_ERROR_ROLE, "with_respect_to is given, but role is not RHEO_PARAMETER");
  if (of_parameter && call.with_respect_to == nullptr) fail(RHEO_ERROR_NULL, "with_respect_to is null");
  if (role == Role::kSecond) {
    const Program& program = second_of(*a.entry);
    if (!program.fault.empty()) fail(RHEO_ERROR_ROLE, program.fault);
    Work work{format, nullptr};
    work.second = second_kernel, work.program = &program;
    return work;
  }
  const std::size_t which =
      of_parameter ? parameter_index(a.name, a.entry->info->parameters, call.with_respect_to) : 0;
  if (is16(format))
    return {format, nullptr, of_parameter ? a.parameter_kernels16(which) : a.kernels16(role), walk16};
  if (of_parameter) return {format, a.parameter_kernel(format, which)};
  Work work{format, a.kernel(format, role)};
  if (format == Format::kFloat32) work.streamed = a.streamed(role), work.varied = a.varied_kernel(role);
  return work;
}

namespace {

// Whether a short call's memory is as it has to be.
bool short_run(const rheo_call& call, Format format, Role role) {
  if (role != Role::kValue && role != Role::kDerivative && role != Role::kBackward) return false;
  const bool backward = role == Role::kBackward;
  if (backward != (call.grad != nullptr) || call.with_respect_to != nullptr) return false;
  if (!is_short(call.rank, call.shape, call.executor, {call.x_strides, call.grad_strides, call.y_strides}))
    return false;
  const std::int64_t n = *call.shape;
  const Span x(call.x, n, format), y(call.y, n, format), grad(backward ? call.grad : call.x, n, format);
  return x.usable && grad.usable && y.usable && y.same_or_apart(x) && y.same_or_apart(grad);
}

void run_short(const Activation& a, const rheo_call& call, Format format, Role role,
               const double* parameters) {
  const auto n = static_cast<std::size_t>(*call.shape);
  if (is16(format)) return walk16(format, a.kernels16(role), call.x, call.grad, call.y, n, parameters);
  a.kernel(format, role)(call.x, call.grad, call.y, n, parameters);
}

}  // namespace

void run_call(const Activation& activation, const rheo_call& call) {
  check_version(call);
  check_threads(call.threads);
  const Format format = checked_format(call.format);
  const Role role = role_of(call);
  double parameters[kMaxParameters] = {};
  check_parameters(activation, given_parameters(call.parameters, call.parameter_count), format, parameters);
  if (short_run(call, format, role)) {
    check_together(activation, parameters);
    return run_short(activation, call, format, role, parameters);
  }
  Job job{work_of(activation, call, format, role), {}, {}, {}, {}, parameters};
  if (!place(call, role, job)) return;
  check_together(activation, parameters);
  simplify(job.dimensions);
  prepare_output(job), choose_stores(job);
  execute(call, job);
}

}  // namespace rheo
