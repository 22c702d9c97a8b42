// SPDX-License-Identifier: Apache-2.0
// outputs.cc: the C ABI of derivatives from outputs: checks, then the walks of every other call.
#include "rheobase/outputs.h"

#include <string>
#include <vector>

#include "src/capi/checks.h"
#include "src/capi/guard.h"
#include "src/outputs/kernel.h"

namespace rheo {

namespace {

Role checked_role(const rheo_call& call) {
  if (call.with_respect_to != nullptr)
    fail(RHEO_ERROR_ROLE, "with_respect_to is given, but role is not RHEO_PARAMETER");
  if (call.role == RHEO_DERIVATIVE) return Role::kDerivative;
  if (call.role == RHEO_BACKWARD) return Role::kBackward;
  fail(RHEO_ERROR_ROLE,
       "role is " + std::to_string(call.role) + "; expected RHEO_DERIVATIVE or RHEO_BACKWARD");
}

void run_from_output(const Activation& a, const rheo_call& call) {
  check_version(call);
  check_threads(call.threads);
  const Format format = checked_format(call.format);
  const Role role = checked_role(call);
  // A copy: the caller's executor may come here again, on this thread.
  const Relation relation = remembered<relation_of>(
      a, format, checked_together(a, given_parameters(call.parameters, call.parameter_count), format));
  if (relation.missing != nullptr)
    fail(RHEO_ERROR_UNSUPPORTED, std::string(a.name) + ": not from its output; " + relation.missing);
  Job job{{format, output_kernel(format, relation)}, {}, {}, {}, {}, parameters_of(relation)};
  if (!place(call, role, job)) return;
  simplify(job.dimensions);
  prepare_output(job);
  execute(call, job);
}

}  // namespace

}  // namespace rheo

extern "C" {

rheo_status rheo_output_supported(const rheo_activation* activation, uint32_t format,
                                  const rheo_parameter* parameters, size_t count, int32_t* supported,
                                  const char** reason) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(supported, "supported");
    const rheo::Format checked = rheo::checked_format(format);
    const rheo::Relation& found = rheo::remembered<rheo::relation_of>(
        *activation, checked,
        rheo::checked_together(*activation, rheo::given_parameters(parameters, count), checked));
    *supported = found.missing == nullptr ? 1 : 0;
    if (reason != nullptr) *reason = found.missing;
  });
}

rheo_status rheo_output_run(const rheo_activation* activation, const rheo_call* call) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(call, "call");
    rheo::run_from_output(*activation, *call);
  });
}

}  // extern "C"
