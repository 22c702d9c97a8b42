// SPDX-License-Identifier: Apache-2.0
// failure.h: what is thrown inside a library with a C ABI, and how it becomes a code and one line.
#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "rheobase/rheobase.h"

namespace rheo {

// What a call did wrong: thrown inside the library, turned into a code at the C ABI.
struct Failure {
  rheo_status status;
  std::string message;
};

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
    message = one_line(e.what());
    return RHEO_ERROR_UNSUPPORTED;
  }
}

inline void require(const void* pointer, const char* name) {
  if (pointer == nullptr) throw Failure{RHEO_ERROR_NULL, std::string(name) + " is null"};
}

}  // namespace rheo
