// SPDX-License-Identifier: Apache-2.0
// guard.h: what every function of the C ABI is wrapped in: no exception leaves it, each failure is one line.
#pragma once

#include <string>

#include "src/capi/call.h"
#include "src/capi/failure.h"
#include "src/core/pool.h"
#include "src/core/registry.h"

namespace rheo {

// The last error of this thread, "" when there was none.
std::string& last_error();

// caught() for what needs a usable environment, with last_error().
template <class Body>
rheo_status guarded(Body&& body) noexcept {
  return caught(last_error(), [&] {
    std::string error;
    if (target_in_use(error) == nullptr) throw Failure{RHEO_ERROR_TARGET, error};
    if (default_threads(error) == 0) throw Failure{RHEO_ERROR_THREADS, error};
    body();
  });
}

}  // namespace rheo
