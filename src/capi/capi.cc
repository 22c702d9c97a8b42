// SPDX-License-Identifier: Apache-2.0
// capi.cc: the C ABI. Checks everything before anything is written; no exception leaves it.
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/capi/call.h"
#include "src/capi/guard.h"
#include "src/capi/handles.h"
#include "src/core/describe.h"
#include "src/core/registry.h"

namespace rheo {

std::string& last_error() {
  thread_local std::string text;
  return text;
}

}  // namespace rheo

namespace {

using rheo::guarded, rheo::require;

const rheo_activation* handle(const rheo::Activation* a) { return static_cast<const rheo_activation*>(a); }

}  // namespace

extern "C" {

const char* rheo_version(void) { return RHEOBASE_VERSION; }

uint32_t rheo_abi_version(void) { return RHEO_ABI_VERSION; }

const char* rheo_last_error(void) { return rheo::last_error().c_str(); }

rheo_status rheo_names(const char* const** names, size_t* count) {
  return guarded([&] {
    rheo::list_names(rheo::all_activations(), [](const rheo::Activation& a) { return a.name; }, names, count);
  });
}

rheo_status rheo_find(const char* name, const rheo_activation** activation) {
  return guarded([&] {
    require(name, "name"), require(activation, "activation");
    const rheo::Activation* found = rheo::find_activation(name);
    if (found == nullptr) throw rheo::Failure{RHEO_ERROR_NAME, rheo::name_error(name)};
    *activation = handle(found);
  });
}

rheo_status rheo_describe(const rheo_activation* activation, const char** json) {
  return guarded([&] {
    require(activation, "activation"), require(json, "json");
    *json = rheo::kept_description(*activation);
  });
}

rheo_status rheo_check_parameters(const rheo_activation* activation, uint32_t format,
                                  const rheo_parameter* parameters, size_t count) {
  return guarded([&] {
    require(activation, "activation");
    const auto given = rheo::given_parameters(parameters, count);
    rheo::checked_together(*activation, given, rheo::checked_format(format));
  });
}

rheo_status rheo_run(const rheo_activation* activation, const rheo_call* call) {
  return guarded([&] {
    require(activation, "activation"), require(call, "call");
    rheo::run_call(*activation, *call);
  });
}

rheo_status rheo_target(const char** target) {
  return guarded([&] {
    require(target, "target");
    std::string error;
    *target = rheo::target_in_use(error);
  });
}

rheo_status rheo_targets(const char* const** targets, size_t* count) {
  return guarded([&] {
    require(targets, "targets"), require(count, "count");
    static const std::vector<const char*> all = rheo::available_targets();
    *targets = all.data();
    *count = all.size();
  });
}

}  // extern "C"
