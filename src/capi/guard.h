// SPDX-License-Identifier: Apache-2.0
// guard.h: what every function of the C ABI is wrapped in: no exception leaves it, each failure is one line.
#pragma once

#include <algorithm>
#include <exception>
#include <string>

#include "src/capi/call.h"
#include "src/core/pool.h"
#include "src/core/registry.h"

namespace rheo {

// The last error of this thread, "" when there was none.
std::string& last_error();

// A message may quote what the caller gave; control characters would break the line or the terminal.
inline std::string one_line(std::string message) {
  std::replace_if(message.begin(), message.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return message;
}

// Runs body, which may throw, and turns what it throws into a code and a message.
template <class Body>
rheo_status caught(std::string& message, Body&& body) noexcept {
  try {
    message.clear();
    body();
    return RHEO_OK;
  } catch (Failure& failure) {
    message = one_line(std::move(failure.message));
    return failure.status;
  } catch (const std::exception& e) {
    message = e.what();
    return RHEO_ERROR_UNSUPPORTED;
  }
}

// The same for what needs a usable environment, with last_error().
template <class Body>
rheo_status guarded(Body&& body) noexcept {
  return caught(last_error(), [&] {
    std::string error;
    if (target_in_use(error) == nullptr) throw Failure{RHEO_ERROR_TARGET, error};
    if (default_threads(error) == 0) throw Failure{RHEO_ERROR_THREADS, error};
    body();
  });
}

inline void require(const void* pointer, const char* name) {
  if (pointer == nullptr) throw Failure{RHEO_ERROR_NULL, std::string(name) + " is null"};
}

}  // namespace rheo
